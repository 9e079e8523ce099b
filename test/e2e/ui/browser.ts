/** Debian's Chromium over the dashboard of a compiled binary. Tests are skipped where there is no browser. */
import axe, { type AxeResults } from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";

/** `test.skipIf(!CHROMIUM)(… "(needs chromium)" …)` */
export const CHROMIUM = Bun.which("chromium");

/** `await using browser = await openBrowser()` */
export async function openBrowser(): Promise<Browser & AsyncDisposable> {
  if (CHROMIUM === null) throw new Error("There is no chromium on this machine.");
  // Containers run as root, which Chromium's sandbox refuses, and with little shared memory.
  const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args });
  return Object.assign(browser, { [Symbol.asyncDispose]: () => browser.close() });
}

export interface TabOptions {
  /** The gateway's, such as `http://127.0.0.1:4000`. */
  url: string;
  /** The admin token to sign in with; absent: nobody is signed in. */
  token?: string;
  theme?: "light" | "dark";
  widthPx?: number;
  heightPx?: number;
  /** Pixels of a picture to one of the page. */
  scale?: number;
}

export interface Tab extends AsyncDisposable {
  page: Page;
  /** Errors and warnings of the console, exceptions, and requests to anybody but the gateway. */
  problems: string[];
  /** Opens a path of the dashboard and waits for its heading. */
  open(path: string): Promise<void>;
}

/** A browser of its own: no cookies or storage are shared with another tab. */
export async function openTab(
  browser: Browser,
  { url, token, theme = "light", widthPx = 1_440, heightPx = 900, scale = 1 }: TabOptions,
): Promise<Tab> {
  const context = await browser.newContext({
    viewport: { width: widthPx, height: heightPx },
    colorScheme: theme,
    deviceScaleFactor: scale,
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`exception: ${error.message}`));
  page.on("request", (request) => {
    const foreign = !request.url().startsWith(`${url}/`) && !/^(?:data|blob|about):/.test(request.url());
    if (foreign) problems.push(`request: ${request.url()}`);
  });
  const open = async (path: string) => {
    await page.goto(url + path);
    await page.locator("h1").first().waitFor();
  };
  if (token !== undefined) {
    await page.goto(`${url}/ui#token=${token}`);
    await page.locator(".layout").waitFor();
  }
  return { page, problems, open, [Symbol.asyncDispose]: () => context.close() };
}

/** What axe-core finds against WCAG 2.2 AA and its own best practices, a line a rule and element. */
export async function axeViolations(page: Page): Promise<string[]> {
  // Not by a script element, which the page's policy would refuse.
  await page.evaluate(axe.source);
  const run = () => (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run();
  const { violations } = await page.evaluate(run);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary ?? ""}`),
  );
}

/** By how many pixels the page is wider than the window: whoever reads it on a phone would have to scroll sideways. */
export function overflowPx(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
