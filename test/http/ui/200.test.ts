import { afterAll, beforeAll, expect, test } from "bun:test";
import { type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
beforeAll(() => {
  gateway = standIn();
});
afterAll(() => gateway.stop());

const assetsOf = (html: string) => [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);

test("the page takes script and style from the gateway alone, and nothing inline", async () => {
  const response = await gateway.get("/ui");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(response.headers.get("content-security-policy")).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
      "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  );
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(response.headers.get("referrer-policy")).toBe("no-referrer");
  expect(response.headers.get("cache-control")).toBe("no-cache");
  const html = await response.text();
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
  expect(
    assetsOf(html)
      .map((path) => path.replace(/-\w+\./, "."))
      .sort(),
  ).toEqual(["/ui/assets/chunk.css", "/ui/assets/chunk.js", "/ui/assets/icon.svg"]);
});

test("every path below it is the same page", async () => {
  const page = await (await gateway.get("/ui")).text();
  for (const path of ["/ui/", "/ui/requests?model=fast", "/ui/requests/req_1", "/ui/no/such/page"]) {
    expect(await (await gateway.get(path)).text()).toBe(page);
  }
});

test("assets may be kept for ever, and are sent compressed to whoever takes that", async () => {
  const types = new Set<string | null>();
  for (const path of assetsOf(await (await gateway.get("/ui")).text())) {
    const response = await gateway.get(path, { "accept-encoding": "gzip" });
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(response.headers.get("vary")).toBe("accept-encoding");
    const plain = await gateway.get(path, { "accept-encoding": "identity" });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(await response.text()).toBe(await plain.text());
    types.add(response.headers.get("content-type"));
  }
  expect(types).toEqual(new Set(["image/svg+xml", "text/css; charset=utf-8", "text/javascript; charset=utf-8"]));
});
