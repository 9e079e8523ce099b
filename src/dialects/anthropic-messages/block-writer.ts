import type { JsonObject } from "../../canonical/chat.ts";

export interface OpenBlock {
  index: number;
  kind: "text" | "thinking" | "tool" | "other";
  /** A thinking block's signature has been written. */
  signed: boolean;
}

/** Frames of one message, with at most one open content block. */
export interface BlockWriter {
  emit(type: string, fields: JsonObject): void;
  /** `freeText`: the input is text, not JSON, and is written as one JSON object when the block closes. */
  open(block: JsonObject, how?: { freeText: boolean }): void;
  delta(delta: JsonObject): void;
  /** A piece of a tool's input. */
  input(json: string): void;
  close(): void;
  openKind(): OpenBlock["kind"] | undefined;
  signed(): boolean;
  /** A tool's block is open and its input so far is no whole JSON. */
  unfinishedTool(): boolean;
  /** Goes on in a message that has `nextIndex` blocks, the last of them possibly open. */
  continueAt(nextIndex: number, open: OpenBlock | undefined): void;
  /** What has been written since the last time. */
  take(): Uint8Array;
}

export function blockWriter(): BlockWriter {
  let text = "";
  let nextIndex = 0;
  let open: OpenBlock | undefined;
  let freeText = false;
  let inputSoFar = "";

  const emit = (type: string, fields: JsonObject) => {
    text += `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  };
  const delta = (fields: JsonObject) => {
    if (!open) return;
    if (fields["type"] === "signature_delta") open.signed = true;
    emit("content_block_delta", { index: open.index, delta: fields });
  };

  return {
    emit,
    delta,
    open(block, how) {
      open = { index: nextIndex, kind: kindOf(block["type"]), signed: block["signature"] !== "" };
      nextIndex += 1;
      freeText = how?.freeText === true;
      inputSoFar = "";
      emit("content_block_start", { index: open.index, content_block: block });
    },
    input(json) {
      inputSoFar += json;
      if (!freeText) delta({ type: "input_json_delta", partial_json: json });
    },
    close() {
      if (!open) return;
      if (freeText) delta({ type: "input_json_delta", partial_json: JSON.stringify({ input: inputSoFar }) });
      emit("content_block_stop", { index: open.index });
      open = undefined;
      freeText = false;
    },
    openKind: () => open?.kind,
    signed: () => open?.signed === true,
    unfinishedTool: () => open?.kind === "tool" && !freeText && !isWhole(inputSoFar),
    continueAt(index, block) {
      nextIndex = index;
      open = block;
    },
    take() {
      const bytes = Buffer.from(text);
      text = "";
      return bytes;
    },
  };
}

function kindOf(type: unknown): OpenBlock["kind"] {
  if (type === "text" || type === "thinking") return type;
  return type === "tool_use" ? "tool" : "other";
}

function isWhole(json: string): boolean {
  if (!json.trimEnd().endsWith("}")) return false;
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}
