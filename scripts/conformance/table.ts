/** `bun scripts/conformance/table.ts`: writes the table dialect × dialect × feature into docs/conformance.md. */
import type { ChatRequest } from "../../src/canonical/chat.ts";
import { GatewayError } from "../../src/canonical/errors.ts";
import type { Dialect } from "../../src/dialects/dialect.ts";
import { DIALECTS } from "../../src/dialects/index.ts";
import { traitsOf, VENDORS } from "../../src/providers/vendors.ts";
import { FEATURES, type Feature } from "./features.ts";
import { writeMarked } from "./marked.ts";
import { refuse } from "./strict.ts";

/** A usual model of each dialect's own vendor. */
const TARGETS: Readonly<Record<string, { vendor: string; model: string }>> = {
  "openai-chat": { vendor: "openai", model: "gpt-4o" },
  "anthropic-messages": { vendor: "anthropic", model: "claude-sonnet-4-5" },
  gemini: { vendor: "gemini", model: "gemini-2.5-flash" },
  "bedrock-converse": { vendor: "bedrock", model: "eu.anthropic.claude-sonnet-4-5-20250929-v1:0" },
  cohere: { vendor: "cohere", model: "command-a-03-2025" },
  ollama: { vendor: "ollama", model: "llama3.2" },
};

/** `lost`: neither said nor warned of. There must be none. */
export type Mark = "●" | "○" | "–" | "lost" | "refused";

export function markOf(from: Dialect, to: Dialect, { request, survives }: Feature): Mark {
  const parsed = asClientSays(from, request);
  if (!parsed || !survives(parsed)) return "–";
  const { vendor, model } = TARGETS[to.name]!;
  const traits = { ...traitsOf(VENDORS.get(vendor)!, model), defaultMaxOutputTokens: 4_096 };
  const { body, warnings } = to.formatRequest(parsed, { traits, stream: false });
  if (refuse(to.name, body, model) !== undefined) return "refused";
  if (survives(to.parseRequest(body, { model, stream: false }))) return "●";
  return warnings.length > 0 ? "○" : "lost";
}

/** The request in the words of the client's dialect; undefined where they have none. */
function asClientSays(from: Dialect, request: Partial<ChatRequest>): ChatRequest | undefined {
  const whole: ChatRequest = {
    operation: "chat",
    dialect: "probe",
    model: "m",
    stream: false,
    messages: [{ role: "user", content: "hi" }],
    maxOutputTokens: 20_000,
    ...request,
  };
  const { vendor, model } = TARGETS[from.name]!;
  try {
    const { body } = from.formatRequest(whole, { traits: traitsOf(VENDORS.get(vendor)!, model), stream: false });
    return from.parseRequest(body, { model: "m", stream: false });
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

/** Dialects with a strict upstream to ask. */
export function probed(): Dialect[] {
  return DIALECTS.filter(({ name }) => TARGETS[name] !== undefined);
}

export function featureTable(): string {
  const lines: string[] = [];
  for (const to of probed()) {
    lines.push(`**Answered by ${to.name}** (${TARGETS[to.name]!.model})`, "");
    lines.push(
      `| client | ${FEATURES.map(({ name }) => name).join(" | ")} |`,
      `|---|${":-:|".repeat(FEATURES.length)}`,
    );
    for (const from of probed())
      lines.push(`| ${from.name} | ${FEATURES.map((feature) => markOf(from, to, feature)).join(" | ")} |`);
    lines.push("");
  }
  return lines.join("\n");
}

if (import.meta.main) await writeMarked("features", featureTable());
