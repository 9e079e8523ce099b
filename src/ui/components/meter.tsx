import type { Tone } from "./badge.tsx";

export interface MeterProps {
  /** 0 to 1; more is shown as full. */
  share: number;
  /** For readers of the screen: "62 % of the daily budget". */
  label: string;
  /** Absent: from the share, a warning at 80 % and bad at 100 %. */
  tone?: Tone;
}

/** How much of something is used up. */
export function Meter({ share, label, tone }: MeterProps) {
  const shown = Math.max(0, Math.min(1, share));
  const state = tone ?? toneOf(share);
  return (
    <div class="meter" role="img" aria-label={label}>
      <div class={`meter-fill ${state}`} style={{ width: `${shown * 100}%` }} />
    </div>
  );
}

export function toneOf(share: number): Tone {
  return share >= 1 ? "bad" : share >= 0.8 ? "warn" : "ok";
}
