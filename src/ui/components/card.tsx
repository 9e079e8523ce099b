import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface CardProps {
  title: string;
  /** Beside the title: a link to more, a legend. */
  aside?: ComponentChildren;
  /** Over the whole width of a grid. */
  wide?: boolean;
  children: ComponentChildren;
}

/** A titled part of a page. */
export function Card({ title, aside, wide = false, children }: CardProps) {
  const id = useId();
  return (
    <section class={wide ? "card wide" : "card"} aria-labelledby={id}>
      <div class="card-head">
        <h2 id={id}>{title}</h2>
        {aside && <div class="card-aside">{aside}</div>}
      </div>
      {children}
    </section>
  );
}
