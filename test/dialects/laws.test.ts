/**
 * What every dialect has to keep, run over the list in src/dialects/index.ts. A new dialect is tested by its line there
 * and a folder of hand-written fixtures here.
 */
import { describe, expect, test } from "bun:test";
import type { Json, JsonObject } from "../../src/canonical/chat.ts";
import { GatewayError } from "../../src/canonical/errors.ts";
import { collect, type ReplyEvent, replay } from "../../src/canonical/events.ts";
import type { BodyChanges } from "../../src/dialects/dialect.ts";
import { DIALECTS } from "../../src/dialects/index.ts";
import { splice } from "../../src/dialects/splice.ts";
import { fixturesOf } from "./fixtures.ts";
import { eventsOf, joined, OPTIONS, parse, pathOf, piecesOf, textOf, unchanged } from "./observe.ts";

const CHANGES: [string, (body: JsonObject) => BodyChanges][] = [
  ["nothing", unchanged],
  ["the model", (body) => ({ ...unchanged(body), traits: { model: "other", vendor: "openai-compatible" } })],
  ["streaming", (body) => ({ ...unchanged(body), stream: body["stream"] !== true })],
  ["the cap", (body) => ({ ...unchanged(body), maxOutputTokens: 17 })],
  [
    "what a strict vendor refuses",
    (body) => ({
      ...unchanged(body),
      traits: {
        model: "strict",
        vendor: "mistral",
        maxTokensField: "max_tokens",
        streamOptions: false,
        developerRole: false,
        toolCallIds: "mistral",
        reasoningField: "none",
        refuses: ["temperature", "seed"],
      },
    }),
  ],
];

describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))("%s", (name, dialect) => {
  const { requests, replies, streams } = fixturesOf(name);

  test("has fixtures of every kind", () => {
    expect([requests.length, replies.length, streams.length].every((count) => count > 0)).toBe(true);
  });

  describe("requests", () => {
    test.each(requests)("%s comes back as it was", (_, body) => {
      const { body: formatted, warnings } = dialect.formatRequest(parse(dialect, body), unchanged(body));
      expect(formatted).toEqual(body);
      expect(warnings).toEqual([]);
    });

    test.each(requests)("%s keeps unknown fields at every level that has a meaning", (_, body) => {
      for (const place of objectsIn(body)) {
        const marked = structuredClone(body);
        at(marked, place)["x_unknown_field"] = { deep: [1, "two"] };
        const { body: formatted } = dialect.formatRequest(parse(dialect, marked), unchanged(body));
        expect(at(formatted, place)).toEqual(at(marked, place));
      }
    });

    test.each(requests)("%s needs no edit when nothing has to change", (_, body) => {
      expect(dialect.edits(body, unchanged(body))?.edits).toEqual([]);
    });

    test.each(requests.flatMap(([file, body]) => CHANGES.map(([what, change]) => [file, what, body, change] as const)))(
      "%s: edits for %s mean what the formatter says",
      (_, __, body, change) => {
        const direct = dialect.edits(body, change(body));
        if (!direct) return;
        const text = JSON.stringify(body, null, 2);
        const spliced = JSON.parse(Buffer.from(splice(Buffer.from(text), direct.edits)).toString());
        const formatted = dialect.formatRequest(parse(dialect, body), change(body));
        expect(withoutDefaults(spliced)).toEqual(withoutDefaults(formatted.body));
        expect(direct.warnings.toSorted()).toEqual(formatted.warnings.toSorted());
      },
    );

    test.each(requests)("%s has the same facts as its canonical form", (_, body) => {
      const request = parse(dialect, body);
      const facts = dialect.inspect(body, pathOf(body));
      expect(facts.stream).toBe(request.stream);
      expect(facts.model).toBe(request.model);
      expect(facts.maxOutputTokens).toBe(request.maxOutputTokens);
      expect(facts.choices).toBe(request.n ?? 1);
    });

    test.each<[string, Json]>([
      ["null", null],
      ["a text", "hi"],
      ["an empty list", []],
      ["a number", 1],
      ["an object", {}],
    ])("a conversation that is %s is the client's fault", (_, value) => {
      const [, body] = requests[0]!;
      const field = ["messages", "contents", "input"].find((key) => body[key] !== undefined)!;
      // The Responses API takes a text for a conversation of one.
      if (field === "input" && value === "hi") return;
      expect(invalidParam(() => dialect.inspect({ ...body, [field]: value }, pathOf(body)))).toBe(field);
    });
  });

  describe("whole answers", () => {
    test.each(replies)("%s means the same when written again", (_, body) => {
      const answer = dialect.parseReply(body);
      expect(dialect.parseReply(dialect.formatReply(answer, OPTIONS))).toEqual(answer);
    });

    test.each(replies)("%s is the same answer after a replay", (_, body) => {
      const answer = dialect.parseReply(body);
      expect(collect(replay(answer))).toEqual(answer);
    });

    test.each(replies)("%s can be streamed", (_, body) => {
      const answer = dialect.parseReply(body);
      const writer = dialect.frameWriter(OPTIONS);
      const bytes = Buffer.concat([writer.write([...replay(answer)]), writer.end()]);
      const { extra: _extra, ...again } = collect(eventsOf(dialect, piecesOf(dialect, [bytes])));
      const { extra: __extra, ...first } = answer;
      expect(again).toEqual(first);
    });

    test.each<[string, unknown]>([
      ["null", null],
      ["a text", "<html>"],
      ["an empty object", {}],
      ["an empty list", []],
      ["an error", { type: "error", error: { type: "overloaded_error", code: 503, message: "Overloaded" } }],
    ])("%s with status 200 is no answer", (_, body) => {
      expect(() => dialect.parseReply(body)).toThrow(expect.objectContaining({ name: "MalformedReply" }));
    });
  });

  describe("streams", () => {
    test.each(streams)("%s travels as received", (_, bytes) => {
      const pieces = piecesOf(dialect, [bytes]);
      expect(text(joined(pieces))).toBe(text(bytes));
      expect(pieces.some((piece) => piece.mark === "content")).toBe(true);
      expect(pieces.some((piece) => piece.failure)).toBe(false);
    });

    test.each(streams)("%s means the same however it is cut", (_, bytes) => {
      const whole = eventsOf(dialect, piecesOf(dialect, [bytes]));
      const meaning = collect(whole);
      for (let at = 1; at < bytes.length; at++) {
        const events = eventsOf(dialect, piecesOf(dialect, [bytes.subarray(0, at), bytes.subarray(at)]));
        expect(collect(events)).toEqual(meaning);
        expect(ends(events)).toEqual(ends(whole));
      }
      const byByte = piecesOf(
        dialect,
        Array.from(bytes, (_byte, i) => bytes.subarray(i, i + 1)),
      );
      expect(eventsOf(dialect, byByte)).toEqual(whole);
      expect(text(joined(byByte))).toBe(text(bytes));
    });

    const lineEnds = dialect.streamContentType.startsWith("text/event-stream") ? ["\r\n", "\r"] : [];
    test.each(
      streams.flatMap(([file, bytes]) => lineEnds.map((end) => [file, JSON.stringify(end), bytes, end] as const)),
    )("%s means the same with lines that end in %s", (_, __, bytes, end) => {
      const whole = eventsOf(dialect, piecesOf(dialect, [bytes]));
      const other = Buffer.from(text(bytes).replaceAll("\n", end));
      expect(eventsOf(dialect, piecesOf(dialect, [other]))).toEqual(whole);
      for (let at = 1; at < other.length; at++) {
        const pieces = piecesOf(dialect, [other.subarray(0, at), other.subarray(at)]);
        expect(collect(eventsOf(dialect, pieces))).toEqual(collect(whole));
      }
    });

    test.each(streams)("%s has one finish a choice and no error", (_, bytes) => {
      const events = eventsOf(dialect, piecesOf(dialect, [bytes]));
      const choices = new Set(events.flatMap((event) => ("choice" in event ? [event.choice] : [])));
      const finished = events.flatMap((event) => (event.type === "finish" ? [event.choice] : []));
      expect(finished.toSorted()).toEqual([...choices].toSorted());
      expect(events.some((event) => event.type === "error")).toBe(false);
      expect(events[0]?.type).toBe("start");
    });

    test.each(streams)("%s, cut anywhere, is whole or an error, never both", (_, bytes) => {
      const meaning = collect(eventsOf(dialect, piecesOf(dialect, [bytes])));
      for (let at = 0; at < bytes.length; at++) {
        const pieces = piecesOf(dialect, [bytes.subarray(0, at)]);
        const failures = pieces.filter((piece) => piece.failure);
        const { choices } = collect(eventsOf(dialect, pieces));
        if (failures.length === 0) expect(choices).toEqual(meaning.choices);
        else expect(failures).toHaveLength(1);
        expect(pieces.findIndex((piece) => piece.failure)).toBe(failures.length === 0 ? -1 : pieces.length - 1);
      }
    });

    test.each(streams)("%s is the same after its events are written again", (_, bytes) => {
      const events = eventsOf(dialect, piecesOf(dialect, [bytes]));
      const writer = dialect.frameWriter(OPTIONS);
      const again = Buffer.concat([...events.map((event) => writer.write([event])), writer.end()]);
      expect(collect(eventsOf(dialect, piecesOf(dialect, [again])))).toEqual(collect(events));
    });

    test.each(streams)("%s tells its usage without a parser", (_, bytes) => {
      const pieces = piecesOf(dialect, [bytes]);
      const { usage } = collect(eventsOf(dialect, pieces));
      expect(usage).toBeDefined();
      expect(pieces.findLast((piece) => piece.usage)?.usage).toEqual(usage);
    });

    test.each(streams)("%s goes on under one identity after a cut", (_, bytes) => {
      const whole = piecesOf(dialect, [bytes]);
      const untilContent = whole.slice(0, whole.findIndex((piece) => piece.mark === "content") + 1);
      const events = eventsOf(dialect, whole);
      const writer = dialect.frameWriter(OPTIONS);
      writer.resume(untilContent);
      const rest: ReplyEvent[] = [
        { type: "start", id: "another", model: "other" },
        { type: "text", choice: 0, part: 0, text: " and on" },
        { type: "finish", choice: 0, reason: { unified: "stop", raw: "stop" } },
      ];
      const tail = Buffer.concat([writer.write(rest), writer.end()]);
      expect(text(tail)).not.toContain("another");
      const both = collect(eventsOf(dialect, piecesOf(dialect, [joined(untilContent), tail])));
      expect(both.id).toBe(collect(events).id);
      expect(textOf(both.choices[0]!.message.content)).toEndWith(" and on");
    });

    test("an empty one is malformed", () => {
      expect(dialect.frameReader().end()).toEqual([
        expect.objectContaining({ mark: "error", failure: expect.objectContaining({ class: "malformed" }) }),
      ]);
    });

    test("a page instead of one is malformed", () => {
      const pieces = piecesOf(dialect, [Buffer.from("<html>\n\n<body>hi</body>\n\n</html>")]);
      expect(pieces.filter((piece) => piece.failure).map((piece) => piece.failure?.class)).toEqual(["malformed"]);
    });

    test.each(streams)("%s, ended by our own error, is an error to its reader", (_, bytes) => {
      const pieces = piecesOf(dialect, [bytes]);
      const head = joined(pieces.slice(0, pieces.findIndex((piece) => piece.mark === "content") + 1));
      const error = new GatewayError("upstream_error", "The stream broke.");
      const tail = dialect.formatStreamError({ error, requestId: "req-1", attempts: [] });
      const read = piecesOf(dialect, [head, tail]);
      expect(read.filter((piece) => piece.failure)).toHaveLength(1);
      expect(read[read.length - 1]!.failure?.class).not.toBe("truncated");
    });
  });

  describe("errors", () => {
    test.each([
      [401, "{}", "auth"],
      [402, "{}", "quota_exhausted"],
      [403, "", "auth"],
      [408, "", "server"],
      [429, "{}", "rate_limited"],
      [500, "", "server"],
      [502, "<html><title>Bad Gateway</title></html>", "server"],
      [503, "{}", "overloaded"],
      [504, "upstream request timeout", "server"],
      [529, "{}", "overloaded"],
      [422, '{"error":{"message":"odd"}}', "invalid"],
    ] as const)("%d %s is %s", (status, body, expected) => {
      const failure = dialect.parseError(status, new Headers(), body);
      expect(failure.class).toBe(expected);
      expect(failure.status).toBe(status);
      expect(failure.message.length).toBeGreaterThan(0);
      expect(failure.message).not.toContain("<html>");
    });

    test("are JSON and tell the message", () => {
      const error = new GatewayError("model_not_found", 'There is no model "gpt-5o"; did you mean "gpt-5"?');
      const body = dialect.formatError({ error, requestId: "req-1", attempts: [] });
      expect(JSON.stringify(body)).toContain("did you mean");
    });
  });
});

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

