import { afterEach, expect, test } from "bun:test";
import { type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
afterEach(() => gateway.stop());

test("Prometheus' text, or OpenMetrics where it is accepted", async () => {
  gateway = standIn();
  const authorization = "Bearer metrics-token";
  const plain = await gateway.get("/metrics", { authorization });
  expect(plain.headers.get("content-type")).toStartWith("text/plain; version=0.0.4");
  expect(await plain.text()).toContain("evergate_build_info");
  const open = await gateway.get("/metrics", {
    authorization,
    accept: "application/openmetrics-text;version=1.0.0,*/*",
  });
  expect(open.headers.get("content-type")).toStartWith("application/openmetrics-text");
});

test("without a token where the operator made them public", async () => {
  gateway = standIn({ settings: { metricsOpen: true } });
  expect((await gateway.get("/metrics")).status).toBe(200);
});
