import { expect, test } from "bun:test";
import { hideSecrets } from "../../src/providers/hide-secrets.ts";

const SENT = {
  authorization: "Bearer sk-live-0123456789",
  "x-team-secret": "s3cr3t-of-the-team",
  "x-short": "abc",
  "anthropic-version": "2023-06-01",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
};

test.each([
  ["Incorrect API key provided: sk-live-0123456789.", "Incorrect API key provided: [hidden]."],
  ["Sent: Bearer sk-live-0123456789", "Sent: [hidden]"],
  ["twice sk-live-0123456789 sk-live-0123456789", "twice [hidden] [hidden]"],
  ["the header s3cr3t-of-the-team is odd", "the header [hidden] is odd"],
  ["abc is no header, 2023-06-01 no version", "abc is no header, 2023-06-01 no version"],
  ["Bearer tokens are wanted", "Bearer tokens are wanted"],
])("%s", (said, shown) => {
  expect(hideSecrets(said, SENT)).toBe(shown);
});

test("parts of a signature", () => {
  const authorization =
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/eu-west-1/bedrock/aws4_request, Signature=5d672d79c15b13162d9279b0855cfba6";
  const said = "The signature 5d672d79c15b13162d9279b0855cfba6 does not match.";
  expect(hideSecrets(said, { authorization })).toBe("The signature [hidden] does not match.");
});
