import { expect, test } from "bun:test";
import { routingStandIn, UP } from "../admin-routing.ts";

test("201, 200: made, listed, changed, removed", async () => {
  await using admin = await routingStandIn();
  await admin.send("POST", "/admin/providers", UP);
  const targets = ["up/x", { target: "openai/gpt-4o", weight: 2 }];
  const made = await admin.send("POST", "/admin/models", { name: "new", strategy: "weighted", targets });
  expect(made.status).toBe(201);
  expect(made.json).toMatchObject({
    name: "new",
    strategy: "weighted",
    targets,
    fallbacks: null,
    origin: "api",
    state: "active",
  });
  expect(made.headers.get("location")).toBe(`/admin/models/${made.json.id}`);
  const list = (await admin.send("GET", "/admin/models")).json.data;
  expect(list.map(({ name, origin }: Record<string, string>) => [name, origin])).toEqual([
    ["fast", "file"],
    ["new", "api"],
    ["slow", "file"],
  ]);
  expect(list[0]).toMatchObject({ targets: ["openai/gpt-4o-mini"], strategy: null });
  const at = (await admin.send("GET", "/admin/models?provider=up")).json.data;
  expect(at.map(({ name }: { name: string }) => name)).toEqual(["new"]);
  const changed = await admin.send("PATCH", "/admin/models/new", { strategy: null, fallbacks: ["fast"] });
  expect(changed).toMatchObject({ status: 200, json: { strategy: null, fallbacks: ["fast"], targets } });
  expect(admin.open.config().models.at(-1)).toMatchObject({ strategy: "fallback", fallbacks: ["fast"] });
  expect((await admin.send("DELETE", "/admin/models/new")).json).toEqual({ id: made.json.id, deleted: true });
});
