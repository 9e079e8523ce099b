import type { JsonObject } from "../../canonical/chat.ts";
import type { BodyChanges } from "../dialect.ts";
import type { Edit } from "../splice.ts";
import { isObject, objectsOf } from "./json.ts";
import { partsOf } from "./parse-part.ts";
import { camel, nameIn } from "./proto-names.ts";
import { signatureGaps } from "./signature-gaps.ts";
import { isForeignSignature, SKIP_VALIDATION } from "./signatures.ts";

/** Undefined when the history holds another maker's signature: its parts have to be taken out. */
export function requestEdits(
  body: JsonObject,
  { traits, maxOutputTokens }: BodyChanges,
): { edits: Edit[]; warnings: string[] } | undefined {
  const { contents } = body;
  if (objectsOf(contents).some(hasForeignSignature)) return undefined;
  const edits: Edit[] = [];
  const warnings: string[] = [];
  if (maxOutputTokens !== undefined) {
    const config = nameIn(body, "generationConfig");
    const inner = isObject(body[config]) ? body[config] : {};
    const name = nameIn(inner, "maxOutputTokens");
    if (inner[name] !== maxOutputTokens) edits.push({ op: "set", path: [config, name], value: maxOutputTokens });
  }
  for (const [content, part] of signatureGaps(contents, traits.model)) {
    const wire = partsOf(objectsOf(contents)[content])[part]!;
    const path = ["contents", content, "parts", part, nameIn(wire, "thoughtSignature")];
    edits.push({ op: "set", path, value: SKIP_VALIDATION });
  }
  for (const field of traits.refuses ?? []) {
    if (body[field] === undefined) continue;
    edits.push({ op: "delete", path: [field] });
    warnings.push(field);
  }
  return { edits, warnings };
}

function hasForeignSignature(content: JsonObject): boolean {
  return partsOf(content).some((part) => isForeignSignature(camel(part)["thoughtSignature"]));
}
