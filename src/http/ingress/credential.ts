/** The four headers in which SDKs carry a key (INTERFACE §3). */
export type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** The virtual key as sent. `Authorization` wins; a scheme other than Bearer is somebody else's credential. */
export function credentialOf(headers: RequestHeaders): string | undefined {
  return (
    bearerOf(headers["authorization"]) ??
    headers["x-api-key"] ??
    headers["api-key"] ??
    headers["x-goog-api-key"] ??
    undefined
  );
}

/** The token of `Authorization: Bearer …`; the scheme's name has no case (RFC 9110 §11.1). */
export function bearerOf(authorization: string | null | undefined): string | undefined {
  if (!authorization || authorization.length < 8) return undefined;
  if (authorization.charCodeAt(6) !== 0x20 || authorization.slice(0, 6).toLowerCase() !== "bearer") return undefined;
  return authorization.slice(7).trim() || undefined;
}
