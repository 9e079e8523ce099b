/** Why a call was, or was not, answered from the cache: `?request_id=` of any call that came to it. */
import { useState } from "preact/hooks";
import type { RequestRow } from "../../api/types.ts";
import { useData } from "../../api/use-data.ts";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { Ago } from "../../components/time.tsx";
import { useQuery } from "../../location.tsx";
import { ExplanationView } from "./explanation-view.tsx";
import type { Explanation } from "./types.ts";

export interface ExplainProps {
  /** The last answers given by meaning. */
  hits: readonly RequestRow[];
  changed(): void;
}

export function Explain({ hits, changed }: ExplainProps) {
  const [{ request_id: id }, setQuery] = useQuery({ request_id: "" });
  const [draft, setDraft] = useState(id);
  const found = useData<Explanation>(id === "" ? null : `/admin/cache/explain?request_id=${encodeURIComponent(id)}`);
  const submit = (event: Event) => {
    event.preventDefault();
    setQuery({ request_id: draft.trim() });
  };
  return (
    <Card title="Why this answer?" aside="of the last 10,000 calls since the start">
      <form class="row" onSubmit={submit}>
        <input
          class="grow"
          aria-label="Id of the request"
          placeholder="req_…, the answer's x-evergate-request-id"
          spellcheck={false}
          value={draft}
          onInput={(event) => setDraft(event.currentTarget.value)}
        />
        <button type="submit" class="button">
          Explain
        </button>
      </form>
      {found.error && <ErrorPanel error={found.error} />}
      {found.data && <ExplanationView explanation={found.data} changed={changed} />}
      {id === "" && hits.length > 0 && (
        <div class="recent-hits">
          <h3>Last answers by meaning</h3>
          <ul class="plain small">
            {hits.map((hit) => (
              <li key={hit.id}>
                <a href={`/ui/cache?request_id=${hit.id}`} onClick={() => setDraft(hit.id)}>
                  {hit.model}
                </a>{" "}
                <span class="muted">
                  score {hit.cache_score?.toFixed(3) ?? "–"}, {hit.key ?? "no key"}, <Ago at={hit.started_at} />
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {id === "" && hits.length === 0 && (
        <Empty title="No answer was given by meaning yet. Any call can be explained by its id." />
      )}
    </Card>
  );
}
