import { GatewayError } from "../../canonical/errors.ts";

/** Where a page ended, opaque to clients: the last shown row's position. */
export function encodeCursor(position: number): string {
  return Buffer.from(String(position)).toString("base64url");
}

/** @throws GatewayError("invalid_request") for anything that `encodeCursor` did not make. */
export function decodeCursor(cursor: string): number {
  const position = Number(Buffer.from(cursor, "base64url").toString());
  if (!Number.isSafeInteger(position) || encodeCursor(position) !== cursor) {
    throw new GatewayError("invalid_request", "This cursor is not one that a list returned.", { param: "cursor" });
  }
  return position;
}
