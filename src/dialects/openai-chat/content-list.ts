import type { Json, Part } from "../../canonical/chat.ts";
import { isObject, isString } from "./json.ts";

/** Content of an answer as a list: Mistral's reasoning models write `thinking` and `text` parts (Magistral, 2025). */
export function parseContentList(content: Json | undefined): (Part & { type: "text" | "reasoning" })[] {
  if (!Array.isArray(content)) return [];
  const parts: (Part & { type: "text" | "reasoning" })[] = [];
  for (const part of content) {
    if (!isObject(part)) continue;
    const thinking = part["thinking"];
    if (part["type"] === "thinking" && Array.isArray(thinking))
      push(
        parts,
        "reasoning",
        thinking.map((piece) => (isObject(piece) && isString(piece["text"]) ? piece["text"] : "")).join(""),
      );
    else if (part["type"] === "thinking" && isString(thinking)) push(parts, "reasoning", thinking);
    else if (isString(part["text"])) push(parts, "text", part["text"]);
  }
  return parts;
}

function push(parts: (Part & { type: "text" | "reasoning" })[], type: "text" | "reasoning", text: string): void {
  if (text === "") return;
  const last = parts[parts.length - 1];
  if (last?.type === type) last.text += text;
  else parts.push({ type, text });
}
