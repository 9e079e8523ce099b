/** How a page is looked at: by day on a desktop, by night on a phone, and by somebody who may only look. */
import { expect } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { axeViolations, openTab, overflowPx, type Tab } from "./browser.ts";

/** Opens a path in one look, waits until it is `ready`, finds nothing wrong, and looks again in the other. */
export async function expectGoodLooks(
  browser: Browser,
  { url, token, path, ready }: { url: string; token: string; path: string; ready(page: Page): Promise<unknown> },
): Promise<void> {
  await using tab = await openTab(browser, { url, token });
  await tab.open(path);
  await ready(tab.page);
  await expectNothingWrong(tab);
  await lookByNightOnAPhone(tab.page);
  await ready(tab.page);
  await expectNothingWrong(tab);
}

/** As if the reader's system had turned to it: cheaper than to open the page anew. */
async function lookByNightOnAPhone(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 360, height: 900 });
  // Charts follow the width of their place one frame later.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}

/** Nothing that axe-core finds, nothing to scroll sideways for, nothing on the console, no request that left the host. */
export async function expectNothingWrong({ page, problems }: Tab): Promise<void> {
  expect(await axeViolations(page)).toEqual([]);
  expect(await overflowPx(page)).toBe(0);
  expect(problems).toEqual([]);
}

/**
 * A tab that is told by the gateway's session that its person is a viewer. What a viewer may not do is enforced in the
 * gateway, and tested there; here it is that they are not offered it.
 */
export async function openViewerTab(browser: Browser, { url, token }: { url: string; token: string }): Promise<Tab> {
  const tab = await openTab(browser, { url });
  await tab.page.route(`${url}/sso/session`, async (route) => {
    const response = await route.fetch();
    const session = await response.json();
    if (session.holder) session.holder.role = "viewer";
    await route.fulfill({ response, json: session });
  });
  await tab.page.goto(`${url}/ui#token=${token}`);
  await tab.page.locator(".layout").waitFor();
  return tab;
}

/** Waits for what became of an action, and takes it away, so that it covers nothing. */
export async function said(page: Page, text: string | RegExp): Promise<void> {
  const toast = page.locator(".toast", { hasText: text });
  await toast.first().waitFor();
  await toast.first().getByRole("button", { name: "Dismiss" }).click();
}
