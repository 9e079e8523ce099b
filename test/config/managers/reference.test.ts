import { describe, expect, test } from "bun:test";
import { type ManagerKind, parseSecretName } from "../../../src/config/managers/reference.ts";

describe("the form of a reference", () => {
  test.each<[ManagerKind, string, object]>([
    ["vault", "secret/openai#key", { document: "secret/openai", field: "key" }],
    ["vault", "secret/team/a/openai#key", { document: "secret/team/a/openai", field: "key" }],
    ["vault", "team/kv//openai#key", { document: "team/kv//openai", field: "key" }],
    ["vault", "secret/openai?version=3#key", { document: "secret/openai", version: "3", field: "key" }],
    ["vault", "secret/openai#a?b#c", { document: "secret/openai", field: "a?b#c" }],
    ["awsSecret", "prod/openai", { document: "prod/openai" }],
    ["awsSecret", "prod/openai#key", { document: "prod/openai", field: "key" }],
    [
      "awsSecret",
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/openai-AbCdEf#key",
      { document: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/openai-AbCdEf", field: "key" },
    ],
    ["gcpSecret", "openai", { document: "openai" }],
    ["gcpSecret", "projects/my-project/secrets/openai", { document: "projects/my-project/secrets/openai" }],
    [
      "gcpSecret",
      "projects/p/locations/europe-west3/secrets/s/versions/7#key",
      { document: "projects/p/locations/europe-west3/secrets/s/versions/7", field: "key" },
    ],
    ["azureSecret", "openai", { document: "openai" }],
    ["azureSecret", "my-vault/openai", { document: "my-vault/openai" }],
    [
      "azureSecret",
      "my-vault/openai?version=4387e9f3d6e14c459867679a90fd0f79",
      { document: "my-vault/openai", version: "4387e9f3d6e14c459867679a90fd0f79" },
    ],
  ])("%s(%j)", (kind, name, parsed) => {
    expect(parseSecretName(kind, name)).toEqual(parsed as never);
  });

  test.each<[ManagerKind, string, RegExp]>([
    ["vault", "secret/openai", /^names no field; write vault\("secret\/openai#key"\)$/],
    ["vault", "secret/openai#", /^names no field after #/],
    ["vault", "openai#key", /^is no name of a secret in HashiCorp Vault/],
    ["vault", "/secret/openai#key", /^is no name of a secret/],
    ["vault", "secret/../sys/raw#key", /^must not hold \. or \.\./],
    ["vault", "secret/openai?version=0#key", /^can only be followed by \?version=/],
    ["vault", "secret/openai?v=1#key", /^can only be followed by \?version=/],
    ["awsSecret", "a b", /^is no name of a secret in AWS Secrets Manager/],
    ["awsSecret", "openai?version=1", /^cannot be followed by \?/],
    ["gcpSecret", "projects/p/openai", /^is no name of a secret in Google Secret Manager/],
    ["azureSecret", "a/b/c", /^is no name of a secret in Azure Key Vault/],
    ["azureSecret", "my-vault/openai_key", /^is no name of a secret/],
    ["azureSecret", "my-vault/openai?version=1", /^can only be followed by \?version=/],
  ])("%s(%j) is refused", (kind, name, fault) => {
    expect(parseSecretName(kind, name)).toEqual({ fault: expect.stringMatching(fault) });
  });
});
