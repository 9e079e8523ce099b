/** The settings in force as an operator may see them: defaults written out, no secret in them. */
import type { CacheConfig, Config } from "./config.ts";
import { type Path, printPath } from "./path.ts";
import type { CheckedSettings } from "./schema.ts";

/** @param shown what to write at the place of each secret, by printed path */
export function effectiveSettings(
  settings: CheckedSettings,
  shown: ReadonlyMap<string, string>,
  config: Omit<Config, "effective">,
): unknown {
  const safe = withoutSecrets(settings, shown, []) as Record<string, Record<string, unknown> | undefined>;
  // In `config` these are the secrets themselves; `safe` has what may be shown in their place.
  const { adminToken: _, tls: __, ...server } = config.server;
  const { require } = config.access;
  return {
    ...safe,
    server: { ...safe["server"], ...server },
    store: { ...safe["store"], ...config.store },
    secrets: config.secrets,
    resilience: config.resilience,
    ...(config.cache && { cache: shownCache(settings.cache, config.cache) }),
    access: { ...safe["access"], require },
    responses: config.responses,
    media: config.media,
    telemetry: {
      ...safe["telemetry"],
      metrics: { ...(safe["telemetry"]?.["metrics"] as object | undefined), public: config.telemetry.metrics.public },
      log: config.telemetry.log,
      content: config.telemetry.content,
    },
  };
}

/** In the file's own form: budgets as they were written. */
function shownCache(setting: CheckedSettings["cache"], { exact, semantic, scope }: CacheConfig): unknown {
  const written = setting?.semantic;
  if (!semantic) return { ...setting, exact, scope };
  const { judge, ...bounds } = semantic;
  const shownJudge = judge && { judge: { ...written?.judge, model: judge.model, timeoutMs: judge.timeoutMs } };
  return { exact, semantic: { ...bounds, ...shownJudge }, scope };
}

function withoutSecrets(value: unknown, shown: ReadonlyMap<string, string>, path: Path): unknown {
  const replacement = shown.get(printPath(path));
  if (replacement !== undefined) return replacement;
  if (Array.isArray(value)) return value.map((item, index) => withoutSecrets(item, shown, [...path, index]));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutSecrets(item, shown, [...path, key])]));
}
