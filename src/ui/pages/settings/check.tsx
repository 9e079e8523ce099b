/** Would a configuration be taken? Nothing is changed by asking. */
import { useState } from "preact/hooks";
import { Card } from "../../components/card.tsx";
import { CopyLine } from "../../components/copy-button.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { Field } from "../../components/field.tsx";
import { useAction } from "../../components/toast.tsx";
import { useApi } from "../../session.tsx";

interface Fault {
  path: string;
  message: string;
  nearest: string | null;
}

interface Result {
  ok: boolean;
  faults: Fault[];
}

const EXAMPLE = '{ "providers": { "openai": { "type": "openai", "keys": [{ "env": "OPENAI_API_KEY" }] } } }';

export function CheckConfig() {
  const api = useApi();
  const action = useAction();
  const [text, setText] = useState("");
  const [fault, setFault] = useState<string>();
  const [result, setResult] = useState<Result>();
  const check = async (event: Event) => {
    event.preventDefault();
    setResult(undefined);
    setFault(undefined);
    let config: unknown;
    try {
      config = JSON.parse(text);
    } catch (error) {
      return setFault(`This is no JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
    setResult(await action(() => api.send<Result>("POST", "/admin/config/check", config)));
  };
  return (
    <Card title="Check a configuration">
      <form class="stack" onSubmit={(event) => void check(event)}>
        <Field
          label="A whole configuration as JSON"
          hint="Nothing is changed. Environment variables it names are looked up here, where the gateway runs."
          error={fault}
        >
          <textarea
            name="config"
            class="mono check-text"
            spellcheck={false}
            placeholder={EXAMPLE}
            value={text}
            aria-invalid={fault !== undefined}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </Field>
        <button type="submit" class="button primary self-start" disabled={text.trim() === ""}>
          Check
        </button>
      </form>
      <Verdict result={result} />
      <p class="muted small">A TypeScript or YAML file is checked from the shell:</p>
      <CopyLine text="evergate check --config gateway.config.ts" label="Copy the command" />
    </Card>
  );
}

function Verdict({ result }: { result: Result | undefined }) {
  return (
    <>
      <div role="status" class="check-result">
        {result?.ok && <p class="ok">It would be taken as it is.</p>}
        {result && !result.ok && (
          <p class="bad">
            {result.faults.length === 1 ? "One fault" : `${result.faults.length} faults`}: it would be refused, and what
            is in force would stay.
          </p>
        )}
      </div>
      {result && !result.ok && (
        <DataTable
          caption="Faults"
          rows={result.faults}
          rowKey={({ path, message }) => path + message}
          columns={[
            { title: "Where", main: true, cell: ({ path }) => <code>{path || "the whole"}</code> },
            { title: "What", cell: ({ message }) => message },
            { title: "Did you mean", cell: ({ nearest }) => nearest && <code>{nearest}</code> },
          ]}
        />
      )}
    </>
  );
}
