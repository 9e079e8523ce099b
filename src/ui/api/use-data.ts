/** One GET of the admin API as a component sees it: asked for on mount, again at intervals, aborted when it leaves. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { useApi } from "../session.tsx";
import type { ApiError } from "./client.ts";

export interface Data<T> {
  /** The last answer; kept while a newer one is on its way, dropped when the path changes. */
  data: T | undefined;
  /** Of the last attempt; undefined once one succeeds. */
  error: ApiError | undefined;
  /** Nothing to show yet. */
  loading: boolean;
  reload(): void;
}

/**
 * @param path null: nothing is asked, as where the role may not. `from=-24h` (m, h, d) means the
 *   last 24 hours at each asking.
 * @param refreshMs asks again this long after each answer, while the page is visible; absent: never.
 */
export function useData<T>(path: string | null, refreshMs?: number): Data<T> {
  const api = useApi();
  const [state, setState] = useState<{ path: string | null; data?: T; error?: ApiError }>({ path });
  const [asked, setAsked] = useState(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    const ask = async (): Promise<void> => {
      if (document.hidden && refreshMs !== undefined) return wait();
      try {
        const data = await api.get<T>(path, abort.signal);
        if (!abort.signal.aborted) setState({ path, data });
      } catch (error) {
        if (abort.signal.aborted) return;
        setState((old) => ({ ...(old.path === path && { data: old.data }), path, error: error as ApiError }));
      }
      wait();
    };
    const wait = () => {
      if (refreshMs !== undefined && !abort.signal.aborted) timer.current = setTimeout(() => void ask(), refreshMs);
    };
    void ask();
    return () => {
      clearTimeout(timer.current);
      abort.abort();
    };
  }, [api, path, refreshMs, asked]);
  const reload = useCallback(() => setAsked((number) => number + 1), []);
  const current = state.path === path ? state : { path };
  return {
    data: current.data,
    error: current.error,
    loading: path !== null && current.data === undefined && current.error === undefined,
    reload,
  };
}
