/**
 * The pictures of README and docs: pages of `evergate demo` around an outage. Each run takes them and finds on each page
 * the story that it is shown for; `bun run screenshots` writes them to docs/images, at the demo's own pace, so that its
 * charts have minutes to show.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import type { Browser, Page } from "playwright-core";
import { type Gateway, startGateway } from "../harness.ts";
import { CHROMIUM, openBrowser, openTab, overflowPx, type TabOptions } from "./browser.ts";

const KEPT_IN = process.env["EVERGATE_SCREENSHOTS"];
const SPEED = KEPT_IN === undefined ? 8 : 1;
/** Minutes of the log with calls before the pictures are taken. */
const MINUTES = KEPT_IN === undefined ? 1 : 4;
const MAX_BYTES = 250_000;
const START_LIMIT_MS = 400_000;
const TEST_LIMIT_MS = 400_000;

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
type Row = any;

describe.skipIf(!CHROMIUM)("pictures of a simulated outage (needs chromium)", () => {
  let directory: string;
  let gateway: Gateway;
  let browser: Browser & AsyncDisposable;
  let link: string;
  let token: string;
  const rows = async (path: string): Promise<Row[]> => {
    const response = await gateway.fetch(path, { headers: { authorization: `Bearer ${token}` } });
    return ((await response.json()) as { data: Row[] }).data;
  };

  beforeAll(async () => {
    if (!CHROMIUM) return;
    directory = KEPT_IN ?? mkdtempSync(`${tmpdir()}/evergate-pictures-`);
    gateway = await startGateway({ args: ["demo", "--speed", String(SPEED)] });
    await gateway.printed(/#token=ega_\S+/);
    link = /http:\S+#token=\S+/.exec(gateway.output.stderr)![0];
    token = link.slice(link.indexOf("=") + 1);
    browser = await openBrowser();
  }, START_LIMIT_MS);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await gateway?.[Symbol.asyncDispose]();
    if (directory !== undefined && KEPT_IN === undefined) rmSync(directory, { recursive: true, force: true });
  });

  /** @param story resolves once the page shows it. */
  const picture = async (
    name: string,
    path: string,
    look: Omit<TabOptions, "url" | "token">,
    story: (page: Page) => Promise<unknown>,
  ) => {
    await using tab = await openTab(browser, { ...look, url: gateway.url, token });
    await tab.open(path);
    await story(tab.page);
    // A pointer over a chart or a focused link would be part of the picture.
    await tab.page.mouse.move(0, 0);
    const file = `${directory}/${name}.png`;
    await tab.page.screenshot({ path: file });
    expect(await overflowPx(tab.page)).toBe(0);
    expect(tab.problems).toEqual([]);
    expect(Bun.file(file).size).toBeLessThan(MAX_BYTES);
  };

  test(
    "a key at its rate limit rests, which each model that uses it shows",
    async () => {
      await until(async () => (await rows("/admin/targets")).some(({ reason }) => reason === "resting: rate_limited"));
      await picture("routes", "/ui/routes", { widthPx: 1_280, heightPx: 960 }, async (page) => {
        const model = page.getByRole("region", { name: "demo" });
        await model.getByText("at its rate limit").first().waitFor();
        await model.scrollIntoViewIfNeeded();
        if (KEPT_IN !== undefined) await model.evaluate((card) => card.scrollIntoView());
      });
    },
    TEST_LIMIT_MS,
  );

  test(
    "a key that has spent its budget stands among who is near a limit, with the refusal",
    async () => {
      await until(async () => (await rows("/admin/requests?status=402&key=ci")).length > 0);
      await picture("keys", "/ui/keys", { widthPx: 1_280, heightPx: 960 }, async (page) => {
        const near = page.getByRole("region", { name: "Near a limit" });
        // The team growth may have met its budget as well.
        const tight = near.getByRole("listitem").filter({ has: page.getByText("ci", { exact: true }) });
        await tight.getByText("too little left").waitFor();
      });
    },
    TEST_LIMIT_MS,
  );

  test(
    "an answer that broke off went on elsewhere: both attempts on one line of time, and why",
    async () => {
      const requests = await rows("/admin/requests?failover=true&status=200&limit=200");
      const joined = requests.find(({ attempts }) => attempts.some(({ kind }: Row) => kind === "continuation"));
      await picture("request", `/ui/requests/${joined.id}`, { widthPx: 1_280, heightPx: 1_000 }, async (page) => {
        await page.getByText("The answer was taken up where it broke off").first().waitFor();
        await page.getByRole("region", { name: "Attempts" }).getByText("answer cut off").waitFor();
      });
    },
    TEST_LIMIT_MS,
  );

  test(
    "the cache says how sure it may be of what it serves",
    async () => {
      await picture("cache", "/ui/cache", { widthPx: 1_280, heightPx: 1_000 }, async (page) => {
        await page
          .getByRole("region", { name: "Evidence" })
          .getByText(/\d+ of \d+ wrong/)
          .first()
          .waitFor();
      });
    },
    TEST_LIMIT_MS,
  );

  test(
    "the overview tells of the outage that clients did not see, on a desktop by day and on a phone by night",
    async () => {
      const told = async (page: Page) => {
        await page.getByText(/calls? went to another target/).waitFor();
        const failovers = page.getByRole("region", { name: "Failovers" });
        await failovers.getByText("steady/writer").first().waitFor();
        await failovers
          .getByText(/server error/)
          .first()
          .waitFor();
      };
      await until(async () => (await rows("/admin/stats?from=-1h&bucket=minute")).length >= MINUTES);
      // At the demo's own pace an outage is on for long enough to be met.
      if (KEPT_IN !== undefined) await until(async () => isOut(await rows("/admin/targets")));
      await picture("overview", "/ui", { widthPx: 1_280, heightPx: 1_000 }, async (page) => {
        if (KEPT_IN !== undefined) await page.locator(".status-line.warn").waitFor();
        await told(page);
      });
      await picture("overview-phone", "/ui", { theme: "dark", widthPx: 360, heightPx: 780, scale: 1.5 }, told);
    },
    TEST_LIMIT_MS,
  );

  test(
    "the demo's link signs in with one click, leaves no token in the address, and says that all is simulated",
    async () => {
      await using tab = await openTab(browser, { url: gateway.url });
      await tab.page.goto(link);
      await tab.page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
      await tab.page.getByText("No provider is called and nothing costs money.").waitFor();
      expect(tab.page.url()).toBe(`${gateway.url}/ui`);
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );
});

/** Every key of it: one that is left takes the calls. */
function isOut(targets: Row[]): boolean {
  const keys = targets.filter(({ target }) => target === "swift/chat");
  return keys.length > 0 && keys.every(({ state }) => state === "open");
}

const LIMIT_MS = 380_000;
const POLL_MS = 100;

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error("It never came.");
    await Bun.sleep(POLL_MS);
  }
}
