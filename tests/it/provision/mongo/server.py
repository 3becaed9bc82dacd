"""MongoDB for tests: the wire protocol, logins, users with their rights, and documents in memory, as the manual of MongoDB describes the
commands. PyMongo's `bson` reads and writes every byte, so that another program's BSON is judged by the library of the vendor.

It refuses what the manual does not have, and writes that into `unexpected.log`; `command.log` has each command as MongoDB logs it, without
passwords.

Usage: server.py PORT DIRECTORY USERS, where USERS is JSON: names with `password` and `privileges`. With `certificate.pem` and `key.pem` in
the directory, it has TLS.
"""

import base64
import hashlib
import hmac
import json
import os
import socketserver
import ssl
import struct
import sys
import threading
import uuid

import bson
from pymongo.saslprep import saslprep

OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
# The fewest that MongoDB accepts.
ITERATIONS = 5000
READ_WRITE = [
    "collStats", "convertToCapped", "createCollection", "dbHash", "dbStats", "dropCollection", "createIndex", "dropIndex", "find", "insert",
    "killCursors", "listIndexes", "listCollections", "remove", "renameCollectionSameDB", "update",
]  # fmt: skip
DB_ADMIN = [
    "bypassDocumentValidation", "collMod", "collStats", "compact", "convertToCapped", "createCollection", "createIndex", "dbStats",
    "dropCollection", "dropDatabase", "dropIndex", "enableProfiler", "listCollections", "listIndexes", "planCacheIndexFilter", "reIndex",
    "renameCollectionSameDB", "storageDetails", "validate",
]  # fmt: skip
# The fields of each command, by their types. What drivers add to all commands is in GENERIC.
HELLO = {
    "helloOk": bool, "client": dict, "compression": list, "saslSupportedMechs": str, "speculativeAuthenticate": dict,
    "backpressure": object,
}  # fmt: skip
COMMANDS = {
    "hello": {"hello": (int, float)} | HELLO,
    "ismaster": {"ismaster": (int, float)} | HELLO,
    "saslStart": {"saslStart": int, "mechanism": str, "payload": bytes, "autoAuthorize": int, "options": dict},
    "saslContinue": {"saslContinue": int, "conversationId": int, "payload": bytes},
    "ping": {"ping": int},
    "endSessions": {"endSessions": list},
    "buildInfo": {"buildInfo": int},
    "connectionStatus": {"connectionStatus": int, "showPrivileges": bool},
    "usersInfo": {"usersInfo": list},
    "createUser": {"createUser": str, "pwd": str, "customData": dict, "roles": list, "mechanisms": list},
    "updateUser": {"updateUser": str, "pwd": str, "customData": dict, "roles": list, "mechanisms": list},
    "dropUser": {"dropUser": str},
    "killAllSessions": {"killAllSessions": list},
    "listDatabases": {"listDatabases": int, "nameOnly": bool},
    "listCollections": {"listCollections": int, "nameOnly": bool, "cursor": dict},
    "dropDatabase": {"dropDatabase": int},
    "insert": {"insert": str, "ordered": bool, "documents": list},
    "find": {"find": str, "filter": dict, "limit": int, "singleBatch": bool},
    "collMod": {"collMod": str, "validator": dict},
}  # fmt: skip
GENERIC = {"$db": str, "$readPreference": dict, "lsid": dict, "maxTimeMS": int}
BEFORE_LOGIN = {"hello", "ismaster", "saslStart", "saslContinue", "ping", "endSessions", "buildInfo", "connectionStatus"}


class Refused(Exception):
    def __init__(self, code, name, message):
        self.answer = {"ok": 0.0, "errmsg": message, "code": code, "codeName": name}


def unauthorized(command):
    return Refused(13, "Unauthorized", f"not authorized on {command['$db']} to execute command")


def scram(password):
    """What the server keeps of a password."""
    salt = os.urandom(28)
    salted = hashlib.pbkdf2_hmac("sha256", saslprep(password).encode(), salt, ITERATIONS)
    sign = lambda words: hmac.digest(salted, words, "sha256")
    return {"salt": salt, "stored": hashlib.sha256(sign(b"Client Key")).digest(), "server": sign(b"Server Key")}


