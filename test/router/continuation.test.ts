import { afterEach, describe, expect, test } from "bun:test";
import type { SimulatedFault } from "../../src/providers/simulated/faults.ts";
import { type Rig, rig, type UpstreamSpec } from "./support.ts";

let running: Rig | undefined;
afterEach(() => running?.stop());

const ANSWER =
  "The quick brown fox jumps over the lazy dog, and then it rests under the old oak until the evening comes.";
const cutAfter = (afterTokens: number): SimulatedFault => ({ cut: { afterTokens, how: "rst" } });

function start(
  upstreams: (Omit<UpstreamSpec, "answer"> & { answer?: string })[],
  continuation: "off" | "resume" = "resume",
) {
  running = rig(
    upstreams.map((upstream) => ({ answer: ANSWER, ...upstream })),
    { continuation },
  );
  return running;
}

const DIALECTS = ["openai-chat", "anthropic-messages"] as const;
const PAIRS = DIALECTS.flatMap((from) => DIALECTS.map((to) => [from, to] as const));

describe.each(PAIRS)("%s cut, %s goes on", (from, to) => {
  const CUTS: [string, SimulatedFault][] = [
    ["early", cutAfter(2)],
    ["in the middle", cutAfter(9)],
    ["late", cutAfter(19)],
    ["by a stall", { stall: { afterTokens: 7 } }],
    ["by an error event", { errorEvent: { afterTokens: 7, error: "overloaded" } }],
    ["inside a frame", { cut: { atByte: 1_500, how: "fin" } }],
  ];
  test.each(CUTS)("%s: nothing lost, nothing twice", async (_name, faults) => {
    const { send } = start([
      { name: "a", dialect: from, faults },
      { name: "b", dialect: to },
    ]);
    const { record, drain } = await send({ stream: true });
    expect(await drain()).toEqual({ text: ANSWER });
    expect(record.attempts.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      "first failed",
      "continuation ok",
    ]);
    expect(record.answeredBy?.target).toBe("a/m");
  });
});

describe("a continuation", () => {
  test("is disclosed by a seam and books both attempts", async () => {
    const { send } = start([{ name: "a", faults: cutAfter(9) }, { name: "b" }]);
    const { record, reply } = await send({ stream: true });
    const seams = [];
    for (let result = await reply.pieces.next(); !result.done; result = await reply.pieces.next()) {
      if (result.value.seam) seams.push(result.value.seam);
    }
    expect(seams).toMatchObject([{ from: "a/m", to: "b/m" }]);
    expect(record.attempts[0]!.usage).toMatchObject({ estimated: true });
    expect(record.costNanoUsd).toBe(14);
  });

  test("on a model that refuses a prefill goes on by instruction; the 400 never surfaces and is remembered", async () => {
    const claude = { name: "b", dialect: "anthropic-messages", model: "claude-sonnet-4-5" } as const;
    const { send, servers } = start([
      { name: "a", faults: cutAfter(9) },
      { ...claude, script: [{ error: "prefill_refused" }, null] },
    ]);
    const first = await send({ stream: true });
    expect(await first.drain()).toEqual({ text: ANSWER });
    expect(first.record.attempts.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      "first failed",
      "continuation failed",
      "continuation ok",
    ]);
    expect(await (await send({ stream: true })).drain()).toEqual({ text: ANSWER });
    expect(servers["b"]!.requests).toHaveLength(3);
  });

  test.each([
    [
      "a tool call has begun",
      {
        tools: [{ type: "function", function: { name: "look", parameters: {} } }],
        messages: [{ role: "user", content: "use look" }],
      },
    ],
    ["an object was asked for", { response_format: { type: "json_object" } }],
    ["two choices were asked for", { n: 2 }],
  ])("is not tried when %s", async (_name, body) => {
    const { send, servers } = start([{ name: "a", faults: cutAfter(3) }, { name: "b" }]);
    const { drain } = await send({ stream: true, ...body });
    expect((await drain()).failure).toBeDefined();
    expect(servers["b"]!.requests).toHaveLength(0);
  });

  test("is not begun when the call's time is up", async () => {
    const { send, servers } = start([{ name: "a", faults: { stall: { afterTokens: 7 } } }, { name: "b" }]);
    const { record, drain } = await send({ stream: true }, { timeoutMs: 300 });
    expect((await drain()).failure).toMatchObject({ class: "timeout" });
    expect(record.attempts).toHaveLength(1);
    expect(servers["b"]!.requests).toHaveLength(0);
  });

  test("happens once: a second cut is an honest error", async () => {
    const { send } = start([{ name: "a", faults: cutAfter(5) }, { name: "b", faults: cutAfter(3) }, { name: "c" }]);
    const { text, failure } = await (await send({ stream: true })).drain();
    expect(failure).toBeDefined();
    expect(ANSWER).toStartWith(text);
  });

  test.each([
    ["the configuration", "off" as const, {}],
    ["the call", "resume" as const, { continuation: "off" as const }],
    ["the call's wish for no fallback", "resume" as const, { fallback: false }],
  ])("can be switched off by %s", async (_name, setting, options) => {
    const { send, servers } = start([{ name: "a", faults: cutAfter(5) }, { name: "b" }], setting);
    expect((await (await send({ stream: true }, options)).drain()).failure).toBeDefined();
    expect(servers["b"]!.requests).toHaveLength(0);
  });
});
