/** Where the demo's alerts arrive: a webhook of this process itself. */

export interface Receiver {
  url: string;
  stop(): void;
}

interface Message {
  type?: string;
  data?: { alerts?: { rule?: string; summary?: string }[] };
}

/** @param onMessage gets a line for people for each alert that begins or ends. */
export function startReceiver(onMessage: (line: string) => void): Receiver {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { type, data } = (await request.json()) as Message;
      for (const { rule, summary } of data?.alerts ?? []) {
        if (type === "alert.firing") onMessage(`alert “${rule}”: ${summary}`);
        if (type === "alert.resolved") onMessage(`alert “${rule}” is over`);
      }
      return new Response(null, { status: 204 });
    },
  });
  return { url: `http://127.0.0.1:${server.port}/alerts`, stop: () => void server.stop(true) };
}
