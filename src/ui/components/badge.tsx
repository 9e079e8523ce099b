import type { ComponentChildren } from "preact";

export type Tone = "ok" | "warn" | "bad" | "neutral";

/** A state in one word. The word says it; the colour only repeats it. */
export function Badge({
  tone = "neutral",
  title,
  children,
}: {
  tone?: Tone;
  title?: string;
  children: ComponentChildren;
}) {
  return (
    <span class={`badge ${tone}`} title={title}>
      {children}
    </span>
  );
}

/** HTTP status of a call. */
export function StatusBadge({ status }: { status: number }) {
  return <Badge tone={status < 400 ? "ok" : status < 500 ? "warn" : "bad"}>{status}</Badge>;
}
