/**
 * GET /ui: one page for every path below it, which reads the path itself. It holds no data: what it shows it asks of
 * the admin API, as whoever is signed in.
 */
import { GatewayError } from "../canonical/errors.ts";
import { ASSETS_PATH, type DashboardFile } from "./dashboard-files.ts";
import type { Exchange } from "./exchange.ts";
import { pageHeaders } from "./page-headers.ts";

/** Nothing from elsewhere, nothing inline. Charts set their styles through the object model, which this allows. */
const SECURITY = {
  ...pageHeaders(
    ["script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'"],
    "'self'",
  ),
  "cross-origin-opener-policy": "same-origin",
};

export async function dashboardPage(exchange: Exchange): Promise<Response> {
  const { page } = await exchange.dashboard();
  return answer(exchange, page, "no-cache");
}

/** A name holds a hash of the content, so what has it never changes. */
export async function dashboardAsset(exchange: Exchange): Promise<Response> {
  const { assets } = await exchange.dashboard();
  const file = assets.get(exchange.path.slice(ASSETS_PATH.length));
  if (!file) throw new GatewayError("not_found", "There is no such file.");
  return answer(exchange, file, "public, max-age=31536000, immutable");
}

function answer({ request }: Exchange, file: DashboardFile, cacheControl: string): Response {
  const zipped = file.gzip && /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "") ? file.gzip : undefined;
  return new Response(zipped ?? file.body, {
    headers: {
      ...SECURITY,
      "content-type": file.contentType,
      "cache-control": cacheControl,
      vary: "accept-encoding",
      ...(zipped && { "content-encoding": "gzip" }),
    },
  });
}
