// A provider of OpenID Connect for tests: node provider.mjs MODULES
//
// The provider itself is `oidc-provider` of npm, which is certified. It prints its address. What a test wants of it comes as JSON:
//
//   POST /control {redirect_uri, keys, person, bent, down}: where people go back to, new keys, who signs in, claims of the tokens that
//                 are put in the place of right ones, and whether it answers at all
//   GET /github   what a job of GitHub Actions asks for, with the claims that the test wants as `job`
//   POST /mint    {claims, how, header}: a token of a program, right (`RS256`, `ES256`) or in one of the ways to forge one
import { createHmac, generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(process.argv[2] + "/"));
const load = async (name) => import(pathToFileURL(require.resolve(name)));
const { Provider } = await load("oidc-provider");
const { SignJWT, importJWK } = await load("jose");

const wish = { redirect_uri: "http://127.0.0.1/none", person: { sub: "1" }, bent: null, down: false };
let issuer, keys, strange, provider;

function newKeys() {
  const pair = (kind, options, alg) => {
    const { privateKey, publicKey } = generateKeyPairSync(kind, options);
    const kid = randomUUID();
    const more = { kid, alg, use: "sig" };
    return { private: { ...privateKey.export({ format: "jwk" }), ...more }, public: publicKey, kid };
  };
  keys = { RS256: pair("rsa", { modulusLength: 2048 }, "RS256"), ES256: pair("ec", { namedCurve: "P-256" }, "ES256") };
}

function newProvider() {
  provider = new Provider(issuer, {
    clients: [{ client_id: "takk", client_secret: "a secret: of/takk", redirect_uris: [wish.redirect_uri] }],
    jwks: { keys: [keys.RS256.private, keys.ES256.private] },
    pkce: { required: () => true },
    scopes: ["openid", "email", "profile"],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["preferred_username", "name"] },
    cookies: { keys: ["of a test"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...wish.person, sub: id }) }),
  });
  provider.use(async (context, next) => {
    await next();
    if (context.oidc?.route !== "token" || !wish.bent || !context.body?.id_token) return;
    const claims = JSON.parse(Buffer.from(context.body.id_token.split(".")[1], "base64url"));
    context.body.id_token = await minted({ claims: { ...claims, ...wish.bent }, how: wish.bent.how ?? "RS256" });
  });
}

// Whoever comes is signed in as the person that the test wants, and agrees.
async function interact(request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId: wish.person.sub, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const result = { login: { accountId: wish.person.sub }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, wish.person.refuses ? { error: "access_denied" } : result);
}

async function minted({ claims, how, header = {} }) {
  const text = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  if (how === "none") return `${text({ alg: "none", typ: "JWT" })}.${text(claims)}.`;
  if (how === "HS256") {
    const key = keys.RS256.public.export({ type: "spki", format: "pem" });
    const message = `${text({ alg: "HS256", kid: keys.RS256.kid })}.${text(claims)}`;
    return `${message}.${createHmac("sha256", key).update(message).digest("base64url")}`;
  }
  if (how === "another key") {
    const key = await importJWK(strange.RS256.private, "RS256");
    return new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: keys.RS256.kid }).sign(key);
  }
  const key = await importJWK(keys[how].private, how);
  return new SignJWT(claims).setProtectedHeader({ alg: how, kid: keys[how].kid, ...header }).sign(key);
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts));
}

const server = createServer(async (request, response) => {
  try {
    if (request.url === "/control") {
      const { keys: wanted, ...rest } = await body(request);
      Object.assign(wish, rest);
      if (wanted) newKeys();
      newProvider();
      response.end();
    } else if (request.url === "/mint") {
      response.end(await minted(await body(request)));
    } else if (request.url.startsWith("/github?") && request.headers.authorization === "Bearer of the job") {
      const audience = new URL(request.url, issuer).searchParams.get("audience");
      const value = await minted({ claims: { iss: issuer, aud: audience, ...wish.job }, how: "RS256" });
      response.end(JSON.stringify({ count: value.length, value }));
    } else if (wish.down) {
      response.writeHead(503).end();
    } else if (request.url.startsWith("/interaction/")) {
      await interact(request, response);
    } else {
      provider.callback()(request, response);
    }
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
});
server.listen(0, "127.0.0.1", () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  newKeys();
  strange = keys;
  newKeys();
  newProvider();
  console.log(issuer);
});