function ends(events: readonly ReplyEvent[]): ReplyEvent[] {
  return events.filter((event) => event.type === "finish" || event.type === "error");
}

function invalidParam(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof GatewayError && error.code === "invalid_request") return error.param;
    throw error;
  }
  return undefined;
}

/** Objects with a meaning for the dialect itself: the body, its messages, their parts and its tools. */
function objectsIn(body: JsonObject): (string | number)[][] {
  const places: (string | number)[][] = [[]];
  for (const list of ["messages", "contents", "input", "tools"]) {
    const entries = body[list];
    if (!Array.isArray(entries)) continue;
    for (const [i, entry] of entries.entries()) {
      places.push([list, i]);
      for (const inner of ["content", "parts"]) {
        const parts = (entry as JsonObject)[inner];
        if (Array.isArray(parts)) places.push(...parts.map((_, j) => [list, i, inner, j]));
      }
    }
  }
  return places;
}

function at(value: Json, path: readonly (string | number)[]): JsonObject {
  return path.reduce<Json>((here, key) => (here as Record<string, Json>)[key]!, value) as JsonObject;
}

/** Not to stream is what a body without the field asks for. */
function withoutDefaults({ stream, ...body }: JsonObject): JsonObject {
  return stream === true ? { ...body, stream } : body;
}
