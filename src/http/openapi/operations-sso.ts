/** What `/openapi.json` says of sign-in. */
import { Type } from "@sinclair/typebox";
import { EXAMPLES } from "./examples.ts";
import { body, errors, type Operation, pathId, query } from "./operation.ts";

const ERRORS = errors("OpenAiError", EXAMPLES.openAiError);

const METHODS = { methods: [{ name: "google", label: "Google", url: "/sso/google" }], token: true };
const SESSION = {
  holder: { role: "viewer", name: "Ada Lovelace", mail: "ada@example.com" },
  csrf: "q3JvZmZ2dG9rZW4tb2YtdGhpcy1zZXNzaW9uLWFsb25l",
  ...METHODS,
};

export const showSession: Operation = {
  tags: ["sign-in"],
  summary: "Who is signed in, and the ways to sign in",
  responses: { "200": { description: "By the session cookie, if there is one", content: body("Session", SESSION) } },
};

export const openSession: Operation = {
  tags: ["sign-in"],
  summary: "Exchange the admin token for a session",
  description: "Sets the session cookie. After ten failures within 15 minutes an address gets 429.",
  requestBody: { required: true, content: body("SignInToken", { token: "ega_…" }) },
  responses: {
    "201": {
      description: "Signed in",
      content: body("Session", { ...SESSION, holder: { role: "admin", name: "admin token" } }),
    },
    ...ERRORS("400", "401", "413", "415", "429", "503"),
  },
};

export const endSession: Operation = {
  tags: ["sign-in"],
  summary: "Sign out",
  responses: { "204": { description: "The session is over" }, ...ERRORS("401", "403") },
};

export const endSessions: Operation = {
  tags: ["sign-in"],
  summary: "Sign out everywhere: end all sessions of this person",
  responses: { "204": { description: "All of them are over" }, ...ERRORS("401", "403") },
};

export const logout: Operation = {
  tags: ["sign-in"],
  summary: "Sign out by a link",
  responses: { "302": { description: "To the dashboard" } },
};

const PAGE = { "text/html": { schema: Type.String(), example: "<h1>This account has no role here</h1>" } };
const PAGES = {
  "400": { description: "A page: begun elsewhere or too long ago", content: PAGE },
  "403": { description: "A page: the account may not sign in here", content: PAGE },
  "429": { description: "A page: too many failures from this address", content: PAGE },
  "502": { description: "A page: the provider cannot be reached, refused, or its answer is not valid", content: PAGE },
};

export const startSignIn: Operation = {
  tags: ["sign-in"],
  summary: "Sign in with an identity provider: google, github or oidc",
  parameters: [pathId("google, github or oidc"), query("return", "Where to go then: a path below /ui")],
  responses: { "302": { description: "To the provider" }, ...ERRORS("404"), ...PAGES },
};

export const finishSignIn: Operation = {
  tags: ["sign-in"],
  summary: "Where the identity provider sends the browser back to",
  parameters: [pathId("google, github or oidc"), query("code", "As the provider sends it"), query("state", "Likewise")],
  responses: { "302": { description: "Signed in, to the dashboard" }, ...ERRORS("404"), ...PAGES },
};
