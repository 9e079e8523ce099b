/** `evergate doctor` and `check` on secrets managers and alert channels, by the binary. No value is ever shown. */
import { describe, expect, test } from "bun:test";
import { listening } from "../support/secrets/double.ts";
import { vaultDouble } from "../support/secrets/vault-double.ts";
import { pagerDuty, ROUTING_KEY, slack, smtp, WEBHOOK_SECRET, webhook } from "../telemetry/alerts/doubles.ts";
import { runEvergate } from "./harness.ts";

interface Finding {
  area: string;
  subject: string;
  verdict: string;
  detail: string;
  remedy?: string;
}

const TOKEN = "hvs.doctor-token";

function vault() {
  const double = vaultDouble(Date.now);
  double.issue(TOKEN);
  double.put("secret/data/openai", { key: "sk-doctor-0001", second: "sk-doctor-0002" });
  const server = listening(double);
  return { double, env: { VAULT_ADDR: server.url, VAULT_TOKEN: TOKEN }, [Symbol.dispose]: server[Symbol.dispose] };
}

/** Lists its models to whoever has a key. */
function provider(...keys: string[]) {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) =>
      Response.json(
        { data: [] },
        { status: keys.includes(request.headers.get("authorization")?.slice(7) ?? "") ? 200 : 401 },
      ),
  });
  return { url: `http://127.0.0.1:${server.port}/v1`, [Symbol.dispose]: () => void server.stop(true) };
}

async function examine(config: object, env: Record<string, string>, ...flags: string[]) {
  const files = { "gateway.config.json": JSON.stringify(config) };
  const run = await runEvergate(["doctor", "--json", ...flags], { files, env });
  const findings = JSON.parse(run.stdout) as Finding[];
  const short = (area: string) =>
    findings
      .filter((one) => one.area === area)
      .map(({ subject, verdict, detail }) => `${verdict} ${subject}: ${detail}`);
  return { ...run, findings, short };
}

const providers = (baseUrl: string) => ({
  openai: { type: "openai", baseUrl, keys: [{ vault: "secret/openai#key" }, { vault: "secret/openai#second" }] },
});

describe("doctor on secrets", () => {
  test("each reference is read, its value used and not shown", async () => {
    using openai = provider("sk-doctor-0001", "sk-doctor-0002");
    using kept = vault();
    const alerts = { slack: { webhook: { vault: "secret/openai#key" } } };
    kept.double.put("secret/data/openai", { key: "http://127.0.0.1:9/sk-doctor-0001", second: "sk-doctor-0002" });
    const { short, stdout } = await examine({ providers: providers(openai.url), alerts }, kept.env);
    expect(short("secrets")).toEqual([
      "ok HashiCorp Vault: answers",
      'ok vault("secret/openai#key"): read, for providers.openai.keys[0], alerts.slack.webhook',
      'ok vault("secret/openai#second"): read, for providers.openai.keys[1]',
    ]);
    expect(short("key").map((line) => line.slice(0, 18))).toEqual(["fail openai key-1:", "ok openai key-2: a"]);
    expect(stdout).not.toMatch(/sk-doctor|hvs\./);
  });

  test("one that cannot be read says why and what to do, and the rest is examined all the same", async () => {
    using openai = provider("sk-doctor-0001");
    using kept = vault();
    const config = {
      providers: {
        openai: { type: "openai", baseUrl: openai.url, keys: [{ vault: "secret/openai#key" }] },
        other: { type: "openai", baseUrl: openai.url, keys: [{ vault: "secret/other#key" }] },
      },
    };
    const { short, findings, exitCode } = await examine(config, kept.env);
    expect(exitCode).toBe(1);
    expect(short("secrets")[0]).toBe("ok HashiCorp Vault: answers");
    expect(short("secrets")[2]).toStartWith('fail vault("secret/other#key"): there is no such secret (HTTP 404)');
    expect(findings.find(({ subject }) => subject.includes("other#key"))!.remedy).toContain("providers.other.keys[0]");
    expect(short("provider")).toEqual(["skip other: its secret could not be read"]);
    expect(short("database")).toHaveLength(1);
  });

  test("a manager that is away", async () => {
    using kept = vault();
    kept.double.down = true;
    const { short, exitCode } = await examine({ providers: providers("http://127.0.0.1:9/v1") }, kept.env);
    expect(exitCode).toBe(1);
    expect(short("secrets")[0]).toBe("fail HashiCorp Vault: HashiCorp Vault failed (HTTP 502)");
  });
});

