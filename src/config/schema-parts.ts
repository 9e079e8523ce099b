/** The building blocks of the schema: every number has a range, every object refuses what it does not know. */
import { type TProperties, type TSchema, Type } from "@sinclair/typebox";
import type { FormatName } from "./formats.ts";

/** An object of which nothing is required and nothing unknown is taken. */
export function section<T extends TProperties>(properties: T) {
  return Type.Partial(Type.Object(properties), { additionalProperties: false });
}

/** A record whose keys are names of the operator's choice. */
export function namedBy<T extends TSchema>(keys: FormatName, values: T) {
  return Type.Record(Type.String(), values, { keys });
}

/** Not empty. */
export function text(format?: FormatName) {
  return Type.String(format ? { minLength: 1, format } : { minLength: 1 });
}

export function choice<const T extends readonly string[]>(...values: T) {
  return Type.Union(values.map((value) => Type.Literal(value as T[number])));
}

export function durationMs(minimum: number, maximum: number) {
  return Type.Integer({ minimum, maximum, unit: "milliseconds" });
}

export function bytes(minimum: number, maximum: number) {
  return Type.Integer({ minimum, maximum, unit: "bytes" });
}

/** Retention: ten years at most, so that a slip of the hand does not fill the disk for ever. */
export function days() {
  return Type.Integer({ minimum: 1, maximum: 3_650, unit: "days" });
}

/** Money is kept in integer nano-USD, hence nine decimal places. `above` excludes the lower bound. */
export function usd(minimum: number, maximum: number, above = false) {
  return Type.Number({ ...(above ? { exclusiveMinimum: minimum } : { minimum }), maximum, unit: "USD" });
}

export function count(minimum: number, maximum: number) {
  return Type.Integer({ minimum, maximum });
}

export const FLAG = Type.Boolean();

/** A share among others; zero would be a target that is never chosen, which is better left out. */
export const WEIGHT = Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 });

export const SHARE = Type.Number({ minimum: 0, maximum: 1 });

const reference = <K extends string>(kind: K) =>
  Type.Object({ [kind]: text() } as Record<K, ReturnType<typeof text>>, { additionalProperties: false });

const SECRET_FORMS = [
  text(),
  reference("env"),
  reference("file"),
  reference("vault"),
  reference("awsSecret"),
  reference("gcpSecret"),
  reference("azureSecret"),
] as const;

const EXPECTED =
  'env("NAME"), file("path"), vault(…), awsSecret(…), gcpSecret(…) or azureSecret(…), in JSON and YAML { "env": "NAME" }';

/** Marked, so that the walk over a value finds every secret by its place and not by its look. */
export const SECRET = Type.Union([...SECRET_FORMS], { secret: "always", expected: `a secret: ${EXPECTED}` });

/** May hold a secret and is never shown, but a literal is ordinary: the value of a header. */
export const MAYBE_SECRET = Type.Union([...SECRET_FORMS], { secret: "maybe", expected: `a text, ${EXPECTED}` });
