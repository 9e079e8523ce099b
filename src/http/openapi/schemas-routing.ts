/** Bodies of the admin API about providers and models. */
import { type TSchema, Type } from "@sinclair/typebox";
import { ROUTE, TIMEOUTS } from "../../config/schema-routing.ts";
import { VENDORS } from "../../providers/vendors.ts";
import { orNull, page, TIME, words } from "./schema-words.ts";

const SECRET = Type.String({ minLength: 1, description: "The secret itself. Stored encrypted, shown masked." });

const KEY = Type.Union([
  SECRET,
  Type.Object(
    {
      name: Type.Optional(Type.String({ description: "Default key-1, key-2 … by position." })),
      secret: Type.Optional(SECRET),
      accessKeyId: Type.Optional(SECRET),
      secretAccessKey: Type.Optional(SECRET),
      sessionToken: Type.Optional(SECRET),
      weight: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 })),
      models: Type.Optional(orNull(Type.Array(Type.String()))),
    },
    {
      additionalProperties: false,
      description:
        "With secret, or for Bedrock accessKeyId and secretAccessKey. In a change, one without them keeps those of the key of its name.",
    },
  ),
]);

const PROVIDER = {
  type: words(...VENDORS.keys()),
  baseUrl: Type.String({ description: "In the form that the vendor's own SDK takes." }),
  keys: Type.Array(KEY, { minItems: 1 }),
  headers: Type.Record(Type.String(), Type.String(), { description: "Values are stored encrypted and shown masked." }),
  forwardHeaders: Type.Array(Type.String()),
  timeouts: TIMEOUTS,
  apiVersion: Type.String({ description: "azure-openai" }),
  deployments: Type.Record(Type.String(), Type.String(), { description: "azure-openai: model to deployment." }),
  region: Type.String({ description: "bedrock" }),
  project: Type.String({ description: "vertex" }),
  location: Type.String({ description: "vertex" }),
};

const NAME = { name: Type.String({ minLength: 1, maxLength: 256 }) };

function request(properties: Record<string, TSchema>, required: string[]): TSchema {
  return Type.Unsafe({
    type: "object",
    additionalProperties: false,
    required,
    properties: { ...NAME, ...properties },
    description: "The configuration's own fields.",
  });
}

/** Every field may be null, which takes it away. */
function changes(properties: Record<string, TSchema>): TSchema {
  return Type.Unsafe({
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, orNull(schema)])),
    description: "Each field given replaces the old value as a whole; null takes it away.",
  });
}

function shown(properties: Record<string, TSchema>): TSchema {
  return Type.Object(
    {
      id: Type.String(),
      name: Type.String(),
      ...properties,
      origin: words("file", "api"),
      state: words("active", "shadowed", "faulty"),
      fault: orNull(Type.String(), { description: "Why a faulty one is out of force." }),
      created_at: orNull(TIME),
      updated_at: orNull(TIME),
    },
    { additionalProperties: true },
  );
}

const { targets, ...routeOptions } = ROUTE.properties;

export const ROUTING_SCHEMAS = {
  NewProvider: request(PROVIDER, ["name", "type"]),
  ProviderChanges: changes(PROVIDER),
  Provider: shown({
    type: words(...VENDORS.keys()),
    baseUrl: orNull(Type.String()),
    keys: Type.Array(Type.Object({ name: Type.String(), weight: Type.Number() }, { additionalProperties: true })),
    headers: orNull(PROVIDER.headers),
    forwardHeaders: orNull(PROVIDER.forwardHeaders),
    timeouts: orNull(TIMEOUTS),
  }),
  ProviderPage: page("Provider"),
  NewModel: request({ targets, ...routeOptions }, ["name", "targets"]),
  ModelChanges: changes({ targets, ...routeOptions }),
  RoutedModel: shown({
    targets,
    ...Object.fromEntries(Object.entries(routeOptions).map(([name, schema]) => [name, orNull(schema as TSchema)])),
  }),
  RoutedModelPage: page("RoutedModel"),
} satisfies Record<string, TSchema>;
