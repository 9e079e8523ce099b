/** Writes the output items of one stream from canonical parts. All items are in the response again at its end. */
import type { JsonObject, Signature } from "../../canonical/chat.ts";
import type { TokenLogprob } from "../../canonical/events.ts";
import { wrapSignature } from "../foreign-signature.ts";
import { parseObject } from "../json-object.ts";
import { addItem, closeContent, closeItem, emit, type ItemStream, type OutputItem, placeOf } from "./item-events.ts";
import { callItem, reasoningItem } from "./output-parts.ts";

export interface ItemWriter {
  emit(type: string, fields: JsonObject): void;
  text(part: number, kind: "text" | "refusal", delta: string): void;
  annotation(part: number, annotation: JsonObject): void;
  logprobs(tokens: readonly TokenLogprob[]): void;
  reasoning(part: number, delta: string): void;
  signature(part: number, signature: Signature): void;
  /** Reasoning of which nothing can be shown. */
  encrypted(signature: Signature): void;
  call(part: number, call: BegunCall): void;
  arguments(part: number, delta: string): void;
  /** An item that came whole. */
  whole(wire: JsonObject): void;
  closeAll(status: "completed" | "incomplete"): void;
  output(): JsonObject[];
  /** Goes on behind these items; `nextId` names new ones. */
  continueFrom(sequence: number, items: OutputItem[], nextId: (prefix: string) => string): void;
  /** Another upstream goes on with the answer and counts its parts anew. */
  forgetParts(): void;
  /** What has been written since the last time. */
  take(): Uint8Array;
}

interface Writing extends ItemStream {
  byPart: Map<number, OutputItem>;
  nextId(prefix: string): string;
}

export function itemWriter(): ItemWriter {
  const writing: Writing = {
    frames: [],
    sequence: 0,
    items: [],
    tokens: [],
    byPart: new Map(),
    nextId: (prefix) => prefix,
  };
  return {
    emit: (type, fields) => emit(writing, type, fields),
    text: (part, kind, delta) => writeText(writing, part, kind, delta),
    annotation: (part, annotation) => writeAnnotation(writing, part, annotation),
    logprobs(more) {
      writing.tokens = [...writing.tokens, ...more];
    },
    reasoning: (part, delta) => writeReasoning(writing, part, delta),
    signature(part, signature) {
      const item = openItem(writing, part, "reasoning");
      if (item) item.wire["encrypted_content"] = wrapSignature(signature, "openai-responses");
      else writeEncrypted(writing, signature);
    },
    encrypted: (signature) => writeEncrypted(writing, signature),
    call: (part, call) => beginCall(writing, part, call),
    arguments: (part, delta) => writeArguments(writing, part, delta),
    whole: (wire) => writeWhole(writing, wire),
    closeAll(status) {
      const open = writing.items.filter((item) => item.open);
      for (const item of open) closeItem(writing, item, item === open.at(-1) ? status : "completed");
    },
    output: () => writing.items.map(({ wire }) => wire),
    continueFrom(sequence, items, nextId) {
      Object.assign(writing, { sequence, items, nextId });
    },
    forgetParts: () => writing.byPart.clear(),
    take() {
      const bytes = Buffer.from(writing.frames.join(""));
      writing.frames = [];
      return bytes;
    },
  };
}

/** Something else begins: calls whose arguments may still grow stay open. */
function closeOthers(writing: Writing): void {
  for (const item of writing.items) {
    if (!item.open) continue;
    const { type, arguments: text } = item.wire;
    if (type === "message" || type === "reasoning") closeItem(writing, item);
    else if (type === "function_call" && parseObject(text as string)) closeItem(writing, item);
  }
}

/** The item of a part that can still grow. */
function openItem({ byPart }: Writing, part: number, type: string): OutputItem | undefined {
  const item = byPart.get(part);
  return item?.open && item.wire["type"] === type ? item : undefined;
}

