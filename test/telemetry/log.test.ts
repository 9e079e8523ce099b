import { describe, expect, test } from "bun:test";
import type { LogLevel } from "../../src/canonical/deps.ts";
import { GatewayError } from "../../src/canonical/errors.ts";
import { createCallLog } from "../../src/telemetry/call-log.ts";
import { createLogger, logLevelOf } from "../../src/telemetry/log.ts";
import { collectingLog } from "../support/collecting-log.ts";
import { attempt, closedRecord, failedOverRecord, UPSTREAM_DOWN } from "./support.ts";

function logger(level: LogLevel = "info", terminal = false) {
  const written: string[] = [];
  const log = createLogger({ level, terminal, destination: { write: (text) => void written.push(text) } });
  return { log, text: () => written.join(""), lines: () => written.map((line) => JSON.parse(line)) };
}

test("a line is one JSON object with level, time, message and fields", () => {
  const { log, lines, text } = logger();
  log("warn", "breaker opened", { target: "a/b", n: 1, nested: { list: [1, "two", null] }, big: 10n, skip: () => 1 });
  const { time, ...rest } = lines()[0];
  expect(new Date(time).toISOString()).toBe(time);
  expect(rest).toEqual({
    level: "warn",
    message: "breaker opened",
    target: "a/b",
    n: 1,
    nested: { list: [1, "two", null] },
    big: "10",
  });
  expect(text()).toEndWith("}\n");
});

test.each<[LogLevel, LogLevel[]]>([
  ["debug", ["debug", "info", "warn", "error"]],
  ["warn", ["warn", "error"]],
])("at level %s exactly %j are written", (level, expected) => {
  const { log, lines } = logger(level);
  for (const each of ["debug", "info", "warn", "error"] as const) log(each, each);
  expect(lines().map((line) => line.message)).toEqual(expected);
});

test("on a terminal a line is text for people", () => {
  const { log, text } = logger("info", true);
  log("info", "listening", { port: 4_000 });
  expect(text()).toMatch(/^\[\d\d:\d\d:\d\d\.\d+\] INFO: listening \{"port":4000\}\n$/);
});

describe("errors", () => {
  const inner = Object.assign(new Error("disk full at Bearer abcdefghijkl"), { code: "SQLITE_FULL" });
  const error = new GatewayError("overloaded", "Cannot write.", { cause: inner });

  test("are written with their causes and without stacks", () => {
    const { log, lines, text } = logger("info");
    log("error", "failed", { error });
    expect(lines()[0].error).toEqual({
      name: "GatewayError",
      code: "overloaded",
      message: "Cannot write.",
      cause: { name: "Error", code: "SQLITE_FULL", message: "disk full at Bearer [redacted]" },
    });
    expect(text()).not.toContain(import.meta.dir);
  });

  test("at debug name the places in our own files, but not where those lie", () => {
    const { log, lines } = logger("debug");
    let thrown: unknown;
    try {
      logLevelOf("loud");
    } catch (caught) {
      thrown = caught;
    }
    log("debug", "failed", { error: thrown });
    expect(lines()[0].error.at[0]).toMatch(/^src\/telemetry\/log\.ts:\d+$/);
  });

  test("that cause each other in a circle, or go too deep, end", () => {
    const { log, lines } = logger();
    const circular = new Error("a");
    circular.cause = circular;
    log("error", "failed", { error: circular, long: "x".repeat(10_000), many: Array(1_000).fill(1) });
    expect(JSON.stringify(lines()[0]).length).toBeLessThan(6_000);
  });
});

test.each([false, true])("no text paints over another line or turns its direction, on a terminal: %p", (terminal) => {
  const lines: string[] = [];
  const log = createLogger({ level: "info", terminal, destination: { write: (line) => void lines.push(line) } });
  const text = "a\u001b[2J\u009b31m\u007f\r\nb\u202ec\u2028d";
  log("warn", "failed", { model: text, error: new Error(text), list: [text] });
  const written = lines.join("");
  // What a terminal or a file of lines gives a meaning of its own; the lines' own ends are no client's.
  for (const own of ["\u001b[2J", "\u009b", "\u007f", "\r", "\nb", "\u202e", "\u2028"])
    expect([own, written.includes(own)]).toEqual([own, false]);
  expect(written).toContain("\\u202ec");
});

