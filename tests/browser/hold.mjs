// A program that holds a session of PostgreSQL, as `takk run` starts it: node hold.mjs. It says `held` once it is logged in, and ends with its
// input. The server asks for SCRAM-SHA-256.

import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { connect } from "node:net";

const url = new URL(process.env.DATABASE_URL);
const [user, password, database] = [url.username, url.password, url.pathname.slice(1)].map(decodeURIComponent);
const socket = connect(Number(url.port), url.hostname);
const text = (...texts) => Buffer.from(texts.map((one) => `${one}\0`).join(""));
const nonce = randomBytes(18).toString("base64");
const bare = `n=,r=${nonce}`;

function send(tag, body) {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  socket.write(Buffer.concat([Buffer.from(tag), length, body]));
}

function proof(challenge) {
  const { r, s, i } = Object.fromEntries(challenge.split(",").map((pair) => [pair[0], pair.slice(2)]));
  const salted = pbkdf2Sync(password, Buffer.from(s, "base64"), Number(i), 32, "sha256");
  const mac = (key, data) => createHmac("sha256", key).update(data).digest();
  const key = mac(salted, "Client Key");
  const last = `c=biws,r=${r}`;
  const signature = mac(createHash("sha256").update(key).digest(), `${bare},${challenge},${last}`);
  return `${last},p=${Buffer.from(key.map((byte, at) => byte ^ signature[at])).toString("base64")}`;
}

const version = Buffer.from([0, 3, 0, 0]);
send("", Buffer.concat([version, text("user", user, "database", database, "application_name", "orders worker"), Buffer.alloc(1)]));
let waiting = Buffer.alloc(0);
socket.on("data", (more) => {
  waiting = Buffer.concat([waiting, more]);
  while (waiting.length >= 5 && waiting.length > waiting.readUInt32BE(1)) {
    const [tag, length] = [String.fromCharCode(waiting[0]), waiting.readUInt32BE(1)];
    const body = waiting.subarray(5, length + 1);
    waiting = waiting.subarray(length + 1);
    if (tag === "E") throw new Error(body.toString());
    if (tag === "Z") console.log("held");
    if (tag !== "R") continue;
    const way = body.readUInt32BE(0);
    if (way === 10) {
      const first = Buffer.from(`n,,${bare}`);
      const size = Buffer.alloc(4);
      size.writeUInt32BE(first.length);
      send("p", Buffer.concat([text("SCRAM-SHA-256"), size, first]));
    }
    if (way === 11) send("p", Buffer.from(proof(body.subarray(4).toString())));
  }
});
process.stdin.resume();
process.stdin.on("end", () => process.exit());
