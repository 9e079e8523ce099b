/** Secrets managers on the binary: a rotation without a restart, a manager that is away, a start that cannot be. */
import { describe, expect, test } from "bun:test";
import { awsDouble } from "../support/secrets/aws-double.ts";
import { azureDouble } from "../support/secrets/azure-double.ts";
import { listening } from "../support/secrets/double.ts";
import { gcpDouble } from "../support/secrets/gcp-double.ts";
import { vaultDouble } from "../support/secrets/vault-double.ts";
import { type Gateway, runEvergate, startGateway } from "./harness.ts";

const CALL = {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ model: "smart", messages: [{ role: "user", content: "hi" }] }),
};

/** An OpenAI that accepts one key and repeats every other one in its error, as OpenAI does. */
function provider(key: string) {
  const state = { key, asked: 0 };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      state.asked += 1;
      const given = request.headers.get("authorization")?.replace("Bearer ", "");
      if (given !== state.key)
        return Response.json(
          { error: { message: `Incorrect API key provided: ${given}`, code: "invalid_api_key" } },
          { status: 401 },
        );
      const message = { role: "assistant", content: "hello" };
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
      const choices = [{ index: 0, message, finish_reason: "stop" }];
      return Response.json({ id: "c", object: "chat.completion", created: 1, model: "gpt-4o", choices, usage });
    },
  });
  return { state, url: `http://127.0.0.1:${server.port}/v1`, [Symbol.dispose]: () => void server.stop(true) };
}

function vault() {
  const double = vaultDouble(Date.now);
  double.issue("hvs.e2e-token");
  double.put("secret/data/openai", { key: "sk-first-0001" });
  const server = listening(double);
  const env = { VAULT_ADDR: server.url, VAULT_TOKEN: "hvs.e2e-token" };
  return { double, env, [Symbol.dispose]: server[Symbol.dispose] };
}

const config = (baseUrl: string, more = "") => `import { defineConfig, vault } from "evergate";
export default defineConfig({
  providers: { openai: { type: "openai", baseUrl: "${baseUrl}", keys: [vault("secret/openai#key")] } },
  models: { smart: { targets: ["openai/gpt-4o"] } },
  server: { adminToken: "admin-token-0001" }, access: { require: "none" },
  ${more}
});
`;

const calls = async (gateway: Gateway) => (await gateway.fetch("/v1/chat/completions", CALL)).status;
const admin = async (gateway: Gateway, path: string) =>
  (await gateway.fetch(path, { headers: { authorization: "Bearer admin-token-0001" } })).text();

describe("a key from Vault", () => {
  test("that is rotated is in use from the provider's first 401 on, without a restart", async () => {
    using openai = provider("sk-first-0001");
    using kept = vault();
    await using gateway = await startGateway({ env: kept.env, config: config(openai.url) });
    expect(await calls(gateway)).toBe(200);
    openai.state.key = "sk-second-0002";
    kept.double.put("secret/data/openai", { key: "sk-second-0002" });
    expect(await calls(gateway)).toBe(502);
    await gateway.printed("secrets have changed");
    await gateway.printed("configuration reloaded");
    expect(await calls(gateway)).toBe(200);
    const seen = [
      await admin(gateway, "/admin/config"),
      await admin(gateway, "/admin/targets"),
      await admin(gateway, "/metrics"),
    ];
    expect(seen[0]).toContain('"vault:secret/openai#key"');
    for (const text of [...seen, gateway.output.stdout, gateway.output.stderr])
      expect(text).not.toMatch(/sk-first|sk-second|hvs\./);
  });

  test("that is changed is in use after the interval, though nobody was refused and the file is broken by now", async () => {
    using openai = provider("sk-first-0001");
    using kept = vault();
    const text = config(openai.url, "secrets: { refreshMs: 1_000 },");
    await using gateway = await startGateway({ env: kept.env, config: text });
    await gateway.write("gateway.config.ts", "export default {");
    await gateway.printed("configuration not reloaded");
    kept.double.put("secret/data/openai", { key: "sk-second-0002" });
    await gateway.printed("secrets have changed");
    await gateway.printed("configuration reloaded");
    openai.state.key = "sk-second-0002";
    expect(await calls(gateway)).toBe(200);
  });

  test("stays in force while Vault is away, which the log and the metrics tell; a new start says why it cannot be", async () => {
    using openai = provider("sk-first-0001");
    using kept = vault();
    const text = config(openai.url, "secrets: { refreshMs: 1_000 },");
    await using gateway = await startGateway({ env: kept.env, config: text });
    kept.double.down = true;
    await gateway.printed("secrets could not be read; their last values stay in force");
    expect(await calls(gateway)).toBe(200);
    expect(await admin(gateway, "/metrics")).toContain('evergate_secrets_stale{manager="vault"} 1');
    gateway.signal("SIGHUP");
    await gateway.printed("configuration reloaded");
    expect(await calls(gateway)).toBe(200);

    const started = await runEvergate(["serve", "--port", "0"], {
      env: kept.env,
      files: { "gateway.config.ts": text },
    });
    expect(started.exitCode).toBe(1);
    expect(started.stderr).toBe(
      'gateway.config.ts providers.openai.keys[0]: vault("secret/openai#key"): HashiCorp Vault failed (HTTP 502)\n',
    );
  });
});

test("four managers at once, each over its own protocol on a socket", async () => {
  using kept = vault();
  const aws = awsDouble(Date.now);
  const gcp = await gcpDouble(Date.now);
  const azure = azureDouble(Date.now);
  aws.secrets.set("prod/openai", { text: JSON.stringify({ key: "sk-first-0001" }) });
  gcp.secrets.set("projects/my-project/secrets/openai/versions/latest", "sk-first-0001\n");
  azure.secrets.set("openai", "sk-first-0001");
  using awsServer = listening(aws);
  using gcpServer = listening(gcp);
  using azureServer = listening(azure);
  gcp.moveTo(gcpServer.url);
  using openai = provider("sk-first-0001");
  const of = (secret: string) => `{ type: "openai", baseUrl: "${openai.url}", keys: [${secret}] }`;
  const config = `import { awsSecret, azureSecret, defineConfig, gcpSecret, vault } from "evergate";
export default defineConfig({
  providers: {
    vault: ${of('vault("secret/openai#key")')}, aws: ${of('awsSecret("prod/openai#key")')},
    gcp: ${of('gcpSecret("openai")')}, azure: ${of('azureSecret("openai")')},
  },
});`;
  const env = {
    ...kept.env,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "AKIA1",
    AWS_SECRET_ACCESS_KEY: "wJalr/K7",
    AWS_ENDPOINT_URL_SECRETS_MANAGER: awsServer.url,
    GOOGLE_APPLICATION_CREDENTIALS: "account.json",
    CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER: gcpServer.url,
    AZURE_TENANT_ID: "tenant-1",
    AZURE_CLIENT_ID: "client-1",
    AZURE_CLIENT_SECRET: "client-secret-1",
    AZURE_AUTHORITY_HOST: azureServer.url,
    AZURE_KEY_VAULT_URL: azureServer.url,
  };
  await using gateway = await startGateway({ env, config, files: { "account.json": gcp.keyFile } });
  const body = (model: string) => JSON.stringify({ model, messages: [{ role: "user", content: "hi" }] });
  for (const name of ["vault", "aws", "gcp", "azure"]) {
    const response = await gateway.fetch("/v1/chat/completions", { ...CALL, body: body(`${name}/gpt-4o`) });
    expect([name, response.status]).toEqual([name, 200]);
  }
});
