/** What `evergate doctor` says of sign-in, on the binary, against an issuer and a GitHub that tell right from wrong. */

import { expect, test } from "bun:test";
import { freePort } from "../support/free-port.ts";
import { startGithub } from "../support/sign-in/github-server.ts";
import { CLIENT, startOidcServer } from "../support/sign-in/oidc-server.ts";
import { runEvergate } from "./harness.ts";

interface Finding {
  area: string;
  subject: string;
  verdict: string;
  detail: string;
  remedy?: string;
}

const PUBLIC_URL = "https://gateway.example.com";

async function examine(sso: object, server: object = { publicUrl: PUBLIC_URL }) {
  const config = { server, providers: { demo: { type: "simulated" } }, models: { fast: ["demo/m"] }, sso };
  const files = { "gateway.config.json": JSON.stringify(config) };
  const env = { SECRET: CLIENT.clientSecret, WRONG: "a-wrong-client-secret" };
  const run = await runEvergate(["doctor", "--json"], { files, env });
  expect(run.stdout + run.stderr).not.toContain(CLIENT.clientSecret);
  expect(run.stdout + run.stderr).not.toContain("a-wrong-client-secret");
  const findings = (JSON.parse(run.stdout) as Finding[]).filter(({ area }) => area === "sign-in");
  return { findings, exitCode: run.exitCode };
}

const right = { clientId: CLIENT.clientId, clientSecret: { env: "SECRET" } };
const wrong = { ...right, clientSecret: { env: "WRONG" } };
const roles = [{ mail: "ada@example.com", role: "admin" }];

test("who is reached and takes the client, and what has to be registered there", async () => {
  const port = freePort();
  const redirectUri = (name: string) => `${PUBLIC_URL}/sso/${name}/callback`;
  await using issuer = await startOidcServer({ port, redirectUri: redirectUri("oidc") });
  await using github = startGithub(CLIENT, redirectUri("github"));
  const addresses = { oidc: { issuer: issuer.url }, github: { baseUrl: github.url } };
  const well = await examine({
    oidc: { ...right, ...addresses.oidc },
    github: { ...right, ...addresses.github },
    roles,
  });
  expect(well).toEqual({
    exitCode: 0,
    findings: ["github", "oidc"].map((subject) => ({
      area: "sign-in",
      subject,
      verdict: "ok",
      detail: `reached, and takes the client; its redirect URI is ${redirectUri(subject)}`,
    })),
  });
  const ill = await examine({
    oidc: { ...wrong, ...addresses.oidc },
    github: { ...wrong, ...addresses.github },
    roles,
  });
  expect(ill.exitCode).toBe(1);
  for (const [index, subject] of ["github", "oidc"].entries())
    expect(ill.findings[index]).toMatchObject({
      subject,
      verdict: "fail",
      detail: expect.stringContaining("refuses the client"),
      remedy: expect.stringContaining(`clientId and clientSecret of sso.${subject}`),
    });
}, 60_000);

test("an issuer that is not there, or is none", async () => {
  const gone = await examine({ oidc: { ...right, issuer: `http://127.0.0.1:${freePort()}` }, roles });
  expect(gone).toMatchObject({
    exitCode: 1,
    findings: [{ verdict: "fail", detail: expect.stringContaining("cannot be reached") }],
  });
  using none = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("<h1>Hello</h1>") });
  const page = await examine({ oidc: { ...right, issuer: `http://127.0.0.1:${none.port}` }, roles });
  expect(page.exitCode).toBe(1);
  expect(page.findings).toMatchObject([{ verdict: "fail", remedy: expect.stringContaining("sso.oidc") }]);
}, 60_000);

test("nothing is said where nobody signs in, and a missing public address is a fault of the configuration", async () => {
  expect((await examine({})).findings).toEqual([]);
  const config = {
    server: { host: "0.0.0.0", adminToken: "an-admin-token" },
    providers: { demo: { type: "simulated" } },
    sso: { oidc: { ...right, issuer: "https://id.example.com" }, roles },
  };
  const files = { "gateway.config.json": JSON.stringify(config) };
  const run = await runEvergate(["doctor"], { files, env: { SECRET: CLIENT.clientSecret } });
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toContain("server.publicUrl");
}, 60_000);
