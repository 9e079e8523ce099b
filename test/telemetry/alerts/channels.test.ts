import { describe, expect, test } from "bun:test";
import { realClock } from "../../../src/cli/real-deps.ts";
import type { AlertRow } from "../../../src/store/alert-ports.ts";
import type { Channel } from "../../../src/telemetry/alerts/channel.ts";
import { createChannels } from "../../../src/telemetry/alerts/channels.ts";
import { smtpFault } from "../../../src/telemetry/alerts/email.ts";
import { alertText, type Notice, testText } from "../../../src/telemetry/alerts/message.ts";
import { pagerDuty, ROUTING_KEY, slack, smtp, teams, WEBHOOK_SECRET, webhook } from "./doubles.ts";

const NONE = { slack: null, teams: null, pagerduty: null, webhook: null, email: null };
const deps = { clock: realClock, fetch: (url: string, init: RequestInit) => fetch(url, init) };
const AT = Date.UTC(2026, 0, 12, 12);

function row(over: Partial<AlertRow> = {}): AlertRow {
  return {
    id: "alert_1",
    rule: "failovers",
    when: "failover_rate > 5% for 5m",
    metric: "failover_rate",
    threshold: 0.05,
    value: 0.234,
    worst: 0.5,
    details: ["openai/gpt-4o"],
    pendingSinceMs: AT - 300_000,
    firedAtMs: AT,
    resolvedAtMs: null,
    resolution: null,
    notices: [],
    ...over,
  };
}

function notice(kind: "firing" | "resolved", rows: readonly AlertRow[]): Notice {
  return { kind, alerts: rows.map(alertText), atMs: AT, link: "https://gateway.example.com" };
}

const FIRING = notice("firing", [row()]);
const RESOLVED = notice("resolved", [row({ resolvedAtMs: AT + 725_000, resolution: "recovered" })]);
/** Names of an operator's choice, in every channel's own language, and more of them than fits. */
const WILD = notice(
  "firing",
  Array.from({ length: 80 }, (_, n) =>
    row({
      id: `alert_${n}`,
      rule: `<!channel> *bold* [link](http://evil) & "q" ${n} ${"x".repeat(150)}`,
      details: Array.from({ length: 60 }, (_, at) => `<@U1> team_${at} ${"y".repeat(100)}`),
    }),
  ),
);

describe("messages", () => {
  test("say what is wrong, and for how long it was", () => {
    expect(FIRING.alerts[0]!.summary).toBe("failover_rate is 23.4 % (failover_rate > 5% for 5m)");
    expect(RESOLVED.alerts[0]!.summary).toBe("failover_rate recovered after 12 min; at its worst it was 50 %");
  });
});

describe("every channel's documented form holds", () => {
  const made: [string, () => { double: Disposable & { taken: unknown[]; refused: string[] }; channel: Channel }][] = [
    ["slack", () => of(slack(), ({ url }) => ({ slack: { webhook: url } }))],
    ["teams", () => of(teams(), ({ url }) => ({ teams: { webhook: url } }))],
    ["pagerduty", () => of(pagerDuty(), ({ baseUrl }) => ({ pagerduty: { routingKey: ROUTING_KEY, baseUrl } }))],
    ["webhook", () => of(webhook(), ({ url }) => ({ webhook: { url, secret: WEBHOOK_SECRET } }))],
    ["webhook", () => of(webhook("any text"), ({ url }) => ({ webhook: { url, secret: "any text" } }))],
  ];
  function of<D extends Disposable & { taken: unknown[]; refused: string[] }>(double: D, options: (it: D) => object) {
    const [channel] = [...createChannels({ ...NONE, ...options(double) }, deps).values()];
    return { double, channel: channel! };
  }

  test.each(made)("%s", async (_name, make) => {
    const { double, channel } = make();
    using _ = double;
    const test: Notice = { kind: "test", alerts: [testText(AT)], atMs: AT, link: null };
    const wild = channel.single ? { ...WILD, alerts: WILD.alerts.slice(0, 1) } : WILD;
    for (const one of [FIRING, RESOLVED, wild, test]) await channel.send(one);
    expect(double.refused).toEqual([]);
    expect(double.taken.length).toBeGreaterThanOrEqual(4);
  });
});

