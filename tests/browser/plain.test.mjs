// Pages without their script: everything can be read, and every form works.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Browser } from "./browser.mjs";
import { FILLED, PAGES } from "./pages.mjs";
import { Server } from "./server.mjs";
import { little } from "./shop.mjs";

let browser;
let server;
let plain;
let scripted;
before(async () => {
  browser = await Browser.start();
  server = await Server.start();
  await little(server);
  plain = await browser.signedIn(server, { scripts: false });
  scripted = await browser.signedIn(server);
});
after(async () => {
  await browser.stop();
  await server.stop();
});

/** What one reads on a page: its text, without what the script adds to do more. */
function text() {
  const copy = document.body.cloneNode(true);
  for (const added of copy.querySelectorAll(".buttons, #filter, #tick")) added.remove();
  // Ages and ids of requests go on while one looks.
  return copy.textContent.replace(/\s+/g, " ").replace(/just now|\d+ min ago|now, /g, "");
}

test("every page says the same with and without its script", async () => {
  // Looking at one value or verifying the log is no change, so that both windows see the same.
  for (const page of Object.values({ ...PAGES, ...FILLED })) {
    const address = page.replace("{name}", "PORT");
    await plain.open(address);
    await scripted.open(address);
    assert.equal(await plain.page.evaluate(text), await scripted.page.evaluate(text), address);
  }
});

test("values are set, looked at and deleted without the script", async () => {
  const { page } = plain;
  await plain.open("/projects/shop/environments/dev/set");
  await page.getByLabel("WORKERS missing").fill("2");
  await page.getByRole("button", { name: "Store values" }).click();
  await page.getByRole("link", { name: "WORKERS", exact: true }).click();
  await page.getByRole("button", { name: "Reveal version 1 in dev" }).click();
  assert.equal(await page.locator("#value").textContent(), "2");
  await plain.open("/projects/shop/environments/test/delete");
  await page.getByLabel("Type test to confirm").fill("test");
  await page.getByRole("button", { name: "Delete test" }).click();
  await page.getByRole("heading", { name: "Environments" }).waitFor();
  assert.equal(await page.getByRole("rowheader", { name: "test" }).count(), 0);
});
