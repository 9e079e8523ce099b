import type { Clock } from "../canonical/deps.ts";

/**
 * Answers that have ended and are not yet read. Reading a long stream takes milliseconds, so that is done after the
 * client has had its last byte; but whoever asks for one of them first reads it at once.
 */
export interface Ended {
  add(key: string, read: () => void): void;
  read(key: string): void;
  readAll(): void;
}

export function createEnded(clock: Clock): Ended {
  const waiting = new Map<string, () => void>();
  const read = (key: string) => {
    const work = waiting.get(key);
    waiting.delete(key);
    work?.();
  };
  return {
    add(key, work) {
      waiting.set(key, work);
      clock.after(0, () => {
        if (waiting.get(key) === work) read(key);
      });
    },
    read,
    readAll() {
      for (const key of [...waiting.keys()]) read(key);
    },
  };
}
