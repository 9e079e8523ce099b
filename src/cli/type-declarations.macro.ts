/**
 * `evergate.d.ts`: the types of a configuration for an editor beside the binary. Made from the very files that
 * document the settings. Imported as a macro: it runs when the binary is built, and the text is all that is left.
 */
import { readFileSync } from "node:fs";

const SOURCES = [
  "settings.ts",
  "settings-routing.ts",
  "settings-access.ts",
  "settings-observe.ts",
  "settings-sso.ts",
  "define.ts",
];

export function typeDeclarations(): string {
  const parts = SOURCES.map((name) => declarations(readFileSync(`${import.meta.dir}/../config/${name}`, "utf8")));
  return `// Types of gateway.config.ts, written by \`evergate init\`.\ndeclare module "evergate" {\n${parts.join("\n")}}\n`;
}

function declarations(source: string): string {
  return source
    .replace(/^\/\*\*[\s\S]*?\*\/\n(?=import )/, "")
    .replace(/^import [\s\S]*?;\n/gm, "")
    .replace(/^(export const \w+: \w+) = .*;$/gm, "$1;")
    .replace(/^(?=.)/gm, "  ");
}
