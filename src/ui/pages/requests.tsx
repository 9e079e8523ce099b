/** The request log: filters in the address, a live tail, and one request in full. */
import type { RequestRow } from "../api/types.ts";
import { useList } from "../api/use-list.ts";
import { ErrorPanel } from "../components/error-panel.tsx";
import { Icon } from "../components/icon.tsx";
import { PageHead } from "../components/page-head.tsx";
import { link, useQuery } from "../location.tsx";
import type { PageProps } from "../pages.tsx";
import { RequestPage } from "./requests/detail.tsx";
import { Filters, NO_FILTERS } from "./requests/filters.tsx";
import { RequestTable } from "./requests/table.tsx";
import { useLive } from "./requests/use-live.ts";

const PAGE_ROWS = 50;

export function Requests({ rest }: PageProps) {
  return rest === "" ? <RequestLog /> : <RequestPage key={rest} id={rest} />;
}

function RequestLog() {
  const [{ live, ...filters }, setQuery] = useQuery({ ...NO_FILTERS, live: "" });
  const isLive = live === "1";
  const list = useList<RequestRow>(link("/admin/requests", { ...filters, limit: String(PAGE_ROWS) }));
  const tail = useLive(isLive ? filters : undefined);
  const known = new Set(list.rows?.map(({ id }) => id));
  const rows = [...tail.rows.filter(({ id }) => !known.has(id)), ...(list.rows ?? [])];
  return (
    <>
      <PageHead title="Requests">
        <button
          type="button"
          class="button"
          aria-pressed={isLive}
          onClick={() => setQuery({ live: isLive ? "" : "1" }, { replace: true })}
        >
          <Icon name="live" />
          Live
        </button>
        <a class="button" download href={link("/admin/requests/export", { ...filters, format: "csv" })}>
          <Icon name="download" />
          CSV
        </a>
        <a class="button" download href={link("/admin/requests/export", { ...filters, format: "jsonl" })}>
          <Icon name="download" />
          JSON
        </a>
      </PageHead>
      <Filters />
      {isLive && (
        <p class="small muted live-note" role="status">
          {tail.lost ? "The connection is lost; trying again." : "New calls appear at the top as they end."}
          {tail.dropped > 0 && ` ${tail.dropped} came too fast to be shown.`}
        </p>
      )}
      {list.error && <ErrorPanel error={list.error} retry={list.reload} />}
      {list.rows && (
        <RequestTable
          rows={rows}
          fresh={tail.rows.length}
          more={list.more}
          filtered={Object.values(filters).some(Boolean)}
        />
      )}
      {list.more && (
        <p class="more">
          <button type="button" class="button" disabled={list.busy} onClick={list.loadMore}>
            Older requests
          </button>
        </p>
      )}
    </>
  );
}
