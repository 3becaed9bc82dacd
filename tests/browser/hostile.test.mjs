// Whoever wants to do harm: names that are scripts, forms of other pages, cookies that somebody else knows.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { Browser, signIn } from "./browser.mjs";
import { Server } from "./server.mjs";

// Each would do something wherever one kind of place takes it for more than a text.
const SCRIPTS = [
  `"><script>alert(1)</script>`,
  `' onfocus=alert(2) autofocus x='`,
  `</title></textarea></script><img src=x onerror=alert(3)>`,
  `javascript:alert(4)//\${alert(5)}{{alert(6)}}`,
  `<svg/onload=alert(7)>`,
];

let browser;
let server;
before(async () => {
  browser = await Browser.start();
  server = await Server.start();
});
after(async () => {
  await browser.stop();
  await server.stop();
});

/** A server of somebody else, on the same machine, whose only page is a text. */
class Elsewhere {
  static async start(text) {
    const listening = createServer((_, answer) => answer.setHeader("content-type", "text/html").end(text));
    await new Promise((done) => listening.listen(0, "127.0.0.1", done));
    return Object.assign(new Elsewhere(), { listening, url: `http://127.0.0.1:${listening.address().port}/` });
  }

  stop() {
    this.listening.close();
    this.listening.closeAllConnections();
  }
}

