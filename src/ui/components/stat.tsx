import type { ComponentChildren } from "preact";
import type { Tone } from "./badge.tsx";

export interface StatProps {
  label: string;
  value: ComponentChildren;
  /** The requests behind the number. */
  href?: string;
  hint?: ComponentChildren;
  tone?: Tone;
  /** The exact value, where the shown one is rounded. */
  title?: string;
}

/** One number with its name. Put several into a `<div class="stats">`. */
export function Stat({ label, value, href, hint, tone = "neutral", title }: StatProps) {
  const inner = (
    <>
      <span class="stat-label">{label}</span>
      <span class={`stat-value ${tone}`}>{value}</span>
      {hint !== undefined && <span class="stat-hint">{hint}</span>}
    </>
  );
  return href === undefined ? (
    <div class="stat" title={title}>
      {inner}
    </div>
  ) : (
    <a class="stat" href={href} title={title}>
      {inner}
    </a>
  );
}