/** The message that this part's text goes to, with its content part open. */
function messageFor(writing: Writing, part: number, kind: "text" | "refusal"): OutputItem {
  const { items, byPart } = writing;
  const type = kind === "text" ? "output_text" : "refusal";
  const known = openItem(writing, part, "message");
  if (known?.content?.["type"] === type) return known;
  const last = items.at(-1);
  const message = last?.open && last.wire["type"] === "message" ? last : undefined;
  // A resumed message goes on in the content part that was cut.
  const resumed = message?.content?.["type"] === type && ![...byPart.values()].includes(message);
  if (message && !resumed) closeContent(writing, message);
  const item = message ?? beginMessage(writing);
  byPart.set(part, item);
  if (resumed) return item;
  const content: JsonObject =
    kind === "text" ? { type, annotations: [], logprobs: [], text: "" } : { type, refusal: "" };
  item.content = content;
  const contents = item.wire["content"] as JsonObject[];
  contents.push(content);
  const place = { ...placeOf(writing, item), content_index: contents.length - 1 };
  emit(writing, "response.content_part.added", { ...place, part: content });
  return item;
}

function beginMessage(writing: Writing): OutputItem {
  closeOthers(writing);
  const head = { id: writing.nextId("msg"), type: "message", role: "assistant" };
  return addItem(
    writing,
    { ...head, status: "completed", content: [] },
    { ...head, status: "in_progress", content: [] },
  );
}

function writeText(writing: Writing, part: number, kind: "text" | "refusal", delta: string): void {
  const item = messageFor(writing, part, kind);
  const content = item.content!;
  const key = kind === "text" ? "text" : "refusal";
  content[key] = (content[key] as string) + delta;
  const place = { ...placeOf(writing, item), content_index: (item.wire["content"] as JsonObject[]).length - 1 };
  if (kind === "text") emit(writing, "response.output_text.delta", { ...place, delta, logprobs: [] });
  else emit(writing, "response.refusal.delta", { ...place, delta });
}

function writeAnnotation(writing: Writing, part: number, annotation: JsonObject): void {
  const item = messageFor(writing, part, "text");
  const annotations = item.content!["annotations"] as JsonObject[];
  annotations.push(annotation);
  emit(writing, "response.output_text.annotation.added", {
    ...placeOf(writing, item),
    content_index: (item.wire["content"] as JsonObject[]).length - 1,
    annotation_index: annotations.length - 1,
    annotation,
  });
}

function writeReasoning(writing: Writing, part: number, delta: string): void {
  let item = openItem(writing, part, "reasoning");
  if (!item) {
    closeOthers(writing);
    const id = writing.nextId("rs");
    item = addItem(writing, reasoningItem(id, "", undefined), reasoningItem(id, "", undefined));
    writing.byPart.set(part, item);
  }
  const place = { ...placeOf(writing, item), summary_index: 0 };
  const summaries = item.wire["summary"] as JsonObject[];
  if (summaries.length === 0) {
    summaries.push({ type: "summary_text", text: "" });
    emit(writing, "response.reasoning_summary_part.added", { ...place, part: summaries[0]! });
  }
  summaries[0]!["text"] = (summaries[0]!["text"] as string) + delta;
  emit(writing, "response.reasoning_summary_text.delta", { ...place, delta });
}

function writeEncrypted(writing: Writing, signature: Signature): void {
  closeOthers(writing);
  const wire = reasoningItem(writing.nextId("rs"), "", signature);
  closeItem(writing, addItem(writing, wire, { ...wire, summary: [] }));
}

interface BegunCall {
  id: string;
  name: string;
  custom?: boolean;
  namespace?: string;
}

function beginCall(writing: Writing, part: number, call: BegunCall): void {
  closeOthers(writing);
  const { id, name, custom, namespace } = call;
  const begun = { type: "tool-call", id, name, arguments: "", custom, namespace } as const;
  const wire = callItem(writing.nextId(custom ? "ctc" : "fc"), begun);
  writing.byPart.set(part, addItem(writing, wire, { ...wire, status: "in_progress" }));
}

function writeArguments(writing: Writing, part: number, delta: string): void {
  const item = writing.byPart.get(part);
  if (!item?.open) return;
  const custom = item.wire["type"] === "custom_tool_call";
  const key = custom ? "input" : "arguments";
  item.wire[key] = (item.wire[key] as string) + delta;
  const type = custom ? "response.custom_tool_call_input.delta" : "response.function_call_arguments.delta";
  emit(writing, type, { ...placeOf(writing, item), delta });
}

function writeWhole(writing: Writing, wire: JsonObject): void {
  closeOthers(writing);
  writing.items.push({ wire, open: false });
  const place = { output_index: writing.items.length - 1 };
  emit(writing, "response.output_item.added", { ...place, item: wire });
  emit(writing, "response.output_item.done", { ...place, item: wire });
}
