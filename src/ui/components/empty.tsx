import type { ComponentChildren } from "preact";
import { CopyLine } from "./copy-button.tsx";

/** Where there is nothing yet: says what to do next, with the command to do it. */
export function Empty({ title, command, children }: { title: string; command?: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p>{title}</p>
      {children && <div class="muted">{children}</div>}
      {command !== undefined && <CopyLine text={command} label="Copy the command" />}
    </div>
  );
}
