/** Takes entries out: one, all of a key, by age, or by what they say. */
import { useState } from "preact/hooks";
import { ApiError } from "../../api/client.ts";
import { Card } from "../../components/card.tsx";
import { useConfirm } from "../../components/confirm.tsx";
import { Field } from "../../components/field.tsx";
import { useToast } from "../../components/toast.tsx";
import { count } from "../../format.ts";
import { link } from "../../location.tsx";
import { useApi } from "../../session.tsx";

const HOUR_MS = 3_600_000;
const NOTHING = { text: "", key: "", hours: "", id: "" };

type Filters = typeof NOTHING;

const FIELDS = [
  ["text", "Text", "Part of the question or of the answer", "text"],
  ["key", "Key", "Name or id of the virtual key that stored it", "key"],
  ["hours", "Older than, hours", "0 takes out everything", "older_than_ms"],
  ["id", "Entry", "Its 64 digits, as an explanation shows them", "id"],
] as const;

export function Purge({ changed }: { changed(): void }) {
  const api = useApi();
  const confirm = useConfirm();
  const say = useToast();
  const [filters, setFilters] = useState<Filters>(NOTHING);
  const [error, setError] = useState<ApiError>();
  const query = queryOf(filters);
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      const { entries } = await api.get<{ entries: number }>(link("/admin/cache/count", query));
      setError(undefined);
      if (entries === 0) return say("ok", "There is no such entry.");
      const title = entries === 1 ? "Take one entry out?" : `Take ${count(entries)} entries out?`;
      if (!(await confirm({ title, text: questionOf(filters), action: "Take out" }))) return;
      const { deleted } = await api.send<{ deleted: number }>("DELETE", link("/admin/cache", query));
      say("ok", deleted === 1 ? "One entry is gone." : `${count(deleted)} entries are gone.`);
      setFilters(NOTHING);
      changed();
    } catch (thrown) {
      setError(thrown as ApiError);
    }
  };
  const errorAt = (param: string) => (error instanceof ApiError && error.param === param ? error.message : undefined);
  return (
    <Card title="Take entries out" aside="what is given holds together">
      <form class="purge" onSubmit={(event) => void submit(event)} noValidate>
        {FIELDS.map(([name, label, hint, param]) => (
          <Field key={name} label={label} hint={hint} error={errorAt(param)}>
            <input
              name={name}
              spellcheck={false}
              autoComplete="off"
              inputMode={name === "hours" ? "decimal" : undefined}
              aria-invalid={errorAt(param) !== undefined}
              value={filters[name]}
              onInput={(event) => setFilters({ ...filters, [name]: event.currentTarget.value })}
            />
          </Field>
        ))}
        <div class="actions">
          <button type="submit" class="button danger" disabled={Object.keys(query).length === 0}>
            Take out
          </button>
        </div>
      </form>
    </Card>
  );
}

function queryOf({ text, key, hours, id }: Filters): Record<string, string> {
  return {
    ...(text !== "" && { text }),
    ...(key.trim() !== "" && { key: key.trim() }),
    // What is no number is sent as it is: the gateway says what is wrong with it.
    ...(hours.trim() !== "" && { older_than_ms: millisecondsOf(hours.trim()) }),
    ...(id.trim() !== "" && { id: id.trim() }),
  };
}

function millisecondsOf(hours: string): string {
  const ms = Number(hours) * HOUR_MS;
  return Number.isFinite(ms) ? String(Math.round(ms)) : hours;
}

function questionOf({ text, key, hours, id }: Filters): string {
  if (hours.trim() === "0" && text === "" && key === "" && id === "")
    return "Every entry of every key goes. That cannot be undone.";
  const parts = [
    text !== "" && `that hold “${text}”`,
    key.trim() !== "" && `of the key ${key.trim()}`,
    hours.trim() !== "" && `older than ${hours.trim()} h`,
    id.trim() !== "" && "with this id",
  ].filter(Boolean);
  return `Entries ${parts.join(" and ")} go. That cannot be undone.`;
}
