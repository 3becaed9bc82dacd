// What people do in a browser, from signing in to signing out. Each story looks at what the server has afterwards.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";

import { Browser, signIn } from "./browser.mjs";
import { Server, TAKK, environment, until } from "./server.mjs";
import { little } from "./shop.mjs";

let browser;
let server;
let window;
let page;
before(async () => {
  browser = await Browser.start();
  server = await Server.start();
  await little(server);
  window = await browser.signedIn(server);
  page = window.page;
});
after(async () => {
  await browser.stop();
  await server.stop();
});

/** Presses a button or a link, and waits for the page that comes. */
async function press(role, name) {
  await Promise.all([page.waitForEvent("load"), page.getByRole(role, { name, exact: true }).click()]);
}

/** A row of a table, by the text at its head. */
function row(name) {
  return page.getByRole("row").filter({ has: page.getByRole("rowheader", { name, exact: true }) });
}

test("a wrong token is said beside its field, and a right one signs in", async () => {
  const stranger = await browser.window(server);
  await stranger.open("/projects/shop/secrets");
  assert.equal(new URL(stranger.page.url()).pathname, "/login");
  const token = stranger.page.getByLabel("Token", { exact: true });
  await token.fill("takk_p_wrong");
  await stranger.page.getByRole("button", { name: "Sign in with the token" }).click();
  await stranger.page.getByText("This token is invalid").waitFor();
  assert.equal(await token.getAttribute("aria-invalid"), "true");
  assert.equal(await token.evaluate((input) => input === document.activeElement), true);
  assert.equal(await token.inputValue(), "", "what was typed is not sent back");
  await token.fill(server.token);
  await stranger.page.getByRole("button", { name: "Sign in with the token" }).click();
  await stranger.page.getByRole("heading", { name: "Secrets" }).waitFor();
  assert.deepEqual(await stranger.problems(), []);
  await stranger.close();
});

test("the overview says what each environment lacks, and leads to it", async () => {
  await window.open("/projects/orders");
  const card = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: /^prod/ }) });
  const missing = Number.parseInt(await card.locator(".status").textContent(), 10);
  assert.ok(missing > 20, `${missing} missing`);
  await card.getByRole("link", { name: "What the code needs in prod" }).click();
  await page.getByText(`${missing} missing`, { exact: true }).waitFor();
  // A resource is one thing with its variables, which unfold.
  const database = page.locator("details.resource").filter({ hasText: "postgres default" }).first();
  assert.equal(await database.getByText("DATABASE_URL").isVisible(), false);
  await database.locator("summary").click();
  await database.getByText("DATABASE_URL").waitFor();
  await window.open("/projects/orders");
  await card.getByRole("link", { name: "Set what is missing of prod" }).click();
  await page.getByRole("group", { name: `Missing here (${missing})` }).waitFor();
  await page.getByRole("group", { name: "s3 default", exact: true }).waitFor();
  await window.open("/projects/shop");
  assert.match(await page.getByRole("listitem").filter({ hasText: "dev" }).first().textContent(), /Last change/);
  assert.deepEqual(await window.problems(), []);
});

