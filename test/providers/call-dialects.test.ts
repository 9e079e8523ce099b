/** Every dialect with a simulated provider: the same faults have the same class, whoever's words they come in. */
import { afterAll, describe, expect, test } from "bun:test";
import type { ChatRequest } from "../../src/canonical/chat.ts";
import type { FailureClass } from "../../src/canonical/errors.ts";
import type { Piece } from "../../src/canonical/reply.ts";
import { DIALECTS } from "../../src/dialects/index.ts";
import { callUpstream } from "../../src/providers/call.ts";
import { createProvider } from "../../src/providers/create.ts";
import type { ErrorKind, SimulatedFault } from "../../src/providers/simulated/faults.ts";
import { startSimulated } from "../../src/providers/simulated/simulated.ts";
import { VENDORS } from "../../src/providers/vendors.ts";
import { collectingLog } from "../support/collecting-log.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { simulatedClock } from "../support/simulated-clock.ts";

const typeOf = (dialect: string) =>
  [...VENDORS.values()].find(
    (vendor) => vendor.dialect === dialect || (vendor.responses && dialect === "openai-responses"),
  )!.type;
const REQUEST: ChatRequest = {
  operation: "chat",
  dialect: "another",
  model: "m",
  stream: false,
  messages: [{ role: "user", content: "Hi" }],
  maxOutputTokens: 100,
};
const answer = "one two three four five 🙂six";

describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))("%s", (name, dialect) => {
  const deps = { clock: simulatedClock(), random: seededRandom(1), log: collectingLog().log, fetch };
  const server = startSimulated({ answer, dialect: name, keys: ["good"] }, deps);
  afterAll(server.stop);
  const provider = createProvider(
    {
      name: "p",
      type: typeOf(name),
      baseUrl: `${server.url}/v1`,
      region: "eu-west-1",
      keys: [{ name: "a", secret: "good", weight: 1 }],
    },
    deps,
  );

  const run = async (stream: boolean, fault: SimulatedFault, secret = "good") => {
    server.setFaults(fault);
    const body = new TextEncoder().encode(
      JSON.stringify(dialect.formatRequest({ ...REQUEST, stream }, { traits: provider.traits("m"), stream }).body),
    );
    const url = provider.url(dialect, "m", stream);
    const headers = await provider.headers({ name: "a", secret, weight: 1 }, { url, body, clientHeaders: {} });
    const { signal } = new AbortController();
    const result = await callUpstream({ url, headers, body, dialect, vendor: provider.type, stream, signal }, deps);
    if ("failure" in result) return { failure: result.failure, text: "" };
    const pieces: Piece[] = [];
    for (let next = await result.pieces.next(); !next.done; next = await result.pieces.next()) pieces.push(next.value);
    const read = dialect.eventReader();
    const events = pieces.flatMap((piece) => piece.events ?? read(piece));
    return {
      failure: pieces.at(-1)?.failure,
      text: events.map((event) => (event.type === "text" ? event.text : "")).join(""),
      usage: pieces.findLast((piece) => piece.usage)?.usage,
      finish: pieces.findLast((piece) => piece.finish)?.finish?.unified,
    };
  };

  test.each([true, false])("a good answer, stream %p", async (stream) => {
    const { failure, text, finish } = await run(stream, {});
    expect(failure).toBeUndefined();
    expect({ text, finish }).toEqual({ text: answer, finish: "stop" });
  });

  test("a wrong key", async () => expect((await run(true, {}, "bad")).failure?.class).toBe("auth"));

  test.each<[ErrorKind, FailureClass]>([
    ["rate_limited", "rate_limited"],
    ["insufficient_quota", "quota_exhausted"],
    ["payment_required", "quota_exhausted"],
    ["invalid_key", "auth"],
    ["permission", "auth"],
    ["context_length", "context_length"],
    ["content_policy", "content_filter"],
    ["unsupported_parameter", "unsupported"],
    ["model_not_found", "model_not_found"],
    ["server", "server"],
    ["bad_gateway", "server"],
    ["unavailable", "overloaded"],
    ["overloaded", "overloaded"],
    ["invalid_request", "invalid"],
  ])("error %s is %s", async (error, expected) => {
    const { failure } = await run(true, { error });
    expect(failure?.class).toBe(expected);
    expect(failure?.message).not.toBe("");
  });

  test.each<[string, SimulatedFault, FailureClass | undefined]>([
    ["FIN", { cut: { afterTokens: 3, how: "fin" } }, "truncated"],
    ["RST", { cut: { afterTokens: 3, how: "rst" } }, "truncated"],
    ["a clean cut", { cut: { afterTokens: 3, how: "clean" } }, "truncated"],
    ["no finish", { omit: ["finish", "done"] }, "truncated"],
    ["only the last frame", { body: "done-only" }, "malformed"],
    ["an empty stream", { body: "empty" }, "malformed"],
    ["HTML", { body: "html" }, "malformed"],
    ["an error as first event", { errorEvent: { afterTokens: 0, error: "overloaded" } }, "overloaded"],
    ["an error after tokens", { errorEvent: { afterTokens: 2, error: "server" } }, "server"],
    ["no last frame", { omit: ["done"] }, undefined],
    ["a broken event", { malformedEvent: { afterTokens: 2 } }, undefined],
    ["single bytes, CRLF, comments", { packetBytes: 1, lineEnd: "crlf", comments: true, noSpace: true }, undefined],
    ["CR line ends", { lineEnd: "cr", packetBytes: 7 }, undefined],
  ])("a stream with %s", async (_, fault, expected) => {
    const { failure, text } = await run(true, fault);
    expect(failure?.class).toBe(expected!);
    if (!expected) expect(text).toBe(answer);
  });

  test("a finish without content is an answer", async () => {
    const { failure, text, finish } = await run(true, { omit: ["content"] });
    expect({ failure, text, finish }).toEqual({ failure: undefined, text: "", finish: "stop" });
  });
});
