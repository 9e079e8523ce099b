/** Prometheus' text format, or OpenMetrics where the scraper accepts it. */
import type { Exchange } from "./exchange.ts";

export async function metrics({ ports, request }: Exchange): Promise<Response> {
  const openMetrics = request.headers.get("accept")?.includes("application/openmetrics-text") ?? false;
  const { contentType, body } = await ports.metrics(openMetrics);
  return new Response(body, {
    headers: { "content-type": contentType, "x-content-type-options": "nosniff", "cache-control": "no-store" },
  });
}
