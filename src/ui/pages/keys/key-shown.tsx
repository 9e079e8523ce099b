import { useModels } from "../../api/use-models.ts";
import { CopyLine } from "../../components/copy-button.tsx";
import { Dialog } from "../../components/dialog.tsx";

export interface ShownKey {
  name: string;
  secret: string;
}

/** A new secret, shown this once: the gateway keeps no more than its hash. */
export function KeyShown({ name, secret, onClose }: ShownKey & { onClose(): void }) {
  // A line that does not work would be worse than none: the model is one that this key may ask for.
  const model = useModels(secret, true).models?.[0]?.id;
  return (
    <Dialog title={`The key ${name}`} onClose={onClose}>
      <div class="stack">
        <p>Copy it now: it is shown this once, and the gateway keeps only its hash.</p>
        <CopyLine text={secret} label="Copy the key" />
        {model !== undefined && (
          <>
            <p>A first call with it:</p>
            <CopyLine text={callWith(secret, model)} label="Copy the call" />
          </>
        )}
        <div class="actions">
          <button type="button" class="button primary" onClick={onClose}>
            I have copied it
          </button>
        </div>
      </div>
    </Dialog>
  );
}

function callWith(secret: string, model: string): string {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] });
  return `curl ${location.origin}/v1/chat/completions -H 'content-type: application/json' -H 'authorization: Bearer ${secret}' -d '${body}'`;
}
