import type { RequestDetail } from "../../api/types.ts";
import { useData } from "../../api/use-data.ts";
import { Card } from "../../components/card.tsx";
import { PageLink } from "../../page-link.tsx";
import { READERS } from "../../roles.ts";
import { useHolder } from "../../session.tsx";

interface Explanation {
  mode: string;
  status: string;
  reason: string | null;
  served: { id: string; score: number | null } | null;
  considered: { id: string; cosine: number; reason: string | null }[];
}

const SHOWN = 3;

/** Why the cache answered, or did not. The gateway remembers the newest ten thousand decisions. */
export function CacheDecision({ row }: { row: RequestDetail }) {
  const may = READERS.includes(useHolder().role) && row.cache !== "off";
  const { data } = useData<Explanation>(may ? `/admin/cache/explain?request_id=${encodeURIComponent(row.id)}` : null);
  return (
    <Card
      title="Cache"
      aside={
        <PageLink path="/ui/cache" query={`?request_id=${row.id}`}>
          explain
        </PageLink>
      }
    >
      <p>{summaryOf(row, data)}</p>
      {data && data.considered.length > 0 && (
        <ul class="small muted nearest">
          {data.considered.slice(0, SHOWN).map(({ id, cosine, reason }) => (
            <li key={id}>
              <span class="mono">{id.slice(0, 8)}</span> at cosine {cosine.toFixed(3)}
              {reason && `: not served, ${reason}`}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function summaryOf({ cache, cache_score: score }: RequestDetail, data: Explanation | undefined): string {
  if (cache === "off") return "The cache was not asked: it is off for this call.";
  if (cache === "exact") return "Served from the cache: the same request had been answered before.";
  if (cache === "semantic")
    return `Served from the cache: an earlier question means the same (cosine ${score?.toFixed(3) ?? "–"}).`;
  if (data?.reason) return `Not served from the cache: ${data.reason}.`;
  return data && data.considered.length > 0
    ? "Not served from the cache. The nearest earlier questions:"
    : "Not served from the cache: nothing like it had been answered.";
}