test("five missing values are filled in, with one mistake", async () => {
  await window.open("/projects/shop/secrets");
  await page.getByRole("link", { name: "Set values of prod" }).click();
  const values = {
    LOG_LEVEL: "warning",
    REDIS_URL: "redis://cache.internal:6379/1",
    SENTRY_DSN: "https://key@sentry.example/7",
    WORKERS: "8",
  };
  for (const [name, value] of Object.entries(values)) await page.getByLabel(`${name} missing`).fill(value);
  await page.getByRole("button", { name: "Generate a value for SESSION_KEY" }).click();
  await page.getByLabel("Name", { exact: true }).first().fill("NOT=GOOD");
  await page.getByLabel("Value", { exact: true }).first().fill("hunter2-typed");
  await press("button", "Store values");
  const alert = page.getByRole("alert");
  assert.match(await alert.textContent(), /must not contain `?=/);
  assert.equal(await alert.evaluate((element) => element === document.activeElement), true, "focus goes to the mistake");
  assert.ok(!(await page.content()).includes("hunter2-typed"), "a value is not sent back");
  assert.equal((await server.values("shop", "prod")).WORKERS, undefined, "all or nothing");
  for (const [name, value] of Object.entries(values)) await page.getByLabel(`${name} missing`).fill(value);
  await page.getByRole("button", { name: "Generate a value for SESSION_KEY" }).click();
  await press("button", "Store values");
  const { SESSION_KEY: generated, ...others } = await server.values("shop", "prod");
  assert.match(generated, /^[A-Za-z0-9]{32}$/);
  for (const [name, value] of Object.entries(values)) assert.equal(others[name], value);
  assert.equal(await row("WORKERS").getByText("missing").count(), 1, "it is still missing in dev");
  assert.deepEqual(await window.problems(), []);
});

test("what is ticked is promoted from test to prod, and nothing else", async () => {
  await window.open("/projects/shop/compare");
  await page.getByLabel("From").selectOption("test");
  await page.getByLabel("To").selectOption("prod");
  await press("button", "Compare");
  await press("button", "Promote selected to prod");
  assert.match(await page.getByRole("alert").textContent(), /Select at least one value/);
  await page.getByLabel("Promote STRIPE_API_KEY").check();
  const before = await server.values("shop", "prod");
  await press("button", "Promote selected to prod");
  assert.deepEqual(await server.values("shop", "prod"), { ...before, STRIPE_API_KEY: "sk_test_51HxQ" });
  assert.equal(await page.getByLabel("Promote STRIPE_API_KEY").count(), 0, "it is the same now");
  await page.getByRole("button", { name: "Select all" }).click();
  assert.equal(await page.getByLabel("Promote PORT").isChecked(), true);
  assert.deepEqual(await window.problems(), []);
});

test("whoever promotes what somebody changed meanwhile is told so", async () => {
  await window.open("/projects/shop/compare?from=test&to=prod");
  await page.getByLabel("Promote PORT").check();
  await server.set("shop", "prod", { PORT: "443" });
  await press("button", "Promote selected to prod");
  assert.match(await page.getByRole("alert").textContent(), /PORT/);
  assert.equal((await server.values("shop", "prod")).PORT, "443");
});

test("a value is shown when it is asked for, and rolled back", async () => {
  await window.open("/projects/shop/secrets");
  await page.getByRole("link", { name: "PORT", exact: true }).click();
  await page.getByRole("heading", { name: "dev" }).waitFor();
  assert.ok(!(await page.content()).includes("8081"));
  await press("button", "Reveal version 3 in dev");
  assert.equal(await page.locator("#value").textContent(), "8081");
  await press("link", "Hide");
  assert.ok(!(await page.content()).includes("8081"));
  await press("button", "Roll back to version 2 in dev");
  assert.equal((await server.values("shop", "dev")).PORT, "8080");
  assert.match(await row(/^v4/).first().textContent(), /rolled-back/);
  await press("button", "Unset it in dev");
  assert.equal((await server.values("shop", "dev")).PORT, undefined);
  assert.deepEqual(await window.problems(), []);
});

test("a token is made, shown once, and revoked", async () => {
  await window.open("/tokens");
  await page.getByLabel("What it is for").fill("deploys");
  await page.getByLabel("Only in this environment").fill("No name");
  await page.getByLabel("Only in this project").fill("shop");
  await press("button", "Create token");
  const environment = page.getByLabel("Only in this environment");
  assert.equal(await environment.getAttribute("aria-invalid"), "true");
  assert.equal(await page.getByLabel("What it is for").inputValue(), "deploys", "what was typed is still there");
  await environment.fill("");
  await press("button", "Create token");
  const token = (await page.locator(".revealed code").textContent()).trim();
  const whoami = () => fetch(`${server.url}/api/v1/whoami`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await whoami()).status, 200);
  await window.open("/tokens");
  assert.ok(!(await page.content()).includes(token));
  await press("button", "Revoke deploys");
  assert.equal((await whoami()).status, 401);
  assert.equal(await page.getByText("deploys").count(), 0);
  assert.deepEqual(await window.problems(), []);
});

test("somebody signed in lets the real takk login in", async () => {
  const home = `${server.home}/another`;
  // It asks only at a terminal, which `script` is.
  const login = spawn("script", ["--quiet", "--return", "--command", `${TAKK} login ${server.url}`, "/dev/null"], {
    env: environment(home),
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = new Promise((done) => login.once("exit", done));
  const said = await until(login.stdout, /code=\S+\s/);
  const address = said.match(/http\S+\/login\/device\?code=([A-Z-]+)/);
  await window.open(address[0]);
  await page.getByText(address[1], { exact: true }).waitFor();
  await press("button", "Authorize");
  assert.match(await page.getByRole("status").textContent(), /Authorized\./);
  assert.equal(await ended, 0);
  await window.open("/tokens");
  assert.equal(await row(/^takk of ada/).count(), 1);
  assert.deepEqual(await window.problems(), []);
});

test("an owner names production, and takes it back", async () => {
  await window.open("/projects/shop/environments");
  assert.equal(await page.getByLabel("prod is production").isDisabled(), true);
  await page.getByLabel("test is production").check();
  await press("button", "Save production environments");
  assert.equal(await page.getByLabel("test is production").isChecked(), true);
  const { environments } = await server.ask("GET", "/projects/shop/production");
  assert.deepEqual(environments, ["prod", "test"]);
  await page.getByLabel("test is production").uncheck();
  await press("button", "Save production environments");
  assert.deepEqual((await server.ask("GET", "/projects/shop/production")).environments, ["prod"]);
});

test("the audit log says who read what, and when", async () => {
  await window.open("/projects/shop/audit");
  await page.getByLabel("What").fill("values.read");
  await page.getByLabel("About").fill("PORT");
  await page.getByLabel("From").fill(new Date().toISOString().slice(0, 10));
  await press("button", "Show");
  const actions = await page.locator(".log tbody td:nth-child(4)").allTextContents();
  assert.ok(actions.length > 0 && actions.every((action) => action === "values.read"), String(actions));
  const about = await page.locator(".log tbody .about").allTextContents();
  assert.ok(about.every((names) => names.includes("PORT@")), String(about));
  await page.getByLabel("Who").fill("nobody");
  await press("button", "Show");
  await page.getByText("No rows match").waitFor();
  await press("link", "Show all");
  await press("button", "Verify the log");
  assert.match(await page.getByRole("status").textContent(), /is intact/);
  assert.deepEqual(await window.problems(), []);
});

test("an environment is deleted by whoever types its name", async () => {
  await window.open("/projects/shop/environments");
  await press("link", "Delete test");
  await page.getByLabel("Type test to confirm").fill("prod");
  await press("button", "Delete test");
  assert.equal(await page.getByLabel("Type test to confirm").getAttribute("aria-invalid"), "true");
  await page.getByLabel("Type test to confirm").fill("test");
  await press("button", "Delete test");
  const { items } = await server.ask("GET", "/projects/shop/environments");
  assert.deepEqual(items.map(({ name }) => name), ["dev", "prod"]);
  assert.equal(await row("test").count(), 0);
  assert.deepEqual(await window.problems(), []);
});

test("whoever signs out is out, also with the button for going back", async () => {
  const other = await browser.signedIn(server);
  await other.open("/projects/shop/secrets");
  await other.page.getByRole("button", { name: "Sign out" }).click();
  await other.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await other.page.goBack({ waitUntil: "load" });
  assert.equal(new URL(other.page.url()).pathname, "/login");
  await signIn(other.page, server.token);
  assert.deepEqual(await other.problems(), []);
  await other.close();
});
