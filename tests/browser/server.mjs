// `takk serve` as a process, with a store of its own, and its API as its owner uses it.

import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** The program that is tested. */
export const TAKK = resolve(process.env.TAKK ?? join(import.meta.dirname, "../../target/debug/takk"));

/** A server that runs. */
export class Server {
  /** Starts one on a new store. */
  static async start() {
    const home = await mkdtemp(join(tmpdir(), "takk-browser-"));
    const child = spawn(TAKK, ["--quiet", "serve", "--listen", "127.0.0.1:0", "--print-token", "--failures-per-minute", "100000"], {
      env: environment(join(home, "store")),
      stdio: ["ignore", "pipe", "ignore"],
    });
    const said = await until(child.stdout, /takk_p_[0-9a-f]+/);
    const [url] = said.match(/http:\/\/\S+/);
    const [token] = said.match(/takk_p_[0-9a-f]+/);
    return Object.assign(new Server(), { home, child, url, token });
  }

  /** Ends it, and removes its store. */
  async stop() {
    const ended = new Promise((done) => this.child.once("exit", done));
    this.child.kill();
    await ended;
    await rm(this.home, { recursive: true });
  }

  /** Asks the API. Gives the answer, which must be a good one. */
  async ask(method, path, body) {
    const headers = { authorization: `Bearer ${this.token}`, "content-type": "application/json" };
    const answer = await fetch(`${this.url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
  }

  /** Sets values of an environment. `null` unsets one. */
  async set(project, environment, values, origin) {
    const changes = Object.entries(values).map(([name, value]) => ({ name, value, origin }));
    await this.ask("POST", `${inEnvironment(project, environment)}/changes`, { changes });
  }

  /** Tells what the code in a directory needs in an environment, which has these values. Gives its address. */
  async declare(project, name, directory, values) {
    const env = environment(join(this.home, "local"));
    const manifest = JSON.parse(execFileSync(TAKK, ["inspect", "--format", "json", directory], { env }));
    const address = inEnvironment(project, name);
    await this.ask("PUT", `/projects/${encodeURIComponent(project)}`);
    await this.set(project, name, values);
    await this.ask("PUT", `${address}/manifest`, manifest);
    return address;
  }

  /** The values of an environment. */
  async values(project, environment) {
    const { values } = await this.ask("GET", `${inEnvironment(project, environment)}/values`);
    return Object.fromEntries(values.map(({ name, value }) => [name, value]));
  }
}

/** What takk is run with, and nothing of whoever runs the tests. */
export function environment(home) {
  return { PATH: process.env.PATH, HOME: home, USER: "ada", TAKK_HOME: home, TAKK_KEYRING: "off" };
}

/** Everything that a process has written when it is as expected. What comes later is read too, or it would wait for that. */
export function until(stream, expected) {
  return new Promise((done, failed) => {
    let text = "";
    stream.setEncoding("utf-8");
    stream.on("data", (more) => {
      text += more;
      if (expected.test(text)) done(text);
    });
    stream.on("end", () => failed(new Error(`it ended, and wrote only: ${text}`)));
  });
}

function inEnvironment(project, environment) {
  return `/projects/${encodeURIComponent(project)}/environments/${encodeURIComponent(environment)}`;
}
