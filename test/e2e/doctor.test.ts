/** `evergate doctor` on the binary, against providers that accept only the right key. */
import { describe, expect, test } from "bun:test";
import { runEvergate, startGateway } from "./harness.ts";

const DAY_MS = 86_400_000;

/** Lists its models to whoever has the key, as OpenAI, Anthropic and Gemini do. */
function provider(accepts: string, options: { skewMs?: number; status?: number } = {}) {
  const asked: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url);
      asked.push(`${request.method} ${pathname}`);
      const { headers } = request;
      const key =
        headers.get("authorization")?.replace("Bearer ", "") ??
        headers.get("x-api-key") ??
        headers.get("x-goog-api-key");
      const date = new Date(Date.now() + (options.skewMs ?? 0)).toUTCString();
      if (key !== accepts)
        return Response.json(
          { error: { message: `Incorrect API key provided: ${key}` } },
          { status: 401, headers: { date } },
        );
      return Response.json({ data: [] }, { status: options.status ?? 200, headers: { date } });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, asked, [Symbol.dispose]: () => void server.stop(true) };
}

interface Finding {
  area: string;
  subject: string;
  verdict: string;
  detail: string;
  remedy?: string;
}

async function examine(config: object, options: Parameters<typeof runEvergate>[1] = {}) {
  const files = { "gateway.config.json": JSON.stringify(config) };
  const run = await runEvergate(["doctor", "--json"], { files, ...options });
  return { ...run, findings: JSON.parse(run.stdout) as Finding[] };
}

describe("doctor", () => {
  test("tells for each key whether it is accepted, by calls that cost nothing, and shows no secret", async () => {
    using openai = provider("sk-right-key-0001");
    using claude = provider("sk-ant-right-0001");
    using gemini = provider("AIza-right-0001");
    const { findings, exitCode, stdout } = await examine({
      providers: {
        openai: {
          type: "openai",
          baseUrl: `${openai.url}/v1`,
          keys: ["sk-right-key-0001", { name: "old", secret: "sk-wrong-key-0002" }],
        },
        claude: { type: "anthropic", baseUrl: claude.url, keys: ["sk-ant-right-0001"] },
        gemini: { type: "gemini", baseUrl: gemini.url, keys: ["AIza-right-0001"] },
      },
    });
    expect(
      findings.filter(({ area }) => area === "key").map(({ subject, verdict }) => `${subject} ${verdict}`),
    ).toEqual(["openai key-1 ok", "openai old fail", "claude key-1 ok", "gemini key-1 ok"]);
    expect(findings.find(({ subject }) => subject === "openai old")!.remedy).toContain(
      "Replace this key of providers.openai",
    );
    expect(exitCode).toBe(1);
    expect([...openai.asked, ...claude.asked, ...gemini.asked].sort()).toEqual([
      "GET /v1/models",
      "GET /v1/models",
      "GET /v1/models",
      "GET /v1beta/models",
    ]);
    for (const secret of ["right-", "wrong-"]) expect(stdout).not.toContain(secret);
  });

  test("a provider that cannot be reached, one that fails, and a clock that is off each say what to do", async () => {
    using failing = provider("sk-0123456789", { status: 503, skewMs: DAY_MS });
    const { findings, exitCode } = await examine({
      providers: {
        gone: { type: "openai-compatible", baseUrl: "http://127.0.0.1:9/v1" },
        failing: { type: "openai", baseUrl: `${failing.url}/v1`, keys: ["sk-0123456789"] },
      },
    });
    const of = (part: string) => findings.find(({ subject }) => subject.includes(part))!;
    expect(of("gone")).toMatchObject({
      verdict: "fail",
      detail: expect.stringContaining("127.0.0.1:9 cannot be reached"),
    });
    expect(of("failing")).toMatchObject({ verdict: "fail", detail: expect.stringContaining("HTTP 503") });
    expect(of("clock")).toMatchObject({ verdict: "fail", remedy: expect.stringContaining("NTP") });
    expect(exitCode).toBe(1);
  });

  test("a corrupt database is named and left alone; a running gateway's is in use; an absent one is not made", async () => {
    const files = {
      "gateway.config.json": "{}",
      "evergate-data/state.db": "this is no database, and must stay as it is",
    };
    const corrupt = await runEvergate(["doctor", "--json"], { files });
    expect((JSON.parse(corrupt.stdout) as Finding[]).find(({ area }) => area === "database")).toMatchObject({
      verdict: "fail",
      detail: expect.stringContaining("state.db"),
    });
    await using gateway = await startGateway();
    const running = await runEvergate(["doctor"], { cwd: gateway.cwd });
    expect(running).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("in use by a running gateway") });
    const { findings, exitCode } = await examine({});
    expect(findings.find(({ area }) => area === "database")!.detail).toContain("will be made on the first start");
    expect(exitCode).toBe(0);
  });

  test("a broken configuration is the first thing to repair", async () => {
    const { findings, exitCode } = await examine({ providers: { a: { type: "opnai" } } });
    expect(findings[0]).toMatchObject({
      area: "config",
      verdict: "fail",
      detail: expect.stringContaining('did you mean "openai"'),
    });
    expect(exitCode).toBe(1);
  });
});
