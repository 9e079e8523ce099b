/**
 * Tells when the configuration or one of its local imports was saved. Directories are watched, not files: most editors
 * write a new file and rename it over the old one, after which a watch on the file itself sees nothing more.
 */
import { type FSWatcher, watch as watchDirectory } from "node:fs";
import { basename, dirname } from "node:path";
import type { Clock } from "../canonical/deps.ts";

/** A save is several events; a reload in the middle of them would read half a file. */
export const WATCH_SETTLE_MS = 100;

export interface WatchOptions {
  /** Absolute paths. They need not exist. */
  files: readonly string[];
  clock: Clock;
  /** Called once per burst of events, `WATCH_SETTLE_MS` after its last one. */
  onChange: () => void;
  /** A directory cannot be watched, or no longer: the operator still has SIGHUP. */
  onError: (directory: string) => void;
}

export interface ConfigWatch {
  /** After a reload the imports may be others. */
  replace(files: readonly string[]): void;
  close(): void;
}

export function watchConfig({ files, clock, onChange, onError }: WatchOptions): ConfigWatch {
  const watchers = new Map<string, FSWatcher>();
  let namesByDirectory = new Map<string, Set<string>>();
  let cancel: (() => void) | undefined;

  const changed = () => {
    cancel?.();
    cancel = clock.after(WATCH_SETTLE_MS, () => {
      cancel = undefined;
      onChange();
    });
  };

  const open = (directory: string) => {
    try {
      // Without a name some platforms tell only that something changed.
      const watcher = watchDirectory(directory, { persistent: false }, (_event, name) => {
        if (name === null || namesByDirectory.get(directory)?.has(name)) changed();
      });
      watcher.on("error", () => onError(directory));
      watchers.set(directory, watcher);
    } catch {
      onError(directory);
    }
  };

  const replace = (wanted: readonly string[]) => {
    const byDirectory = Map.groupBy(wanted, (path) => dirname(path));
    namesByDirectory = new Map(
      [...byDirectory].map(([directory, paths]) => [directory, new Set(paths.map((path) => basename(path)))]),
    );
    for (const [directory, watcher] of watchers) {
      if (namesByDirectory.has(directory)) continue;
      watcher.close();
      watchers.delete(directory);
    }
    for (const directory of namesByDirectory.keys()) if (!watchers.has(directory)) open(directory);
  };

  replace(files);
  return {
    replace,
    close() {
      cancel?.();
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}
