import { Empty } from "../../components/empty.tsx";
import type { Range } from "../../ranges.ts";

export const FEEDBACK_COMMAND = `curl ${location.origin}/v1/feedback -H "authorization: Bearer $EVERGATE_KEY" -H 'content-type: application/json' -d '{"request_id":"req_…","score":-1,"comment":"Not what I asked."}'`;

const EVALS_LINE =
  'evals: [{ name: "not-refused", sample: 1, check: "refusal" }, { name: "helpful", sample: 0.05, judge: "gpt-4o", rubric: "1 answers the question fully, 0 does not." }],';

/** What to do so that there is something to see. */
export function NoScores({ configured, range }: { configured: readonly { name: string }[]; range: Range }) {
  if (configured.length > 0)
    return (
      <Empty title={`No answer was judged in the ${range.last}.`}>
        {configured.map(({ name }) => name).join(", ")} will score answers as they come: those of providers, read to
        their end. Look further back, or send calls.
      </Empty>
    );
  return (
    <>
      <Empty title="No answer is judged: nobody knows whether a fallback's answers are worse." command={EVALS_LINE}>
        Evals score a share of the answers after their end, by a check or by a model that judges. Write into the
        configuration:
      </Empty>
      <Empty title="Users can say it, too." command={FEEDBACK_COMMAND} />
    </>
  );
}
