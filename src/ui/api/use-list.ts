/** A list of the admin API, page by page: each press on "more" appends the next page. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { useApi } from "../session.tsx";
import type { ApiError } from "./client.ts";
import type { List } from "./types.ts";

export interface Pages<Row> {
  /** Undefined until the first page is there. */
  rows: Row[] | undefined;
  error: ApiError | undefined;
  /** Whether more rows follow. */
  more: boolean;
  /** A page is on its way. */
  busy: boolean;
  loadMore(): void;
  /** From the first page again. */
  reload(): void;
}

interface State<Row> {
  path: string | null;
  rows?: Row[];
  next?: string | null;
  error?: ApiError;
}

/** @param path with its filters, without `cursor`; null: nothing is asked. */
export function useList<Row>(path: string | null): Pages<Row> {
  const api = useApi();
  const [state, setState] = useState<State<Row>>({ path });
  const [wanted, setWanted] = useState<{ path?: string | null; cursor?: string; number: number }>({ number: 0 });
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    // Another path starts at its first page.
    const cursor = wanted.path === path ? wanted.cursor : undefined;
    const page = cursor === undefined ? "" : `${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`;
    setBusy(true);
    api
      .get<List<Row>>(path + page, abort.signal)
      .then(({ data, next }) =>
        setState((old) => ({ path, next, rows: cursor === undefined ? data : [...(old.rows ?? []), ...data] })),
      )
      .catch((error: ApiError) => {
        if (!abort.signal.aborted) setState((old) => ({ ...(old.path === path && old), path, error }));
      })
      .finally(() => !abort.signal.aborted && setBusy(false));
    return () => abort.abort();
  }, [api, path, wanted]);
  const current = state.path === path ? state : { path };
  const next = current.next ?? undefined;
  return {
    rows: current.rows,
    error: current.error,
    more: next !== undefined,
    busy,
    loadMore: useCallback(() => {
      if (next !== undefined) setWanted(({ number }) => ({ path, cursor: next, number: number + 1 }));
    }, [path, next]),
    reload: useCallback(() => setWanted(({ number }) => ({ number: number + 1 })), []),
  };
}
