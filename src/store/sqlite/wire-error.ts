import { type ErrorCode, GatewayError } from "../../canonical/errors.ts";
import { StoreOpenError } from "./open-error.ts";

/** An error on its way out of the worker: what the caller may tell a client, and for the log what SQLite said. */
export type WireError =
  | { kind: "gateway"; code: ErrorCode; message: string; param?: string }
  | { kind: "open"; message: string; inUse: boolean }
  | { kind: "database"; message: string; code: string | null };

/** The world's fault and likely to pass: the disk is full, failing or read-only, or another writer holds the lock. */
const CANNOT_WRITE = /^SQLITE_(?:FULL|IOERR|BUSY|LOCKED|READONLY|CANTOPEN|NOMEM)/;

export function encodeError(error: unknown): WireError {
  if (error instanceof GatewayError) {
    return { kind: "gateway", code: error.code, message: error.message, param: error.param };
  }
  if (error instanceof StoreOpenError) return { kind: "open", message: error.message, inUse: error.inUse };
  const { message, code } = error as { message?: unknown; code?: unknown };
  return { kind: "database", message: String(message), code: typeof code === "string" ? code : null };
}

/** `overloaded` where SQLite could not write, with SQLite's own code in `cause.code`; `internal` for what is our fault. */
export function decodeError(error: WireError): Error {
  switch (error.kind) {
    case "gateway":
      return new GatewayError(error.code, error.message, { param: error.param });
    case "open":
      return new StoreOpenError(error.message, { inUse: error.inUse });
    case "database": {
      const cause = Object.assign(new Error(error.message), { code: error.code });
      return CANNOT_WRITE.test(error.code ?? "")
        ? new GatewayError("overloaded", "The gateway's store cannot be written at the moment.", { cause })
        : new GatewayError("internal", "The gateway failed to handle this request.", { cause });
    }
    default:
      return error satisfies never;
  }
}
