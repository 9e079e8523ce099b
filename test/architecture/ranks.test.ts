import { describe, expect, test } from "bun:test";
import { environmentFaults, frameworkFaults, importsOf, outsideWorldFaults, rankFaults } from "./rules.ts";

const ROOT = `${import.meta.dir}/../..`;

/** Files that touch clock or network themselves, each with the reason why `Deps` cannot reach it. */
const OUTSIDE_WORLD_EXCEPTIONS: Record<string, string> = {
  "src/ui/**": "runs in a browser, where clock and network are the page's own",
  "src/config/read-module.ts": "bounds a real thread at start-up, before there is a gateway to take a clock from",
  "src/config/zero.ts": "bounds the look for a local Ollama, likewise at start-up",
  "src/telemetry/trace/trace-worker.ts": "a thread of its own, which speaks to a collector in real time",
  "src/providers/simulated/connection.ts":
    "a socket must be read before it is reset: the kernel's time, not the clock's",
};

const files = [...new Bun.Glob("src/**/*.{ts,tsx}").scanSync(ROOT)].sort();
const sources = await Promise.all(files.map(async (file) => [file, await Bun.file(`${ROOT}/${file}`).text()] as const));

function faults(check: (file: string, source: string) => string[], except: string[] = []): string[] {
  const globs = except.map((pattern) => new Bun.Glob(pattern));
  return sources
    .filter(([file]) => !globs.some((glob) => glob.match(file)))
    .flatMap(([file, text]) => check(file, text));
}

describe("the source tree", () => {
  test("imports point down the ranks", () => {
    expect(files.length).toBeGreaterThan(10);
    expect(faults(rankFaults)).toEqual([]);
  });
  test("Elysia lives in http/ alone", () => expect(faults(frameworkFaults)).toEqual([]));
  test("the environment is read in config/, cli/ and main.ts alone", () => {
    expect(faults(environmentFaults)).toEqual([]);
  });
  test("clock, random and network come in at gateway.ts", () => {
    expect(faults(outsideWorldFaults, Object.keys(OUTSIDE_WORLD_EXCEPTIONS))).toEqual([]);
  });
  test("every exception names a file that exists and needs it", () => {
    const stale = Object.keys(OUTSIDE_WORLD_EXCEPTIONS).filter((pattern) => {
      const glob = new Bun.Glob(pattern);
      return !sources.some(([file, text]) => glob.match(file) && outsideWorldFaults(file, text).length > 0);
    });
    expect(stale).toEqual([]);
  });
});

describe("imports are found", () => {
  test.each([
    [`import { a } from "./a.ts";`, "src/x/a.ts"],
    [`import type { A } from "../canonical/a.ts";`, "src/canonical/a.ts"],
    [`import {\n  type A, // why\n  b,\n} from "../canonical/a.ts";`, "src/canonical/a.ts"],
    [`export { a } from "./a.ts";`, "src/x/a.ts"],
    [`export * from "./a.ts";`, "src/x/a.ts"],
    [`import "./a.ts";`, "src/x/a.ts"],
    [`const a = await import("./a.ts");`, "src/x/a.ts"],
    [`type A = import("./a.ts").A;`, "src/x/a.ts"],
    [`new Worker(new URL("./worker.ts", import.meta.url).href);`, "src/x/worker.ts"],
    [`import text from "../a.sql" with { type: "text" };`, "src/a.sql"],
    [`import { env } from "evergate";`, "src/config/define.ts"],
  ])("%j", (source, file) => expect(importsOf("src/x/file.ts", source).map((found) => found.file)).toEqual([file]));

  test.each([`// import { a } from "./a.ts";`, `/* import "./a.ts" */`, `/** from "./a.ts" */ export const a = 1;`])(
    "not in %s",
    (source) => expect(importsOf("src/x/file.ts", source)).toEqual([]),
  );
});

