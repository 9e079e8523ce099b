import { describe, expect, test } from "bun:test";
import { awsDouble } from "../../support/secrets/aws-double.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";
import { managersOf, secretFile } from "./support.ts";

const KEY = { AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: "wJalr/K7" };
const REGION = { AWS_REGION: "eu-west-1" };

function aws(environment: Record<string, string> = { ...REGION, ...KEY }) {
  const clock = simulatedClock();
  const double = awsDouble(clock.now);
  double.secrets.set("prod/openai", { text: JSON.stringify({ key: "sk-1", empty: "" }) });
  double.secrets.set("plain", { text: "sk-2" });
  double.secrets.set("binary", { binary: Buffer.from("sk-3").toString("base64") });
  double.secrets.set("not-text", { binary: Buffer.from([0xff, 0xfe]).toString("base64") });
  const hosts: string[] = [];
  const answer = double.fetch;
  double.fetch = (url, init) => {
    hosts.push(new URL(url).host);
    return answer(url, init);
  };
  return { double, hosts, ...managersOf("awsSecret", double, environment, clock) };
}

describe("reading", () => {
  test.each([
    ["plain", "sk-2"],
    ["prod/openai#key", "sk-1"],
    ["prod/openai", '{"key":"sk-1","empty":""}'],
    ["binary", "sk-3"],
  ])("%s, by a request that is signed as AWS computes it", async (name, value) => {
    const { read, hosts } = aws();
    expect(await read(name)).toBe(value);
    expect(hosts).toEqual(["secretsmanager.eu-west-1.amazonaws.com"]);
  });

  test("an ARN names its own region", async () => {
    const arn = "arn:aws:secretsmanager:us-east-2:123456789012:secret:openai-AbCdEf";
    const { double, read, hosts } = aws(KEY);
    double.region = "us-east-2";
    double.secrets.set(arn, { text: "sk-9" });
    expect(await read(arn)).toBe("sk-9");
    expect(hosts).toEqual(["secretsmanager.us-east-2.amazonaws.com"]);
  });

  test.each([
    ["AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://localstack.test:4566"],
    ["AWS_ENDPOINT_URL", "http://localstack.test:4566/"],
  ])("%s moves it elsewhere", async (variable, address) => {
    const { read, hosts } = aws({ ...REGION, ...KEY, [variable]: address });
    expect(await read("plain")).toBe("sk-2");
    expect(hosts).toEqual(["localstack.test:4566"]);
  });
});

