/**
 * AWS Secrets Manager, STS, and the credential services of containers and machines. Signatures are computed again from
 * "Create a signed AWS API request" (AWS IAM User Guide), with nothing of the gateway's own code.
 */
import { createHash, createHmac } from "node:crypto";
import { answering, type Double } from "./double.ts";

export interface AwsKey {
  id: string;
  secret: string;
  token?: string;
}

export interface AwsDouble extends Double {
  region: string;
  keys: AwsKey[];
  secrets: Map<string, { text?: string; binary?: string }>;
  /** An error that GetSecretValue answers with: status and `__type`. */
  failing: [status: number, type: string] | undefined;
  webIdentity: { role: string; token: string };
  /** `authorization` that the container's service asks for. */
  containerToken: string;
  machineRole: string;
  /** How long credentials are good that STS, containers and machines are given. */
  lifeMs: number;
}

const MAX_SKEW_MS = 5 * 60_000;

export function awsDouble(now: () => number): AwsDouble {
  let given = 0;
  const give = () => {
    given += 1;
    const key = { id: `ASIA${given}`, secret: `secret/${given}+`, token: `session/${given}==` };
    double.keys.push(key);
    return { key, Expiration: new Date(now() + double.lifeMs).toISOString() };
  };
  const credentials = () => {
    const { key, Expiration } = give();
    return Response.json({ AccessKeyId: key.id, SecretAccessKey: key.secret, Token: key.token, Expiration });
  };
  const handle = async (request: Request, { pathname }: URL): Promise<Response> => {
    const { headers, method } = request;
    if (pathname === "/container") {
      return headers.get("authorization") === double.containerToken ? credentials() : new Response("", { status: 401 });
    }
    if (pathname === "/latest/api/token") {
      const good = method === "PUT" && headers.has("x-aws-ec2-metadata-token-ttl-seconds");
      return new Response(good ? "imds-session" : "", { status: good ? 200 : 400 });
    }
    if (pathname.startsWith("/latest/meta-data/iam/security-credentials/")) {
      if (headers.get("x-aws-ec2-metadata-token") !== "imds-session") return new Response("", { status: 401 });
      return pathname.endsWith(`/${double.machineRole}`) ? credentials() : new Response(double.machineRole);
    }
    const body = await request.text();
    if (body.startsWith("Action=")) return assumeRole(new URLSearchParams(body), double, give);
    const refused = signatureFault(request, body, double, now());
    if (refused) return failure(400, refused);
    if (headers.get("x-amz-target") !== "secretsmanager.GetSecretValue")
      return failure(400, "UnknownOperationException");
    if (double.failing) return failure(...double.failing);
    const { SecretId } = JSON.parse(body) as { SecretId: string };
    const secret = double.secrets.get(SecretId);
    if (!secret) return failure(400, "ResourceNotFoundException");
    return Response.json({ Name: SecretId, SecretString: secret.text, SecretBinary: secret.binary });
  };
  const double: AwsDouble = Object.assign(answering(handle), {
    region: "eu-west-1",
    keys: [{ id: "AKIA1", secret: "wJalr/K7" }],
    secrets: new Map(),
    failing: undefined,
    webIdentity: { role: "arn:aws:iam::123456789012:role/evergate", token: "the pod's token" },
    containerToken: "container-token",
    machineRole: "evergate-role",
    lifeMs: 3_600_000,
  });
  return double;
}

function failure(status: number, type: string): Response {
  // What AWS writes here may quote the request; none of it may be seen again.
  return Response.json({ __type: type, Message: "LEAKED words of AWS" }, { status });
}

function assumeRole(
  form: URLSearchParams,
  { webIdentity }: AwsDouble,
  give: () => { key: AwsKey; Expiration: string },
): Response {
  const right =
    form.get("Action") === "AssumeRoleWithWebIdentity" &&
    form.get("Version") === "2011-06-15" &&
    form.get("RoleArn") === webIdentity.role &&
    (form.get("RoleSessionName") ?? "").length > 1 &&
    form.get("WebIdentityToken") === webIdentity.token;
  if (!right)
    return new Response("<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>", { status: 403 });
  const { key, Expiration } = give();
  return new Response(
    `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><SessionToken>${key.token}</SessionToken><SecretAccessKey>${key.secret}</SecretAccessKey><Expiration>${Expiration}</Expiration><AccessKeyId>${key.id}</AccessKeyId></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
    { headers: { "content-type": "text/xml" } },
  );
}

/** The error's type; undefined where the signature is right. */
function signatureFault(
  request: Request,
  body: string,
  { keys, region }: AwsDouble,
  nowMs: number,
): string | undefined {
  const { headers } = request;
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.get("authorization") ?? "",
    );
  if (!parts) return "MissingAuthenticationTokenException";
  const [, id, day = "", ofRegion = "", service = "", names = "", signature] = parts;
  const key = keys.find((one) => one.id === id);
  if (!key) return "UnrecognizedClientException";
  if ((headers.get("x-amz-security-token") ?? undefined) !== key.token) return "UnrecognizedClientException";
  const date = headers.get("x-amz-date") ?? "";
  const time = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!(Math.abs(time - nowMs) <= MAX_SKEW_MS) || !date.startsWith(day)) return "InvalidSignatureException";
  if (ofRegion !== region || service !== "secretsmanager") return "InvalidSignatureException";
  const signed = names.split(";");
  const must = ["host", "x-amz-date", "x-amz-target", "content-type", ...(key.token ? ["x-amz-security-token"] : [])];
  if (must.some((name) => !signed.includes(name))) return "InvalidSignatureException";
  const canonicalHeaders = signed
    .map((name) => `${name}:${(headers.get(name) ?? "").trim().replace(/ +/g, " ")}\n`)
    .join("");
  const { pathname } = new URL(request.url);
  const canonical = [request.method, pathname, "", canonicalHeaders, names, sha256(body)].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n");
  const signingKey = [day, region, service, "aws4_request"].reduce<Buffer>(hmac, Buffer.from(`AWS4${key.secret}`));
  return hmac(signingKey, toSign).toString("hex") === signature ? undefined : "InvalidSignatureException";
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
