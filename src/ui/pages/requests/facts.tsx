import type { RequestDetail, Usage } from "../../api/types.ts";
import { Card } from "../../components/card.tsx";
import { Fact } from "../../components/fact.tsx";
import { count, duration, exactMoney, NONE } from "../../format.ts";
import { link } from "../../location.tsx";

/** Everything else that the log has of a request. */
export function Facts({ row }: { row: RequestDetail }) {
  return (
    <Card title="Details">
      <dl class="facts">
        <Fact name="Model">{filter("model", row.model)}</Fact>
        <Fact name="Answered by">{answeredBy(row)}</Fact>
        <Fact name="Provider">{filter("provider", row.provider)}</Fact>
        <Fact name="Key">{filter("key", row.key)}</Fact>
        <Fact name="Team">{filter("team", row.team)}</Fact>
        {row.customer && <Fact name="Customer">{row.customer}</Fact>}
        {row.user && <Fact name="User">{row.user}</Fact>}
        {row.session && <Fact name="Session">{row.session}</Fact>}
        {row.tags && (
          <Fact name="Tags">
            {Object.entries(row.tags)
              .map(([name, value]) => `${name}=${value}`)
              .join(", ")}
          </Fact>
        )}
        <Fact name="Operation">
          {row.operation} in {row.dialect}
          {row.stream && ", stream"}
        </Fact>
        <Fact name="Gateway's own time">{duration(row.overhead_ms)}</Fact>
        {row.queued_ms > 0 && <Fact name="Queued">{duration(row.queued_ms)}</Fact>}
        <Fact name="Finish">{row.finish ?? NONE}</Fact>
        <Fact name="Cost">{exactMoney(row.cost_usd)}</Fact>
        {row.usage && <Fact name="Tokens">{tokensText(row.usage)}</Fact>}
        {row.warnings.length > 0 && <Fact name="Not honoured">{row.warnings.join(", ")}</Fact>}
      </dl>
    </Card>
  );
}

/** A stream that went on elsewhere has several. */
function answeredBy({ target, attempts }: RequestDetail): string {
  const others = attempts.filter(({ kind, outcome }) => kind === "continuation" && outcome === "ok");
  return [target ?? NONE, ...others.map((attempt) => attempt.target)].join(", then ");
}

function filter(name: "model" | "provider" | "key" | "team", value: string | null) {
  return value === null ? NONE : <a href={link("/ui/requests", { [name]: value })}>{value}</a>;
}

function tokensText(usage: Usage): string {
  const parts: [number, string][] = [
    [usage.input, "input"],
    [usage.cache_read, "read from the provider's cache"],
    [usage.cache_write_5m + usage.cache_write_1h, "written to it"],
    [usage.output, "output"],
    [usage.reasoning, "reasoning"],
    [usage.audio_input, "audio in"],
    [usage.audio_output, "audio out"],
    [usage.searches, "searches"],
  ];
  const text = parts
    .filter(([number]) => number > 0)
    .map(([number, name]) => `${count(number)} ${name}`)
    .join(", ");
  return `${text || "none"}${usage.estimated ? " (estimated)" : ""}`;
}
