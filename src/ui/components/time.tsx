import { useEffect, useState } from "preact/hooks";
import { ago, dateTime } from "../format.ts";

const TICK_MS = 5_000;

/** Now, in epoch milliseconds, moving on by itself. */
export function useNow(everyMs = TICK_MS): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** `12 s ago`; the exact time on hover. */
export function Ago({ at }: { at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={dateTime(at)}>
      {ago(at, now)}
    </time>
  );
}

/** `23 Nov 14:03:22`, in the reader's own time zone. */
export function DateTime({ at }: { at: string }) {
  return (
    <time dateTime={at} title={at}>
      {dateTime(at)}
    </time>
  );
}
