/** The configuration as commands need it that work on the data directory and call no provider. */
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { StartError } from "./start-error.ts";

export interface OfflineFlags {
  config?: string;
  data?: string;
  host?: string;
  port?: number;
}

/**
 * Secrets that this shell does not have stay empty, and secrets managers are not asked. Throws StartError with
 * everything else that is wrong.
 */
export async function offlineConfig({ config: file, data, host, port }: OfflineFlags): Promise<Config> {
  const { config, faults } = await loadConfig({
    file,
    directory: process.cwd(),
    environment: process.env,
    // Whether a local model server runs makes no difference to stored data.
    fetch: () => Promise.reject(new Error("not asked")),
    overrides: { host, port, dataPath: data },
    allowAbsentSecrets: true,
  });
  if (!config) throw StartError.ofFaults(faults);
  return config;
}
