/** The output items of one stream: each begins, grows by deltas and ends, and all are in the response at the end. */
import type { JsonObject, Signature } from "../../canonical/chat.ts";
import type { TokenLogprob } from "../../canonical/events.ts";
import { wrapSignature } from "../foreign-signature.ts";
import { parseObject } from "../json-object.ts";
import { formatLogprobs } from "./logprobs.ts";
import { callItem, reasoningItem } from "./output-parts.ts";

/** An item as it stands; `wire` is what it would be if it ended now. */
export interface OutputItem {
  wire: JsonObject;
  open: boolean;
  /** Of a message: its content part that is being written. */
  content?: JsonObject;
}

export interface ItemWriter {
  emit(type: string, fields: JsonObject): void;
  text(part: number, kind: "text" | "refusal", delta: string): void;
  annotation(part: number, annotation: JsonObject): void;
  logprobs(tokens: readonly TokenLogprob[]): void;
  reasoning(part: number, delta: string): void;
  signature(part: number, signature: Signature): void;
  /** Reasoning of which nothing can be shown. */
  encrypted(signature: Signature): void;
  call(part: number, call: { id: string; name: string; custom?: boolean }): void;
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

export function itemWriter(): ItemWriter {
  let frames = "";
  let sequence = 0;
  let items: OutputItem[] = [];
  let nextId: (prefix: string) => string = (prefix) => prefix;
  const byPart = new Map<number, OutputItem>();
  let tokens: readonly TokenLogprob[] = [];

  const emit = (type: string, fields: JsonObject) => {
    frames += `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...fields })}\n\n`;
    sequence += 1;
  };
  const at = (item: OutputItem): JsonObject => ({
    item_id: item.wire["id"]!,
    output_index: items.indexOf(item),
  });
  const add = (wire: JsonObject, shown: JsonObject): OutputItem => {
    const item: OutputItem = { wire, open: true };
    items.push(item);
    emit("response.output_item.added", { output_index: items.length - 1, item: shown });
    return item;
  };

  const closeContent = (item: OutputItem) => {
    const { content } = item;
    if (!content) return;
    item.content = undefined;
    const place = { ...at(item), content_index: (item.wire["content"] as JsonObject[]).length - 1 };
    if (content["type"] === "refusal") emit("response.refusal.done", { ...place, refusal: content["refusal"]! });
    else {
      content["logprobs"] = formatLogprobs(tokens);
      tokens = [];
      emit("response.output_text.done", { ...place, text: content["text"]!, logprobs: content["logprobs"] });
    }
    emit("response.content_part.done", { ...place, part: content });
  };
  const closeReasoning = (item: OutputItem) => {
    const [summary] = item.wire["summary"] as JsonObject[];
    if (!summary) return;
    const place = { ...at(item), summary_index: 0 };
    emit("response.reasoning_summary_text.done", { ...place, text: summary["text"]! });
    emit("response.reasoning_summary_part.done", { ...place, part: summary });
  };
  const closeCall = (item: OutputItem) => {
    const { wire } = item;
    if (wire["type"] === "custom_tool_call")
      emit("response.custom_tool_call_input.done", { ...at(item), input: wire["input"]! });
    else
      emit("response.function_call_arguments.done", {
        ...at(item),
        name: wire["name"]!,
        arguments: wire["arguments"]!,
      });
  };
  const close = (item: OutputItem, status: "completed" | "incomplete" = "completed") => {
    if (!item.open) return;
    item.open = false;
    const { wire } = item;
    if (wire["type"] === "message") closeContent(item);
    else if (wire["type"] === "reasoning") closeReasoning(item);
    else closeCall(item);
    if (wire["status"] !== undefined) wire["status"] = status;
    emit("response.output_item.done", { output_index: items.indexOf(item), item: wire });
  };
  /** Something else begins: calls whose arguments may still grow stay open. */
  const closeOthers = (than?: OutputItem) => {
    for (const item of items) {
      if (!item.open || item === than) continue;
      const { type, arguments: text } = item.wire;
      if (type === "message" || type === "reasoning") close(item);
      else if (type === "function_call" && parseObject(text as string)) close(item);
    }
  };
  /** The item of a part that can still grow. */
  const openItem = (part: number, type: string): OutputItem | undefined => {
    const item = byPart.get(part);
    return item?.open && item.wire["type"] === type ? item : undefined;
  };

  /** The message that this part's text goes to, with its content part open. */
  const messageFor = (part: number, kind: "text" | "refusal"): OutputItem => {
    const type = kind === "text" ? "output_text" : "refusal";
    const known = openItem(part, "message");
    if (known?.content?.["type"] === type) return known;
    const last = items.at(-1);
    const message = last?.open && last.wire["type"] === "message" ? last : undefined;
    // A resumed message goes on in the content part that was cut.
    const resumed = message?.content?.["type"] === type && ![...byPart.values()].includes(message);
    if (message && !resumed) closeContent(message);
    const item = message ?? beginMessage();
    byPart.set(part, item);
    if (resumed) return item;
    const content: JsonObject =
      kind === "text" ? { type, annotations: [], logprobs: [], text: "" } : { type, refusal: "" };
    item.content = content;
    const contents = item.wire["content"] as JsonObject[];
    contents.push(content);
    emit("response.content_part.added", { ...at(item), content_index: contents.length - 1, part: content });
    return item;
  };
  const beginMessage = (): OutputItem => {
    closeOthers();
    const head = { id: nextId("msg"), type: "message", role: "assistant" };
    return add({ ...head, status: "completed", content: [] }, { ...head, status: "in_progress", content: [] });
  };

  return {
    emit,
    text(part, kind, delta) {
      const item = messageFor(part, kind);
      const content = item.content!;
      const key = kind === "text" ? "text" : "refusal";
      content[key] = (content[key] as string) + delta;
      const place = { ...at(item), content_index: (item.wire["content"] as JsonObject[]).length - 1 };
      if (kind === "text") emit("response.output_text.delta", { ...place, delta, logprobs: [] });
      else emit("response.refusal.delta", { ...place, delta });
    },
    annotation(part, annotation) {
      const item = messageFor(part, "text");
      const annotations = item.content!["annotations"] as JsonObject[];
      annotations.push(annotation);
      emit("response.output_text.annotation.added", {
        ...at(item),
        content_index: (item.wire["content"] as JsonObject[]).length - 1,
        annotation_index: annotations.length - 1,
        annotation,
      });
    },
    logprobs(more) {
      tokens = [...tokens, ...more];
    },
    reasoning(part, delta) {
      let item = openItem(part, "reasoning");
      if (!item) {
        closeOthers();
        const id = nextId("rs");
        item = add(reasoningItem(id, "", undefined), reasoningItem(id, "", undefined));
        byPart.set(part, item);
      }
      const summaries = item.wire["summary"] as JsonObject[];
      if (summaries.length === 0) {
        summaries.push({ type: "summary_text", text: "" });
        emit("response.reasoning_summary_part.added", { ...at(item), summary_index: 0, part: summaries[0]! });
      }
      summaries[0]!["text"] = (summaries[0]!["text"] as string) + delta;
      emit("response.reasoning_summary_text.delta", { ...at(item), summary_index: 0, delta });
    },
    signature(part, signature) {
      const item = openItem(part, "reasoning");
      if (item) item.wire["encrypted_content"] = wrapSignature(signature, "openai-responses");
      else this.encrypted(signature);
    },
    encrypted(signature) {
      closeOthers();
      const wire = reasoningItem(nextId("rs"), "", signature);
      close(add(wire, { ...wire, summary: [] }));
    },
    call(part, { id, name, custom }) {
      closeOthers();
      const call = { type: "tool-call", id, name, arguments: "", ...(custom && { custom }) } as const;
      const wire = callItem(nextId(custom ? "ctc" : "fc"), call);
      byPart.set(part, add(wire, { ...wire, status: "in_progress" }));
    },
    arguments(part, delta) {
      const item = byPart.get(part);
      if (!item?.open) return;
      const custom = item.wire["type"] === "custom_tool_call";
      const key = custom ? "input" : "arguments";
      item.wire[key] = (item.wire[key] as string) + delta;
      const type = custom ? "response.custom_tool_call_input.delta" : "response.function_call_arguments.delta";
      emit(type, { ...at(item), delta });
    },
    whole(wire) {
      closeOthers();
      items.push({ wire, open: false });
      const place = { output_index: items.length - 1 };
      emit("response.output_item.added", { ...place, item: wire });
      emit("response.output_item.done", { ...place, item: wire });
    },
    closeAll(status) {
      const open = items.filter((item) => item.open);
      for (const item of open) close(item, item === open.at(-1) ? status : "completed");
    },
    output: () => items.map(({ wire }) => wire),
    continueFrom(from, sent, ids) {
      sequence = from;
      items = sent;
      nextId = ids;
    },
    forgetParts: () => byPart.clear(),
    take() {
      const bytes = Buffer.from(frames);
      frames = "";
      return bytes;
    },
  };
}
