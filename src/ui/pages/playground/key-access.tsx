import { useState } from "preact/hooks";
import { Card } from "../../components/card.tsx";
import { Field } from "../../components/field.tsx";
import { useHolder } from "../../session.tsx";
import { type Access, TEMPORARY_LIMIT_USD } from "./use-access.ts";

/** Asks for a virtual key where calls need one. */
export function KeyAccess({ access }: { access: Access }) {
  const { role } = useHolder();
  const [text, setText] = useState("");
  return (
    <Card title="Calls need a virtual key">
      <div class="stack key-access">
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim() !== "") access.use(text.trim());
          }}
        >
          <Field label="Virtual key" hint="Kept in this page's memory alone, and forgotten when you leave it.">
            <input
              type="password"
              name="key"
              autoComplete="off"
              spellcheck={false}
              placeholder="eg_…"
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </Field>
          <button type="submit" class="button self-start" disabled={text.trim() === ""}>
            Use this key
          </button>
        </form>
        {role === "admin" && (
          <div class="stack">
            <p class="muted">
              Or have one made for an hour, with a budget of ${TEMPORARY_LIMIT_USD}. It is revoked when you leave this
              page.
            </p>
            <button type="button" class="button primary self-start" onClick={() => void access.make()}>
              Make a key for an hour
            </button>
          </div>
        )}
      </div>
    </Card>
  );
}
