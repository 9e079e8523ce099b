/**
 * `from=-24h` in an address stays "the last 24 hours", whenever it is opened; the admin API gets the time that it is
 * at the moment of asking.
 */

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `-24h` → 86,400,000; undefined for what is no relative time. */
export function relativeMs(text: string): number | undefined {
  const match = /^-(\d{1,5})([mhd])$/.exec(text);
  return match ? Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS] : undefined;
}

/** The time that a value of an address means now, in RFC 3339; what is not relative stays as it is. */
export function absoluteTime(text: string, nowMs: number): string {
  const ms = relativeMs(text);
  return ms === undefined ? text : new Date(nowMs - ms).toISOString();
}

/** The path with every relative `from` and `to` made absolute. */
export function withAbsoluteTimes(path: string, nowMs: number): string {
  return path.replace(
    /([?&](?:from|to)=)(-\d{1,5}[mhd])(?=&|$)/g,
    (_, name: string, text: string) => name + encodeURIComponent(absoluteTime(text, nowMs)),
  );
}
