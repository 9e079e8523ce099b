/** The admin token: the operator's own, or one made on the first start, kept as a hash and shown once. */
import type { Holder } from "../http/ports.ts";
import { hashSecret } from "../policies/access.ts";
import { equalInConstantTime } from "../policies/constant-time.ts";
import type { SettingsPort } from "../store/ports.ts";

export interface AdminToken {
  /** Made just now; shown once by whoever starts the process and nowhere else. */
  generated?: string;
  /** Keeps a token made just now for later starts: once whoever starts the process is sure to show it. */
  keep(): Promise<void>;
  /** What sessions begun with it rest on: another text for another token, and of no use to whoever sees it. */
  basis: string;
  /** Constant time. `metricsToken` opens only `/metrics`. */
  roleOf(presented: string | undefined, metricsToken: string | null): Holder | undefined;
}

const SETTING = "admin_token_hash";
const TOKEN_BYTES = 24;

export async function adminToken(configured: string | null, settings: SettingsPort): Promise<AdminToken> {
  if (configured !== null) return { ...tokenOf(hashSecret(configured)), keep: nothingToKeep };
  const kept = await settings.get(SETTING);
  if (kept !== null) return { ...tokenOf(kept), keep: nothingToKeep };
  const made = `ega_${Buffer.from(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES))).toString("base64url")}`;
  const hash = hashSecret(made);
  return { ...tokenOf(hash), generated: made, keep: () => settings.set(SETTING, hash) };
}

async function nothingToKeep(): Promise<void> {}

function tokenOf(adminHash: string): Pick<AdminToken, "basis" | "roleOf"> {
  return {
    basis: hashSecret(`sessions of ${adminHash}`),
    roleOf(presented, metricsToken) {
      if (presented === undefined) return undefined;
      const hash = hashSecret(presented);
      if (equalInConstantTime(hash, adminHash)) return { role: "admin", name: "admin token" };
      if (metricsToken === null || !equalInConstantTime(hash, hashSecret(metricsToken))) return undefined;
      return { role: "metrics", name: "metrics token" };
    },
  };
}