describe("doctor on alert channels", () => {
  test("looks without sending; --send-test sends one message through each", async () => {
    using chat = slack();
    using pager = pagerDuty();
    using hook = webhook();
    using mail = smtp({ user: "alerts", password: "mail-pass" });
    const config = {
      providers: { a: { type: "simulated" } },
      alerts: {
        slack: { webhook: { env: "SLACK" } },
        pagerduty: { routingKey: { env: "PD" }, baseUrl: pager.baseUrl },
        webhook: { url: { env: "HOOK" }, secret: { env: "HOOK_SECRET" } },
        email: { smtp: { env: "SMTP" }, from: "evergate@example.com", to: ["ops@example.com"] },
      },
    };
    const env = {
      SLACK: chat.url,
      PD: ROUTING_KEY,
      HOOK: hook.url,
      HOOK_SECRET: WEBHOOK_SECRET,
      SMTP: mail.url,
    };
    const looked = await examine(config, env);
    expect(looked.short("alerts")).toEqual([
      "ok slack: its host answers; --send-test tells whether it takes messages",
      "ok pagerduty: its host answers; --send-test tells whether it takes messages",
      "ok webhook: its host answers; --send-test tells whether it takes messages",
      "ok email: the mail server took the sign-in; nothing was sent",
    ]);
    expect(mail.mails).toEqual([]);
    const sent = await examine(config, env, "--send-test");
    expect(sent.short("alerts")).toEqual(
      ["slack", "pagerduty", "webhook", "email"].map((name) => `ok ${name}: took a test message`),
    );
    expect(mail.mails).toHaveLength(1);
    expect(looked.stdout + sent.stdout).not.toMatch(/secret-path|mail-pass/);
  });

  test("one that cannot be reached, and a mail server that refuses the password", async () => {
    using mail = smtp({ user: "alerts", password: "mail-pass" });
    const config = {
      providers: { a: { type: "simulated" } },
      alerts: {
        webhook: { url: { env: "HOOK" } },
        email: { smtp: { env: "SMTP" }, from: "evergate@example.com", to: ["ops@example.com"] },
      },
    };
    const env = { HOOK: "http://127.0.0.1:9/secret-path", SMTP: mail.url.replace("mail-pass", "wrong-pass") };
    const { short, stdout, exitCode } = await examine(config, env);
    expect(exitCode).toBe(1);
    expect(short("alerts")[0]).toMatch(/^fail webhook: its host cannot be reached \(\w+\)$/);
    expect(short("alerts")[1]).toBe("fail email: the mail server refused (EAUTH 535)");
    expect(stdout).not.toMatch(/secret-path|wrong-pass/);
  });
});

describe("check on secrets", () => {
  const files = (name: string) => ({
    "gateway.config.json": JSON.stringify({
      providers: { openai: { type: "openai", keys: [{ vault: name }] } },
      models: { m: ["openai/x"] },
    }),
  });

  test("judges the form without asking anybody, and says so", async () => {
    const right = await runEvergate(["check"], { files: files("secret/openai#key") });
    expect(right).toMatchObject({
      exitCode: 0,
      stderr: "note: 1 secret of a secrets manager was not read; --secrets reads them.\n",
    });
    const wrong = await runEvergate(["check"], { files: files("secret/openai") });
    expect(wrong.exitCode).toBe(1);
    expect(wrong.stderr).toStartWith(
      'gateway.config.json providers.openai.keys[0]: vault("secret/openai"): names no field; write vault("secret/openai#key")\n',
    );
  });

  test("--secrets reads them", async () => {
    using kept = vault();
    const right = await runEvergate(["check", "--secrets"], { files: files("secret/openai#key"), env: kept.env });
    expect([right.exitCode, right.stderr]).toEqual([0, ""]);
    const wrong = await runEvergate(["check", "--secrets"], { files: files("secret/openai#kye"), env: kept.env });
    expect(wrong.stderr).toStartWith(
      'gateway.config.json providers.openai.keys[0]: vault("secret/openai#kye"): the secret has no field "kye"\n',
    );
  });
});
