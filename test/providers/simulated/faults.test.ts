/** Every fault as a client sees it: over real sockets, with a clock that stands still unless a test moves it. */
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import type { SimulatedFault } from "../../../src/providers/simulated/faults.ts";
import { startSimulated } from "../../../src/providers/simulated/simulated.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";

const clock = simulatedClock();
const server = startSimulated({ answer: "one two three four five 🙂six" }, { clock, random: seededRandom(1) });
const answer = "one two three four five 🙂six";
afterAll(server.stop);
beforeEach(() => server.setFaults(undefined));

const PATHS = { "openai-chat": "/v1/chat/completions", "anthropic-messages": "/v1/messages" } as const;
type Name = keyof typeof PATHS;

function ask(dialect: Name, stream: boolean, init: RequestInit = {}): Promise<Response> {
  return fetch(server.url + PATHS[dialect], {
    method: "POST",
    headers: { "anthropic-version": "2023-06-01", "content-type": "application/json" },
    body: JSON.stringify({ model: "m", max_tokens: 100, stream, messages: [{ role: "user", content: "Hi" }] }),
    ...init,
  });
}

/** What arrived, and the code of the error it ended with. */
async function read(response: Response): Promise<{ text: string; error?: string }> {
  const chunks: Uint8Array[] = [];
  const reader = response.body!.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { text: Buffer.concat(chunks).toString() };
      chunks.push(value);
    }
  } catch (error) {
    return { text: Buffer.concat(chunks).toString(), error: (error as { code: string }).code };
  }
}

/** The text in a stream of either dialect, read as simply as can be. */
function said(sse: string): string {
  return [...sse.matchAll(/"(?:content|text)":"([^"]*)"/g)].map((match) => match[1]).join("");
}

async function failing(dialect: Name, stream: boolean, fault: SimulatedFault) {
  server.setFaults(fault);
  const response = await ask(dialect, stream);
  return { response, ...(await read(response)) };
}

const BOTH: Name[] = ["openai-chat", "anthropic-messages"];

