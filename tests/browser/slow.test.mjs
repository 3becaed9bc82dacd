// A line so slow that a page arrives in parts: what is shown stays where it is.

import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";

import { Browser } from "./browser.mjs";
import { FILLED, PAGES } from "./pages.mjs";
import { Server } from "./server.mjs";
import * as shop from "./shop.mjs";

const PARTS = 3;
// Long enough for a browser to paint what it has.
const PAUSE_MS = 100;

let browser;
let server;
let line;
before(async () => {
  browser = await Browser.start();
  server = await Server.start();
  line = await Line.to(server);
});
after(async () => {
  await browser.stop();
  await line.stop();
  await server.stop();
});

/** A proxy before a server that passes on each page in parts, with pauses between them. */
class Line {
  static async to(server) {
    const { hostname, port } = new URL(server.url);
    const listening = createServer((asked, answer) => {
      // The server refuses forms of other origins.
      const headers = { ...asked.headers, host: `${hostname}:${port}` };
      if (headers.origin) headers.origin = server.url;
      const passed = request({ hostname, port, path: asked.url, method: asked.method, headers }, async (given) => {
        const body = Buffer.concat(await given.toArray());
        answer.writeHead(given.statusCode, given.headers);
        const isPage = given.headers["content-type"]?.startsWith("text/html");
        const size = Math.ceil(body.length / (isPage ? PARTS : 1)) || 1;
        for (let start = 0; start < body.length; start += size) {
          if (start > 0) await wait(PAUSE_MS);
          answer.write(body.subarray(start, start + size));
        }
        answer.end();
      });
      asked.pipe(passed);
    });
    await new Promise((done) => listening.listen(0, "127.0.0.1", done));
    return Object.assign(new Line(), { listening, url: `http://127.0.0.1:${listening.address().port}`, token: server.token });
  }

  async stop() {
    this.listening.closeAllConnections();
    await new Promise((done) => this.listening.close(done));
  }
}

test("a page that arrives in parts does not move", async () => {
  const own = await shop.little(server);
  const window = await browser.signedIn(line);
  const found = {};
  for (const page of Object.values({ ...PAGES, ...FILLED, ...own })) {
    const address = page.replace("{name}", "PORT");
    await window.open(address);
    const problems = await window.problems();
    if (problems.length > 0) found[address] = problems;
  }
  assert.deepEqual(found, {});
  await window.close();
});
