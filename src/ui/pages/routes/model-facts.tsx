import { duration } from "../../format.ts";
import type { ModelView } from "./types.ts";

/** What is set of a model besides its targets, in a line. */
export function ModelFacts({ model }: { model: ModelView }) {
  const { affinity, continuation, contextTokens, timeouts, cache } = model;
  const facts: [string, string][] = [];
  if (affinity !== null) facts.push(["affinity", affinity]);
  if (continuation !== null) facts.push(["continuation", continuation]);
  if (contextTokens !== null) facts.push(["contextTokens", contextTokens.toLocaleString("en-US")]);
  for (const [name, ms] of Object.entries(timeouts ?? {})) facts.push([name, duration(ms)]);
  if (cache === false) facts.push(["cache", "off"]);
  else if (cache) facts.push(["cache", "settings of its own"]);
  if (facts.length === 0) return null;
  return (
    <dl class="model-facts small">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
