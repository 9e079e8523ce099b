/** What `/openapi.json` says of providers and models made by API. */
import { ROUTING_KINDS, type RoutingKind } from "../../config/dynamic/routing-view.ts";
import { ROUTING_EXAMPLES } from "./examples-routing.ts";
import { query } from "./operation.ts";
import { describeRecord } from "./record-operations.ts";

const NAMES = {
  providers: { one: "Provider", page: "ProviderPage", made: "NewProvider", changes: "ProviderChanges" },
  models: { one: "RoutedModel", page: "RoutedModelPage", made: "NewModel", changes: "ModelChanges" },
} as const;

const CREATE = {
  providers:
    "In force from the next call on. Keys are given as they are, stored encrypted and never shown again; addresses in private networks need server.allowPrivateNetwork in the configuration file.",
  models:
    "In force from the next call on. Targets and fallbacks may name what the file declares and what was made here.",
} as const;

export function routingOperations(kind: RoutingKind) {
  const what = ROUTING_KINDS[kind];
  return describeRecord({
    ...ROUTING_EXAMPLES[kind],
    names: NAMES[kind],
    what,
    filters: [
      query("origin", "file or api"),
      query("state", "active, shadowed (the file declares the same name) or faulty (what it refers to is gone)"),
      query("text", "Part of name or id"),
      kind === "providers" ? query("type", "Provider type") : query("provider", "Name of a provider it has targets at"),
    ],
    create: { description: CREATE[kind] },
    remove: {
      summary: `Removes a ${what}`,
      description: "Gone from the next call on; calls in flight end as they began. 409 as long as a model names it.",
    },
  });
}