class Server(socketserver.ThreadingTCPServer):
    daemon_threads, allow_reuse_address = True, True

    def __init__(self, port, directory, users):
        super().__init__(("127.0.0.1", port), Connection)
        self.directory, self.lock, self.databases, self.users = directory, threading.RLock(), {"admin": {}, "config": {}}, {}
        for name, user in users.items():
            self.users[name] = self.user(user["password"], {}, [], user.get("mechanisms", ["SCRAM-SHA-256"])) | {
                "privileges": user["privileges"], "own_roles": user.get("roles", []),
            }  # fmt: skip

    @property
    def is_open(self):
        return os.path.exists(f"{self.directory}/no-authorization")

    def user(self, password, data, roles, mechanisms):
        return {"id": uuid.uuid4(), "scram": scram(password), "customData": data, "roles": roles, "mechanisms": mechanisms}

    def write(self, file, text):
        with self.lock, open(f"{self.directory}/{file}", "a") as log:
            log.write(f"{text}\n")

    def privileges(self, user):
        if user is None or user not in self.users:
            return []
        found = list(self.users[user].get("privileges", []))
        for role in self.users[user]["roles"]:
            actions = {"readWrite": READ_WRITE, "dbAdmin": DB_ADMIN}[role["role"]]
            found.append({"resource": {"db": role["db"], "collection": ""}, "actions": actions})
        return found

    def may(self, user, action, database=None):
        """Whether a user has a right for a database, or for the server."""
        here = [{"cluster": True}] if database is None else [{"db": database, "collection": ""}, {"db": "", "collection": ""}]
        for one in self.privileges(user):
            if one["resource"].get("anyResource") or one["resource"] in here:
                if action in one["actions"] or "anyAction" in one["actions"]:
                    return True
        return False


