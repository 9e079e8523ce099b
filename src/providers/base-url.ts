import { type ProviderOptions, providerFault } from "./provider-options.ts";
import type { Vendor } from "./vendors.ts";

/**
 * The address requests are sent below, without a trailing slash. Secrets have no place in it: it is shown in the
 * effective configuration, so user info, query and fragment are refused.
 */
export function baseUrlOf(options: ProviderOptions, vendor: Vendor): string {
  const given = options.baseUrl ?? vendor.baseUrl;
  if (given === undefined) throw providerFault(options, "baseUrl", `type "${vendor.type}" needs a baseUrl`);
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw providerFault(options, "baseUrl", "baseUrl must be an absolute http or https address");
  if (url.username !== "" || url.password !== "")
    throw providerFault(options, "baseUrl", "baseUrl must not hold credentials; use keys or headers");
  if (url.search !== "" || url.hash !== "")
    throw providerFault(options, "baseUrl", "baseUrl must not have a query or fragment");
  const address = (url.origin + url.pathname).replace(/\/+$/, "");
  return vendor.surplusPath ? address.replace(new RegExp(`${vendor.surplusPath}$`), "") : address;
}
