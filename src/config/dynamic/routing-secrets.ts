/**
 * Secrets of a provider's settings, which lie where the schema says: taken out before the settings are stored, put back
 * when they are read, and masked wherever anybody looks.
 */
import { inspect } from "../inspect.ts";
import type { Path } from "../path.ts";
import { PROVIDERS } from "../schema-routing.ts";

export type Settings = Readonly<Record<string, unknown>>;

/** The settings with `{ "sealed": 0 }` for the first secret and so on. */
export function separated(settings: Settings): { settings: Record<string, unknown>; secrets: string[] } {
  const secrets: string[] = [];
  const open = replaced(settings, (value) => ({ sealed: secrets.push(String(value)) - 1 }));
  return { settings: open, secrets };
}

/** The settings as they came; a secret that is not in the list stays out. */
export function joined(settings: Settings, secrets: readonly string[]): Record<string, unknown> {
  return replaced(settings, (value) => secrets[(value as { sealed: number }).sealed]);
}

/** For people: of a long secret its end, by which its owner knows it. */
export function masked(settings: Settings): Record<string, unknown> {
  return replaced(settings, (value) => maskOf(String(value)));
}

const MASK = "…";
const SHOWN_CHARACTERS = 4;
/** The end of a shorter one would be too much of it, that of anything else than a token (JSON, a sentence) tells nothing. */
const SHOWN_FROM = /^[\x21-\x7e]{24,512}$/;

function maskOf(secret: string): string {
  return SHOWN_FROM.test(secret) && !secret.endsWith("}") ? MASK + secret.slice(-SHOWN_CHARACTERS) : MASK;
}

/** Whether a text is what `masked` made of a secret, and so none. */
export function isMask(value: unknown): boolean {
  return typeof value === "string" && value.startsWith(MASK);
}

/** Where the schema has secrets; `value` as it stands there. */
export function secretPlaces(settings: Settings): { path: Path; value: unknown }[] {
  // Settings hang below their provider's name in the schema.
  return inspect(PROVIDERS, { it: settings }).secrets.map(({ path, value }) => ({ path: path.slice(1), value }));
}

function replaced(settings: Settings, replacement: (value: unknown) => unknown): Record<string, unknown> {
  const copy = structuredClone(settings) as Record<string, unknown>;
  for (const { path, value } of secretPlaces(settings)) {
    const holder = path.slice(0, -1).reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], copy);
    (holder as Record<string, unknown>)[path.at(-1)!] = replacement(value);
  }
  return copy;
}