describe("ranks", () => {
  test.each([
    ["src/canonical/a.ts", `import type { Database } from "bun:sqlite";`],
    ["src/canonical/a.ts", `import { x } from "../store/ports.ts";`],
    ["src/store/a.ts", `import type { Dialect } from "../dialects/dialect.ts";`],
    ["src/router/a.ts", `import { x } from "../cache/b.ts";`],
    ["src/providers/a.ts", `import { x } from "../config/b.ts";`],
    ["src/pipeline.ts", `import { x } from "./gateway.ts";`],
    ["src/http/a.ts", `import { x } from "../gateway.ts";`],
    ["src/cli/a.ts", `import { x } from "../main.ts";`],
    ["src/budget/a.ts", `import { env } from "evergate";`],
    ["src/ui/a.tsx", `import { FAILURES } from "../canonical/errors.ts";`],
    ["src/ui/a.tsx", `import { type A, b } from "../config/a.ts";`],
    ["src/helpers/a.ts", "export const a = 1;"],
    ["src/router/a.ts", `import { x } from "../helpers/a.ts";`],
  ])("%s refuses %s", (file, source) => expect(rankFaults(file, source)).toHaveLength(1));

  test.each([
    ["src/canonical/a.ts", `import { x } from "./b.ts";`],
    ["src/store/sqlite/a.ts", `import { x } from "../ports.ts";`],
    ["src/gateway.ts", `import { x } from "./http/app.ts"; import y from "pino";`],
    ["src/main.ts", `import { x } from "./cli/serve.ts";`],
    ["src/ui/pages/a.tsx", `import type { Usage } from "../../canonical/usage.ts";\nimport { b } from "../b.ts";`],
    ["src/store/migrations.ts", `import sql from "../../drizzle/0000.sql" with { type: "text" };`],
  ])("%s allows %s", (file, source) => expect(rankFaults(file, source)).toEqual([]));
});

describe("framework, environment and outside world", () => {
  test.each([
    [frameworkFaults, "src/gateway.ts", `import { Elysia } from "elysia";`],
    [frameworkFaults, "src/config/a.ts", `import { openapi } from "@elysiajs/openapi";`],
    [frameworkFaults, "src/config/a.ts", `import type { Static } from "elysia/type-system";`],
    [environmentFaults, "src/gateway.ts", "const a = process.env.HOME;"],
    [environmentFaults, "src/http/a.ts", `const a = Bun.env["HOME"];`],
    [environmentFaults, "src/http/a.ts", "const { HOME } = process.env;"],
    [environmentFaults, "src/http/a.ts", `import { env } from "node:process"; use(env.HOME);`],
    [outsideWorldFaults, "src/router/a.ts", "const a = Date.now();"],
    [outsideWorldFaults, "src/router/a.ts", "const a = new Date().getTime();"],
    [outsideWorldFaults, "src/router/a.ts", "const a = new Date;"],
    [outsideWorldFaults, "src/router/a.ts", "const a = Math.random();"],
    [outsideWorldFaults, "src/http/a.ts", "const a = performance.now();"],
    [outsideWorldFaults, "src/config/a.ts", "setTimeout(() => {}, 1);"],
    [outsideWorldFaults, "src/config/a.ts", "const a = globalThis.setTimeout;"],
    [outsideWorldFaults, "src/router/a.ts", "const a = AbortSignal.timeout(1);"],
    [outsideWorldFaults, "src/providers/a.ts", `const a = await fetch("http://x");`],
    [outsideWorldFaults, "src/providers/a.ts", "await probe(fetch, url); await fetch(url);"],
    [outsideWorldFaults, "src/providers/a.ts", "const a = await globalThis.fetch(url);"],
  ] as const)("%p: %s refuses %s", (check, file, source) => expect(check(file, source)).toHaveLength(1));

  test.each([
    [frameworkFaults, "src/http/app.ts", `import { Elysia } from "elysia";`],
    [environmentFaults, "src/config/secrets.ts", "const a = process.env.HOME;"],
    [environmentFaults, "src/http/a.ts", `const a = "process.env"; // process.env`],
    [outsideWorldFaults, "src/router/a.ts", "const a = new Date(deps.clock.now());"],
    [outsideWorldFaults, "src/router/a.ts", "const a = await deps.fetch(url, init);"],
    [outsideWorldFaults, "src/router/a.ts", "const timer: ReturnType<typeof setTimeout> | undefined = undefined;"],
    [outsideWorldFaults, "src/config/a.ts", "async function probe(fetch: Fetch, url: string) { await fetch(url); }"],
    [outsideWorldFaults, "src/config/a.ts", "const probe = ({ fetch }: Deps) => fetch(url);"],
    [outsideWorldFaults, "src/config/a.ts", "const probe = (fetch: Fetch) => fetch(url);"],
    [outsideWorldFaults, "src/providers/a.ts", "Bun.serve({ fetch(request) { return answer(request); } });"],
    [outsideWorldFaults, "src/gateway.ts", "const a = Date.now();"],
    [outsideWorldFaults, "src/router/a.ts", "const same = <T>(value: T) => value;"],
    [environmentFaults, "src/store/a.ts", `import { read } from "./read.macro.ts" with { type: "macro" };\nread();`],
    [outsideWorldFaults, "src/http/page.tsx", "const page = <p>{text}</p>;"],
    [outsideWorldFaults, "src/router/a.ts", "/** Instead of Date.now(). */ export const a = 1;"],
  ] as const)("%p: %s allows %s", (check, file, source) => expect(check(file, source)).toEqual([]));
});
