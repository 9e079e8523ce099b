/**
 * Checks AWS Signature Version 4 step by step, as the General Reference describes it ("Create a signed AWS API
 * request"). A key is `ACCESS-KEY-ID:SECRET`, with a session token as a third part.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { HttpRequest } from "./http1.ts";

export function hasValidSignature(request: HttpRequest, keys: readonly string[], service: string): boolean {
  const { headers } = request;
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/.exec(
      headers["authorization"] ?? "",
    );
  if (!match) return false;
  const [, keyId, day, region, signedFor, names, signature] = match as unknown as string[];
  const time = headers["x-amz-date"] ?? "";
  const key = keys.map((one) => one.split(":")).find(([id]) => id === keyId);
  if (!key?.[1] || signedFor !== service || !time.startsWith(`${day}T`)) return false;
  const token = key.slice(2).join(":");
  const signed = names!.split(";");
  if ((headers["x-amz-security-token"] ?? "") !== token || !signed.includes("host") || !signed.includes("x-amz-date"))
    return false;
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", time, scope, sha256(canonicalRequest(request, signed))].join("\n");
  const signingKey = [day!, region!, service, "aws4_request"].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${key[1]}`),
  );
  return timingSafeEqual(hmac(signingKey, toSign), Buffer.from(signature!, "hex"));
}

/** Paths are encoded once more than they came, but for S3. */
function canonicalRequest({ method, path, headers, body }: HttpRequest, signed: readonly string[]): string {
  const [pathname = "", query = ""] = path.split("?");
  const uri = pathname.split("/").map(encode).join("/");
  const pairs = query === "" ? [] : query.split("&").sort();
  const lines = signed.map((name) => `${name}:${(headers[name] ?? "").trim().replace(/\s+/g, " ")}\n`);
  return [method, uri, pairs.join("&"), lines.join(""), signed.join(";"), sha256(body)].join("\n");
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
