/**
 * References to secrets managers: what may be written, and what it means. Their form is judged without any network, so
 * that a mistyped reference is told by `evergate check` and never sent to a manager.
 */
export const MANAGERS = {
  vault: "HashiCorp Vault",
  awsSecret: "AWS Secrets Manager",
  gcpSecret: "Google Secret Manager",
  azureSecret: "Azure Key Vault",
} as const;

export type ManagerKind = keyof typeof MANAGERS;

/** A reference and where it is written. */
export interface ManagedUse {
  /** Printed path. */
  place: string;
  kind: ManagerKind;
  /** As written. */
  name: string;
}

/** What became of one reference. `isDown`: its manager did not answer. */
export type ManagedRead = { value: string } | { fault: string; isDown: boolean };

/** By `readKey`. Never rejects. */
export type SecretReader = (uses: readonly ManagedUse[]) => Promise<ReadonlyMap<string, ManagedRead>>;

/** Equal references are read once. */
export function readKey({ kind, name }: Pick<ManagedUse, "kind" | "name">): string {
  return `${kind}:${name}`;
}

export interface SecretName {
  /** What is fetched: two fields of one document are one request. */
  document: string;
  /** Of the document, where it is an object. */
  field?: string;
  /** `?version=` */
  version?: string;
}

export function isManagerKind(kind: string): kind is ManagerKind {
  return Object.hasOwn(MANAGERS, kind);
}

/** The parts of `document?version=v#field`, or what is wrong with its form. */
export function parseSecretName(kind: ManagerKind, text: string): SecretName | { fault: string } {
  const hash = text.indexOf("#");
  const address = hash < 0 ? text : text.slice(0, hash);
  const field = hash < 0 ? undefined : text.slice(hash + 1);
  const question = address.indexOf("?");
  const document = question < 0 ? address : address.slice(0, question);
  const query = question < 0 ? undefined : address.slice(question + 1);
  const { example, form, version: versionForm, needsField } = FORMS[kind];
  const fault = (what: string) => ({ fault: `${what}; write ${kind}(${JSON.stringify(example)})` });
  if (field === "") return fault("names no field after #");
  if (field === undefined && needsField) return fault("names no field");
  if (!form.test(document)) return fault(`is no name of a secret in ${MANAGERS[kind]}`);
  // A path that climbs would be another path than the one that was written.
  if (document.split("/").some((part) => part === "." || part === ".."))
    return fault("must not hold . or .. as a part");
  const version = query === undefined ? undefined : /^version=(.+)$/.exec(query)?.[1];
  if (query !== undefined && (version === undefined || !versionForm?.test(version))) {
    return fault(versionForm ? "can only be followed by ?version= and a version" : "cannot be followed by ?");
  }
  return { document, ...(field !== undefined && { field }), ...(version !== undefined && { version }) };
}

interface Form {
  example: string;
  form: RegExp;
  version?: RegExp;
  needsField?: true;
}

const FORMS: Record<ManagerKind, Form> = {
  // A mount is one segment, or ends at a double slash where it has several: team/kv//openai.
  vault: {
    example: "secret/openai#key",
    form: /^[^\s/]+(?:\/[^\s/]+)*\/{1,2}[^\s/]+(?:\/[^\s/]+)*$/,
    version: /^[1-9]\d{0,9}$/,
    needsField: true,
  },
  // Letters of names: CreateSecret in the AWS Secrets Manager API reference.
  awsSecret: {
    example: "prod/openai#key",
    form: /^(?:arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[A-Za-z0-9/_+=.@-]{1,512}$/,
  },
  gcpSecret: {
    example: "projects/my-project/secrets/openai",
    form: /^(?:projects\/[a-z0-9.:-]+\/(?:locations\/[a-z0-9-]+\/)?secrets\/)?[A-Za-z0-9_-]{1,255}(?:\/versions\/[A-Za-z0-9_-]+)?$/,
  },
  azureSecret: {
    example: "my-vault/openai",
    form: /^(?:[A-Za-z][A-Za-z0-9-]{2,23}\/)?[A-Za-z0-9-]{1,127}$/,
    version: /^[0-9a-f]{32}$/,
  },
};
