/** Bodies of sign-in. */
import { type TSchema, Type } from "@sinclair/typebox";
import { orNull, words } from "./schema-words.ts";

export const SSO_SCHEMAS = {
  SignInToken: Type.Object(
    { token: Type.String({ description: "The admin token." }) },
    { additionalProperties: false },
  ),
  Session: Type.Object({
    holder: orNull(
      Type.Object({
        role: words("admin", "viewer", "team"),
        team: Type.Optional(Type.String()),
        name: Type.String(),
        mail: Type.Optional(Type.String()),
      }),
      { description: "Whose session it is; null where nobody is signed in." },
    ),
    csrf: orNull(Type.String(), {
      description: "Sent as x-evergate-csrf with every request that changes something and is made by the cookie.",
    }),
    methods: Type.Array(Type.Object({ name: Type.String(), label: Type.String(), url: Type.String() })),
    token: Type.Boolean({ description: "Whether the admin token may be exchanged for a session." }),
  }),
} satisfies Record<string, TSchema>;