describe("what is wrong is told clearly, and never in AWS's words", () => {
  test.each<[Record<string, string>, string, RegExp]>([
    [
      { ...REGION, ...KEY, AWS_SECRET_ACCESS_KEY: "wrong" },
      "plain",
      /^AWS refused the signature; check AWS_SECRET_ACCESS_KEY and this machine's clock \(HTTP 400, InvalidSignatureException\)$/,
    ],
    [{ ...REGION, ...KEY, AWS_ACCESS_KEY_ID: "AKIA2" }, "plain", /^AWS does not know the access key/],
    [{ ...REGION, ...KEY, AWS_SESSION_TOKEN: "stray" }, "plain", /^AWS does not know the access key/],
    [
      { ...REGION, AWS_ACCESS_KEY_ID: "AKIA1" },
      "plain",
      /^AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not$/,
    ],
    [{ ...KEY }, "plain", /^AWS_REGION is not set$/],
    [{ ...KEY, AWS_REGION: "evil.test/" }, "plain", /^AWS_REGION is no region/],
    [{ ...REGION, ...KEY }, "missing", /^there is no such secret in this account and region/],
    [{ ...REGION, ...KEY }, "plain#key", /^the secret is no JSON object, so it has no fields$/],
    [{ ...REGION, ...KEY }, "prod/openai#empty", /^it is empty$/],
    [{ ...REGION, ...KEY }, "not-text", /^the secret is no text \(UTF-8\)$/],
    [{ ...REGION, AWS_EC2_METADATA_DISABLED: "true" }, "plain", /^there are no AWS credentials/],
    [
      { ...REGION, AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://evil.test/x" },
      "plain",
      /^AWS_CONTAINER_CREDENTIALS_FULL_URI must be https/,
    ],
  ])("%j %s", async (environment, name, words) => {
    const { read } = aws(environment);
    const told = await read(name);
    expect(told).toMatch(words);
    expect(told).not.toMatch(/LEAKED|wJalr|sk-/);
  });

  test.each<[number, string, RegExp]>([
    [400, "AccessDeniedException", /^permission denied/],
    [400, "ExpiredTokenException", /^the session token has expired/],
    [400, "DecryptionFailure", /^AWS could not decrypt it/],
    [400, "InvalidRequestException", /^the secret is marked for deletion/],
    [400, "ThrottlingException", /^AWS Secrets Manager failed \(HTTP 400\)$/],
    [500, "InternalServiceError", /^AWS Secrets Manager failed \(HTTP 500\)$/],
    [400, "constructor", /^AWS Secrets Manager refused \(HTTP 400\)$/],
  ])("%d %s", async (status, type, words) => {
    const { double, read } = aws();
    double.failing = [status, type];
    expect(await read("plain")).toMatch(words);
  });

  test("a clock that is off by more than five minutes makes signatures that AWS refuses", async () => {
    const clock = simulatedClock();
    const late = awsDouble(() => clock.now() + 6 * 60_000);
    const { read } = managersOf("awsSecret", late, { ...REGION, ...KEY }, clock);
    expect(await read("plain")).toContain("this machine's clock");
  });
});

describe("credentials of a role", () => {
  test("a web identity: the pod's token is exchanged at STS of the region, and again before its end", async () => {
    using file = secretFile("the pod's token\n");
    const role = "arn:aws:iam::123456789012:role/evergate";
    const { read, clock, hosts, double } = aws({
      ...REGION,
      AWS_ROLE_ARN: role,
      AWS_WEB_IDENTITY_TOKEN_FILE: file.path,
    });
    expect(await read("plain")).toBe("sk-2");
    expect(await read("binary")).toBe("sk-3");
    const manager = "secretsmanager.eu-west-1.amazonaws.com";
    expect(hosts).toEqual(["sts.eu-west-1.amazonaws.com", manager, manager]);
    await clock.advance(57 * 60_000);
    await read("plain");
    expect(hosts.filter((host) => host.startsWith("sts."))).toHaveLength(2);
    expect(double.keys).toHaveLength(3);
  });

  test("a web identity that the role does not trust", async () => {
    using file = secretFile("another token");
    const { read } = aws({ ...REGION, AWS_ROLE_ARN: "arn:aws:iam::1:role/x", AWS_WEB_IDENTITY_TOKEN_FILE: file.path });
    expect(await read("plain")).toBe(
      "AWS STS gave no credentials for AWS_ROLE_ARN (HTTP 403); check the role's trust policy",
    );
  });

  test.each<[string, (path: string) => Record<string, string>]>([
    ["its token in the environment", () => ({ AWS_CONTAINER_AUTHORIZATION_TOKEN: "container-token" })],
    ["its token in a file, as EKS Pod Identity has it", (path) => ({ AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: path })],
  ])("a container's service, %s", async (_name, token) => {
    using file = secretFile("container-token");
    const uri = { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://169.254.170.23/container" };
    const { read } = aws({ ...REGION, ...uri, ...token(file.path) });
    expect(await read("plain")).toBe("sk-2");
  });

  test("ECS, whose address is fixed", async () => {
    const { read, hosts } = aws({
      ...REGION,
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/container",
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "container-token",
    });
    expect(await read("plain")).toBe("sk-2");
    expect(hosts[0]).toBe("169.254.170.2");
  });

  test("a machine's role by IMDSv2, fetched again when its end is near", async () => {
    const { read, hosts, double, clock } = aws(REGION);
    expect(await read("plain")).toBe("sk-2");
    expect(double.asked).toEqual([
      "PUT /latest/api/token",
      "GET /latest/meta-data/iam/security-credentials/",
      "GET /latest/meta-data/iam/security-credentials/evergate-role",
      "POST /",
    ]);
    expect(hosts[0]).toBe("169.254.169.254");
    await clock.advance(50 * 60_000);
    await read("plain");
    expect(double.asked).toHaveLength(5);
    await clock.advance(8 * 60_000);
    await read("plain");
    expect(double.asked).toHaveLength(9);
  });
});
