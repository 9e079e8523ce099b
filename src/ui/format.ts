/**
 * How numbers, money and times are written. Money comes as decimal strings of USD and is summed and rounded as whole
 * nano-USD, never as a float.
 */

const NANO = 1_000_000_000n;
/** What there is not, or nobody knows. */
export const NONE = "–";

/** Whole nano-USD of a decimal string such as `"0.00001845"`; digits beyond the ninth are cut off. */
export function nanoUsd(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) throw new Error(`Not an amount: ${text}`);
  const [, sign, whole, fraction = ""] = match;
  const nano = BigInt(whole!) * NANO + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
  return sign === "-" ? -nano : nano;
}

/** `"12.3"` → `$12.30`, `"0.00001845"` → `$0.0000185`; unknown (null) → `–`. Below a cent three digits count. */
export function money(amount: string | bigint | null | undefined): string {
  if (amount === null || amount === undefined) return NONE;
  const nano = typeof amount === "bigint" ? amount : nanoUsd(amount);
  const absolute = nano < 0n ? -nano : nano;
  const sign = nano < 0n ? "-" : "";
  if (absolute === 0n) return "$0.00";
  if (absolute >= NANO / 100n) {
    const cents = roundedTo(absolute, NANO / 100n);
    return `${sign}$${grouped(cents / 100n)}.${String(cents % 100n).padStart(2, "0")}`;
  }
  const step = 10n ** BigInt(Math.max(0, String(absolute).length - 3));
  const digits = String(roundedTo(absolute, step) * step).padStart(9, "0");
  return `${sign}$0.${digits.replace(/0+$/, "")}`;
}

/**
 * What is spent of a limit, `["$0.0151", "$0.02"]`: three digits of the limit count, and as many more as it takes to
 * tell the two apart. The limit is written as it was set.
 */
export function spentOf(spent: string, limit: string): [spent: string, limit: string] {
  const [part, whole] = [nanoUsd(spent), nanoUsd(limit)];
  let decimals = Math.max(2, 12 - String(whole).length);
  while (decimals < 9 && part !== whole && decimal(part, decimals) === decimal(whole, decimals)) decimals++;
  const isLost = part !== 0n && Number(decimal(part, decimals)) === 0;
  return [isLost ? money(part) : `$${decimal(part, decimals)}`, `$${decimal(whole, 9).replace(/0{1,7}$/, "")}`];
}

function decimal(nano: bigint, decimals: number): string {
  const step = 10n ** BigInt(9 - decimals);
  const digits = String(roundedTo(nano, step)).padStart(decimals + 1, "0");
  return `${grouped(BigInt(digits.slice(0, -decimals)))}.${digits.slice(-decimals)}`;
}

/** Exact, as the API has it, for tooltips and copies. */
export function exactMoney(amount: string | null | undefined): string {
  return amount === null || amount === undefined ? NONE : `$${amount}`;
}

export function sumUsd(amounts: Iterable<string | null | undefined>): bigint {
  let sum = 0n;
  for (const amount of amounts) if (amount !== null && amount !== undefined) sum += nanoUsd(amount);
  return sum;
}

/** Share of `part` in `whole`, 0 to 1 and beyond; null without a whole. Only for bars and percentages. */
export function shareOf(part: string, whole: string): number | null {
  const all = nanoUsd(whole);
  return all === 0n ? null : Number((nanoUsd(part) * 1_000_000n) / all) / 1_000_000;
}

/** 1234567 → `1.23M`, 950 → `950`. */
export function count(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  const absolute = Math.abs(value);
  if (absolute < 10_000) return value.toLocaleString("en-US", { maximumFractionDigits: 0 });
  for (const [unit, size] of [
    ["B", 1e9],
    ["M", 1e6],
    ["k", 1e3],
  ] as const) {
    // What would round up to a thousand of its unit is one of the next.
    if (absolute >= size * 0.9995) return `${threeDigits(value / size)}${unit}`;
  }
  return String(value);
}

/** 1536 → `1.5 KiB`. */
export function bytes(value: number): string {
  for (const [unit, size] of [
    ["GiB", 2 ** 30],
    ["MiB", 2 ** 20],
    ["KiB", 2 ** 10],
  ] as const) {
    if (value >= size * 0.9995) return `${threeDigits(value / size)} ${unit}`;
  }
  return `${value} B`;
}

/** 12 → `12 ms`, 1234 → `1.23 s`, 75_000 → `1 m 15 s`, 7_260_000 → `2 h 1 m`. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return NONE;
  if (ms < 1) return ms === 0 ? "0 ms" : "< 1 ms";
  if (ms < 999.5) return `${ms < 10 ? threeDigits(Math.round(ms * 10) / 10) : Math.round(ms)} ms`;
  if (ms < 59_950) return `${threeDigits(ms / 1_000)} s`;
  const seconds = Math.round(ms / 1_000);
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} m` : `${hours} h`;
  return seconds % 60 > 0 ? `${minutes} m ${seconds % 60} s` : `${minutes} m`;
}

/**
 * `part` of `whole` as a percentage that never rounds a failure away: 9,999 of 10,000 is `99.99 %`, not `100 %`.
 * Without a whole `–`.
 */
export function percent(part: number, whole: number): string {
  if (whole === 0) return NONE;
  const value = (part / whole) * 100;
  if (part === 0 || part === whole) return `${Math.round(value)} %`;
  for (const digits of [1, 2, 3]) {
    const text = value.toFixed(digits);
    if (Number(text) > 0 && Number(text) < 100) return `${text} %`;
  }
  return value < 50 ? "< 0.001 %" : "> 99.999 %";
}

/** In the reader's own time zone: `14:03:22`. */
export function timeOfDay(at: string | number | Date): string {
  return new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** `23 Nov 14:03:22`, in the reader's own time zone. */
export function dateTime(at: string | number | Date): string {
  const date = new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
  return `${date} ${timeOfDay(at)}`;
}

/** `12 s ago`, `in 3 m`. */
export function ago(at: string | number | Date, nowMs: number): string {
  const passedMs = nowMs - new Date(at).getTime();
  const absolute = Math.abs(passedMs);
  if (absolute < 1_500) return "now";
  // The largest unit is enough: "6 m ago", not "6 m 36 s ago".
  const seconds = Math.round(absolute / 1_000);
  const text =
    seconds < 60
      ? `${seconds} s`
      : duration(seconds * 1_000)
          .split(" ")
          .slice(0, 2)
          .join(" ");
  return passedMs > 0 ? `${text} ago` : `in ${text}`;
}

function threeDigits(value: number): string {
  const absolute = Math.abs(value);
  const digits = absolute >= 99.95 ? 0 : absolute >= 9.995 ? 1 : 2;
  return value.toFixed(digits).replace(/\.0+$|(\.\d*[1-9])0+$/, "$1");
}

function roundedTo(value: bigint, step: bigint): bigint {
  return (value + step / 2n) / step;
}

function grouped(value: bigint): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
