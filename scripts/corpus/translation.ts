/** Whether a recorded conversation, translated for the upstream that answered it, is what such an upstream takes. */
import type { JsonObject } from "../../src/canonical/chat.ts";
import type { TargetTraits } from "../../src/dialects/dialect.ts";
import { DIALECTS } from "../../src/dialects/index.ts";
import { openaiChat } from "../../src/dialects/openai-chat/openai-chat.ts";
import { traitsOf, VENDORS } from "../../src/providers/vendors.ts";
import { refuse } from "../conformance/strict.ts";
import type { Case } from "./cases.ts";

export function translationFaults({ request, dialect: name, expect, provider, model }: Case): string[] {
  if (!request || expect["kind"] === "error" || name === "openai-chat") return [];
  const dialect = DIALECTS.find((one) => one.name === name)!;
  const vendor = VENDORS.get(provider) ?? [...VENDORS.values()].find((row) => row.dialect === name)!;
  const traits: TargetTraits = { ...traitsOf(vendor, model), defaultMaxOutputTokens: 4_096 };
  const stream = request["stream"] === true;
  let body: JsonObject;
  try {
    ({ body } = dialect.formatRequest(openaiChat.parseRequest(request), { traits, stream }));
  } catch (error) {
    return [`the request cannot be translated: ${error}`];
  }
  const refused = refuse(name, body, model);
  return refused === undefined ? [] : [`the translated request would be refused: ${refused}`];
}
