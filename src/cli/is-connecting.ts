/**
 * Asks Linux whether a connection is still being made: `/proc/self/net/tcp` lists every socket of the network
 * namespace with its state. Opening a connection of our own to find out would be seen by the upstream.
 */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { IsConnecting } from "../canonical/deps.ts";

export const isConnecting: IsConnecting = async (url) => {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) ? [host] : await resolved(host);
  // A name that takes longer to resolve than a connection may is as good as not connected.
  if (!addresses) return true;
  const portHex = hex(Number(port) || (protocol === "https:" ? 443 : 80), 4);
  const remotes = new Set(addresses.flatMap(procForms).map((address) => `${address}:${portHex}`));
  const tables = await Promise.all(["tcp", "tcp6"].map((name) => Bun.file(`/proc/self/net/${name}`).text()));
  return tables.some((table) => synSentTo(table, remotes));
};

/** Answered from the resolver's cache when the fetch has got past it. */
const RESOLVE_MS = 500;

async function resolved(host: string): Promise<string[] | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, RESOLVE_MS);
  try {
    return await Promise.race([lookup(host, { all: true }).then((all) => all.map(({ address }) => address)), late]);
  } catch {
    // `fetch` fails by itself then.
    return [];
  } finally {
    clearTimeout(timer);
  }
}

const SYN_SENT = "02";

/** Columns: slot, local, remote, state … (proc(5)). */
export function synSentTo(table: string, remotes: ReadonlySet<string>): boolean {
  return table.split("\n").some((line) => {
    const [, , remote, state] = line.trim().split(/\s+/);
    return state === SYN_SENT && remote !== undefined && remotes.has(remote);
  });
}

/** As the tables write an address: words of four bytes, each with its bytes in the machine's order, least first. */
export function procForms(address: string): string[] {
  if (isIP(address) === 4) {
    const word = littleEndian(address.split(".").map(Number));
    return [word, `${"0".repeat(16)}FFFF0000${word}`];
  }
  const [head = "", tail] = address.split("%")[0]!.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16)));
  const [front, back] = [groups(head), groups(tail ?? "")];
  const all = [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back];
  const bytes = all.flatMap((group) => [group >> 8, group & 0xff]);
  return [[0, 4, 8, 12].map((at) => littleEndian(bytes.slice(at, at + 4))).join("")];
}

function littleEndian(bytes: readonly number[]): string {
  return bytes
    .toReversed()
    .map((byte) => hex(byte, 2))
    .join("");
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}
