// A database from the dashboard, by keys alone: an admin address is stored, a database created for `test`, seen live with who is connected, used
// by `takk run`, and removed.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Browser } from "./browser.mjs";
import { tabTo } from "./keys.mjs";
import { PROGRAMS, Postgres } from "./postgres.mjs";
import { Server, TAKK, environment, until } from "./server.mjs";

const SETTINGS = `from pydantic import PostgresDsn
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: PostgresDsn


settings = Settings()
`;

const skip = PROGRAMS ? false : "PostgreSQL is there after the tests of `takk provision`";
let browser;
let postgres;
let server;
let checkout;
before(async () => {
  if (skip) return;
  browser = await Browser.start();
  [server, postgres] = await Promise.all([Server.start(), Postgres.start()]);
  checkout = join(server.home, "checkout");
  await mkdir(checkout);
  await writeFile(join(checkout, "pyproject.toml"), '[project]\nname = "orders"\nversion = "1"\n');
  await writeFile(join(checkout, "settings.py"), SETTINGS);
  takk(["login", server.url, "--token-stdin"], `${server.token}\n`);
  takk(["link", server.url]);
  takk(["push", "--env", "test"]);
});
after(async () => {
  if (skip) return;
  await browser.stop();
  postgres.stop();
  await server.stop();
});

/** Runs takk in the checkout. Gives what it prints. */
function takk(args, input) {
  const env = environment(join(server.home, "local"));
  return execFileSync(TAKK, args, { cwd: checkout, env, input, encoding: "utf-8", stdio: ["pipe", "pipe", "pipe"] });
}

test("a database is created for test, used, and removed", { skip }, async () => {
  const window = await browser.signedIn(server);
  const { page } = window;
  const keys = page.keyboard;
  const sound = async () => assert.deepEqual([...(await window.problems()), ...(await window.barriers())], []);
  const enter = () => Promise.all([page.waitForEvent("load"), keys.press("Enter")]);

  await window.open("/projects/orders");
  await tabTo(page, "What the code needs in test");
  await enter();
  const folded = await page.locator("details.resource summary").textContent();
  await tabTo(page, folded.trim().replace(/\s+/g, " "));
  await keys.press("Enter");
  await tabTo(page, "Open postgres default");
  await enter();
  await page.getByRole("heading", { name: "postgres/default" }).waitFor();
  await sound();

  // An address of one that exists is tried before it is used, and stays in its field.
  await tabTo(page, "Use an existing one");
  await keys.press("Enter");
  await tabTo(page, "Address");
  await keys.type(postgres.address.replace("adm:", "nobody:"));
  await tabTo(page, "Test connection");
  await keys.press("Enter");
  await page.getByText("the server rejects the credentials").waitFor();
  // What is unfolded moves what is below it, which is no mistake.
  assert.deepEqual(await window.barriers(), []);
  await page.getByLabel("Address", { exact: true }).fill(postgres.address);
  await tabTo(page, "Test connection");
  await keys.press("Enter");
  await page.getByText("The login works: 127.0.0.1:").waitFor();
  assert.equal(await page.getByLabel("Address", { exact: true }).inputValue(), postgres.address);

  // Without an admin address, it leads to where one is stored: it is checked, and not shown again.
  await page.getByText("No admin address yet").waitFor();
  await window.open(new URL(page.url()).pathname);
  await tabTo(page, "Add an admin address");
  await enter();
  await page.getByRole("heading", { name: "Admin addresses" }).waitFor();
  await sound();
  await tabTo(page, "Kind of server");
  await tabTo(page, "Address");
  await keys.type(postgres.address.replace("the-password", "a-password"));
  await enter();
  assert.match(await page.getByRole("alert").textContent(), /password authentication failed.* Nothing was stored/s);
  await sound();
  await tabTo(page, "Address");
  await keys.type(postgres.address);
  await enter();
  await page.getByText("PostgreSQL 17.").waitFor();
  await page.getByText("More than takk needs:").waitFor();
  const shown = await page.content();
  assert.ok(!shown.includes(new URL(postgres.address).password), "the page has no password");
  assert.ok(shown.includes(`postgresql://adm@127.0.0.1:${postgres.port}/postgres`), "and shows where it is");
  await sound();

  // The diagram says what is missing, and leads to it.
  await tabTo(page, "Create what test needs");
  await enter();
  const node = await page.locator(".graph a").getAttribute("aria-label");
  assert.match(node, /^default postgres .*missing$/);
  await sound();
  await tabTo(page, node);
  await enter();
  await page.getByText("The admin address of test.").waitFor();
  await tabTo(page, "Create it");
  await enter();
  await page.getByText("live", { exact: true }).first().waitFor();
  await page.getByText("database orders_test").waitFor();
  await sound();
  await tabTo(page, "Check with a login");
  await enter();
  await page.getByText("live, running").waitFor();

  const url = takk(["run", "--env", "test", "--", "printenv", "DATABASE_URL"]).trim();
  assert.match(url, new RegExp(`^postgresql://orders_test_1:[^@]+@127.0.0.1:${postgres.port}/orders_test`));
  assert.ok(!(await page.content()).includes(new URL(url).password), "the page has no password");
  assert.match(takk(["ps", "--env", "test"]), /postgres\/default/);

  // Who is connected, while a program is.
  const program = spawn(TAKK, ["run", "--env", "test", "--", process.execPath, join(import.meta.dirname, "hold.mjs")], {
    cwd: checkout,
    env: environment(join(server.home, "local")),
    stdio: ["pipe", "pipe", "inherit"],
  });
  await until(program.stdout, /held/);
  await tabTo(page, "Show open sessions");
  await enter();
  await page.getByRole("cell", { name: "orders worker" }).waitFor();
  await page.getByRole("rowheader", { name: "orders_test_1" }).waitFor();
  await page.getByRole("rowheader", { name: "Created by takk" }).waitFor();
  await sound();
  program.stdin.end();
  await new Promise((done) => program.once("exit", done));
  await tabTo(page, "Refresh");
  await enter();
  await page.getByText("Nobody is connected with its logins.").waitFor();

  await tabTo(page, "Remove it with its data");
  await keys.press("Enter");
  await tabTo(page, "Type test to confirm");
  await keys.type("prod");
  await enter();
  await page.getByText("Nothing was removed.").waitFor();
  await sound();
  await page.getByLabel("Type test to confirm").focus();
  await keys.type("test");
  await enter();
  await page.getByRole("button", { name: "Create it" }).waitFor();
  await page.getByText("Removed with its data").waitFor();
  await sound();
  assert.deepEqual(Object.keys(await server.values("orders", "test")), []);
  await window.close();
});
