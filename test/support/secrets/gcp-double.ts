/** Google's token endpoint, which verifies what it is shown, Secret Manager, and the metadata server of a machine. */
import { exportPKCS8, generateKeyPair, jwtVerify } from "jose";
import { answering, type Double } from "./double.ts";

export interface GcpDouble extends Double {
  /** The text of the service account's key file. */
  keyFile: string;
  /** Moves it to another address, and the key file's with it. */
  moveTo(base: string): void;
  /** By resource name, with its version. */
  secrets: Map<string, string>;
  /** A check sum that is not that of the data. */
  damaged: boolean;
  /** Status that every secret is answered with. */
  failing: number | undefined;
  /** Tokens given so far. */
  tokens: number;
}

const HOST = "https://google.test";
const EMAIL = "evergate@my-project.iam.gserviceaccount.com";
const TOKEN_SECONDS = 3_600;

export async function gcpDouble(now: () => number): Promise<GcpDouble> {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  const given = new Map<string, number>();
  const give = () => {
    double.tokens += 1;
    const token = `ya29.${double.tokens}`;
    given.set(token, now() + TOKEN_SECONDS * 1_000);
    return Response.json(
      { access_token: token, expires_in: TOKEN_SECONDS, token_type: "Bearer" },
      { headers: { "metadata-flavor": "Google" } },
    );
  };
  const handle = async (request: Request, { pathname }: URL): Promise<Response> => {
    if (pathname === "/token") {
      const form = new URLSearchParams(await request.text());
      const right = form.get("grant_type") === "urn:ietf:params:oauth:grant-type:jwt-bearer";
      const assertion = form.get("assertion") ?? "";
      return right && (await isGood(assertion)) ? give() : Response.json({ error: "invalid_grant" }, { status: 400 });
    }
    if (pathname.startsWith("/computeMetadata/v1/")) {
      if (request.headers.get("metadata-flavor") !== "Google") return new Response("", { status: 403 });
      if (pathname.endsWith("/project/project-id"))
        return new Response("my-project", { headers: { "metadata-flavor": "Google" } });
      return give();
    }
    const token = request.headers.get("authorization")?.replace("Bearer ", "") ?? "";
    if (!((given.get(token) ?? 0) > now())) return new Response("", { status: 401 });
    if (double.failing) return new Response("", { status: double.failing });
    const name = /^\/v1\/(.+):access$/.exec(decodeURIComponent(pathname))?.[1] ?? "";
    const text = double.secrets.get(name);
    if (text === undefined) return Response.json({ error: { status: "NOT_FOUND" } }, { status: 404 });
    const data = Buffer.from(text);
    const sum = checkSum(double.damaged ? Buffer.from(`${text}x`) : data);
    return Response.json({ name, payload: { data: data.toString("base64"), dataCrc32c: String(sum) } });
  };
  const isGood = async (assertion: string) => {
    try {
      const { payload } = await jwtVerify(assertion, publicKey, {
        algorithms: ["RS256"],
        audience: `${base}/token`,
        issuer: EMAIL,
        currentDate: new Date(now()),
        maxTokenAge: 3_600,
      });
      return (
        payload["scope"] === "https://www.googleapis.com/auth/cloud-platform" && payload.exp! - payload.iat! <= 3_600
      );
    } catch {
      return false;
    }
  };
  let base = HOST;
  const account = {
    type: "service_account",
    project_id: "my-project",
    private_key_id: "k1",
    private_key: await exportPKCS8(privateKey),
    client_email: EMAIL,
  };
  const keyFile = () => JSON.stringify({ ...account, token_uri: `${base}/token` });
  const double: GcpDouble = Object.assign(answering(handle), {
    keyFile: keyFile(),
    moveTo(address: string) {
      base = address;
      double.keyFile = keyFile();
    },
    secrets: new Map<string, string>(),
    damaged: false,
    failing: undefined,
    tokens: 0,
  });
  return double;
}

/** CRC-32C bit by bit, as RFC 3720 defines it: no table that could be wrong in the same way. */
function checkSum(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}
