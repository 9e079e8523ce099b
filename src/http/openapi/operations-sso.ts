/** What `/openapi.json` says of sign-in. */
import { EXAMPLES } from "./examples.ts";
import { body, errors, type Operation } from "./operation.ts";

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
