/** Where there are no calls yet: one to be made, with a model that this gateway has. */
import type { List } from "../api/types.ts";
import { useData } from "../api/use-data.ts";
import { useModels } from "../api/use-models.ts";
import { PageLink } from "../page-link.tsx";
import { READERS } from "../roles.ts";
import { useHolder } from "../session.tsx";
import { Empty } from "./empty.tsx";

export function FirstCall({ title }: { title: string }) {
  const isReader = READERS.includes(useHolder().role);
  const needsKey = useData<{ requires_key: boolean }>("/admin/about").data?.requires_key;
  const { models } = useModels(undefined, needsKey);
  // Where a key is needed only the admin API says without one what there is.
  const declared = useData<List<{ name: string }>>(needsKey && isReader ? "/admin/models?limit=1" : null).data;
  const isKnown = models !== undefined || declared !== undefined || (needsKey === true && !isReader);
  if (!isKnown) return <Empty title={title} />;
  const model = models?.[0]?.id ?? declared?.data[0]?.name ?? "provider/model";
  return (
    <Empty title={title} command={commandOf(model, needsKey === true)}>
      {needsKey && (
        <>
          <code>$EVERGATE_KEY</code> is a key of <PageLink path="/ui/keys">Budgets & keys</PageLink>.
        </>
      )}
    </Empty>
  );
}

function commandOf(model: string, needsKey: boolean): string {
  const body = JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "Hello" }] });
  const key = needsKey ? ' -H "authorization: Bearer $EVERGATE_KEY"' : "";
  return `curl -N ${location.origin}/v1/chat/completions -H 'content-type: application/json'${key} -d '${body}'`;
}
