/** What a vendor needs besides the form of its settings. */
import { VENDORS } from "../providers/vendors.ts";
import type { Fault } from "./fault.ts";
import { printPath } from "./path.ts";

/** Without a key a vendor's own address answers every call with 401, which is better said at start. */
export function providerFaults(providers: unknown): Fault[] {
  const faults: Fault[] = [];
  for (const [name, provider] of Object.entries((providers ?? {}) as Record<string, unknown>)) {
    const { type, keys, baseUrl } = (provider ?? {}) as { type?: unknown; keys?: unknown; baseUrl?: unknown };
    const vendor = typeof type === "string" ? VENDORS.get(type) : undefined;
    if (!vendor || vendor.keyOptional || keys !== undefined || (baseUrl !== undefined && vendor.baseUrl)) continue;
    const variable = vendor.keyVariables[0];
    const hint = variable ? `, as keys: [env("${variable}")]` : "";
    faults.push({ path: printPath(["providers", name, "keys"]), message: `${vendor.label} needs a key${hint}` });
  }
  return faults;
}