describe.each(BOTH)("%s", (dialect) => {
  test("without a fault the stream is whole", async () => {
    const { text, error } = await failing(dialect, true, {});
    expect(error).toBeUndefined();
    expect(said(text)).toBe(answer);
    expect(text).toContain(dialect === "openai-chat" ? '"finish_reason":"stop"' : '"stop_reason":"end_turn"');
    expect(text.trimEnd()).toEndWith(dialect === "openai-chat" ? "data: [DONE]" : '{"type":"message_stop"}');
  });

  test.each<[NonNullable<SimulatedFault["error"]>, number]>([
    ["rate_limited", 429],
    ["insufficient_quota", dialect === "openai-chat" ? 429 : 400],
    ["payment_required", 402],
    ["invalid_key", 401],
    ["permission", 403],
    ["context_length", 400],
    ["content_policy", 400],
    ["unsupported_parameter", 400],
    ["prefill_refused", 400],
    ["model_not_found", 404],
    ["server", 500],
    ["bad_gateway", 502],
    ["unavailable", 503],
    ["overloaded", 529],
  ])("error %s is a %d in its own shape", async (error, status) => {
    const { response, text } = await failing(dialect, true, { error });
    expect(response.status).toBe(status);
    const body = JSON.parse(text);
    expect(body.error.message).toBeString();
    expect(body.type).toBe(dialect === "openai-chat" ? undefined : "error");
  });

  test.each<["fin" | "rst" | "clean", string | undefined]>([
    ["fin", "ECONNRESET"],
    ["rst", "ECONNRESET"],
    ["clean", undefined],
  ])("cut after 3 tokens by %s", async (how, error) => {
    const cut = await failing(dialect, true, { cut: { afterTokens: 3, how } });
    expect(said(cut.text)).toBe("one two three");
    expect(cut.error).toBe(error!);
    expect(cut.text).not.toContain("message_stop");
  });

  test("a cut after more tokens than there are comes before the finish", async () => {
    const { text } = await failing(dialect, true, { cut: { afterTokens: 99, how: "clean" } });
    expect(said(text)).toBe(answer);
    expect(text).not.toMatch(/"stop_reason":"end_turn"|"finish_reason":"stop"/);
  });

  test.each(["chunked", "content-length", "close"] as const)("cut at byte 250, %s", async (framing) => {
    const whole = await failing(dialect, true, { framing });
    const cut = await failing(dialect, true, { framing, cut: { atByte: 250, how: "fin" } });
    // Ids count up; everything else is the same.
    const same = (text: string) => text.replace(/simulated\d+/g, "id");
    expect(cut.text.length).toBe(250);
    expect(same(whole.text)).toStartWith(same(cut.text).slice(0, 200));
    // A body delimited by the connection's close cannot tell.
    expect(cut.error).toBe(framing === "close" ? undefined! : "ECONNRESET");
  });

  test("a whole answer is cut in its middle", async () => {
    const { text, error } = await failing(dialect, false, { cut: { afterTokens: 3, how: "rst" } });
    expect(error).toBe("ECONNRESET");
    expect(() => JSON.parse(text)).toThrow();
  });

  test("an error event is the first event, the whole body, or comes after tokens", async () => {
    const first = await failing(dialect, true, { errorEvent: { afterTokens: 0, error: "overloaded" } });
    expect(first.response.status).toBe(200);
    expect(first.text.match(/^data: /gm)).toHaveLength(1);
    expect(first.text).toContain('"error"');
    const later = await failing(dialect, true, { errorEvent: { afterTokens: 2 } });
    expect(said(later.text.slice(0, later.text.indexOf('"error"')))).toBe("one two");
    const whole = await failing(dialect, false, { errorEvent: { afterTokens: 0 } });
    expect(whole.response.status).toBe(200);
    expect(JSON.parse(whole.text).error.message).toBeString();
  });

  test("finish, content or end can be missing", async () => {
    const noFinish = await failing(dialect, true, { omit: ["finish", "done"] });
    expect(said(noFinish.text)).toBe(answer);
    expect(noFinish.text).not.toMatch(/end_turn|"stop"|DONE|message_stop/);
    const noContent = await failing(dialect, true, { omit: ["content"] });
    expect(said(noContent.text)).toBe("");
    expect(noContent.text).toMatch(/end_turn|"finish_reason":"stop"/);
  });

  test.each([
    ["html", "text/html; charset=utf-8", /^<!doctype html>/],
    ["empty", "text/event-stream; charset=utf-8", /^$/],
    ["done-only", "text/event-stream; charset=utf-8", /^(data: \[DONE\]|event: message_stop\ndata: \{.*\})\n\n$/],
    ["broken-json", "application/json", /^\{[^}]*$/],
  ] as const)("status 200 with body %s", async (body, type, form) => {
    const { response, text } = await failing(dialect, true, { body });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(type);
    expect(text).toMatch(form);
  });

  test("one broken event among good ones", async () => {
    const { text } = await failing(dialect, true, { malformedEvent: { afterTokens: 2 } });
    const broken = [...text.matchAll(/^data: (\{.*)$/gm)].filter(([, json]) => {
      try {
        return !JSON.parse(json!);
      } catch {
        return true;
      }
    });
    expect(broken).toHaveLength(1);
    expect(said(text)).toContain("one two three");
  });

  test("line ends, missing spaces, comments and packets change nothing else", async () => {
    const plain = (await failing(dialect, true, {})).text.replace(/simulated\d+/g, "id");
    const odd = await failing(dialect, true, { lineEnd: "crlf", noSpace: true, comments: true, packetBytes: 3 });
    expect(odd.text).not.toMatch(/[^\r]\n/);
    const normal = odd.text
      .replaceAll("\r\n", "\n")
      .replaceAll(": ping\n\n", "")
      .replace(/^(data|event):/gm, "$1: ")
      .replace(/simulated\d+/g, "id");
    expect(normal).toBe(plain);
  });

  test("a huge event", async () => {
    const { text } = await failing(dialect, true, { hugeEventBytes: 300_000 });
    expect(said(text)).toStartWith("x".repeat(300_000));
    expect(text).toMatch(/end_turn|"finish_reason":"stop"/);
  });
});

describe("before the head", () => {
  test.each([
    ["reset", "ECONNRESET"],
    ["close", "ECONNRESET"],
    ["garbage", "Malformed_HTTP_Response"],
  ] as const)("%s", async (connection, code) => {
    server.setFaults({ connection });
    const error = await ask("openai-chat", true).catch((thrown: { code: string }) => thrown);
    expect((error as { code: string }).code).toBe(code);
  });

  test("silence lasts until the client hangs up, and is seen to", async () => {
    server.setFaults({ connection: "silence" });
    const client = new AbortController();
    const pending = ask("openai-chat", true, { signal: client.signal }).catch((error: Error) => error.name);
    const request = await nextRequest();
    client.abort();
    expect(await pending).toBe("AbortError");
    expect(await request.closed).toBe("peer");
  });
});

describe("time", () => {
  test("head, first token, pace and stall follow the clock", async () => {
    server.setFaults({
      headDelayMs: 100,
      firstTokenDelayMs: 200,
      tokenDelayMs: 10,
      stall: { afterTokens: 3, ms: 5000 },
    });
    let head = false;
    const pending = ask("openai-chat", true).then((response) => {
      head = true;
      return response;
    });
    await nextRequest();
    await clock.advance(99);
    expect(head).toBe(false);
    await clock.advance(1);
    const body = (await pending).body!.getReader();
    const until = async (words: string) => {
      let text = "";
      while (!text.includes(words)) text += new TextDecoder().decode((await body.read()).value);
      return text;
    };
    expect(said(await until('"role"'))).toBe("");
    await clock.advance(210);
    await until("one");
    await clock.advance(10);
    await until("two");
    await clock.advance(10);
    await until("three");
    expect(clock.pending()).toBe(1);
    await clock.advance(5000);
    await clock.advance(10);
    await until("four");
    await body.cancel();
  });

  test("a stall that ends in a close", async () => {
    server.setFaults({ stall: { afterTokens: 0, ms: 30_000, end: "fin" } });
    const response = await ask("anthropic-messages", true);
    const pending = read(response);
    await settled(() => clock.pending() === 1);
    await clock.advance(30_000);
    const { text, error } = await pending;
    expect(text).toContain("message_start");
    expect(said(text)).toBe("");
    expect(error).toBe("ECONNRESET");
  });
});

describe("which requests fail", () => {
  const statuses = async (count: number) => {
    const seen: number[] = [];
    for (let i = 0; i < count; i++) {
      const response = await ask("openai-chat", false);
      await response.body?.cancel();
      seen.push(response.status);
    }
    return seen;
  };
  test("a script is used up in order and its last entry stays", async () => {
    server.script([{ error: "server" }, null, { error: "rate_limited" }]);
    expect(await statuses(5)).toEqual([500, 200, 429, 429, 429]);
    server.setFaults(undefined);
    expect(await statuses(1)).toEqual([200]);
  });
  test("a share of them, the same in every run", async () => {
    const run = async () => {
      const one = startSimulated(
        { seed: 7, faults: { error: "unavailable", probability: 0.5 } },
        { clock, random: seededRandom(3) },
      );
      const seen: number[] = [];
      for (let i = 0; i < 20; i++) {
        const response = await fetch(`${one.url}/v1/chat/completions`, {
          method: "POST",
          body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hi" }] }),
        });
        await response.arrayBuffer();
        seen.push(response.status);
      }
      one.stop();
      return seen;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set([200, 503]));
    expect(await run()).toEqual(first);
  });
});

test("requests are kept as they came, and a socket is used again", async () => {
  const before = server.requests.length;
  await (await ask("openai-chat", false, { headers: { "x-team": "search" } })).text();
  await (await ask("openai-chat", false)).text();
  const [first, second] = server.requests.slice(before);
  expect(first).toMatchObject({ method: "POST", path: "/v1/chat/completions", headers: { "x-team": "search" } });
  expect(JSON.parse(new TextDecoder().decode(first!.body))).toMatchObject({ model: "m" });
  expect(second!.connection).toBe(first!.connection);
});

test.each([
  ["seconds", "retry-after", "3"],
  ["date", "retry-after", new Date(clock.now() + 3000).toUTCString()],
  ["retry-after-ms", "retry-after-ms", "3000"],
  ["openai-pair", "x-ratelimit-reset-requests", "3s"],
  ["anthropic-reset", "anthropic-ratelimit-requests-reset", /^\d{4}-.*Z$/],
  ["cerebras-pair", "x-ratelimit-reset-tokens-minute", "3"],
  ["reset-seconds", "x-ratelimit-reset", "3"],
  ["reset-epoch", "x-ratelimit-reset", /^\d{10}$/],
] as const)("the wait of a 429 as %s", async (form, header, expected) => {
  server.setFaults({ error: "rate_limited", retryAfter: { form, ms: 3000 } });
  const response = await ask("openai-chat", false);
  await response.text();
  if (form === "date")
    expect(Math.abs(Date.parse(response.headers.get(header)!) - clock.now() - 3000)).toBeLessThan(1000);
  else expect(response.headers.get(header)).toMatch(expected);
});

/** Sockets need a few turns of the event loop; nothing here waits for a time. */
async function settled(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

async function nextRequest() {
  const count = server.requests.at(-1);
  await settled(() => server.requests.at(-1) !== count);
  return server.requests.at(-1)!;
}
