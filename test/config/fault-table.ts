import { describe, expect, test } from "bun:test";
import { LANGUAGES, type Language, loadAs } from "./support.ts";

export interface FaultCase {
  what: string;
  settings: unknown;
  path: string;
  message: RegExp;
  nearest?: string;
}

const ENVIRONMENT = { KEY: "sk-kkkk", CI_KEY: "a-virtual-key", EMPTY: "" };

export const openai = { type: "openai", keys: [{ env: "KEY" }] };
export const secret = { env: "CI_KEY" };
export const withModels = (models: unknown) => ({
  providers: { openai, claude: { ...openai, type: "anthropic" } },
  models,
});
export const withProvider = (provider: unknown) => ({ providers: { it: provider } });
export const withKey = (key: unknown) => ({ providers: { openai }, access: { keys: { ci: key } } });

/** Each case in every language a file may be written in. */
export function testFaults(cases: readonly FaultCase[]): void {
  describe.each(Object.keys(LANGUAGES) as Language[])("in .%s", (language) => {
    test.each(cases)("$what is a fault with its place", async ({ settings, path, message, nearest }) => {
      const { config, faults } = await loadAs(language, settings, ENVIRONMENT);
      expect(config).toBeUndefined();
      const fault = faults.find((candidate) => candidate.path === path && message.test(candidate.message));
      expect(fault, JSON.stringify(faults)).toBeDefined();
      expect(fault).toMatchObject({ file: `gateway.config.${language}` });
      expect(fault?.nearest).toBe(nearest);
    });
  });
}
