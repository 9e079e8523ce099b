import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Json, JsonObject } from "../../src/canonical/chat.ts";
import { JSON_MAX_DEPTH, outline } from "../../src/dialects/json-spans.ts";
import { type Edit, splice } from "../../src/dialects/splice.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const edit = (text: string, ...edits: Edit[]) => new TextDecoder().decode(splice(bytes(text), edits));

describe("splice", () => {
  test.each<[string, string, Edit[], string]>([
    ["replaces a value", '{ "model" : "a", "x": 1.0 }', [set("b", "model")], '{ "model" : "b", "x": 1.0 }'],
    ["appends a key", '{"a":1e2}', [set(true, "b")], '{"a":1e2,"b":true}'],
    ["appends to an empty object", "{ }", [set(true, "b")], '{"b":true }'],
    ["makes missing objects", '{"a":1}', [set(true, "o", "p", "q")], '{"a":1,"o":{"p":{"q":true}}}'],
    ["replaces null on the way", '{"o":null}', [set(true, "o", "p")], '{"o":{"p":true}}'],
    ["replaces an array where an object is needed", '{"o":[1]}', [set(true, "o", "p")], '{"o":{"p":true}}'],
    ["sets beside others", '{"o":{"x":1}}', [set(true, "o", "p")], '{"o":{"x":1,"p":true}}'],
    ["sets in an array", '{"m":[1, [2,3]]}', [set(9, "m", 1, 0)], '{"m":[1, [9,3]]}'],
    ["appends to an array", '{"m":[ 1 ]}', [set(9, "m", 1)], '{"m":[ 1,9 ]}'],
    ["appends to an empty array", '{"m":[]}', [set(9, "m", 0)], '{"m":[9]}'],
    ["deletes the first", '{"a":1, "b":2}', [del("a")], '{"b":2}'],
    ["deletes the last", '{"a":1, "b":2 }', [del("b")], '{"a":1 }'],
    ["deletes the only one", '{ "a":1 }', [del("a")], "{  }"],
    ["deletes all", '{"a":1,"b":2,"c":3}', [del("a"), del("c"), del("b")], "{}"],
    ["deletes all and appends", '{"a":1,"b":2}', [del("a"), del("b"), set(1, "c")], '{"c":1}'],
    ["deletes what is not there", '{"a":1}', [del("b"), del("a", "b"), del("c", "d")], '{"a":1}'],
    ["deletes elements one after the other", '{"m":[1,2,3]}', [del("m", 0), del("m", 0)], '{"m":[3]}'],
    ["renames", '{"max_tokens" :1, "b":2}', [rename("m", "max_tokens")], '{"m" :1, "b":2}'],
    ["renames over another", '{"a":1,"b":2}', [rename("b", "a")], '{"b":1}'],
    ["renames over another before it", '{"b":2,"a":1}', [rename("b", "a")], '{"b":1}'],
    ["renames what is not there", '{"b":2}', [rename("c", "a")], '{"b":2}'],
    ["renames to itself", '{"b":2}', [rename("b", "b")], '{"b":2}'],
    ["renames, then sets", '{"a":1}', [rename("b", "a"), set(2, "b")], '{"b":2}'],
    ["follows the last of equal keys", '{"o":{"a":1,"a":2}}', [set(3, "o", "a")], '{"o":{"a":1,"a":3}}'],
    ["deletes all equal keys", '{"o":{"a":1,"x":0,"a":2}}', [del("o", "a")], '{"o":{"x":0}}'],
    ["knows escaped keys", '{"mod\\u0065l":"a"}', [set("b", "model")], '{"mod\\u0065l":"b"}'],
    ["skips quotes and braces in strings", '{"a":"\\"}{\\\\","b":1}', [set(2, "b")], '{"a":"\\"}{\\\\","b":2}'],
    ["keeps a byte order mark out", '\ufeff{"a":1}', [set(2, "a")], '\ufeff{"a":2}'],
  ])("%s", (_, before, edits, after) => {
    // TextDecoder would swallow a byte order mark.
    expect(Buffer.from(splice(bytes(before), edits)).toString()).toBe(after);
  });

  test("returns the same bytes when there is nothing to do", () => {
    const body = bytes('{"a":1}');
    expect(splice(body, [])).toBe(body);
  });

  test("throws on a path that cannot be", () => {
    expect(() => edit('{"a":{}}', set(1, "a", 0))).toThrow(RangeError);
    expect(() => edit('{"a":[1]}', set(1, "a", 3))).toThrow(RangeError);
    expect(() => edit("{}", set(1))).toThrow(RangeError);
  });

  test("means what the same edits mean on the parsed object", () => {
    fc.assert(
      fc.property(documents, fc.array(fc.nat(), { maxLength: 12 }), spacing, (document, seeds, space) => {
        const edits = makeEdits(document, seeds);
        const spliced = edit(JSON.stringify(document, null, space), ...edits);
        expect(JSON.parse(spliced)).toEqual(edits.reduce(applyToObject, structuredClone(document)));
      }),
      { numRuns: 500 },
    );
  });

  test("leaves every byte before and after a replaced value as it was", () => {
    fc.assert(
      fc.property(documents, documents, fc.json(), (before, after, value) => {
        const head = `{"b":${JSON.stringify(before)} ,\t"target" : `;
        const tail = ` , "c" :${JSON.stringify(after, null, 1)}}`;
        const spliced = edit(head + value + tail, set("x", "target"));
        expect(spliced).toBe(`${head}"x"${tail}`);
      }),
    );
  });

  test("finds the end of long texts with any escapes", () => {
    const character = fc.constantFrom("x", '"', "\\", "{", ",", "é");
    fc.assert(
      fc.property(fc.array(character, { minLength: 30, maxLength: 120 }), (characters) => {
        const long = JSON.stringify(characters.join(""));
        expect(edit(`{"a":${long},"b":1}`, set(2, "b"))).toBe(`{"a":${long},"b":2}`);
      }),
      { numRuns: 500 },
    );
  });

  test("is quick on a large body", () => {
    const image = "A".repeat(4_000_000);
    const words = Array.from({ length: 20_000 }, (_, i) => ({ role: "user", content: `word "${i}"` }));
    const body = bytes(JSON.stringify({ messages: [{ role: "user", content: image }, ...words], model: "a" }));
    const started = performance.now();
    const spliced = splice(body, [set("b", "model"), set(true, "stream_options", "include_usage")]);
    expect(performance.now() - started).toBeLessThan(250);
    expect(spliced.byteLength).toBeGreaterThan(body.byteLength);
  });
});

