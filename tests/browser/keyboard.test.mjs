// Pages for people who use no mouse: Tab reaches everything in the order of the page, one sees where one is, and Enter and Escape do
// what they do everywhere.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Browser, NARROW, WIDE } from "./browser.mjs";
import { focused, tabTo } from "./keys.mjs";
import { FILLED, PAGES } from "./pages.mjs";
import { Server } from "./server.mjs";
import { little } from "./shop.mjs";

let browser;
let server;
before(async () => {
  browser = await Browser.start();
  server = await Server.start();
  await little(server);
});
after(async () => {
  await browser.stop();
  await server.stop();
});

test("somebody signs in, fills in a value, promotes it and signs out, by keys alone", async () => {
  const { page, ...window } = await browser.window(server);
  const keys = page.keyboard;
  await page.goto("/projects/shop/secrets");
  await tabTo(page, "Token");
  await keys.type(server.token);
  await keys.press("Enter");
  await page.getByRole("heading", { name: "Secrets" }).waitFor();

  await tabTo(page, "Set values of test");
  await keys.press("Enter");
  await page.getByRole("heading", { name: "Set values of test" }).waitFor();
  await tabTo(page, "OLD_KEY missing");
  await keys.type("typed");
  await keys.press("Enter");
  await page.getByRole("heading", { name: "Secrets" }).waitFor();
  assert.equal((await server.values("shop", "test")).OLD_KEY, "typed");

  await tabTo(page, "Compare");
  await keys.press("Enter");
  await page.getByRole("heading", { name: "Compare" }).waitFor();
  await page.goto("/projects/shop/compare?from=test&to=prod");
  await tabTo(page, "Promote OLD_KEY");
  await keys.press("Space");
  await tabTo(page, "Promote selected to prod");
  await keys.press("Enter");
  await page.waitForEvent("load");
  assert.equal((await server.values("shop", "prod")).OLD_KEY, "typed");

  await tabTo(page, "Sign out");
  await keys.press("Enter");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await window.context.close();
});

test("the first Tab leads to a link that skips to the content", async () => {
  const window = await browser.signedIn(server);
  await window.open("/projects/shop/secrets");
  await window.page.keyboard.press("Tab");
  const link = await window.page.evaluate(focused);
  assert.equal(link.name, "Skip to the content");
  assert.ok(link.isVisible, "it is seen while it has the focus");
  await window.page.keyboard.press("Enter");
  await window.page.keyboard.press("Tab");
  assert.equal(await window.page.evaluate(() => document.querySelector("main").contains(document.activeElement)), true);
  await window.close();
});

test("Escape empties the field that finds secrets", async () => {
  const window = await browser.signedIn(server);
  await window.open("/projects/shop/secrets");
  const rows = window.page.locator("#grid tbody tr:visible");
  const all = await rows.count();
  await tabTo(window.page, "Find");
  await window.page.keyboard.type("sess");
  assert.equal(await rows.count(), 1);
  await window.page.keyboard.press("Escape");
  assert.equal(await rows.count(), all);
  await window.close();
});

for (const [width, size] of Object.entries({ wide: WIDE, narrow: NARROW })) {
  test(`Tab goes through every ${width} page in its order, and one sees where`, async () => {
    const window = await browser.signedIn(server, { size });
    const found = {};
    for (const page of Object.values({ ...PAGES, ...FILLED })) {
      const address = page.replace("{name}", "PORT");
      await window.open(address);
      const problems = await walked(window.page);
      if (problems.length > 0) found[address] = problems;
    }
    assert.deepEqual(found, {});
    await window.close();
  });
}

/** What is wrong on the way through a page by Tab, from its beginning to its end. */
async function walked(page) {
  const problems = [];
  // A page that says what is wrong begins at that place.
  const places = await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
    return all.filter((element) => element.checkVisibility() && !element.disabled && element.type !== "hidden").length;
  });
  let before = -1;
  const reached = new Set();
  // A date has parts that Tab goes through as well.
  for (let count = 0; count < places * 4; count += 1) {
    await page.keyboard.press("Tab");
    const { at, name, isVisible, hasOutline } = await page.evaluate(focused);
    // After the last one comes the browser itself, or the first one again.
    if (at === -1 || (at < before && reached.size >= places)) break;
    if (at < before) problems.push(`${name} comes after what stands behind it`);
    if (!isVisible) problems.push(`${name} is not in the window`);
    if (!hasOutline) problems.push(`${name} has nothing around it`);
    if (!name) problems.push(`number ${at} has no name`);
    before = at;
    reached.add(at);
  }
  if (reached.size < places) problems.push(`Tab reaches ${reached.size} of ${places}`);
  return problems;
}
