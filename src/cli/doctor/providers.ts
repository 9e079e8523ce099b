/**
 * Is each key accepted, each provider reachable? Only calls that cost nothing are made: the list of models, which every
 * vendor gives for free, or the exchange of a service account for a token.
 */
import type { Deps } from "../../canonical/deps.ts";
import type { ProviderConfig } from "../../config/config.ts";
import { createProvider } from "../../providers/create.ts";
import { createBoundedProvider } from "../../providers/create-bounded.ts";
import type { Provider, ProviderKey } from "../../providers/provider.ts";
import { VENDORS } from "../../providers/vendors.ts";
import type { Finding } from "./finding.ts";

const TIMEOUT_MS = 8_000;
const NO_BODY = new Uint8Array();
/** Azure's list of models needs a version whatever the deployments use. */
const AZURE_LIST_VERSION = "2024-10-21";

export interface ProviderLook {
  findings: Finding[];
  /** Difference of the provider's clock to ours in milliseconds, where it told its time. */
  clockSkewMs?: number;
}

/** @param allowPrivate whether providers made by API may be in private networks */
export async function lookAtProvider(
  { origin, ...config }: ProviderConfig,
  deps: Deps,
  allowPrivate: boolean,
): Promise<ProviderLook> {
  const subject = config.name;
  if (config.type === "simulated") {
    return { findings: [{ area: "provider", subject, verdict: "ok", detail: "simulated: nothing to reach" }] };
  }
  const options = { ...config, baseUrl: config.baseUrl ?? undefined };
  const provider =
    origin === "api" ? createBoundedProvider(options, deps, allowPrivate) : createProvider(options, deps);
  const url = listUrl(config);
  try {
    if (url === undefined) return { findings: await lookAtTokens(provider, config) };
    const looks = await Promise.all(
      provider.keys.map((key) =>
        lookAtKey(provider, key, url, { ...deps, ...(provider.fetch && { fetch: provider.fetch }) }),
      ),
    );
    const skews = looks.flatMap(({ clockSkewMs }) => (clockSkewMs === undefined ? [] : [clockSkewMs]));
    return { findings: looks.map(({ finding }) => finding), ...(skews.length > 0 && { clockSkewMs: skews[0] }) };
  } finally {
    await provider.close?.();
  }
}

/** Where the vendor lists its models; undefined where there is no free call to make with a plain request. */
function listUrl({ type, baseUrl }: ProviderConfig): string | undefined {
  const base = (baseUrl ?? VENDORS.get(type)?.baseUrl)?.replace(/\/+$/, "");
  if (base === undefined || type === "bedrock" || type === "vertex") return undefined;
  switch (type) {
    case "anthropic":
      return `${base.replace(/\/v1$/, "")}/v1/models`;
    case "gemini":
      return `${base}/v1beta/models`;
    case "cohere":
      return `${base}/v1/models`;
    case "ollama":
      return `${base}/api/tags`;
    case "azure-openai":
      return `${base}/openai/models?api-version=${AZURE_LIST_VERSION}`;
    default:
      return `${base}/models`;
  }
}

async function lookAtKey(
  provider: Provider,
  key: ProviderKey,
  url: string,
  { fetch, clock }: Deps,
): Promise<{ finding: Finding; clockSkewMs?: number }> {
  const subject = `${provider.name} ${key.name}`;
  const found = (verdict: Finding["verdict"], detail: string, remedy?: string): Finding => ({
    area: "key",
    subject,
    verdict,
    detail,
    ...(remedy !== undefined && { remedy }),
  });
  try {
    const headers = await provider.headers(key, { url, body: NO_BODY, clientHeaders: {} });
    const response = await fetch(url, {
      method: "GET",
      headers,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    const date = Date.parse(response.headers.get("date") ?? "");
    const clockSkewMs = Number.isNaN(date) ? undefined : date - clock.now();
    return { finding: judge(response.status, provider, found), clockSkewMs };
  } catch (error) {
    const why =
      error instanceof Error && "code" in error
        ? String(error.code)
        : error instanceof Error
          ? error.name
          : "unknown error";
    const host = new URL(url).host;
    return {
      finding: found(
        "fail",
        `${host} cannot be reached (${why})`,
        "Check the network, a proxy or firewall, and the provider's baseUrl.",
      ),
    };
  }
}

function judge(
  status: number,
  { name }: Provider,
  found: (verdict: Finding["verdict"], detail: string, remedy?: string) => Finding,
): Finding {
  if (status >= 200 && status < 300) return found("ok", "accepted");
  if (status === 401 || status === 403)
    return found(
      "fail",
      `refused (HTTP ${status})`,
      `Replace this key of providers.${name}, or give it the right to list models.`,
    );
  if (status === 404)
    return found(
      "warn",
      "the provider answers, but lists no models there (HTTP 404)",
      `Check providers.${name}.baseUrl; calls may work all the same.`,
    );
  if (status === 429 || status === 402)
    return found(
      "warn",
      `accepted, but at its limit or out of credit (HTTP ${status})`,
      "Wait, raise the limit, or add a key to the pool.",
    );
  if (status >= 500)
    return found(
      "fail",
      `the provider fails (HTTP ${status})`,
      "Look at the provider's status page; calls move on to fallbacks meanwhile.",
    );
  return found("warn", `an unexpected answer (HTTP ${status})`, `Check providers.${name}.baseUrl.`);
}

/** Vertex: the exchange for a token proves the account. Bedrock: nothing is free. */
async function lookAtTokens(provider: Provider, { type }: ProviderConfig): Promise<Finding[]> {
  if (type !== "vertex") {
    return provider.keys.map(({ name }) => ({
      area: "key",
      subject: `${provider.name} ${name}`,
      verdict: "skip",
      detail: "no free call to check it with",
    }));
  }
  return Promise.all(
    provider.keys.map(async (key): Promise<Finding> => {
      const subject = `${provider.name} ${key.name}`;
      try {
        await provider.headers(key, { url: "https://aiplatform.googleapis.com/", body: NO_BODY, clientHeaders: {} });
        return { area: "key", subject, verdict: "ok", detail: "the service account got a token" };
      } catch {
        return {
          area: "key",
          subject,
          verdict: "fail",
          detail: "the service account got no token",
          remedy: "Check the service-account file, its rights, and this machine's clock.",
        };
      }
    }),
  );
}
