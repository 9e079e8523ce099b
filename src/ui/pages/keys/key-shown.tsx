import { CopyLine } from "../../components/copy-button.tsx";
import { Dialog } from "../../components/dialog.tsx";

export interface ShownKey {
  name: string;
  secret: string;
  /** A model it may use, for the line to try it with. */
  model: string;
}

/** A new secret, shown this once: the gateway keeps no more than its hash. */
export function KeyShown({ name, secret, model, onClose }: ShownKey & { onClose(): void }) {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] });
  const call = `curl ${location.origin}/v1/chat/completions -H 'content-type: application/json' -H 'authorization: Bearer ${secret}' -d '${body}'`;
  return (
    <Dialog title={`The key ${name}`} onClose={onClose}>
      <div class="stack">
        <p>Copy it now: it is shown this once, and the gateway keeps only its hash.</p>
        <CopyLine text={secret} label="Copy the key" />
        <p>A first call with it:</p>
        <CopyLine text={call} label="Copy the call" />
        <div class="actions">
          <button type="button" class="button primary" onClick={onClose}>
            I have copied it
          </button>
        </div>
      </div>
    </Dialog>
  );
}
