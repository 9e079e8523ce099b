/** What Gemini's API refuses with a 400 before any model runs. */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { WireRefusal } from "./wire.ts";

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  body: [
    "contents",
    "systemInstruction",
    "generationConfig",
    "tools",
    "toolConfig",
    "safetySettings",
    "cachedContent",
    "labels",
    "serviceTier",
    "store",
    "model",
  ],
  content: ["role", "parts"],
  part: [
    "text",
    "thought",
    "thoughtSignature",
    "inlineData",
    "fileData",
    "functionCall",
    "functionResponse",
    "executableCode",
    "codeExecutionResult",
    "videoMetadata",
    "mediaResolution",
    "partMetadata",
  ],
  functionCall: ["id", "name", "args"],
  functionResponse: ["id", "name", "response", "parts", "scheduling", "willContinue"],
  inlineData: ["mimeType", "data", "displayName"],
  fileData: ["mimeType", "fileUri", "displayName"],
  generationConfig: [
    "temperature",
    "topP",
    "topK",
    "candidateCount",
    "maxOutputTokens",
    "stopSequences",
    "seed",
    "presencePenalty",
    "frequencyPenalty",
    "responseMimeType",
    "responseSchema",
    "responseJsonSchema",
    "responseLogprobs",
    "logprobs",
    "responseModalities",
    "speechConfig",
    "thinkingConfig",
    "mediaResolution",
    "imageConfig",
  ],
  thinkingConfig: ["includeThoughts", "thinkingBudget", "thinkingLevel"],
  functionDeclaration: [
    "name",
    "description",
    "parameters",
    "parametersJsonSchema",
    "response",
    "responseJsonSchema",
    "behavior",
  ],
  schema: [
    "type",
    "format",
    "title",
    "description",
    "nullable",
    "enum",
    "items",
    "minItems",
    "maxItems",
    "properties",
    "minProperties",
    "maxProperties",
    "required",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "anyOf",
    "propertyOrdering",
    "default",
    "example",
  ],
};

const DATA = [
  "text",
  "inlineData",
  "fileData",
  "functionCall",
  "functionResponse",
  "executableCode",
  "codeExecutionResult",
];

/** Google's documented words in the place of a signature that there is none of. */
const SKIPS = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];

export function refuseGemini(body: JsonObject, model: string, strict: boolean): WireRefusal | undefined {
  const { contents } = body;
  if (!Array.isArray(contents) || contents.length === 0)
    return refusal("* GenerateContentRequest.contents: contents is not specified");
  const messages = contents as JsonObject[];
  return (
    (strict ? (refuseNames(body, messages) ?? refuseSchemas(body)) : undefined) ??
    refuseContents(messages, strict) ??
    (strict ? refuseSignatures(messages, model) : undefined)
  );
}

function refuseNames(body: JsonObject, contents: readonly JsonObject[]): WireRefusal | undefined {
  const config = objectOf(body["generationConfig"]);
  const checks: [kind: string, value: JsonObject][] = [
    ["body", body],
    ["generationConfig", config],
    ["thinkingConfig", objectOf(config["thinkingConfig"])],
  ];
  for (const content of [objectOf(body["systemInstruction"]), ...contents]) {
    checks.push(["content", content]);
    for (const part of partsOf(content)) {
      checks.push(["part", part]);
      for (const kind of ["functionCall", "functionResponse", "inlineData", "fileData"])
        checks.push([kind, objectOf(part[kind])]);
    }
  }
  for (const [kind, value] of checks) {
    const unknown = Object.keys(value).find((name) => !FIELDS[kind]!.includes(name));
    if (unknown !== undefined) return unknownName(unknown, kind);
  }
  return undefined;
}

function refuseSchemas(body: JsonObject): WireRefusal | undefined {
  for (const group of (body["tools"] ?? []) as JsonObject[])
    for (const declared of (group["functionDeclarations"] ?? []) as JsonObject[]) {
      const unknown = Object.keys(declared).find((name) => !FIELDS["functionDeclaration"]!.includes(name));
      if (unknown !== undefined) return unknownName(unknown, "tools[0].function_declarations[0]");
      if (!/^[A-Za-z_][\w.:-]{0,127}$/.test(String(declared["name"])))
        return refusal("GenerateContentRequest.tools[0].function_declarations[0].name: Invalid function name.");
      const wrong = refuseSchema(declared["parameters"], "tools[0].function_declarations[0].parameters");
      if (wrong) return wrong;
    }
  return refuseSchema(objectOf(body["generationConfig"])["responseSchema"], "generation_config.response_schema");
}

