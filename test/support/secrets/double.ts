/** What all doubles of secrets managers share: they answer in the process, for simulated clocks, or on a real socket. */
export interface Double {
  /** As a program's own `fetch`; rejects while `down`. */
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** `METHOD path` of every question, in order. */
  readonly asked: string[];
  /** No connection is taken. */
  down: boolean;
}

type Handler = (request: Request, url: URL) => Response | Promise<Response>;

export function answering(handle: Handler): Double {
  const double: Double = {
    asked: [],
    down: false,
    async fetch(url, init) {
      if (double.down) throw Object.assign(new Error("Unable to connect."), { code: "ConnectionRefused" });
      const request = new Request(url, init);
      // A socket would carry it.
      request.headers.set("host", new URL(url).host);
      return answer(request);
    },
  };
  const answer = async (request: Request) => {
    const url = new URL(request.url);
    double.asked.push(`${request.method} ${url.pathname}${url.search}`);
    return handle(request, url);
  };
  return double;
}

/** The same double on a port of its own. While `down` it hangs up on everybody. */
export function listening(double: Double) {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const url = new URL(request.url);
      const body = request.method === "GET" ? undefined : await request.text();
      const { method, headers } = request;
      return double.fetch(url.href, { method, headers, ...(body !== undefined && { body }) }).catch(() => hangUp());
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.dispose]: () => void server.stop(true) };
}

/** Nothing a manager would say: a proxy in front of one that is gone. */
function hangUp(): Response {
  return new Response("<html>bad gateway</html>", { status: 502, headers: { "content-type": "text/html" } });
}
