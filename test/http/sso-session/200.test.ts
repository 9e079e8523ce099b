import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";
import { sessionOf, signInByToken } from "./support.ts";

test("nobody is signed in: how one may, and nothing else", async () => {
  const gateway = standIn({ sso: { google: { clientId: "id", clientSecret: "of-the-client", domains: null } } });
  const response = await gateway.get("/sso/session");
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("set-cookie")).toBeNull();
  expect(await response.json()).toEqual({
    holder: null,
    csrf: null,
    methods: [{ name: "google", label: "Google", url: "/sso/google" }],
    token: true,
  });
  await gateway.stop();
});

test("who holds the cookie, with the CSRF token of the session", async () => {
  const gateway = standIn();
  const { cookie, csrf } = await signInByToken(gateway);
  const response = await gateway.get("/sso/session", { cookie });
  expect(await response.json()).toMatchObject({ holder: { role: "admin", name: "admin token" }, csrf });
  const team = await sessionOf(gateway, "team", "search");
  expect(await (await gateway.get("/sso/session", { cookie: team.cookie })).json()).toMatchObject({
    holder: { role: "team", team: "search", name: "Ada", mail: "ada@example.com" },
    csrf: team.csrf,
  });
  await gateway.stop();
});
