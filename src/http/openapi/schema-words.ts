/** The words of which the admin schemas are made. */
import { type TSchema, Type } from "@sinclair/typebox";

export const TIME = Type.String({ format: "date-time" });
export const USD = Type.Union([Type.String({ pattern: "^-?[0-9]+(\\.[0-9]+)?$" }), Type.Null()], {
  description: "USD as a decimal string; null where no price is known.",
});

export function page(name: string): TSchema {
  return Type.Object({
    data: Type.Array(ref(name)),
    next: orNull(Type.String(), { description: "Pass it as `cursor` for the next page." }),
  });
}

export function orNull(schema: TSchema, options: { description?: string } = {}): TSchema {
  return Type.Union([schema, Type.Null()], options);
}

export function ref(name: string): TSchema {
  return Type.Unsafe({ $ref: `#/components/schemas/${name}` });
}

export function words(...values: string[]): TSchema {
  return Type.Unsafe<string>({ type: "string", enum: values });
}
