/** What the runtime does with a connection that goes to an address in the name of a host: the checks rest on it. */
import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { createServer } from "node:tls";
import { createCheckedFetch } from "../../../src/providers/network/checked-fetch.ts";
import { rejection } from "../../store/support.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";

test("idle connections are kept by name: two names at one address never share one, and a name must be in the certificate", async () => {
  const { cert, key } = await certificateOf("a.example", "b.example");
  const servedBy: string[] = [];
  let connections = 0;
  const server = createServer({ cert, key }, (socket) => {
    connections += 1;
    const body = `${connections} ${socket.servername}`;
    socket.on("data", () => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`));
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const fetchChecked = createCheckedFetch(
    {
      clock: simulatedClock(),
      lookup: async () => ["127.0.0.1"],
      fetch: (url, { tls, ...init }: RequestInit & { tls?: object }) =>
        fetch(url, { ...init, tls: { ...tls, ca: cert } } as RequestInit),
    },
    () => true,
  );
  const ask = async (name: string) =>
    (await fetchChecked(`https://${name}:${port}/`, { method: "POST", body: "x", headers: {} })).text();
  try {
    for (const name of ["a", "a", "b", "a", "b"]) servedBy.push(await ask(`${name}.example`));
    expect(servedBy).toEqual(["1 a.example", "1 a.example", "2 b.example", "1 a.example", "2 b.example"]);
    expect(await rejection(ask("c.example"))).toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
  } finally {
    server.close();
  }
});

async function certificateOf(...names: string[]): Promise<{ cert: string; key: string }> {
  const directory = await mkdtemp(`${tmpdir()}/evergate-tls-`);
  const command = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test";
  const subject = `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`;
  const files = ["-addext", subject, "-keyout", "key.pem", "-out", "cert.pem"];
  try {
    expect(Bun.spawnSync(["openssl", ...command.split(" "), ...files], { cwd: directory }).exitCode).toBe(0);
    const [cert, key] = await Promise.all(["cert", "key"].map((name) => Bun.file(`${directory}/${name}.pem`).text()));
    return { cert: cert!, key: key! };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