function refuseSchema(schema: Json | undefined, place: string): WireRefusal | undefined {
  if (schema === undefined) return undefined;
  const node = objectOf(schema);
  const unknown = Object.keys(node).find((name) => !FIELDS["schema"]!.includes(name));
  if (unknown !== undefined) return unknownName(unknown, place);
  if (Array.isArray(node["type"]))
    return refusal(`Proto field is not repeating, cannot start list. at '${place}.type'`);
  const properties = node["properties"];
  if (properties !== undefined && Object.keys(objectOf(properties)).length === 0)
    return refusal(`* ${place}.properties: should be non-empty for OBJECT type`);
  if (node["type"] === "ARRAY" && node["items"] === undefined) return refusal(`* ${place}.items: missing field.`);
  if (Array.isArray(node["enum"]) && node["enum"].some((value) => typeof value !== "string"))
    return refusal(`Invalid value at '${place}.enum[0]' (TYPE_STRING)`);
  const inner: Json[] = [
    ...Object.values(objectOf(properties)),
    ...(Array.isArray(node["anyOf"]) ? node["anyOf"] : []),
    ...(node["items"] === undefined ? [] : [node["items"]]),
  ];
  for (const one of inner) {
    const wrong = refuseSchema(one, place);
    if (wrong) return wrong;
  }
  return undefined;
}

/** Calls follow a user's turn; results, where there are any, answer all calls of the turn before. */
function refuseContents(contents: readonly JsonObject[], strict: boolean): WireRefusal | undefined {
  let open: string[] = [];
  for (const [index, content] of contents.entries()) {
    const role = content["role"] ?? "user";
    if (role !== "user" && role !== "model") return refusal("Please use a valid role: user, model.");
    const parts = partsOf(content);
    if (strict && index > 0 && (contents[index - 1]!["role"] ?? "user") === role)
      return refusal("Please ensure that multiturn requests alternate between user and model.");
    if (strict && parts.some((part) => DATA.filter((name) => part[name] !== undefined).length !== 1))
      return refusal(
        "* GenerateContentRequest.contents.parts.data: required oneof field 'data' must have one initialized field",
      );
    const calls = namesOf(parts, "functionCall");
    const results = namesOf(parts, "functionResponse");
    if (role === "user" && results.length > 0 && results.length !== open.length)
      return refusal(
        "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
      );
    if (strict && results.length > 0 && results.toSorted().join() !== open.toSorted().join())
      return refusal("Please ensure that function response turn comes immediately after a function call turn.");
    if (role === "model" && calls.length > 0 && index === 0)
      return refusal(
        "Please ensure that function call turn comes immediately after a user turn or after a function response turn.",
      );
    open = role === "model" ? calls : [];
  }
  return undefined;
}

/** In each step of the current turn the first call has the signature it was made with; wherever one is, it is real. */
function refuseSignatures(contents: readonly JsonObject[], model: string): WireRefusal | undefined {
  const turn = contents.findLastIndex(
    (content) => content["role"] !== "model" && partsOf(content).some((part) => part["functionResponse"] === undefined),
  );
  for (const [index, content] of contents.entries()) {
    const parts = partsOf(content);
    for (const [at, part] of parts.entries()) {
      const { functionCall: call, thoughtSignature: signature } = part;
      const first = call !== undefined && parts.findIndex((one) => one["functionCall"] !== undefined) === at;
      if (signature === undefined) {
        if (first && index > turn && asksForSignatures(model))
          return refusal(
            `Function call is missing a thought_signature in functionCall parts. Function call \`${objectOf(call)["name"]}\`, position ${at}.`,
          );
      } else if (typeof signature !== "string" || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(signature))
        return refusal(`Invalid value at 'contents[${index}].parts[${at}].thought_signature' (TYPE_BYTES)`);
      else if (!SKIPS.includes(signature) && (call === undefined || signature !== signatureOf(objectOf(call))))
        return refusal("Thought signature is not valid.");
    }
  }
  return undefined;
}

export function asksForSignatures(model: string): boolean {
  return /gemini-([3-9]|\d\d)/.test(model);
}

/** A signature that binds the call, so that a changed or foreign one is found out. */
export function signatureOf({ name, args }: JsonObject): string {
  const bound = JSON.stringify([name, args ?? {}]);
  return Buffer.from(`sim${new Bun.CryptoHasher("sha256").update(bound).digest("hex").slice(0, 33)}`).toString(
    "base64",
  );
}

function namesOf(parts: readonly JsonObject[], kind: string): string[] {
  return parts.flatMap((part) => (part[kind] === undefined ? [] : String(objectOf(part[kind])["name"])));
}

function partsOf(content: JsonObject): JsonObject[] {
  return Array.isArray(content["parts"]) ? (content["parts"] as JsonObject[]) : [];
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function unknownName(name: string, place: string): WireRefusal {
  return refusal(`Invalid JSON payload received. Unknown name "${name}" at '${place}': Cannot find field.`);
}

function refusal(message: string): WireRefusal {
  return { refused: "invalid_request", message };
}
