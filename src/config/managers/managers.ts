/**
 * Secrets of secrets managers: every one is fetched once for all places that name it, all at the same time, and the last
 * value that was read is kept for as long as the process lives, so that a manager that is away takes nothing down.
 */
import type { Log } from "../../canonical/deps.ts";
import type { Environment } from "../secrets.ts";
import { awsBackend } from "./aws.ts";
import { azureBackend } from "./azure.ts";
import { gcpBackend } from "./gcp.ts";
import {
  MANAGERS,
  type ManagedRead,
  type ManagedUse,
  type ManagerKind,
  parseSecretName,
  readKey,
  type SecretName,
  type SecretReader,
} from "./reference.ts";
import type { NetworkDeps } from "./request.ts";
import { SecretFault } from "./secret-fault.ts";
import { vaultBackend } from "./vault.ts";

export interface SecretBackend {
  /** The document: a text, or an object of fields. Throws SecretFault. */
  read(name: SecretName): Promise<string | Readonly<Record<string, unknown>>>;
  /** Ends what goes on by itself. */
  close?(): void;
}

export interface SecretManagers {
  /** Asks the managers; what cannot be read keeps its last value where it has one. */
  fetch: SecretReader;
  /** Values as they were read last; only what was never read is fetched. */
  kept: SecretReader;
  /** By manager, how many references were kept from an earlier time when they were last fetched. */
  stale(): { manager: ManagerKind; count: number }[];
  close(): void;
}

export interface ManagersDeps extends NetworkDeps {
  environment: Environment;
  log: Log;
}

export function createManagers({ environment, ...deps }: ManagersDeps): SecretManagers {
  const backends = new Map<ManagerKind, SecretBackend>();
  const values = new Map<string, string>();
  const stale = new Map<string, ManagerKind>();
  const backendOf = (kind: ManagerKind) => {
    const backend = backends.get(kind) ?? BACKENDS[kind](environment, deps);
    backends.set(kind, backend);
    return backend;
  };

  const fetchThese = async (uses: readonly ManagedUse[], all: boolean) => {
    const wanted = new Map(uses.map((use) => [readKey(use), use] as const));
    const documents = new Map<string, Promise<Document>>();
    const documentOf = (kind: ManagerKind, name: SecretName) => {
      const key = `${kind}:${name.document}?${name.version ?? ""}`;
      const reading = documents.get(key) ?? readDocument(backendOf(kind), name);
      documents.set(key, reading);
      return reading;
    };
    const read = async ({ kind, name }: ManagedUse): Promise<ManagedRead> => {
      const parsed = parseSecretName(kind, name);
      if ("fault" in parsed) return { fault: parsed.fault, isDown: false };
      const document = await documentOf(kind, parsed);
      return "fault" in document ? document : valueIn(document.content, parsed);
    };
    const reads = await Promise.all([...wanted].map(async ([key, use]) => [key, use, await read(use)] as const));
    // What no place names any more is not missed.
    if (all) for (const key of stale.keys()) if (!wanted.has(key)) stale.delete(key);
    const fresh = new Map(reads.map(([key, use, found]) => [key, keepLast(key, use, found)] as const));
    tell(reads);
    return fresh;
  };
  const keepLast = (key: string, { kind }: ManagedUse, found: ManagedRead): ManagedRead => {
    const last = values.get(key);
    if ("value" in found) {
      values.set(key, found.value);
      stale.delete(key);
      return found;
    }
    if (last === undefined) return found;
    stale.set(key, kind);
    return { value: last };
  };
  /** One line a manager: fifty secrets that cannot be read have one cause. */
  const tell = (reads: readonly (readonly [string, ManagedUse, ManagedRead])[]) => {
    const kept = reads.filter(([key, , found]) => "fault" in found && values.has(key));
    for (const [kind, group] of Map.groupBy(kept, ([, use]) => use.kind)) {
      const [, first, found] = group[0]!;
      deps.log("warn", "secrets could not be read; their last values stay in force", {
        manager: MANAGERS[kind],
        secrets: group.length,
        first: first.name,
        reason: "fault" in found ? found.fault : undefined,
      });
    }
  };

  return {
    fetch: (uses) => fetchThese(uses, true),
    async kept(uses) {
      const unknown = uses.filter((use) => !values.has(readKey(use)));
      const fetched = unknown.length > 0 ? await fetchThese(unknown, false) : new Map<string, ManagedRead>();
      const known = uses.flatMap((use): [string, ManagedRead][] => {
        const value = values.get(readKey(use));
        return value === undefined ? [] : [[readKey(use), { value }]];
      });
      return new Map([...fetched, ...known]);
    },
    stale: () =>
      [...Map.groupBy(stale.values(), (kind) => kind)].map(([manager, all]) => ({ manager, count: all.length })),
    close() {
      for (const backend of backends.values()) backend.close?.();
    },
  };
}

const BACKENDS = {
  vault: vaultBackend,
  awsSecret: awsBackend,
  gcpSecret: gcpBackend,
  azureSecret: azureBackend,
} satisfies Record<ManagerKind, (environment: Environment, deps: NetworkDeps & { log: Log }) => SecretBackend>;

type Document = { content: string | Readonly<Record<string, unknown>> } | { fault: string; isDown: boolean };

async function readDocument(backend: SecretBackend, name: SecretName): Promise<Document> {
  try {
    return { content: await backend.read(name) };
  } catch (error) {
    if (error instanceof SecretFault) return { fault: error.message, isDown: error.isDown };
    // What was not foreseen may quote anything.
    return { fault: "it could not be read", isDown: false };
  }
}

/** A service-account key is 2.4 KB; anything near this is not a secret but a mistake. */
const MAX_SECRET_BYTES = 65_536;

function valueIn(content: string | Readonly<Record<string, unknown>>, { field }: SecretName): ManagedRead {
  const failed = (fault: string): ManagedRead => ({ fault, isDown: false });
  const whole = field === undefined ? content : fieldsOf(content)?.[field];
  if (whole === undefined) {
    return failed(
      fieldsOf(content) ? `the secret has no field "${field}"` : "the secret is no JSON object, so it has no fields",
    );
  }
  const value = typeof whole === "object" ? JSON.stringify(whole) : String(whole);
  const text = value.replace(/\r?\n$/, "");
  if (whole === null || text === "") return failed("it is empty");
  if (Buffer.byteLength(text) > MAX_SECRET_BYTES) return failed(`it is larger than ${MAX_SECRET_BYTES} bytes`);
  return { value: text };
}

function fieldsOf(content: string | Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  if (typeof content !== "string") return content;
  try {
    const json: unknown = JSON.parse(content);
    const isObject = typeof json === "object" && json !== null && !Array.isArray(json);
    return isObject ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
