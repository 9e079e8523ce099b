/** Secrets managers: does each answer, can each reference be read? Values are fetched and never shown. */
import type { SecretManagers } from "../../config/managers/managers.ts";
import {
  MANAGERS,
  type ManagedRead,
  type ManagedUse,
  type ManagerKind,
  readKey,
} from "../../config/managers/reference.ts";
import type { Finding } from "./finding.ts";

const AREA = "secrets";

export interface SecretsLook {
  findings: Finding[];
  /** Places whose secret could not be read. */
  unread: ReadonlySet<string>;
}

export async function lookAtSecrets(uses: readonly ManagedUse[], managers: SecretManagers): Promise<SecretsLook> {
  const reads = await managers.fetch(uses);
  const readOf = (use: ManagedUse) => reads.get(readKey(use))!;
  const byManager = Map.groupBy(uses, ({ kind }) => kind);
  return {
    findings: [...byManager].flatMap(([kind, group]) => [
      lookAtManager(kind, group.map(readOf)),
      ...[...Map.groupBy(group, readKey).values()].map((places) => lookAtReference(places, readOf(places[0]!))),
    ]),
    unread: new Set(uses.filter((use) => "fault" in readOf(use)).map(({ place }) => place)),
  };
}

/** One that refuses is there; what it refuses is told with each reference. */
function lookAtManager(kind: ManagerKind, reads: readonly ManagedRead[]): Finding {
  const down = reads.find((read) => "fault" in read && read.isDown);
  const subject = MANAGERS[kind];
  if (down && "fault" in down && reads.every((read) => "fault" in read)) {
    const remedy = `Check ${ADDRESSES[kind]}, the network and the manager itself. A running gateway keeps its last values meanwhile; a new one does not start.`;
    return { area: AREA, subject, verdict: "fail", detail: down.fault, remedy };
  }
  return { area: AREA, subject, verdict: "ok", detail: "answers" };
}

const ADDRESSES: Record<ManagerKind, string> = {
  vault: "VAULT_ADDR",
  awsSecret: "AWS_REGION and the credentials",
  gcpSecret: "GOOGLE_APPLICATION_CREDENTIALS or the metadata server",
  azureSecret: "the vault's name or AZURE_KEY_VAULT_URL, and the credentials",
};

function lookAtReference(places: readonly ManagedUse[], read: ManagedRead): Finding {
  const { kind, name } = places[0]!;
  const subject = `${kind}(${JSON.stringify(name)})`;
  const where = places.map(({ place }) => place).join(", ");
  if ("value" in read) return { area: AREA, subject, verdict: "ok", detail: `read, for ${where}` };
  const remedy = read.isDown
    ? "Put the manager right first."
    : `Correct the reference or the rights of this gateway's identity; ${where} needs it.`;
  return { area: AREA, subject, verdict: "fail", detail: read.fault, remedy };
}
