/** One public model: who is asked first, and who stands in. */
import type { AttemptStatsRow, Target } from "../../api/types.ts";
import { Badge } from "../../components/badge.tsx";
import { count } from "../../format.ts";
import { link } from "../../location.tsx";
import type { Range } from "../../ranges.ts";
import { ModelFacts } from "./model-facts.tsx";
import { RecordActions } from "./record-actions.tsx";
import { TargetNode } from "./target-node.tsx";
import { namesOf, stateOfTarget, weightsOf } from "./target-state.ts";
import type { ModelView } from "./types.ts";

export interface ModelCardProps {
  model: ModelView;
  models: readonly ModelView[];
  keys: ReadonlyMap<string, readonly Target[]>;
  attempts: readonly (AttemptStatsRow & { model: string })[];
  range: Range;
  edit(): void;
  changed(): void;
}

/** What the order of the targets means. */
const STRATEGIES: Record<string, string> = {
  fallback: "in this order",
  weighted: "by weight, the others on failure",
  "round-robin": "each in turn, the others on failure",
  latency: "the faster of two first, the others on failure",
  cost: "the cheapest first, the others on failure",
  "least-busy": "the least busy first, the others on failure",
};

export function ModelCard({ model, models, keys, attempts, range, edit, changed }: ModelCardProps) {
  const strategy = model.strategy ?? "fallback";
  const names = namesOf(model);
  const own = attempts.filter((row) => row.model === model.name);
  const all = own.reduce((sum, row) => sum + callsOf(row), 0);
  const weights = weightsOf(model);
  const isUsable = names.some((name) => stateOfTarget(keys.get(name) ?? []).tone !== "bad");
  return (
    <section class="card" id={anchorOf(model.name)} aria-labelledby={`${anchorOf(model.name)}-title`}>
      <div class="card-head">
        <h2 id={`${anchorOf(model.name)}-title`} class="row">
          {model.name}
          {model.state !== "active" && <Badge tone="warn">{model.state}</Badge>}
          {model.state === "active" && !isUsable && <Badge tone="bad">no target</Badge>}
        </h2>
        <div class="card-aside row">
          <span>
            <strong>{strategy}</strong>: {STRATEGIES[strategy]}
          </span>
          <a href={link("/ui/requests", { model: model.name, from: `-${range.name}` })}>
            {count(all)} {all === 1 ? "attempt" : "attempts"}
          </a>
          <RecordActions kind="models" view={model} edit={edit} changed={changed} />
        </div>
      </div>
      {model.fault !== null && <p class="bad">{model.fault}</p>}
      {model.state === "shadowed" && (
        <p class="warn">The configuration file declares this name, and its model is used.</p>
      )}
      <ol class={strategy === "fallback" ? "flow in-order" : "flow"}>
        {names.map((name, index) => (
          <li key={`${name} ${index}`}>
            <TargetNode
              target={name}
              model={model.name}
              keys={keys.get(name) ?? []}
              row={own.find((row) => row.target === name)}
              all={all}
              weight={weights?.[index]}
              users={models.filter((other) => namesOf(other).includes(name)).map((other) => other.name)}
              range={range}
              changed={changed}
            />
          </li>
        ))}
        {(model.fallbacks ?? []).map((name) => (
          <li key={name} class="flow-fallback">
            <Fallback name={name} model={models.find((one) => one.name === name)} keys={keys} />
          </li>
        ))}
      </ol>
      <ModelFacts model={model} />
    </section>
  );
}

/** Another model, or a target, that is asked when all of these have failed. */
function Fallback({
  name,
  model,
  keys,
}: { name: string; model: ModelView | undefined } & Pick<ModelCardProps, "keys">) {
  const names = model ? namesOf(model) : [name];
  return (
    <div class="node">
      <div class="node-head">
        <span class="node-name">
          {model ? <a href={`#${anchorOf(name)}`}>{name}</a> : name}
          <span class="muted small">{model ? "model" : "target"}, when all of these fail</span>
        </span>
      </div>
      <ul class="plain small">
        {names.map((target) => {
          const { tone, word } = stateOfTarget(keys.get(target) ?? []);
          return (
            <li key={target} class="row">
              <span class="grow">{target}</span>
              <Badge tone={tone}>{word}</Badge>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function callsOf({ ok, failed, refused, cancelled }: AttemptStatsRow): number {
  return ok + failed + refused + cancelled;
}

function anchorOf(name: string): string {
  return `model-${encodeURIComponent(name)}`;
}
