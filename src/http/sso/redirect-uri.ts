/** The address that a provider sends the browser back to. It has to be registered there, letter for letter. */
import { isLoopback } from "../../policies/address-ranges.ts";
import { SignInError } from "./sign-in-error.ts";

/**
 * Below `server.publicUrl`. Without one the request's own address is taken where it is of this machine: the Host header
 * is the client's word, and a code sent to a host of its choice would be a code given away.
 */
export function redirectUri(publicUrl: string | null, requestUrl: string, provider: string): string {
  const path = callbackPath(provider);
  if (publicUrl !== null) return new URL(path, publicUrl).href;
  const { origin, hostname } = new URL(requestUrl);
  if (isLoopback(hostname.replace(/^\[|\]$/g, ""))) return origin + path;
  throw new SignInError("no_public_url", "server.publicUrl is not set, and the address is not of this machine");
}

export function callbackPath(provider: string): string {
  return `/sso/${provider}/callback`;
}
