import { describe, expect, test } from "bun:test";
import type { Json, Message } from "../../../src/canonical/chat.ts";
import { format, text, USER } from "./foreign.ts";

describe("turns of another dialect", () => {
  const call = (id: string, args = "{}"): Message => ({
    role: "assistant",
    content: [{ type: "tool-call", id, name: "f", arguments: args }],
  });
  const result = (id: string): Message => ({
    role: "tool",
    content: [{ type: "tool-result", toolCallId: id, content: "ok" }],
  });
  const block = (id: string) => ({ type: "tool_result", tool_use_id: id, content: "ok" });
  const system = (content: string): Message => ({ role: "system", content });

  test.each<[string, Message[], Json, Json | undefined]>([
    ["system apart", [system("s"), USER], [{ role: "user", content: "hi" }], "s"],
    [
      "a late instruction keeps its authority",
      [system("s"), USER, system("t"), USER],
      [{ role: "user", content: [text("hi"), text("hi")] }],
      [text("s"), text("t")],
    ],
    ["an instruction alone is the question", [system("s")], [{ role: "user", content: "s" }], undefined],
    [
      "neighbours merge, results of parallel calls share a turn",
      [USER, call("a"), result("a"), result("b"), USER],
      [
        { role: "user", content: "hi" },
        { role: "assistant", content: [{ type: "tool_use", id: "a", name: "f", input: {} }] },
        { role: "user", content: [block("a"), block("b"), text("hi")] },
      ],
      undefined,
    ],
    [
      "results come first in their turn",
      [USER, call("a"), USER, result("a")],
      [
        { role: "user", content: "hi" },
        { role: "assistant", content: [{ type: "tool_use", id: "a", name: "f", input: {} }] },
        { role: "user", content: [block("a"), text("hi")] },
      ],
      undefined,
    ],
    [
      "blank text is not sent",
      [
        {
          role: "user",
          content: [
            { type: "text", text: " \n" },
            { type: "text", text: "hi" },
          ],
        },
        { role: "assistant", content: "" },
      ],
      [{ role: "user", content: "hi" }],
      undefined,
    ],
    [
      "a leading answer gets a question",
      [{ role: "assistant", content: "so" }, USER],
      [
        { role: "user", content: "." },
        { role: "assistant", content: "so" },
        { role: "user", content: "hi" },
      ],
      undefined,
    ],
    [
      "a prefill ends without white space",
      [USER, { role: "assistant", content: "It is \n" }],
      [
        { role: "user", content: "hi" },
        { role: "assistant", content: "It is" },
      ],
      undefined,
    ],
    [
      "ids and arguments take Anthropic's form",
      [USER, call("functions.f:0", '{"cut":"of'), result("functions.f:0")],
      [
        { role: "user", content: "hi" },
        {
          role: "assistant",
          content: [{ type: "tool_use", id: "functions_f_0", name: "f", input: { arguments: '{"cut":"of' } }],
        },
        { role: "user", content: [block("functions_f_0")] },
      ],
      undefined,
    ],
  ])("%s", (_name, messages, expected, prompt) => {
    const { body } = format({ messages, tools: [{ name: "f" }] });
    expect(body["messages"]).toEqual(expected);
    expect(body["system"]).toEqual(prompt);
  });

  test("where the model takes them, instructions stay at their place", () => {
    const messages = [USER, system("t")];
    expect(format({ messages }, "claude-opus-4-8").body["messages"]).toEqual([
      { role: "user", content: "hi" },
      { role: "system", content: "t" },
    ]);
    const between = [USER, system("t"), USER];
    expect(format({ messages: between }, "claude-opus-4-8").body["system"]).toBe("t");
  });

  test("a history of calls without tools declares them and forbids calling", () => {
    const { body } = format({ messages: [USER, call("a"), result("a")] });
    expect(body["tools"]).toEqual([{ name: "f", input_schema: { type: "object" } }]);
    expect(body["tool_choice"]).toEqual({ type: "none" });
  });

  test("media in every form, and a warning for what has none", () => {
    const { body, warnings } = format({
      messages: [
        {
          role: "user",
          content: [
            { type: "image", source: { kind: "url", url: "https://x/y.png" } },
            {
              type: "document",
              source: { kind: "base64", mediaType: "application/pdf", data: "JVBERi0=" },
              filename: "a.pdf",
            },
            { type: "document", source: { kind: "base64", mediaType: "text/csv", data: "YSxi" } },
            { type: "image", source: { kind: "file", id: "file-1" } },
            { type: "audio", source: { kind: "base64", mediaType: "audio/wav", data: "UklG" } },
            { type: "opaque", dialect: "openai-chat", kind: "video_url", raw: {} },
            { type: "text", text: "hi", extra: { odd: 1 } },
          ],
        },
      ],
    });
    expect(body["messages"]).toEqual([
      {
        role: "user",
        content: [
          { type: "image", source: { type: "url", url: "https://x/y.png" } },
          {
            type: "document",
            source: { type: "base64", media_type: "application/pdf", data: "JVBERi0=" },
            title: "a.pdf",
          },
          { type: "document", source: { type: "text", media_type: "text/plain", data: "a,b" } },
          { type: "text", text: "hi" },
        ],
      },
    ]);
    expect(warnings).toEqual([
      "messages[].content[].image_url",
      "messages[].content[].input_audio",
      "video_url",
      "messages[].content[].odd",
    ]);
  });
});
