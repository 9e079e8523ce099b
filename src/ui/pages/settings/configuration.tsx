/** The configuration in force, defaults included and secrets left out; and reading it again. */
import { useState } from "preact/hooks";
import { ApiError } from "../../api/client.ts";
import { useData } from "../../api/use-data.ts";
import { Card } from "../../components/card.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { Field } from "../../components/field.tsx";
import { Icon } from "../../components/icon.tsx";
import { useToast } from "../../components/toast.tsx";
import { useQuery } from "../../location.tsx";
import { useApi, useHolder } from "../../session.tsx";
import { found, type Json, linesOf, type SettingLine } from "./setting-lines.ts";

export function Configuration() {
  const { data, error, reload } = useData<{ [name: string]: Json }>("/admin/config");
  const [{ find }, setQuery] = useQuery({ find: "" });
  const isAdmin = useHolder().role === "admin";
  return (
    <div class="column">
      <div class="config-tools">
        <Field label="Find a setting">
          <input
            type="search"
            name="find"
            placeholder="models targets, keepDays, off …"
            value={find}
            onInput={(event) => setQuery({ find: event.currentTarget.value }, { replace: true })}
          />
        </Field>
        {data && <CopyButton text={JSON.stringify(data, null, 2)} label="Copy all as JSON" />}
        {isAdmin && <Reload done={reload} />}
      </div>
      {error && <ErrorPanel error={error} retry={reload} />}
      {data && (find === "" ? <Sections config={data} /> : <Found lines={found(linesOf(data), find)} text={find} />)}
    </div>
  );
}

function Sections({ config }: { config: { [name: string]: Json } }) {
  return (
    <div class="config-sections">
      {Object.entries(config).map(([name, value]) => {
        const lines = linesOf(value);
        return (
          <details key={name} class="card config-section" open={lines.length > 0 && lines.length <= OPEN_LINES}>
            <summary>
              <strong>{name}</strong>{" "}
              <span class="muted small">
                {lines.length === 0 ? "nothing set" : `${lines.length} ${lines.length === 1 ? "setting" : "settings"}`}
              </span>
            </summary>
            <Lines lines={lines} />
          </details>
        );
      })}
    </div>
  );
}

/** Longer sections wait to be opened. */
const OPEN_LINES = 24;

function Found({ lines, text }: { lines: readonly SettingLine[]; text: string }) {
  return (
    <Card title={`${lines.length} ${lines.length === 1 ? "setting" : "settings"}`}>
      {lines.length === 0 ? (
        <Empty title={`No setting holds “${text}”. Every setting is described in the configuration's types.`} />
      ) : (
        <Lines lines={lines} />
      )}
    </Card>
  );
}

function Lines({ lines }: { lines: readonly SettingLine[] }) {
  return (
    <dl class="config-lines mono">
      {lines.map(({ path, value }) => (
        <div key={path}>
          <dt>{path === "" ? "value" : path}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Reload({ done }: { done(): void }) {
  const api = useApi();
  const say = useToast();
  const [fault, setFault] = useState<ApiError>();
  const reload = async () => {
    setFault(undefined);
    try {
      await api.send("POST", "/admin/reload");
      say("ok", "The configuration was read again and is in force.");
      done();
    } catch (error) {
      setFault(error instanceof ApiError ? error : undefined);
    }
  };
  return (
    <>
      <button type="button" class="button" onClick={() => void reload()}>
        <Icon name="refresh" />
        Reload
      </button>
      {fault && (
        <div class="config-fault">
          <ErrorPanel error={fault} />
          <p class="muted small">What was in force before stays in force.</p>
        </div>
      )}
    </>
  );
}
