/**
 * Swagger UI from files inside the binary: it works offline, and the page's policy forbids everything from elsewhere.
 */

import stylePath from "swagger-ui-dist/swagger-ui.css" with { type: "file" };
import scriptPath from "swagger-ui-dist/swagger-ui-bundle.js" with { type: "file" };
import { GatewayError } from "../canonical/errors.ts";
import type { Exchange } from "./exchange.ts";
import { pageHeaders } from "./page-headers.ts";

/** Swagger UI sets styles on elements and shows its icons as `data:` images; nothing else is inline. */
const SECURITY = pageHeaders([
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
]);

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evergate API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/** The validator badge would ask a server of somebody else's. */
const START = `window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
`;

export function docsPage(): Response {
  return new Response(PAGE, {
    headers: { ...SECURITY, "content-type": "text/html; charset=utf-8", "cache-control": "no-cache" },
  });
}

export function docsAsset({ path }: Exchange): Response {
  const script = "text/javascript; charset=utf-8";
  switch (path) {
    case "/docs/swagger-ui-bundle.js":
      return asset(Bun.file(scriptPath), script);
    case "/docs/swagger-ui.css":
      return asset(Bun.file(stylePath), "text/css; charset=utf-8");
    case "/docs/start.js":
      return asset(START, script);
    default:
      throw new GatewayError("not_found", "There is no such file.");
  }
}

function asset(body: string | Blob, contentType: string): Response {
  return new Response(body, {
    headers: { ...SECURITY, "content-type": contentType, "cache-control": "public, max-age=3600" },
  });
}
