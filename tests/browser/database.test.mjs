// A database from the dashboard, by keys alone: created for `test`, seen live, used by `takk run`, and removed.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Browser } from "./browser.mjs";
import { tabTo } from "./keys.mjs";
import { PROGRAMS, Postgres } from "./postgres.mjs";
import { Server, TAKK, environment } from "./server.mjs";

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

  // Without an admin address, it says who has to store one.
  await tabTo(page, "Create it");
  await enter();
  assert.match(await page.getByRole("alert").textContent(), /takk provision admin set postgres --env test/);
  await sound();

  await server.ask("PUT", "/projects/orders/environments/test/admin-addresses/postgres", { address: postgres.address });
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
  await sound();
  assert.deepEqual(Object.keys(await server.values("orders", "test")), []);
  await window.close();
});