describe("a secret never reaches the log", () => {
  const SECRET = "Zq7".repeat(14);
  const texts: [string, string][] = [
    ["virtual key", `eg_${SECRET.slice(0, 40)}`],
    ["OpenAI key", `sk-proj-${SECRET}`],
    ["Anthropic key", `sk-ant-api03-${SECRET}`],
    ["Groq key", `gsk_${SECRET}`],
    ["Google key", `AIza${SECRET}`],
    ["xAI key", `xai-${SECRET}`],
    ["AWS key id", "AKIAZQ7ZQ7ZQ7ZQ7ZQ7Z"],
    ["bearer token", `Authorization: Bearer ${SECRET}`],
    ["basic credentials", `basic ${SECRET}`],
    ["signed token", `eyJhbGciOiJSUzI1NiJ9.${SECRET}.${SECRET}`],
    ["key in a URL", `https://example.com/v1?model=x&key=${SECRET}`],
    ["password in a URL", `postgres://user:${SECRET}@host/db`],
    ["Slack webhook", `https://hooks.slack.com/services/T0/B0/${SECRET}`],
    ["private key", `-----BEGIN RSA PRIVATE KEY-----\n${SECRET}\n-----END RSA PRIVATE KEY-----`],
  ];
  test.each(texts)("%s", (_, text) => {
    const { log, text: written } = logger("debug");
    const cause = new Error(`upstream said: ${text}`);
    log("error", `incorrect ${text} given`, {
      text,
      list: [text],
      deep: { er: { text } },
      error: new Error("x", { cause }),
    });
    expect(written()).not.toContain("Zq7Zq7Zq7");
    expect(written()).not.toContain("ZQ7ZQ7ZQ7");
    expect(written().split("[redacted]")).toHaveLength(6);
  });

  const fields = [
    "authorization",
    "Authorization",
    "x-api-key",
    "apiKey",
    "api_key",
    "secret",
    "clientSecret",
    "password",
  ];
  test.each([...fields, "token", "accessToken", "admin_token", "cookie", "set-cookie", "x-goog-api-key", "credential"])(
    "a field named %s, whatever it looks like",
    (name) => {
      const { log, text } = logger();
      log("info", "x", {
        [name]: "plainword",
        headers: { [name]: ["plainword"] },
        object: { [name]: { a: "plainword" } },
      });
      expect(text()).not.toContain("plainword");
    },
  );

  test("while names and counts that only sound like one stay readable", () => {
    const { log, lines } = logger();
    const kept = {
      key: "key-1",
      keys: 3,
      tokens: 12,
      maxTokens: 5,
      tokenized: "yes",
      requireToken: true,
      path: "/v1/x",
    };
    log("info", "sk-ip the queue-sk-y", { ...kept, id: "req_0123456789abcdef0123" });
    expect(lines()[0]).toMatchObject({ ...kept, message: "sk-ip the queue-sk-y", id: "req_0123456789abcdef0123" });
  });
});

test.each([
  [undefined, "info"],
  ["", "info"],
  ["warn", "warn"],
  ["DEBUG", "debug"],
] as const)("EVERGATE_LOG=%s is level %s", (text, level) => expect(logLevelOf(text)).toBe(level));

test("an impossible EVERGATE_LOG is an error that names the right ones", () => {
  expect(() => logLevelOf("loud")).toThrow('EVERGATE_LOG must be one of debug, info, warn, error, not "loud".');
});

describe("the call log", () => {
  const { log, lines } = collectingLog();
  const linesOf = (record: Parameters<ReturnType<typeof createCallLog>>[0]) => {
    lines.length = 0;
    createCallLog(log)(record);
    return [...lines];
  };

  test("a call that went well, also after a retry at the same target, has no line", () => {
    expect(linesOf(closedRecord())).toEqual([]);
    const retried = [attempt({ outcome: "failed", reason: "server" }), attempt({ kind: "retry", startMs: 300 })];
    expect(linesOf(closedRecord({ attempts: retried }))).toEqual([]);
  });

  test("a call that moved on has one, saying what failed where", () => {
    expect(linesOf(failedOverRecord())).toEqual([
      {
        level: "warn",
        message: "call failed over",
        fields: {
          request: "req_1",
          model: "fast",
          key: "ci",
          answeredBy: "claude/sonnet",
          attempts: ["openai/gpt-4o (key-1) server 503 after 120 ms: Busy", "claude/sonnet (key-1) ok after 770 ms"],
          totalMs: 900,
        },
      },
    ]);
  });

  test.each([
    ["an upstream's fault", UPSTREAM_DOWN, "warn"],
    ["the gateway's", { ok: false, code: "overloaded", status: 503, source: "gateway", message: "Full." }, "warn"],
    [
      "the client's mistake",
      { ok: false, code: "invalid_request", status: 400, source: "client", message: "No." },
      "info",
    ],
    [
      "a client that left",
      { ok: false, code: "client_closed", status: 499, source: "client", message: "Gone." },
      "debug",
    ],
  ] as const)("a failed call has one line: %s", (_, outcome, level) => {
    const [line, ...others] = linesOf(closedRecord({ outcome }));
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      level,
      message: "call failed",
      fields: { request: "req_1", status: outcome.status, code: outcome.code, error: outcome.message },
    });
  });
});

test("a closed stdout neither ends nor hangs the process", async () => {
  const source = `
    import { createLogger } from "${import.meta.dir}/../../src/telemetry/log.ts";
    const log = createLogger({ level: "info", terminal: false });
    for (let n = 0; n < 2_000; n++) log("info", "line " + "x".repeat(1_000));
    process.stderr.write("alive");
    process.exit(0);`;
  for (const sink of ["head -c 10 >/dev/null", "cat >/dev/full"]) {
    const command = `timeout 10 "$0" -e "$1" 2>&1 >&3 3>&- | cat >&2; exit \${PIPESTATUS[0]}`;
    const child = Bun.spawn(["bash", "-c", `{ ${command}; } 3> >(${sink})`, process.execPath, source], {
      stderr: "pipe",
      stdout: "ignore",
    });
    expect(await new Response(child.stderr).text()).toContain("alive");
    expect(await child.exited).toBe(0);
  }
});
