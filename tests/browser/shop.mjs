// What the servers of the tests hold: nothing, little, or much. Each gives the address of a page that only its server has.

import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";

const ENVIRONMENTS = ["dev", "staging", "test", "preview/login", "prod"];

/** A project in which nothing was done. */
export async function nothing(server) {
  await server.ask("PUT", "/projects/shop");
  return invited(server);
}

/** A project of a small team: some values, some that are missing, some that changed, and some people. */
export async function little(server) {
  await server.ask("PUT", "/projects/shop");
  const usual = {
    DATABASE_URL: "postgresql://shop:hunter2@db.internal:5432/shop",
    REDIS_URL: "redis://cache.internal:6379/0",
    STRIPE_API_KEY: "sk_test_51HxQ",
    SENTRY_DSN: "https://key@sentry.example/42",
    SESSION_KEY: "8fJ2kQ0sLmX",
    PORT: "8000",
    LOG_LEVEL: "info",
  };
  await server.set("shop", "dev", usual);
  await server.set("shop", "test", { ...usual, LOG_LEVEL: "debug", WORKERS: "4" });
  await server.set("shop", "prod", { DATABASE_URL: usual.DATABASE_URL, PORT: "8000", OLD_KEY: "x" });
  await server.set("shop", "prod", { OLD_KEY: null, PORT: "80" });
  await server.set("shop", "dev", { PORT: "8080", OLD_KEY: "y" });
  await server.set("shop", "dev", { PORT: "8081" }, "generated");
  await server.ask("PUT", "/projects/shop/members/grace", { role: "operator" });
  await server.ask("PUT", "/projects/shop/members/linus", { role: "developer" });
  const expires_at = Date.now() + 30 * 24 * 3600 * 1000;
  const token = { label: "CI of shop", kind: "service", role: "developer", projects: ["shop"], environments: ["test"] };
  await server.ask("POST", "/tokens", { ...token, expires_at });
  const example = join(import.meta.dirname, "../../examples/shop");
  const declared = await server.declare("orders", "prod", example, { LOG_LEVEL: "info", LEFT_OVER: "x" });
  const resource = `${declared}/resources/postgres%2Fdefault`;
  return { ...(await invited(server)), needs: `${declared}/resources`, resource, "set-needed": `${declared}/set` };
}

/** Five environments of five hundred secrets, a hundred members, and names as long as people make them. */
export async function much(server) {
  await server.ask("PUT", "/projects/shop");
  const names = Array.from({ length: 500 }, (_, number) => {
    const words = ["BILLING", "CATALOG_SEARCH", "MAIL", "WAREHOUSE_SYNCHRONISATION", "CHECKOUT"];
    return `${words[number % 5]}_${number % 7 ? "API_KEY" : "DATABASE_REPLICA_CONNECTION_STRING"}_${number}`;
  });
  for (const [place, environment] of ENVIRONMENTS.entries()) {
    const values = names.filter((_, number) => (number + place) % 11).map((name) => [name, `value of ${name}`]);
    await server.set("shop", environment, Object.fromEntries(values));
  }
  for (let number = 0; number < 100; number += 1) {
    const role = ["viewer", "developer", "operator"][number % 3];
    await server.ask("PUT", `/projects/shop/members/person-${number}@example.com`, { role });
  }
  for (let number = 0; number < 40; number += 1) {
    await server.ask("PUT", `/projects/project-${number}`);
    await server.ask("POST", "/tokens", { label: `token ${number}`, kind: "service", role: "viewer" });
  }
  const directory = await mkdtemp(join(server.home, "declared-"));
  const field = (name, number) => `    ${name.toLowerCase()}: ${number % 7 ? "SecretStr" : "PostgresDsn"}\n`;
  const imports = "from pydantic import PostgresDsn, SecretStr\nfrom pydantic_settings import BaseSettings\n\n\n";
  const settings = `${imports}class Settings(BaseSettings):\n${names.map(field).join("")}`;
  await writeFile(join(directory, "settings.py"), settings);
  const declared = await server.declare("declared", "dev", directory, { BILLING_API_KEY_5: "x" });
  const resource = `${declared}/resources/postgres%2Fdefault`;
  return { ...(await invited(server)), needs: `${declared}/resources`, resource, "set-needed": `${declared}/set` };
}

/** Invites somebody to the shop. */
async function invited(server) {
  const { link } = await server.ask("POST", "/projects/shop/invitations", { name: "joan", role: "developer" });
  return { invitation: new URL(link).pathname };
}
