import { describe, expect, test } from "bun:test";
import type { Call } from "../../src/canonical/call.ts";
import { GatewayError } from "../../src/canonical/errors.ts";
import { admit, type Policy } from "../../src/canonical/policy.ts";
import { OK } from "../../src/canonical/reply.ts";

const call = {} as Call;

describe("admit", () => {
  test("settles every policy that asked for it, once", () => {
    const settled: string[] = [];
    const policy =
      (name: string): Policy =>
      () =>
      (outcome) =>
        void settled.push(`${name}:${outcome.ok}`);
    admit([policy("a"), () => undefined, policy("b")], call)(OK);
    expect(settled).toEqual(["a:true", "b:true"]);
  });

  test("a refusal gives back what earlier policies took, and is thrown as it is", () => {
    const settled: string[] = [];
    const refusal = new GatewayError("rate_limited", "slow down");
    const refuse: Policy = () => {
      throw refusal;
    };
    const take: Policy = () => (outcome) => void settled.push(outcome.ok ? "ok" : outcome.code);
    expect(() => admit([take, refuse, take], call)).toThrow(refusal);
    expect(settled).toEqual(["rate_limited"]);
  });
});
