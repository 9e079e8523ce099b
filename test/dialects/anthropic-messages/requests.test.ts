import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import type { JsonObject, Message } from "../../../src/canonical/chat.ts";
import { GatewayError } from "../../../src/canonical/errors.ts";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/anthropic-messages.ts";
import { to } from "./foreign.ts";

const FIXTURES = new URL("../fixtures/anthropic-messages/", import.meta.url).pathname;
const requests = readdirSync(FIXTURES).filter((name) => name.startsWith("request-"));
const read = (name: string): JsonObject => JSON.parse(readFileSync(FIXTURES + name, "utf8"));

describe("a request in its own dialect", () => {
  test.each(requests)("%s comes back as it was", (name) => {
    const body = read(name);
    const request = anthropicMessages.parseRequest(structuredClone(body));
    const { body: formatted, warnings } = anthropicMessages.formatRequest(
      request,
      to(String(body["model"]), { stream: request.stream }),
    );
    expect(formatted).toEqual(body);
    expect(warnings).toEqual([]);
  });

  test("is canonical for everybody else", () => {
    const request = anthropicMessages.parseRequest(read("request-everything.json"));
    expect(request.messages.map((message) => message.role)).toEqual(["system", "user", "assistant", "user", "system"]);
    expect(request.reasoning).toEqual({ effort: "medium", budgetTokens: 4096, visible: false });
    expect(request.responseFormat?.type).toBe("json-schema");
    expect(request.toolChoice).toBe("auto");
    expect(request.parallelToolCalls).toBe(false);
    expect(request.stop).toEqual(["\nEND"]);
    expect(request.user).toBe("u-1");
    expect(Object.keys(request.extra ?? {})).toEqual([
      "container",
      "mcp_servers",
      "context_management",
      "a_field_of_2027",
    ]);
    expect(request.tools?.map((tool) => tool.builtin?.kind)).toEqual([
      undefined,
      undefined,
      "web_search_20250305",
      "computer_20251124",
    ]);
    const [, user, assistant] = request.messages;
    const kinds = (message: Message) => (message.content as { type: string }[]).map((part) => part.type);
    expect(kinds(user!)).toEqual(["text", "image", "image", "image", "document", "document", "document", "opaque"]);
    expect(kinds(assistant!)).toEqual(["reasoning", "reasoning", "text", "opaque", "opaque", "tool-call", "tool-call"]);
    const image = user?.content[3] as { extra?: JsonObject } | undefined;
    expect(image?.extra).toEqual({ transformations: { oversize: "scale" } });
  });
});

describe("the gateway's own 400s", () => {
  const whole = { model: "m", max_tokens: 1, messages: [{ role: "user", content: "hi" }] };
  test.each<[string, JsonObject, string]>([
    ["no model", { ...whole, model: "" }, "model"],
    ["no messages", { model: "m", max_tokens: 1 }, "messages"],
    ["empty messages", { ...whole, messages: [] }, "messages"],
    ["messages of another type", { ...whole, messages: "hi" }, "messages"],
    ["stream as text", { ...whole, stream: "true" }, "stream"],
    ["no max_tokens", { model: "m", messages: whole.messages }, "max_tokens"],
    ["a fraction of a token", { ...whole, max_tokens: 1.5 }, "max_tokens"],
    ["an unknown role", { ...whole, messages: [{ role: "tool", content: "hi" }] }, "messages[0].role"],
    ["no content", { ...whole, messages: [{ role: "user" }] }, "messages[0].content"],
    ["a block without type", { ...whole, messages: [{ role: "user", content: [{}] }] }, "messages[0].content[0]"],
    ["text without text", { ...whole, system: [{ type: "text" }] }, "system[0].text"],
    ["a tool that is none", { ...whole, tools: ["x"] }, "tools[0]"],
  ])("%s", (_name, body, param) => {
    try {
      anthropicMessages.parseRequest(body);
      throw new Error("accepted");
    } catch (error) {
      expect(error).toBeInstanceOf(GatewayError);
      expect((error as GatewayError).param).toBe(param);
      expect((error as GatewayError).code).toBe("invalid_request");
    }
  });

  test("facts come from body or path", () => {
    const body = { ...whole, stream: true, max_tokens: 7, metadata: { user_id: "u" } };
    expect(anthropicMessages.inspect(body)).toEqual({
      model: "m",
      stream: true,
      maxOutputTokens: 7,
      choices: 1,
      user: "u",
      wantsUsage: true,
    });
    const { model: _model, ...nameless } = whole;
    expect(anthropicMessages.inspect(nameless, { model: "p", stream: true })).toMatchObject({
      model: "p",
      stream: true,
    });
  });
});
