/**
 * HashiCorp Vault's KV engine, version 2: `GET /v1/MOUNT/data/PATH`. Vault's API reference, "KV secrets engine - version
 * 2" (read November 2026): a deleted or destroyed version is a 404 whose body still has its metadata, and a path that
 * the token may not read is a 403 whether it exists or not.
 */
import type { Log } from "../../canonical/deps.ts";
import type { Environment } from "../secrets.ts";
import type { SecretBackend } from "./managers.ts";
import type { SecretName } from "./reference.ts";
import { type Answer, jsonOf, type NetworkDeps, objectOf } from "./request.ts";
import { SecretFault } from "./secret-fault.ts";
import { vaultRequests } from "./vault-request.ts";
import { vaultSession } from "./vault-session.ts";

export function vaultBackend(environment: Environment, deps: NetworkDeps & { log: Log }): SecretBackend {
  const ask = vaultRequests(environment, deps);
  const session = vaultSession(environment, ask, deps);
  return {
    async read(name) {
      const path = dataPath(name);
      const token = await session.token();
      const answer = await ask({ path, token });
      // A token may have been revoked before its time: one more try with a new one.
      if (answer.status !== 403 || !session.refused(token)) return documentOf(answer, name);
      return documentOf(await ask({ path, token: await session.token() }), name);
    },
    close: session.close,
  };
}

/** `secret/team/openai` is `secret/data/team/openai`; a mount of several segments ends in a double slash. */
function dataPath({ document, version }: SecretName): string {
  const double = document.indexOf("//");
  const end = double < 0 ? document.indexOf("/") : double;
  const encoded = (path: string) => path.split("/").map(encodeURIComponent).join("/");
  const rest = document.slice(end).replace(/^\/+/, "");
  return `${encoded(document.slice(0, end))}/data/${encoded(rest)}${version === undefined ? "" : `?version=${version}`}`;
}

function documentOf(answer: Answer, name: SecretName): Readonly<Record<string, unknown>> {
  const { status } = answer;
  const data = objectOf(jsonOf(answer)["data"]);
  if (status === 200 && typeof data["data"] === "object" && data["data"] !== null) return objectOf(data["data"]);
  switch (status) {
    case 200:
      throw new SecretFault("there is no versioned secret there; is the engine KV version 2?");
    case 403:
      throw new SecretFault(
        "permission denied (HTTP 403): the token is not valid, or its policy lacks read on this path",
      );
    case 404:
      throw new SecretFault(missing(objectOf(data["metadata"]), name));
    case 412:
      throw new SecretFault("this node of HashiCorp Vault is behind (HTTP 412)", { isDown: true });
    default:
      throw new SecretFault(`HashiCorp Vault refused to give it (HTTP ${status})`);
  }
}

function missing(metadata: Readonly<Record<string, unknown>>, { version }: SecretName): string {
  const which = version === undefined ? "its newest version" : `version ${version}`;
  if (metadata["destroyed"] === true) return `${which} is destroyed`;
  if (typeof metadata["deletion_time"] === "string" && metadata["deletion_time"] !== "") return `${which} is deleted`;
  return `there is no such secret${version === undefined ? "" : " or no such version"} (HTTP 404); is the first part the mount of a KV engine of version 2?`;
}
