/** Calls as they end, by server-sent events. */
import { useEffect, useState } from "preact/hooks";
import type { RequestRow } from "../../api/types.ts";
import { link } from "../../location.tsx";

/** Rows of the tail that are kept on the page. */
const MAX_ROWS = 200;
/** Rows that come faster are drawn together. */
const DRAW_EVERY_MS = 250;

export interface Live {
  /** Newest first. */
  rows: RequestRow[];
  /** Left out by the gateway because they came too fast. */
  dropped: number;
  lost: boolean;
}

const NOTHING: Live = { rows: [], dropped: 0, lost: false };

/** @param filters of the request log; undefined: not live. Times do not matter to what ends now. */
export function useLive(filters: Readonly<Record<string, string>> | undefined): Live {
  const [live, setLive] = useState(NOTHING);
  const path = filters && link("/admin/requests/live", { ...filters, from: "", to: "" });
  useEffect(() => {
    setLive(NOTHING);
    if (path === undefined) return;
    let waiting: RequestRow[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      timer = undefined;
      const rows = waiting.reverse();
      waiting = [];
      setLive((old) => ({ ...old, rows: [...rows, ...old.rows].slice(0, MAX_ROWS) }));
    };
    const source = new EventSource(path);
    source.addEventListener("request", ({ data }: MessageEvent<string>) => {
      waiting.push(JSON.parse(data) as RequestRow);
      timer ??= setTimeout(draw, DRAW_EVERY_MS);
    });
    source.addEventListener("dropped", ({ data }: MessageEvent<string>) => {
      const { rows } = JSON.parse(data) as { rows: number };
      setLive((old) => ({ ...old, dropped: old.dropped + rows }));
    });
    source.onopen = () => setLive((old) => ({ ...old, lost: false }));
    source.onerror = () => setLive((old) => ({ ...old, lost: true }));
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [path]);
  return live;
}
