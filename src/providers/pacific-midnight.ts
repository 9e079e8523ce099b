/** Google's daily quotas turn at midnight Pacific time, summer and winter (ai.google.dev, rate limits, 2026). */
const CLOCK_IN_CALIFORNIA = new Intl.DateTimeFormat("en-US", {
  timeZone: "America/Los_Angeles",
  hourCycle: "h23",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
});

/** Epoch milliseconds of the next one; on the two days a year when clocks change it may be an hour off. */
export function nextPacificMidnightMs(now: number): number {
  const parts = Object.fromEntries(
    CLOCK_IN_CALIFORNIA.formatToParts(now).map(({ type, value }) => [type, Number(value)]),
  );
  const passedSeconds = (parts["hour"] ?? 0) * 3_600 + (parts["minute"] ?? 0) * 60 + (parts["second"] ?? 0);
  return Math.floor(now / 1_000) * 1_000 + (86_400 - passedSeconds) * 1_000;
}
