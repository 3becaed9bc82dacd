// Every page as it is: wide and narrow, light and dark, with nothing, little and much in the store. axe-core finds nothing wrong, and
// neither does the window.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Browser, NARROW, WIDE } from "./browser.mjs";
import { FILLED, PAGES } from "./pages.mjs";
import { Server } from "./server.mjs";
import * as shop from "./shop.mjs";

// What the page of all secrets may have, also where there are five hundred in five environments.
const MOST_BYTES = 150 * 1024;

let browser;
before(async () => {
  browser = await Browser.start();
});
after(() => browser.stop());

for (const [amount, name] of [["nothing"], ["little", "PORT"], ["much", "BILLING_API_KEY_5"]]) {
  describe(`with ${amount} in the store`, () => {
    let server;
    let own;
    before(async () => {
      server = await Server.start();
      own = await shop[amount](server);
    });
    after(() => server.stop());

    for (const [width, size] of Object.entries({ wide: WIDE, narrow: NARROW })) {
      test(width, async () => {
        const window = await browser.signedIn(server, { size });
        const found = {};
        for (const page of Object.values({ ...PAGES, ...(name && FILLED), ...own })) {
          const address = page.replace("{name}", name);
          const problems = await problemsAt(window, address);
          if (problems.length > 0) found[address] = problems;
        }
        assert.deepEqual(found, {});
        await window.close();
      });
    }

    test("the page of all secrets is short", async () => {
      const window = await browser.signedIn(server);
      const page = await (await window.open("/projects/shop/secrets")).body();
      assert.ok(page.length <= MOST_BYTES, `${page.length} bytes`);
      await window.close();
    });
  });
}

async function problemsAt(window, address) {
  await window.page.emulateMedia({ colorScheme: "light" });
  await window.open(address);
  const problems = [...(await window.problems()), ...(await window.barriers())];
  await window.page.emulateMedia({ colorScheme: "dark" });
  // Nothing else depends on the colours.
  return [...problems, ...(await window.barriers(["color-contrast"]))];
}