describe("PagerDuty", () => {
  test("knows trigger and resolve by one key, and a test leaves no incident", async () => {
    using pd = pagerDuty();
    const channel = createChannels({ ...NONE, pagerduty: { routingKey: ROUTING_KEY, baseUrl: pd.baseUrl } }, deps).get(
      "pagerduty",
    )!;
    await channel.send(FIRING);
    expect([...pd.open]).toEqual(["alert_1"]);
    await channel.send(RESOLVED);
    await channel.send({ kind: "test", alerts: [testText(AT)], atMs: AT, link: null });
    expect([...pd.open]).toEqual([]);
    expect(pd.taken.map(({ event_action }) => event_action)).toEqual(["trigger", "resolve", "trigger", "resolve"]);
  });

  test("a wrong key is told without the key", async () => {
    using pd = pagerDuty();
    const routingKey = "f".repeat(32);
    const channel = createChannels({ ...NONE, pagerduty: { routingKey, baseUrl: pd.baseUrl } }, deps).get("pagerduty")!;
    const error = await channel.send(FIRING).catch((thrown: Error) => thrown);
    expect(String(error)).toContain("HTTP 400: Invalid routing key");
    expect(String(error)).not.toContain(routingKey);
  });
});

describe("the webhook", () => {
  test("has one id for a message and its repeats, another for the next", async () => {
    using hook = webhook();
    const channel = createChannels({ ...NONE, webhook: { url: hook.url, secret: WEBHOOK_SECRET } }, deps).get(
      "webhook",
    )!;
    for (const one of [FIRING, FIRING, RESOLVED]) await channel.send(one);
    expect(hook.ids[0]).toBe(hook.ids[1]!);
    expect(hook.ids[2]).not.toBe(hook.ids[0]!);
    expect(hook.taken[0]).toMatchObject({
      type: "alert.firing",
      data: {
        alerts: [{ id: "alert_1", rule: "failovers", state: "firing", value: 0.234, details: ["openai/gpt-4o"] }],
      },
    });
  });

  test.each([["another secret"], [null]])("signed with %p it is not believed", async (secret) => {
    using hook = webhook();
    const channel = createChannels({ ...NONE, webhook: { url: hook.url, secret } }, deps).get("webhook")!;
    await expect(channel.send(FIRING)).rejects.toThrow("HTTP 400");
    expect(hook.taken).toEqual([]);
  });

  test("a redirect is not followed, and an address that nobody answers is not told", async () => {
    using elsewhere = webhook();
    const server = Bun.serve({ port: 0, fetch: () => Response.redirect(elsewhere.url) });
    const to = (url: string) => createChannels({ ...NONE, webhook: { url, secret: null } }, deps).get("webhook")!;
    await expect(to(`http://127.0.0.1:${server.port}/`).send(FIRING)).rejects.toThrow("HTTP 302");
    expect(elsewhere.requests()).toBe(0);
    await server.stop(true);
    const error = await to("http://127.0.0.1:9/very-secret")
      .send(FIRING)
      .catch((thrown: Error) => thrown);
    expect(String(error)).toContain("cannot be reached");
    expect(String(error)).not.toContain("very-secret");
  });
});

describe("mail", () => {
  const channelOf = (url: string) =>
    createChannels(
      { ...NONE, email: { smtp: url, from: "a@example.com", to: ["b@example.com", "c@example.com"] } },
      deps,
    ).get("email")!;

  test("goes to everybody, with a password where there is one", async () => {
    using server = smtp({ user: "us er", password: "p@ss/wörd" });
    await channelOf(server.url.replace("us er", "us%20er")).send(FIRING);
    expect(server.logins).toEqual(["us er"]);
    expect(server.mails).toMatchObject([{ from: "a@example.com", to: ["b@example.com", "c@example.com"] }]);
    expect(server.mails[0]!.data).toContain("Subject: [FIRING] failovers");
    expect(server.mails[0]!.data).toContain("- openai/gpt-4o");
  });

  test("a refused password is told by its code alone, whatever the server says", async () => {
    using server = smtp({ user: "u", password: "right" });
    const error = await channelOf(server.url.replace("right", "wrong-secret"))
      .send(FIRING)
      .catch((thrown: Error) => thrown);
    expect(String(error)).toBe("ChannelError: the mail server refused (EAUTH 535)");
  });

  test("a line break in a rule's name is no header", async () => {
    using server = smtp();
    await channelOf(server.url).send(notice("firing", [row({ rule: "x\r\nBcc: evil@example.com" })]));
    const [headers = ""] = server.mails[0]!.data.split("\n\n");
    expect(headers).not.toMatch(/^Bcc:/m);
    expect(server.mails[0]!.to).toEqual(["b@example.com", "c@example.com"]);
  });

  test.each([
    ["smtp://127.0.0.1:25", undefined],
    ["smtps://user:p%40ss@mail.example.com", undefined],
    ["http://mail.example.com", /smtps:/],
    ["smtps://user:100%@mail.example.com", /%25/],
    ["mail.example.com", /smtps:/],
  ])("%s as an address", (url, fault) => {
    if (fault) expect(smtpFault(url)).toMatch(fault);
    else expect(smtpFault(url)).toBeUndefined();
  });
});