/** Opens a page and moves to everything on it, so that whatever waits for a focus has it. Fails if anything happened. */
async function isInert(window, address) {
  const answer = await window.open(address);
  assert.ok(answer.status() < 500, address);
  assert.deepEqual(await window.problems(), [], address);
  await window.page.evaluate(() => {
    for (const element of document.querySelectorAll("*")) element.focus?.();
  });
  const scripts = await window.page.evaluate(() => [...document.scripts].map((script) => new URL(script.src).pathname));
  assert.equal(scripts.length, 1, address);
  assert.match(scripts[0], /^\/assets\//, address);
  assert.deepEqual(window.wrong, [], address);
}

test("whatever a repository or a user names is text on every page", async () => {
  const window = await browser.signedIn(server);
  for (const script of SCRIPTS) {
    const part = encodeURIComponent(script);
    await server.ask("PUT", `/projects/${part}`);
    for (const environment of ["dev", "preview/login"]) {
      await server.set(script, environment, { [script.replaceAll("=", "")]: script, OTHER: environment });
    }
    await server.ask("PUT", `/projects/${part}/members/${part}`, { role: "viewer" });
    await server.ask("PUT", `/projects/${part}/production`, { environments: ["live"] });
    await server.ask("POST", "/tokens", { label: script, kind: "service", role: "viewer", projects: [script] });
    const login = await server.ask("POST", "/login/device", { name: script });
    const project = `/projects/${part}`;
    const name = encodeURIComponent(script.replaceAll("=", ""));
    for (const page of [
      "/",
      "/tokens",
      "/account",
      `/login/device?code=${login.code}`,
      project,
      `${project}/environments`,
      `${project}/environments/dev/delete`,
      `${project}/environments/dev/set`,
      `${project}/environments/dev/set?name=${name}`,
      `${project}/compare?from=dev&to=preview%2Flogin`,
      `${project}/members`,
      `${project}/audit`,
      `${project}/secrets/${name}`,
    ]) {
      await isInert(window, page);
    }
    await window.page.getByRole("button", { name: "Reveal version 1 in dev", exact: true }).click();
    assert.equal(await window.page.locator("#value").textContent(), script, "a value is shown as it is");
    assert.deepEqual(await window.problems(), []);
  }
  await window.close();
});

test("whatever stands in an address or a form is text in the answer", async () => {
  const window = await browser.signedIn(server);
  await server.ask("PUT", "/projects/shop");
  await server.set("shop", "dev", { KEY: "x" });
  for (const script of SCRIPTS) {
    const part = encodeURIComponent(script);
    for (const page of [
      `/${part}`,
      `/login?next=${part}`,
      `/login/device?code=${part}`,
      `/projects/${part}nowhere`,
      `/projects/shop/secrets/${part}`,
      `/projects/shop/set?environment=${part}`,
      `/projects/shop/environments/${part}/set`,
      `/projects/shop/compare?from=${part}&to=dev`,
      `/projects/shop/audit?actor=${part}&action=${part}&environment=${part}&name=${part}&since=${part}&until=${part}`,
      `/projects/shop/audit?cursor=${part}`,
    ]) {
      await isInert(window, page);
    }
    await window.open("/tokens");
    await window.page.getByLabel("What it is for").fill(script);
    await window.page.getByLabel("Only in this environment").fill("No <b>name</b>");
    await window.page.getByLabel("Only in this project").fill(script);
    await window.page.getByRole("button", { name: "Create token" }).click();
    await window.page.locator("[aria-invalid], [role=alert]").waitFor();
    assert.equal(await window.page.getByLabel("What it is for").inputValue(), script);
    assert.deepEqual(await window.problems(), []);
  }
  await window.close();
});

test("a form of another page does nothing", async () => {
  const window = await browser.signedIn(server);
  await server.ask("PUT", "/projects/mine");
  await server.set("mine", "dev", { KEY: "kept" });
  await window.open("/projects/mine/environments/dev/delete");
  const csrf = await window.page.locator("input[name=csrf]").first().inputValue();
  // The same machine at another port is another origin, but the same site: the browser sends the cookie along. Even with the
  // token of the form, which nobody else can know, it is refused.
  for (const token of ["", "0".repeat(64), csrf]) {
    const form = `<form method="post" action="${server.url}/projects/mine/environments/dev/delete">
      <input name="name" value="dev"><input name="csrf" value="${token}"></form><script>document.forms[0].submit()</script>`;
    const elsewhere = await Elsewhere.start(form);
    const answered = window.page.waitForResponse((answer) => answer.request().method() === "POST");
    // The form is sent before the page is there, which ends the way to it.
    await window.page.goto(elsewhere.url).catch(() => {});
    assert.equal((await answered).status(), 403, token);
    elsewhere.stop();
  }
  assert.deepEqual(await server.values("mine", "dev"), { KEY: "kept" });
  await window.close();
});

test("a page of somebody else cannot show one in a frame, read it or hold its window", async () => {
  const window = await browser.signedIn(server);
  const elsewhere = await Elsewhere.start("<!doctype html><p>x");
  await window.page.goto(elsewhere.url);
  const found = await window.page.evaluate(async (url) => {
    const frame = document.createElement("iframe");
    frame.src = url;
    const loaded = new Promise((done) => frame.addEventListener("load", done));
    document.body.append(frame);
    await loaded;
    const read = await fetch(url, { credentials: "include" }).then(() => "read", () => "refused");
    const script = await import(`${url}/assets/x.js`).then(() => "run", () => "refused");
    return { frame: frame.contentDocument?.body?.textContent ?? "closed", read, script };
  }, server.url);
  assert.deepEqual(found, { frame: "closed", read: "refused", script: "refused" });
  elsewhere.stop();
  await window.close();
});

test("a cookie that somebody else knows is worth nothing after signing in", async () => {
  const window = await browser.window(server);
  await window.open("/login");
  const [before] = await window.context.cookies();
  assert.ok(before.httpOnly && before.sameSite === "Lax" && before.path === "/", JSON.stringify(before));
  assert.equal(await window.page.evaluate(() => document.cookie), "", "no script reads it");
  await signIn(window.page, server.token);
  const [since, ...others] = await window.context.cookies();
  assert.notEqual(since.value, before.value);
  assert.deepEqual(others, []);
  const statusWith = async (value) => {
    const headers = { cookie: `${since.name}=${value}` };
    return (await fetch(`${server.url}/`, { headers, redirect: "manual" })).status;
  };
  assert.equal(await statusWith(since.value), 200);
  assert.equal(await statusWith(before.value), 303);
  await window.page.getByRole("button", { name: "Sign out" }).click();
  await window.page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal(await statusWith(since.value), 303, "it has ended on the server, not in the browser alone");
  await window.close();
});
