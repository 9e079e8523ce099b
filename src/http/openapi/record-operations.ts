/** What the five kinds of records that can be made by API have in common: one is shown, changed and removed alike. */
import { Type } from "@sinclair/typebox";
import { EXAMPLES } from "./examples.ts";
import { PAGE } from "./list-parameters.ts";
import { body, errors, type Operation, type Parameter, pathId } from "./operation.ts";
import type { SchemaName } from "./schemas.ts";

const ERRORS = errors("OpenAiError", EXAMPLES.openAiError);

export const IF_MATCH: Parameter = {
  name: "if-match",
  in: "header",
  description: "ETag of the version that is meant; 412 when it has been changed since.",
  schema: Type.String(),
};

export interface DescribedRecord {
  /** Names of its schemas. */
  names: Record<"one" | "page" | "made" | "changes", SchemaName>;
  /** In a sentence: `virtual key`. */
  what: string;
  filters: readonly Parameter[];
  /** Examples. */
  shown: { id: string };
  created: object;
  changed: object;
  create: { description: string; made?: Operation["responses"][string] };
  remove: { summary: string; description: string };
}

export function describeRecord({ names, what, filters, shown, created, changed, create, remove }: DescribedRecord) {
  const id = pathId("Id or name.");
  const answer = (description: string) => ({ description, content: body(names.one, shown) });
  return {
    list: {
      tags: ["admin"],
      summary: `The ${what}s, by name`,
      parameters: [...filters, ...PAGE],
      responses: {
        "200": { description: "A page", content: body(names.page, { data: [shown], next: null }) },
        ...ERRORS("400", "401", "403"),
      },
    },
    get: {
      tags: ["admin"],
      summary: `One ${what}`,
      parameters: [id],
      responses: { "200": answer("With its ETag"), ...ERRORS("400", "401", "403", "404") },
    },
    create: {
      tags: ["admin"],
      summary: `Makes a ${what}`,
      description: create.description,
      requestBody: { required: true, content: body(names.made, created) },
      responses: { "201": create.made ?? answer("Made"), ...ERRORS("400", "401", "403", "409", "413", "415") },
    },
    update: {
      tags: ["admin"],
      summary: `Changes a ${what}`,
      description: "What the configuration file declares is read-only: 409.",
      parameters: [id, IF_MATCH],
      requestBody: { required: true, content: body(names.changes, changed) },
      responses: {
        "200": answer("As it is now"),
        ...ERRORS("400", "401", "403", "404", "409", "412", "413", "415"),
      },
    },
    delete: {
      tags: ["admin"],
      ...remove,
      parameters: [id, IF_MATCH],
      responses: {
        "200": { description: "Gone", content: body("Deleted", { id: shown.id, deleted: true }) },
        ...ERRORS("400", "401", "403", "404", "409", "412"),
      },
    },
  } satisfies Record<string, Operation>;
}
