// The form for values as the code declares them: `takk push` tells the server, and somebody fills in five types with one mistake.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Browser, NARROW, WIDE } from "./browser.mjs";
import { Server, TAKK, environment } from "./server.mjs";

const SETTINGS = `from typing import Literal

from pydantic import AnyHttpUrl, Field, SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    api_key: SecretStr = Field(min_length=12, description="Of the provider")
    workers: int = Field(ge=1, le=64)
    log_level: Literal["debug", "info", "warning"]
    verbose: bool
    callback: AnyHttpUrl
`;

let browser;
let server;
before(async () => {
  browser = await Browser.start();
  server = await Server.start();
  const project = join(server.home, "typed");
  await mkdir(project);
  await writeFile(join(project, "pyproject.toml"), '[project]\nname = "typed"\nversion = "1"\n');
  await writeFile(join(project, "settings.py"), SETTINGS);
  await server.ask("PUT", "/projects/typed");
  const env = { ...environment(join(server.home, "push")), TAKK_SERVER: server.url, TAKK_TOKEN: server.token, TAKK_PROJECT: "typed" };
  execFileSync(TAKK, ["--quiet", "push", "--env", "dev"], { cwd: project, env });
});
after(async () => {
  await browser.stop();
  await server.stop();
});

test("five missing values of five types are filled in, with one mistake", async () => {
  const window = await browser.signedIn(server);
  const { page } = window;
  await window.open("/projects/typed/environments/dev/set");
  const field = (name) => page.locator(`[name="value:${name}"]`);
  const store = () =>
    Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Store values", exact: true }).click()]);
  await field("API_KEY").fill("short");
  await page.getByText("Not accepted: ").or(page.locator(".field.refused")).first().waitFor();
  await field("API_KEY").fill("hunter2-hunter2");
  await field("WORKERS").fill("65");
  await field("LOG_LEVEL").selectOption("warning");
  await field("VERBOSE").selectOption("true");
  await field("CALLBACK").fill("https://shop.example.org/paid");
  await store();
  assert.match(await page.getByRole("alert").textContent(), /WORKERS/);
  assert.equal(await field("WORKERS").getAttribute("aria-invalid"), "true");
  assert.equal(await field("LOG_LEVEL").inputValue(), "warning", "what was typed is kept");
  assert.equal(await field("API_KEY").inputValue(), "", "but for a secret");
  assert.ok(!(await page.content()).includes("hunter2-hunter2"), "a secret is not sent back");
  assert.deepEqual(await server.values("typed", "dev"), {}, "all or nothing");
  await field("API_KEY").fill("hunter2-hunter2");
  await field("WORKERS").fill("8");
  await store();
  assert.deepEqual(await server.values("typed", "dev"), {
    API_KEY: "hunter2-hunter2",
    CALLBACK: "https://shop.example.org/paid",
    LOG_LEVEL: "warning",
    VERBOSE: "true",
    WORKERS: "8",
  });
  assert.deepEqual(await window.problems(), []);
  await window.close();
});

for (const [name, size] of [["wide", WIDE], ["narrow", NARROW]]) {
  test(`what the code needs can be read and used in a ${name} window`, async () => {
    for (const scheme of ["light", "dark"]) {
      const window = await browser.signedIn(server, { size, scheme });
      for (const page of ["set", "resources"]) {
        await window.open(`/projects/typed/environments/dev/${page}`);
        assert.deepEqual(await window.problems(), [], `${page}, ${scheme}`);
        assert.deepEqual(await window.barriers(), [], `${page}, ${scheme}`);
      }
      await window.close();
    }
  });
}
