// A real Chromium, and what is wrong with a page whatever it shows: a word on the console, a request to anybody else, something that
// the policy of the page forbids, something that moves after it was shown, a page that is wider than the window.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";

const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";
// No sandbox: CI runs as root, and the pages are this project's own.
const OPTIONS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf-8");
// Rules that axe leaves out if nobody asks for them.
const RULES = { "target-size": { enabled: true } };
// Rows that are like those before them: axe takes minutes for thousands, and finds nothing in them that is not in the first.
const REPEATED = [["tbody tr:nth-child(n+20)"], [".field:nth-of-type(n+20)"]];

/** How a page is looked at. */
export const WIDE = { width: 1280, height: 900 };
export const NARROW = { width: 390, height: 844 };

/** A browser that runs. */
export class Browser {
  /** Starts one. */
  static async start() {
    const directory = await mkdtemp(join(tmpdir(), "takk-chromium-"));
    // `launch` gives each browser a new, empty directory for its user.
    const chrome = await chromium.launch({ executablePath: EXECUTABLE, args: OPTIONS, env: { ...process.env, HOME: directory } });
    return Object.assign(new Browser(), { chrome, directory });
  }

  /** Ends it. */
  async stop() {
    await this.chrome.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** A window with nothing in it that it remembers. */
  async window(server, { size = WIDE, scheme = "light", scripts = true } = {}) {
    const context = await this.chrome.newContext({
      baseURL: server.url,
      viewport: size,
      colorScheme: scheme,
      javaScriptEnabled: scripts,
    });
    return new Window(server, context, await context.newPage());
  }

  /** A window in which the owner is signed in. */
  async signedIn(server, options) {
    const window = await this.window(server, options);
    await signIn(window.page, server.token);
    return window;
  }
}

/** A window, and what went wrong in it. */
export class Window {
  constructor(server, context, page) {
    Object.assign(this, { server, context, page, wrong: [] });
    page.on("console", (message) => {
      // What is `verbose` is advice for makers of pages, which is not shown unless it is asked for. The status of an answer is
      // looked at below.
      if (message.type() !== "verbose" && !message.text().startsWith("Failed to load resource")) {
        this.wrong.push(`console: ${message.text()}`);
      }
    });
    page.on("response", (answer) => {
      const status = answer.status();
      const isPage = answer.request().isNavigationRequest();
      if (status >= 500 || (status >= 400 && !isPage)) this.wrong.push(`${answer.url()} is answered with ${status}`);
    });
    page.on("pageerror", (error) => this.wrong.push(`error: ${error.message}`));
    page.on("dialog", async (dialog) => {
      this.wrong.push(`dialog: ${dialog.message()}`);
      await dialog.dismiss();
    });
    page.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== server.url && protocol !== "data:") this.wrong.push(`request to ${origin}`);
    });
  }

  /** Goes to an address. Gives the answer. */
  async open(address) {
    return this.page.goto(address, { waitUntil: "load" });
  }

  /** What went wrong since this was asked before, and whether the page does not fit or moved. */
  async problems() {
    const problems = this.wrong.splice(0);
    const { width, shift } = await this.page.evaluate(measured);
    if (width > this.page.viewportSize().width) problems.push(`it is ${width} pixels wide`);
    if (shift > 0) problems.push(`it moves after it was shown, by ${shift}`);
    return problems;
  }

  /** What would keep somebody from using the page, as axe-core finds it: by all of its rules, or some. */
  async barriers(only) {
    await this.page.evaluate(AXE);
    const options = { ...(only ? { runOnly: only } : { rules: RULES }), resultTypes: ["violations"] };
    const run = ({ exclude, options }) => axe.run({ exclude }, options);
    const { violations } = await this.page.evaluate(run, { exclude: REPEATED, options });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).slice(0, 3).join(" ")}`);
  }

  /** Closes it. */
  async close() {
    await this.context.close();
  }
}

/** Signs in as people do. */
export async function signIn(page, token) {
  await page.goto("/login");
  await page.getByLabel("Token", { exact: true }).fill(token);
  await page.getByRole("button", { name: "Sign in with the token" }).click();
  await page.waitForURL((url) => url.pathname !== "/login");
}

/** How wide a page is, and how much of it moved after it was shown. Runs in the page. */
async function measured() {
  const shift = await new Promise((done) => {
    let moved = 0;
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) moved += entry.value;
    });
    observer.observe({ type: "layout-shift", buffered: true });
    // Entries that were there before are given at the next turn of the page.
    requestAnimationFrame(() => setTimeout(() => done(moved), 0));
  });
  return { width: document.documentElement.scrollWidth, shift };
}
