/**
 * The least that a proxy on Bun can do: Bun.serve in front of fetch, bodies streamed through. What a gateway costs
 * beyond this is its own doing. Run as `bun scripts/bench/minimal-proxy.ts PORT UPSTREAM_PORT`.
 */
const [port, upstreamPort] = process.argv.slice(2).map(Number);

Bun.serve({
  hostname: "127.0.0.1",
  port,
  async fetch(request) {
    const { pathname, search } = new URL(request.url);
    const upstream = await fetch(`http://127.0.0.1:${upstreamPort}${pathname}${search}`, {
      method: request.method,
      headers: {
        "content-type": "application/json",
        "accept-encoding": "identity",
        authorization: request.headers.get("authorization") ?? "",
      },
      body: request.body ? await request.arrayBuffer() : undefined,
    });
    return new Response(upstream.body, {
      status: upstream.status,
      headers: { "content-type": upstream.headers.get("content-type") ?? "application/json" },
    });
  },
});
console.log(`listening on ${port}`);
