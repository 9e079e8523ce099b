/** Providers that may not connect to every address: those whose addresses the operator did not write himself. */
import type { Deps } from "../canonical/deps.ts";
import { createProvider } from "./create.ts";
import { allowedAddresses } from "./network/address-kind.ts";
import { createCheckedFetch } from "./network/checked-fetch.ts";
import type { Provider } from "./provider.ts";
import type { ProviderOptions } from "./provider-options.ts";

/**
 * Also what such a provider fetches for itself (access tokens) goes only where it may go. Throws as `createProvider`.
 *
 * @param allowPrivate `server.allowPrivateNetwork` of the configuration file
 */
export function createBoundedProvider(options: ProviderOptions, deps: Deps, allowPrivate: boolean): Provider {
  // A simulated one is its own upstream, at an address of its own choice.
  if (options.type === "simulated") return createProvider(options, deps);
  const fetch = createCheckedFetch(deps, allowedAddresses(allowPrivate));
  return { ...createProvider(options, { ...deps, fetch }), fetch };
}