describe("outline", () => {
  test.each([
    ['{"a":1,"b":{"a":2}}', undefined],
    ['{"a":1,"b":2,"a":3}', "a"],
    ['{"model":"x","mod\\u0065l":"y"}', "model"],
    ["[1]", undefined],
    ["", undefined],
  ])("duplicate of %s is %p", (text, duplicate) => {
    expect(outline(bytes(text)).duplicate).toBe(duplicate);
  });

  test("spans the top-level values", () => {
    const text = ' { "a" : [1, {"b":"}"}] , "c":"\\"" , "d" : -1.50e3 }';
    const spans = outline(bytes(text)).members.map((m) => [m.key, text.slice(m.valueStart, m.valueEnd)]);
    expect(spans).toEqual([
      ["a", '[1, {"b":"}"}]'],
      ["c", '"\\""'],
      ["d", "-1.50e3"],
    ]);
  });

  test("finds bodies that nest too deep", () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    expect(outline(bytes(nested(JSON_MAX_DEPTH))).tooDeep).toBe(false);
    expect(outline(bytes(nested(JSON_MAX_DEPTH + 1))).tooDeep).toBe(true);
    expect(outline(bytes("[".repeat(JSON_MAX_DEPTH + 1))).tooDeep).toBe(true);
  });

  test("ends on any text", () => {
    fc.assert(fc.property(fc.string(), (text) => outline(bytes(`{${text}`)) !== undefined));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'{}[]",:\\ a1'), { maxLength: 40 }), (characters) => {
        outline(bytes(characters.join("")));
      }),
    );
  });
});

function set(value: Json, ...path: (string | number)[]): Edit {
  return { op: "set", path, value };
}
function del(...path: (string | number)[]): Edit {
  return { op: "delete", path };
}
function rename(to: string, ...path: (string | number)[]): Edit {
  return { op: "rename", path, to };
}

const names = fc.constantFrom("a", "b", "", 'q"', "é\n", "\\", "__proto__", "1");
const spacing = fc.constantFrom(undefined, 1, "\t");
const documents = fc
  .letrec<{ value: Json; object: JsonObject }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.jsonValue({ maxDepth: 0 }) as fc.Arbitrary<Json>,
      fc.array(tie("value"), { maxLength: 3 }),
      tie("object"),
    ),
    object: fc.array(fc.tuple(names, tie("value")), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
    // What parsing a printed document gives: JSON has no -0.
  }))
  .object.map((object) => JSON.parse(JSON.stringify(object))) as fc.Arbitrary<JsonObject>;

/** Edits at places that exist in the document as it is when their turn comes, or beside them. */
function makeEdits(document: JsonObject, seeds: readonly number[]): Edit[] {
  let current: JsonObject = structuredClone(document);
  const edits: Edit[] = [];
  for (const seed of seeds) {
    const path: (string | number)[] = [];
    let here: Json = current;
    let rest = seed;
    do {
      if (Array.isArray(here)) path.push(rest % (here.length + 1));
      else path.push(["a", "b", "", 'q"', "é\n", "__proto__", "new"][rest % 7]!);
      here = child(here, path[path.length - 1]!) ?? null;
      rest = Math.floor(rest / 7);
    } while (rest % 3 !== 0 && (Array.isArray(here) || isObject(here)));
    const last = path[path.length - 1]!;
    const next: Edit =
      rest % 5 === 1
        ? { op: "delete", path }
        : rest % 5 === 2 && typeof last === "string"
          ? { op: "rename", path, to: ["a", "b", "to"][rest % 3]! }
          : { op: "set", path, value: rest % 2 ? { a: [rest] } : rest };
    edits.push(next);
    current = applyToObject(current, next);
  }
  return edits;
}

/** The same edits on parsed JSON: the model that `splice` is held against. */
function applyToObject(document: JsonObject, change: Edit): JsonObject {
  const result = structuredClone(document);
  const last = change.path[change.path.length - 1]!;
  let here: Json = result;
  for (const segment of change.path.slice(0, -1)) {
    const next = child(here, segment);
    if (Array.isArray(next) || isObject(next)) here = next;
    else return result;
  }
  if (change.op === "set") assign(here, last, change.value);
  else if (Array.isArray(here)) here.splice(Number(last), change.op === "delete" ? 1 : 0);
  else if (isObject(here) && Object.hasOwn(here, last)) {
    const value = child(here, last)!;
    Reflect.deleteProperty(here, last);
    if (change.op === "rename") assign(here, change.to, value);
  }
  return result;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function child(value: Json, segment: string | number): Json | undefined {
  return Object.getOwnPropertyDescriptor(value as object, segment)?.value;
}
function assign(target: Json, segment: string | number, value: Json): void {
  Object.defineProperty(target, segment, { value, enumerable: true, configurable: true, writable: true });
}
