import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

export interface PageHeadProps {
  title: string;
  /** Beside the title: range pickers, buttons. */
  children?: ComponentChildren;
  /** A line below it. */
  lead?: ComponentChildren;
}

/** The page's one h1, which names the tab too. */
export function PageHead({ title, children, lead }: PageHeadProps) {
  useTitle(title);
  return (
    <div class="page-head">
      <div class="page-head-row">
        <h1>{title}</h1>
        {children && <div class="page-head-tools">{children}</div>}
      </div>
      {lead && <p class="muted">{lead}</p>}
    </div>
  );
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Evergate`;
  }, [title]);
}
