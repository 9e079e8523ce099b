/** What a client saw, in a few words for the table. */
import { isWhole } from "./checks.ts";
import type { Heard } from "./client.ts";
import type { Seen } from "./scenario.ts";

/** `complete from openai/gpt-4o`, `503 overloaded`, `12 × complete from …, 1 × 429 rate_limited`. */
export function sawText(seen: Seen): string {
  const counts = new Map<string, number>();
  for (const call of seen.calls) {
    const text = sawOnce(call, seen);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  if (seen.calls.length === 1) return [...counts.keys()][0]!;
  return [...counts].map(([text, count]) => `${count} × ${text}`).join(", ");
}

function sawOnce(call: Heard, seen: Seen): string {
  const { end, text, error, status, finish, seam, tools } = call;
  switch (end) {
    case "left":
      return "left";
    case "broken":
      return `connection just ended after ${text.length} characters`;
    case "error": {
      const code = error?.code ?? "";
      return status === 200 ? `error event ${code} after ${wordsIn(text)} words` : `${status} ${code}`;
    }
    case "complete": {
      const from = call.header("model") ?? "?";
      if (tools.length > 0) return `tool call from ${from}`;
      if (!isWhole(call, seen)) return `LOOKS COMPLETE, ${wordsIn(text)} words, ${finish}`;
      const how = finish === "stop" || finish === "end_turn" ? "" : ` (${finish})`;
      return `complete${how} from ${from}${seam ? `, continued by ${seam.split("to=")[1]}` : ""}`;
    }
    default:
      return end satisfies never;
  }
}

function wordsIn(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}
