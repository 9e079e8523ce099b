import { useEffect, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";

const SHOWN_MS = 2_000;

/** @param label what is copied, for readers of the screen: "Copy the key". */
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      class="button quiet icon-only"
      aria-label={copied ? "Copied" : label}
      title={copied ? "Copied" : label}
      onClick={() => void copy(text).then(setCopied)}
    >
      <Icon name={copied ? "check" : "copy"} />
    </button>
  );
}

/** A command or a secret on a line of its own, with the button to take it along. */
export function CopyLine({ text, label }: { text: string; label?: string }) {
  return (
    <div class="copy-line">
      <code>{text}</code>
      <CopyButton text={text} {...(label !== undefined && { label })} />
    </div>
  );
}

/** Over plain HTTP browsers have no clipboard but for localhost; there a selection is copied the old way. */
async function copy(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Refused by the reader or the browser: the old way may still do.
    }
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  // Inside an open dialog everything outside is inert, and could not be selected.
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}
