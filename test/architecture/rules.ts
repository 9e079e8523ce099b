import { dirname, join, normalize } from "node:path";

/**
 * The rules of the source tree, as functions from one file's path and text to the faults found in it. They work on
 * text rather than on a syntax tree: Bun's transpiler takes comments and types away where these would mislead, and
 * type imports, which it would drop, are read from the source because they couple files just as values do.
 */
const RANKS: Record<string, number> = {
  canonical: 0,
  // Runs in a browser, and knows the gateway by its admin API alone: of other folders it takes nothing but types.
  ui: 0,
  store: 1,
  dialects: 1,
  providers: 2,
  telemetry: 2,
  policies: 3,
  budget: 3,
  conversations: 3,
  cache: 3,
  router: 3,
  "pipeline.ts": 4,
  config: 5,
  http: 6,
  "gateway.ts": 7,
  cli: 8,
  // Starts the commands; nobody imports it.
  "main.ts": 9,
};

/** What the package's own name resolves to (package.json "exports"). */
const SELF = "src/config/define.ts";

export interface Import {
  specifier: string;
  /** The path from the root of the repository for a file of ours, else absent. */
  file?: string;
}

export function importsOf(file: string, source: string): Import[] {
  const text = withoutComments(source);
  const specifiers = [
    ...text.matchAll(/\b(?:import|export)\b[^;"'`()]*?\bfrom\s*["']([^"']+)["']/g),
    ...text.matchAll(/\bimport\s*["']([^"']+)["']/g),
    ...text.matchAll(/\b(?:import|require)\s*\(\s*["'`]([^"'`]+)["'`]/g),
    ...text.matchAll(/\bnew URL\(\s*["'`](\.[^"'`]+)["'`]\s*,\s*import\.meta\.url/g),
  ].map((match) => match[1]!);
  return [...new Set(specifiers)].map((specifier) => {
    if (specifier === "evergate") return { specifier, file: SELF };
    return specifier.startsWith(".") ? { specifier, file: normalize(join(dirname(file), specifier)) } : { specifier };
  });
}

/** Imports that point up, sideways between folders of one rank, or from outside of the ranks altogether. */
export function rankFaults(file: string, source: string): string[] {
  const from = folderOf(file);
  if (from === undefined) return [];
  const faults: string[] = [];
  if (RANKS[from] === undefined) faults.push(`${file}: ${from} has no rank; give it one in test/architecture/rules.ts`);
  const text = from === "ui" ? source.replace(/^import type [^;]*;$/gm, "") : source;
  for (const { specifier, file: target } of importsOf(file, text)) {
    if (target === undefined) {
      if (from === "canonical") faults.push(`${file}: canonical imports nothing, but imports ${specifier}`);
      continue;
    }
    const to = folderOf(target);
    if (to === undefined || to === from) continue;
    const [fromRank, toRank] = [RANKS[from] ?? 0, RANKS[to] ?? Number.POSITIVE_INFINITY];
    if (toRank >= fromRank) faults.push(`${file}: ${from} (rank ${fromRank}) imports ${to} (rank ${toRank})`);
  }
  return faults;
}

/** Elysia is an implementation detail of the HTTP layer. */
export function frameworkFaults(file: string, source: string): string[] {
  if (folderOf(file) === "http") return [];
  return importsOf(file, source)
    .filter(({ specifier }) => /^(?:elysia(?:$|\/)|@elysiajs\/)/.test(specifier))
    .map(({ specifier }) => `${file}: ${specifier} belongs in http/ alone`);
}

const ENVIRONMENT = /\bprocess\.env\b|\bBun\.env\b|\bimport\.meta\.env\b|\benv\b[^;\n]*\bfrom "(?:node:)?process"/g;

/** The environment is read where configuration is made; everywhere else it would be a hidden setting. */
export function environmentFaults(file: string, source: string): string[] {
  if (["config", "cli", "main.ts"].includes(folderOf(file) ?? "")) return [];
  return usesOf(ENVIRONMENT, file, source).map((use) => `${file}: ${use} outside of config/, cli/ and main.ts`);
}

const OUTSIDE_WORLD = new RegExp(
  [
    String.raw`\bDate\.now\b`,
    String.raw`\bnew Date(?:\(\)|(?!\s*\())`,
    String.raw`\bMath\.random\b`,
    String.raw`\bperformance\.(?:now|timeOrigin)\b`,
    String.raw`\bAbortSignal\.timeout\b`,
    String.raw`\bBun\.(?:sleep|sleepSync|nanoseconds|fetch)\b`,
    String.raw`\bprocess\.(?:hrtime|uptime)\b`,
    String.raw`(?<![.\w$])(?:setTimeout|setInterval)\b`,
    String.raw`\bglobalThis\.(?:fetch|setTimeout|setInterval)\b`,
    // A call, not a method's definition as in Bun.serve({ fetch(request) { … } }).
    String.raw`(?<![.\w$])fetch\((?![^()]*\)\s*\{)`,
  ].join("|"),
  "g",
);

/** `function probe(fetch, …) {` or `({ fetch }) =>`: then a bare `fetch(` is the one that was handed in. */
const FETCH_PARAMETER = /[(,{]\s*fetch\s*[,)}][^;(]*?(?:\)\s*\{|=>)|\(fetch\)\s*(?:\{|=>)/g;

/** Below the composition root clock, random and network arrive as `Deps`, so that tests can hold them still. */
export function outsideWorldFaults(file: string, source: string): string[] {
  const folder = folderOf(file);
  if (folder === undefined || ["gateway.ts", "cli", "main.ts"].includes(folder)) return [];
  const uses = usesOf(OUTSIDE_WORLD, file, source);
  const isInjected = usesOf(FETCH_PARAMETER, file, source).length > 0;
  return uses
    .filter((use) => !(isInjected && use === "fetch("))
    .map((use) => `${file}: ${use} below gateway.ts; take it from Deps`);
}

/** `src/router/breaker.ts` → `router`, `src/gateway.ts` → `gateway.ts`; nothing for what is not in `src`. */
function folderOf(file: string): string | undefined {
  return /^src\/([^/]+)/.exec(file)?.[1];
}

const options = { target: "bun", deadCodeElimination: false, trimUnusedImports: false } as const;
const transpilers = {
  ts: new Bun.Transpiler({ ...options, loader: "ts" }),
  tsx: new Bun.Transpiler({ ...options, loader: "tsx" }),
};

function usesOf(pattern: RegExp, file: string, source: string): string[] {
  // Macros would be run, from the wrong place.
  const plain = source.replace(/with \{ type: "macro" \}/g, "");
  const code = transpilers[file.endsWith("x") ? "tsx" : "ts"].transformSync(plain);
  const withoutText = code.replace(/(from |import\()?"(?:[^"\\\n]|\\.)*"/g, (text, kept) => (kept ? text : '""'));
  return [...new Set(withoutText.match(pattern) ?? [])];
}

/** Enough for import lines: a comment inside a string literal would be cut too, which no import contains. */
function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, " ").replace(/(^|[\s;{}])\/\/.*$/gm, "$1");
}
