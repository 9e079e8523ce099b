/** Hours of the day, in UTC, in which a rule sends nothing: `22:00-06:00`. */
export interface Quiet {
  /** Minutes since midnight; from after to: over midnight. */
  fromMinute: number;
  toMinute: number;
}

const FORM = /^\s*([01]\d|2[0-3]):([0-5]\d)\s*-\s*([01]\d|2[0-3]):([0-5]\d)\s*$/;

/** Undefined for what is no such time, or an empty one. */
export function parseQuiet(text: string): Quiet | undefined {
  const found = FORM.exec(text);
  if (!found) return undefined;
  const [fromHour, from, toHour, to] = found.slice(1).map(Number) as [number, number, number, number];
  const quiet = { fromMinute: fromHour * 60 + from, toMinute: toHour * 60 + to };
  return quiet.fromMinute === quiet.toMinute ? undefined : quiet;
}

/** As it is written. */
export function quietText({ fromMinute, toMinute }: Quiet): string {
  return `${timeOfDay(fromMinute)}-${timeOfDay(toMinute)}`;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

export function isQuiet({ fromMinute, toMinute }: Quiet, nowMs: number): boolean {
  const minute = Math.floor(nowMs / MINUTE_MS) % DAY_MINUTES;
  return fromMinute < toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute;
}

function timeOfDay(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
}
