"""What an operator of NATS does with its keys, by the packages of NATS and without takk."""

import asyncio
import base64
import hashlib
import json
import os
import sys
import time

import nats
import nkeys
from nats.aio.client import RawCredentials

OPERATOR, ACCOUNT, USER = nkeys.PREFIX_BYTE_OPERATOR, nkeys.PREFIX_BYTE_ACCOUNT, nkeys.PREFIX_BYTE_USER
LIMITS = {"subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": True, "conn": -1, "leaf": -1}


def seed(role):
    return bytes(nkeys.encode_seed(os.urandom(32), role)).decode()


def public(seed):
    return bytes(nkeys.from_seed(seed.encode()).public_key).decode()


def sign(claims, seed):
    plain = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    claims = {**claims, "iss": public(seed), "iat": claims.get("iat", int(time.time()))}
    claims["jti"] = base64.b32encode(hashlib.sha256(json.dumps(claims).encode()).digest()).decode().rstrip("=")
    text = plain(b'{"typ":"JWT","alg":"ed25519-nkey"}') + "." + plain(json.dumps(claims).encode())
    return text + "." + plain(nkeys.from_seed(seed.encode()).sign(text.encode()))


def claims_of(jwt):
    body = jwt.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def creds(account, signing, name, publish=None, subscribe=None):
    """The credentials of a new user."""
    own = seed(USER)
    rights = {"type": "user", "version": 2, "issuer_account": account, "subs": -1, "data": -1, "payload": -1}
    if publish is not None:
        rights |= {"pub": {"allow": publish}, "sub": {"allow": subscribe}}
    jwt = sign({"sub": public(own), "name": name, "nats": rights}, signing)
    first = f"-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n"
    return f"{first}\n-----BEGIN USER NKEY SEED-----\n{own}\n------END USER NKEY SEED------\n"


def new(directory, is_strict):
    """Makes an operator with a signing key, and the system account; prints the lines of a configuration."""
    operator, signing, system, system_signing = seed(OPERATOR), seed(OPERATOR), seed(ACCOUNT), seed(ACCOUNT)
    facts = {"type": "operator", "version": 2, "signing_keys": [public(signing)], "system_account": public(system)}
    facts["strict_signing_key_usage"] = is_strict == "strict"
    token = sign({"sub": public(operator), "name": "test", "nats": facts}, operator)
    account = {"type": "account", "version": 2, "limits": LIMITS, "signing_keys": [public(system_signing)]}
    jwt = sign({"sub": public(system), "name": "SYS", "nats": account}, signing)
    keys = {"operator": operator, "signing": signing, "system": public(system), "system_signing": system_signing}
    with open(os.path.join(directory, "keys.json"), "w") as file:
        json.dump(keys, file)
    print(f"operator: {token}\nsystem_account: {public(system)}\nresolver_preload: {{ {public(system)}: {jwt} }}")


def user(keys, name, publish, subscribe):
    """Prints the credentials of a user of the system account."""
    print(creds(keys["system"], keys["system_signing"], name, publish.split(","), subscribe.split(",")))


async def as_root(keys, url, run):
    root = creds(keys["system"], keys["system_signing"], "root")
    client = await nats.connect(url, user_credentials=RawCredentials(root), allow_reconnect=False)
    try:
        return await run(client)
    finally:
        await client.close()


async def accounts(client):
    listed = json.loads((await client.request("$SYS.REQ.CLAIMS.LIST", timeout=10)).data)["data"]
    look = lambda key: client.request(f"$SYS.REQ.ACCOUNT.{key}.CLAIMS.LOOKUP", timeout=10)
    return [claims_of((await look(key)).data.decode()) for key in listed]


async def push(client, keys, claims):
    jwt = sign(claims, keys["signing"]).encode()
    said = json.loads((await client.request("$SYS.REQ.CLAIMS.UPDATE", jwt, timeout=10)).data)
    assert said["data"]["code"] == 200, said


async def create(client, keys, name):
    """An account that takk did not create, and the credentials of a user in it."""
    account, signing = public(seed(ACCOUNT)), seed(ACCOUNT)
    limits = LIMITS | {"mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1}
    rights = {"type": "account", "version": 2, "limits": limits, "signing_keys": [public(signing)]}
    await push(client, keys, {"sub": account, "name": name, "nats": rights})
    return {"account": account, "creds": creds(account, signing, "theirs")}


async def change(client, keys, name, changes):
    """Changes what the claims of an account say about it."""
    for claims in await accounts(client):
        if claims["name"] == name:
            claims["nats"] |= json.loads(changes)
            await push(client, keys, claims | {"iat": claims["iat"] + 1})


async def delete(client, keys, name):
    doomed = [claims["sub"] for claims in await accounts(client) if claims["name"] == name]
    request = {"sub": public(keys["signing"]), "nats": {"type": "generic", "version": 2, "accounts": doomed}}
    await client.request("$SYS.REQ.CLAIMS.DELETE", sign(request, keys["signing"]).encode(), timeout=10)


def main(directory, verb, *arguments):
    if verb == "new":
        return new(directory, *arguments)
    with open(os.path.join(directory, "keys.json")) as file:
        keys = json.load(file)
    if verb == "user":
        return user(keys, *arguments)
    url, *arguments = arguments
    if verb == "accounts":
        answer = asyncio.run(as_root(keys, url, accounts))
    else:
        answer = asyncio.run(as_root(keys, url, lambda client: globals()[verb](client, keys, *arguments)))
    print(json.dumps(answer))


main(*sys.argv[1:])
