import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { type Loaded, loadConfig } from "../../src/config/load.ts";

/** No Ollama here, whatever runs on the machine of the test. */
export const nothingLocal = () => Promise.reject(new Error("connection refused"));

/** A directory of its own, gone when the scope ends. */
export function temporaryDirectory() {
  const path = mkdtempSync(join(tmpdir(), "evergate-config-"));
  return {
    path,
    write(name: string, text: string) {
      writeFileSync(join(path, name), text);
      return join(path, name);
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** The same settings in every language a file may be written in. */
export const LANGUAGES = {
  ts: (settings: unknown) =>
    `import { defineConfig } from "evergate";\nexport default defineConfig(${JSON.stringify(settings)} as never);`,
  js: (settings: unknown) => `export default ${JSON.stringify(settings)};`,
  json: (settings: unknown) => JSON.stringify(settings, null, 2),
  yaml: (settings: unknown) => stringify(settings),
} as const;

export type Language = keyof typeof LANGUAGES;

/** Loads settings as a file in a directory of its own. */
export async function loadAs(
  language: Language,
  settings: unknown,
  environment: Record<string, string> = {},
): Promise<Loaded> {
  using directory = temporaryDirectory();
  const file = `gateway.config.${language}`;
  directory.write(file, LANGUAGES[language](settings));
  return await loadConfig({ file, directory: directory.path, environment, fetch: nothingLocal });
}
