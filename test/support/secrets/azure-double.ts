/** Microsoft Entra ID, the identity endpoints of machines, and a key vault that takes only their tokens. */
import { answering, type Double } from "./double.ts";

export interface AzureDouble extends Double {
  client: { tenant: string; id: string; secret: string; assertion: string };
  /** `name` or `name/version`. */
  secrets: Map<string, string>;
  /** Status and inner code that every secret is answered with. */
  failing: [status: number, code: string] | undefined;
  tokens: number;
}

const RESOURCE = "https://vault.azure.net";
const TOKEN_SECONDS = 3_599;
const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

export function azureDouble(now: () => number): AzureDouble {
  const given = new Map<string, number>();
  const give = (form: (seconds: number) => Record<string, unknown>) => {
    double.tokens += 1;
    const token = `eyJ.${double.tokens}`;
    given.set(token, now() + TOKEN_SECONDS * 1_000);
    return Response.json({ access_token: token, token_type: "Bearer", ...form(TOKEN_SECONDS) });
  };
  const handle = async (request: Request, { pathname, searchParams }: URL): Promise<Response> => {
    const { client } = double;
    if (pathname === `/${client.tenant}/oauth2/v2.0/token`) {
      const form = new URLSearchParams(await request.text());
      const proven =
        form.get("client_secret") === client.secret ||
        (form.get("client_assertion_type") === ASSERTION && form.get("client_assertion") === client.assertion);
      const right = form.get("grant_type") === "client_credentials" && form.get("client_id") === client.id;
      if (!right || !proven || form.get("scope") !== `${RESOURCE}/.default`) {
        const error_description = `AADSTS7000215: Invalid client secret ${form.get("client_secret")}`;
        return Response.json({ error: "invalid_client", error_description }, { status: 401 });
      }
      return give((expires_in) => ({ expires_in }));
    }
    if (pathname === "/metadata/identity/oauth2/token" || pathname === "/msi/token") {
      const { headers } = request;
      const [version, isAllowed] =
        pathname === "/msi/token"
          ? ["2019-08-01", headers.get("x-identity-header") === "identity-header"]
          : ["2018-02-01", headers.get("metadata") === "true"];
      const right =
        isAllowed && searchParams.get("api-version") === version && searchParams.get("resource") === RESOURCE;
      if (!right) return Response.json({ error: "invalid_request" }, { status: 400 });
      const expires = (seconds: number) => String(Math.floor(now() / 1_000) + seconds);
      return give((seconds) =>
        pathname === "/msi/token" ? { expires_on: expires(seconds) } : { expires_in: String(seconds) },
      );
    }
    return secret(request, pathname, searchParams);
  };
  const secret = (request: Request, pathname: string, query: URLSearchParams): Response => {
    const token = request.headers.get("authorization")?.replace("Bearer ", "") ?? "";
    if (!((given.get(token) ?? 0) > now())) return failure(401, "Unauthorized");
    if (!/^\d+\.\d+$|^\d{4}-\d\d-\d\d$/.test(query.get("api-version") ?? "")) return failure(400, "BadParameter");
    if (double.failing) return failure(...double.failing);
    const value = double.secrets.get(pathname.replace(/^\/secrets\//, ""));
    if (value === undefined) return failure(404, "SecretNotFound");
    return Response.json({ value, id: `https://my-vault.vault.azure.net${pathname}`, attributes: { enabled: true } });
  };
  const double: AzureDouble = Object.assign(answering(handle), {
    client: { tenant: "tenant-1", id: "client-1", secret: "client-secret-1", assertion: "the pod's token" },
    secrets: new Map<string, string>(),
    failing: undefined,
    tokens: 0,
  });
  return double;
}

function failure(status: number, code: string): Response {
  return Response.json({ error: { code: "Forbidden", message: "LEAKED", innererror: { code } } }, { status });
}
