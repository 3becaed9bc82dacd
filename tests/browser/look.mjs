// Pictures of every page, for people: node tests/browser/look.mjs DIRECTORY [WORD...]
//
// 1280 and 390 pixels wide, light and dark, with nothing, little and much in the store. Words choose pictures by parts of their names.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { Browser, NARROW, WIDE } from "./browser.mjs";
import { FILLED, PAGES } from "./pages.mjs";
import { Server } from "./server.mjs";
import * as shop from "./shop.mjs";

const [directory, ...words] = process.argv.slice(2);
const isWanted = (name) => words.length === 0 || words.some((word) => name.includes(word));

await mkdir(directory, { recursive: true });
const browser = await Browser.start();
for (const [amount, name] of [["nothing"], ["little", "PORT"], ["much", "BILLING_API_KEY_5"]]) {
  const server = await Server.start();
  const own = await shop[amount](server);
  const pages = { "sign-in": "/login", ...PAGES, ...(name && FILLED), ...own };
  for (const [size, scheme] of [["wide", "light"], ["wide", "dark"], ["narrow", "light"], ["narrow", "dark"]]) {
    const window = await browser.signedIn(server, { size: size === "wide" ? WIDE : NARROW, scheme });
    for (const [page, address] of Object.entries(pages)) {
      const picture = `${page}-${amount}-${size}-${scheme}`;
      if (!isWanted(picture)) continue;
      await window.open(address.replace("{name}", name));
      await window.page.screenshot({ path: join(directory, `${picture}.png`), fullPage: amount !== "much" });
    }
    await window.close();
  }
  await server.stop();
}
await browser.stop();
