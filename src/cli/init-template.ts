/** The text of the `gateway.config.ts` that `evergate init` writes. */

import type { ProviderSettings } from "../config/settings-routing.ts";
import { nameLiteral, printSetting } from "./print-setting.ts";

export interface InitAnswers {
  /** In the order in which they are tried. Empty: providers are left to the environment. */
  providers: Readonly<Record<string, ProviderSettings>>;
  port: number;
}

export function configTemplate({ providers, port }: InitAnswers): string {
  const names = Object.keys(providers);
  return `/// <reference path="./evergate.d.ts" />
import { defineConfig, env } from "evergate";

// A secret is env("NAME"), file("path"), or in a manager: vault("secret/openai#key"), awsSecret("prod/openai#key"),
// gcpSecret("projects/p/secrets/openai"), azureSecret("my-vault/openai"), each imported from "evergate" like env.
export default defineConfig({
  server: {
    port: ${port},
    // host: "0.0.0.0", // needs access.keys and an admin token
    // adminToken: env("EVERGATE_ADMIN_TOKEN"),
  },

${names.length === 0 ? NO_PROVIDERS : providersBlock(providers)}
  // Public model names and the targets they stand for, tried in this order. Without this block a bare model name
  // (gpt-4o) finds the provider that serves it, with equivalent models of the other providers as fallbacks.
  // models: {
  //   smart: ["${names[0] ?? "openai"}/MODEL", "${names[1] ?? "anthropic"}/MODEL"],
  // },

  // Virtual keys: as soon as there is one, every call needs one.
  // access: { keys: { app: { secret: env("APP_KEY") } } },
});
`;
}

const NO_PROVIDERS = `  // No provider key was found in the environment. Without this block providers appear from OPENAI_API_KEY,
  // ANTHROPIC_API_KEY and their like; without any of those, simulated ones answer.
  // providers: {
  //   openai: { type: "openai", keys: [env("OPENAI_API_KEY")] },
  //   anthropic: { type: "anthropic", keys: [env("ANTHROPIC_API_KEY")] },
  // },
`;

function providersBlock(providers: InitAnswers["providers"]): string {
  const rows = Object.entries(providers).map(
    ([name, setting]) => `    ${nameLiteral(name)}: ${printSetting(setting)},\n`,
  );
  return `  providers: {\n${rows.join("")}  },\n`;
}
