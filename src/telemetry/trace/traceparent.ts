/** W3C Trace Context (https://www.w3.org/TR/trace-context/, level 1): who called, and under which trace. */
import type { Random } from "../../canonical/deps.ts";
import type { TraceContext } from "../../canonical/record.ts";

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const SAMPLED = 1;
const NO_TRACE = "0".repeat(32);
const NO_SPAN = "0".repeat(16);

/**
 * The trace of a call: the caller's, or one of its own. A caller's decision whether to sample is kept; otherwise
 * `sample` (0 to 1) of the traces are, decided by the trace id, so that every part of a trace decides alike.
 */
export function beginTrace(header: string | undefined, sample: number, random: Random): TraceContext {
  const parent = parseTraceparent(header);
  const traceId = parent?.traceId ?? randomHex(16, random);
  const sampled = parent ? parent.sampled : Number.parseInt(traceId.slice(-8), 16) < sample * 2 ** 32;
  return { traceId, spanId: randomHex(8, random), parentSpanId: parent?.spanId, sampled };
}

/** What goes upstream, so that a provider's own traces join. */
export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-0${sampled ? SAMPLED : 0}`;
}

/** Hexadecimal random bytes, never all zero. */
export function randomHex(bytes: number, random: Random): string {
  let text = "";
  for (let i = 0; i < bytes; i++)
    text += Math.floor(random() * 256)
      .toString(16)
      .padStart(2, "0");
  return /^0+$/.test(text) ? randomHex(bytes, random) : text;
}

/** Undefined for what is no traceparent: the trace then begins here (section 4.3 of the standard). */
function parseTraceparent(
  header: string | undefined,
): { traceId: string; spanId: string; sampled: boolean } | undefined {
  const [, version, traceId, spanId, flags] = TRACEPARENT.exec(header ?? "") ?? [];
  if (!traceId || !spanId || !flags || version === "ff" || traceId === NO_TRACE || spanId === NO_SPAN) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}