class Connection(socketserver.BaseRequestHandler):
    def handle(self):
        self.user, self.conversation = None, None
        if os.path.exists(f"{self.server.directory}/key.pem"):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(f"{self.server.directory}/certificate.pem", f"{self.server.directory}/key.pem")
            try:
                self.request = context.wrap_socket(self.request, server_side=True)
            except (ssl.SSLError, OSError):
                return
        try:
            while True:
                length, number, _, opcode = struct.unpack("<iiii", self.read(16))
                self.answer(number, opcode, self.read(length - 16))
        except (ConnectionError, OSError):
            pass

    def read(self, length):
        data = b""
        while len(data) < length:
            part = self.request.recv(length - len(data))
            if not part:
                raise ConnectionError
            data += part
        return data

    def answer(self, number, opcode, body):
        if opcode == OP_QUERY:
            # How drivers say hello.
            rest = body[body.index(b"\0", 4) + 9 :]
            command = bson.decode(rest) | {"$db": "admin"}
        elif opcode == OP_MSG:
            command = self.sections(body)
        else:
            raise ConnectionError
        reply = bson.encode(self.run(command))
        body = struct.pack("<iqii", 8, 0, 0, 1) + reply if opcode == OP_QUERY else struct.pack("<ib", 0, 0) + reply
        self.request.sendall(struct.pack("<iiii", 16 + len(body), 1, number, OP_REPLY if opcode == OP_QUERY else OP_MSG) + body)

    def sections(self, body):
        if struct.unpack_from("<i", body)[0] != 0:
            self.unexpected(f"flags {body[:4]}")
        command, at = {}, 4
        while at < len(body):
            kind, size = struct.unpack_from("<bi", body, at)
            part = body[at + 1 : at + 1 + size]
            if kind == 0:
                command |= bson.decode(part)
                if bson.encode(bson.decode(part)) != part:
                    self.unexpected(f"BSON that is written in another way: {part!r}")
            else:
                name, documents = part[4:].split(b"\0", 1)
                command[name.decode()] = bson.decode_all(documents)
            at += 1 + size
        return command

    def unexpected(self, what):
        self.server.write("unexpected.log", what)

    def run(self, command):
        name = next(iter(command))
        fields = COMMANDS.get(name)
        shown = {key: "xxx" if key in ("pwd", "payload") else value for key, value in command.items()}
        self.server.write("command.log", f"{self.user}: {shown}")
        if fields is None:
            self.unexpected(f"command {name}")
            return Refused(59, "CommandNotFound", f"no such command: '{name}'").answer
        for key, value in command.items():
            expected = fields.get(key) or GENERIC.get(key)
            if expected is None or not isinstance(value, expected):
                self.unexpected(f"{name}: {key}")
                return Refused(40415, "IDLUnknownField", f"BSON field '{name}.{key}' is an unknown field.").answer
        try:
            with self.server.lock:
                if self.user not in self.server.users:
                    self.user = None
                if self.user is None and name not in BEFORE_LOGIN and not self.server.is_open:
                    raise Refused(13, "Unauthorized", f"Command {name} requires authentication")
                return (getattr(self, f"do_{name}")(command) or {}) | {"ok": 1.0}
        except Refused as refused:
            return refused.answer

    def needs(self, command, action, database=None):
        if not self.server.may(self.user, action, database) and not self.server.is_open:
            raise unauthorized(command)

    def do_hello(self, command):
        limits = {"maxBsonObjectSize": 16777216, "maxMessageSizeBytes": 48000000, "maxWriteBatchSize": 100000}
        is_primary = not os.path.exists(f"{self.server.directory}/secondary")
        answer = {"helloOk": True, "isWritablePrimary": is_primary, "minWireVersion": 0, "maxWireVersion": 27, "readOnly": False} | limits
        if "saslSupportedMechs" in command:
            user = self.server.users.get(command["saslSupportedMechs"].partition(".")[2])
            answer["saslSupportedMechs"] = user["mechanisms"] if user else ["SCRAM-SHA-256"]
        return answer

    def do_ismaster(self, command):
        return self.do_hello(command) | {"ismaster": True}

    def do_saslStart(self, command):
        if command["mechanism"] != "SCRAM-SHA-256" or os.path.exists(f"{self.server.directory}/other-mechanism"):
            why = f"Received authentication for mechanism {command['mechanism']} which is not enabled"
            raise Refused(334, "MechanismUnavailable", why)
        header, first = command["payload"][:3], command["payload"][3:].decode()
        name, nonce = (part.partition("=")[2] for part in first.split(","))
        user = self.server.users.get(name.replace("=2C", ",").replace("=3D", "="))
        # All the client needs to know.
        if header != b"n,," or command["$db"] != "admin" or user is None or "SCRAM-SHA-256" not in user["mechanisms"]:
            raise Refused(18, "AuthenticationFailed", "Authentication failed.")
        nonce += base64.b64encode(os.urandom(24)).decode()
        challenge = f"r={nonce},s={base64.b64encode(user['scram']['salt']).decode()},i={ITERATIONS}"
        self.conversation = (name, user["scram"], nonce, f"{first},{challenge}", command.get("options", {}).get("skipEmptyExchange", False))
        return {"conversationId": 1, "done": False, "payload": challenge.encode()}

    def do_saslContinue(self, command):
        if command["payload"] == b"":
            return {"conversationId": 1, "done": True, "payload": b""}
        name, kept, nonce, said, skips = self.conversation
        words, _, proof = command["payload"].decode().partition(",p=")
        signed = f"{said},{words}".encode()
        signature = hmac.digest(kept["stored"], signed, "sha256")
        key = bytes(one ^ other for one, other in zip(base64.b64decode(proof), signature, strict=True))
        if words != f"c=biws,r={nonce}" or hashlib.sha256(key).digest() != kept["stored"]:
            raise Refused(18, "AuthenticationFailed", "Authentication failed.")
        self.user = name
        signature = base64.b64encode(hmac.digest(kept["server"], signed, "sha256"))
        return {"conversationId": 1, "done": skips, "payload": b"v=" + signature}

    def do_ping(self, command):
        pass

    do_endSessions = do_ping

    def do_buildInfo(self, command):
        return {"version": "8.3.1", "gitVersion": "0" * 40, "versionArray": [8, 3, 1, 0]}

    def do_connectionStatus(self, command):
        users = [{"user": self.user, "db": "admin"}] if self.user else []
        roles = self.server.users[self.user]["roles"] + self.server.users[self.user].get("own_roles", []) if self.user else []
        status = {"authenticatedUsers": users, "authenticatedUserRoles": roles}
        if command.get("showPrivileges"):
            status["authenticatedUserPrivileges"] = self.server.privileges(self.user)
        return {"authInfo": status}

    def do_usersInfo(self, command):
        found = []
        for wanted in command["usersInfo"]:
            if wanted != {"user": self.user, "db": "admin"}:
                self.needs(command, "viewUser", wanted["db"])
            user = self.server.users.get(wanted["user"])
            if user and wanted["db"] == "admin":
                shown = {"_id": f"admin.{wanted['user']}", "userId": bson.Binary.from_uuid(user["id"])} | wanted
                found.append(shown | {key: user[key] for key in ("customData", "roles", "mechanisms")})
        return {"users": found}

    def checked_roles(self, command):
        for role in command["roles"]:
            if set(role) != {"role", "db"} or role["role"] not in ("readWrite", "dbAdmin"):
                raise Refused(31, "RoleNotFound", f"Could not find role: {role}")
            self.needs(command, "grantRole", role["db"])
        return command["roles"]

    def do_createUser(self, command):
        name = command["createUser"]
        self.needs(command, "createUser", command["$db"])
        if name in self.server.users:
            raise Refused(51003, "Location51003", f'User "{name}@admin" already exists')
        if command["$db"] != "admin" or not command["mechanisms"]:
            self.unexpected("a user that is not in admin, or without mechanisms")
        self.server.users[name] = self.server.user(
            command["pwd"], command["customData"], self.checked_roles(command), command["mechanisms"]
        )

    def do_updateUser(self, command):
        user = self.existing(command["updateUser"])
        if "pwd" in command:
            self.needs(command, "changePassword", "admin")
            user["scram"] = scram(command["pwd"])
            user["mechanisms"] = command.get("mechanisms", user["mechanisms"])
        if "customData" in command:
            self.needs(command, "changeCustomData", "admin")
            user["customData"] = command["customData"]
        if "roles" in command:
            self.needs(command, "revokeRole", "")
            user["roles"] = self.checked_roles(command)

    def do_dropUser(self, command):
        self.needs(command, "dropUser", command["$db"])
        self.existing(command["dropUser"])
        del self.server.users[command["dropUser"]]

    def existing(self, name):
        if name not in self.server.users:
            raise Refused(11, "UserNotFound", f"User '{name}@admin' not found")
        return self.server.users[name]

    def do_killAllSessions(self, command):
        self.needs(command, "killAnySession")
        for one in command["killAllSessions"]:
            if set(one) != {"user", "db"}:
                self.unexpected(f"killAllSessions: {one}")

    def do_listDatabases(self, command):
        self.needs(command, "listDatabases")
        return {"databases": [{"name": name} for name in self.server.databases]}

    def do_listCollections(self, command):
        self.needs(command, "listCollections", command["$db"])
        names = self.server.databases.get(command["$db"], {})
        batch = [{"name": name, "type": "collection"} for name in names]
        return {"cursor": {"id": bson.Int64(0), "ns": f"{command['$db']}.$cmd.listCollections", "firstBatch": batch}}

    def do_dropDatabase(self, command):
        self.needs(command, "dropDatabase", command["$db"])
        self.server.databases.pop(command["$db"], None)
        return {"dropped": command["$db"]}

    def do_insert(self, command):
        self.needs(command, "insert", command["$db"])
        self.server.databases.setdefault(command["$db"], {}).setdefault(command["insert"], []).extend(command["documents"])
        return {"n": len(command["documents"])}

    def do_find(self, command):
        self.needs(command, "find", command["$db"])
        found = self.server.databases.get(command["$db"], {}).get(command["find"], [])
        return {"cursor": {"id": bson.Int64(0), "ns": f"{command['$db']}.{command['find']}", "firstBatch": found}}

    def do_collMod(self, command):
        self.needs(command, "collMod", command["$db"])


if __name__ == "__main__":
    port, directory, users = sys.argv[1:]
    Server(int(port), directory, json.loads(users)).serve_forever()
