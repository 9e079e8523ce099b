/** What `/openapi.json` says of providers and models made by API. */
import { Type } from "@sinclair/typebox";
import { ROUTING_KINDS, type RoutingKind } from "../../config/dynamic/routing-view.ts";
import { EXAMPLES } from "./examples.ts";
import { ROUTING_EXAMPLES } from "./examples-routing.ts";
import { body, errors, type Operation, type Parameter, pathId, query } from "./operation.ts";

const ERRORS = errors("OpenAiError", EXAMPLES.openAiError);

const NAMES = {
  providers: { one: "Provider", page: "ProviderPage", made: "NewProvider", changes: "ProviderChanges" },
  models: { one: "RoutedModel", page: "RoutedModelPage", made: "NewModel", changes: "ModelChanges" },
} as const;

const IF_MATCH: Parameter = {
  name: "if-match",
  in: "header",
  description: "ETag of the version that is meant; 412 when it has been changed since.",
  schema: Type.String(),
};

export function routingOperations(kind: RoutingKind) {
  const what = ROUTING_KINDS[kind];
  const { one, page, made, changes } = NAMES[kind];
  const { shown, created, changed } = ROUTING_EXAMPLES[kind];
  const id = pathId("Id or name.");
  const answer = (description: string) => ({ "200": { description, content: body(one, shown) } });
  return {
    list: {
      tags: ["admin"],
      summary: `The ${what}s, by name`,
      parameters: [
        query("origin", "file or api"),
        query("state", "active, shadowed (the file declares the same name) or faulty (what it refers to is gone)"),
        query("text", "Part of name or id"),
        kind === "providers"
          ? query("type", "Provider type")
          : query("provider", "Name of a provider it has targets at"),
        query("limit", "Rows of a page", Type.Integer({ minimum: 1, maximum: 1_000, default: 50 })),
        query("cursor", "`next` of the page before"),
      ],
      responses: {
        "200": { description: "A page", content: body(page, { data: [shown], next: null }) },
        ...ERRORS("400", "401", "403"),
      },
    },
    get: {
      tags: ["admin"],
      summary: `One ${what}`,
      parameters: [id],
      responses: { ...answer("With its ETag"), ...ERRORS("400", "401", "403", "404") },
    },
    create: {
      tags: ["admin"],
      summary: `Makes a ${what}`,
      description:
        kind === "providers"
          ? "In force from the next call on. Keys are given as they are, stored encrypted and never shown again; addresses in private networks need server.allowPrivateNetwork in the configuration file."
          : "In force from the next call on. Targets and fallbacks may name what the file declares and what was made here.",
      requestBody: { required: true, content: body(made, created) },
      responses: {
        "201": { description: "Made", content: body(one, shown) },
        ...ERRORS("400", "401", "403", "409", "413", "415"),
      },
    },
    update: {
      tags: ["admin"],
      summary: `Changes a ${what}`,
      description: "What the configuration file declares is read-only: 409.",
      parameters: [id, IF_MATCH],
      requestBody: { required: true, content: body(changes, changed) },
      responses: { ...answer("As it is now"), ...ERRORS("400", "401", "403", "404", "409", "412", "413", "415") },
    },
    delete: {
      tags: ["admin"],
      summary: `Removes a ${what}`,
      description: `Gone from the next call on; calls in flight end as they began. 409 as long as a model names it.`,
      parameters: [id, IF_MATCH],
      responses: {
        "200": { description: "Gone", content: body("Deleted", { id: shown.id, deleted: true }) },
        ...ERRORS("400", "401", "403", "404", "409", "412"),
      },
    },
  } satisfies Record<string, Operation>;
}
