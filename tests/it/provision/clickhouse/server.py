"""ClickHouse for tests: the engine of chDB, which parses, executes and checks the rights of every statement, behind the HTTP interface of
the server, which chDB does not have.

chDB reads its users from a file and cannot write them. A statement that changes a user therefore fails at the very end, after the engine has
parsed it and checked the rights of who sent it; then this program writes the file. Who is logged in is `default` there.

Usage: server.py PORT DIRECTORY USERS, where USERS is JSON: names with `password` and `grants`. With `certificate.pem` and `key.pem` in the
directory, it has TLS.
"""

import hashlib
import hmac
import json
import os
import re
import ssl
import subprocess
import sys
import threading
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

NAME = r"`([^`]+)`"
SET_USER = re.compile(
    rf"(CREATE|ALTER) USER {NAME} IDENTIFIED WITH sha256_hash BY '([0-9A-F]{{64}})' SALT '([0-9A-F]+)' VALID UNTIL '([^']+)' HOST ANY "
    rf"DEFAULT DATABASE {NAME} SETTINGS (NONE|max_concurrent_queries_for_user = 20 CONST)"
)
DROP_USER = re.compile(rf"DROP USER IF EXISTS {NAME}")
GRANT = re.compile(rf"(GRANT .+ ON {NAME}\.\*) TO {NAME}")
REVOKE = re.compile(rf"REVOKE ALL ON \*\.\* FROM {NAME}")
# ACCESS_STORAGE_READONLY and ACCESS_STORAGE_FOR_INSERTION_NOT_FOUND.
READ_ONLY = ("Code: 495.", "Code: 514.")
STATUSES = {"62": 400, "81": 404, "497": 403, "516": 403}


def work(directory):
    """The engine: takes queries from stdin, a line of JSON each, and answers likewise."""
    from unittest.mock import MagicMock

    # chDB imports them for its interface to dataframes, which nothing here uses.
    for module in ("pyarrow", "pandas"):
        sys.modules[module] = MagicMock()
    from chdb import session

    engine = session.Session(f"{directory}/data?config-file={directory}/config.xml")
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            if asked["database"]:
                engine.query(f"USE `{asked['database']}`")
            answer = {"ok": str(engine.query(asked["query"], asked["format"]))}
        except Exception as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)


class Server:
    def __init__(self, directory, users):
        self.directory, self.users = directory, users
        self.lock, self.worker, self.of_worker = threading.Lock(), None, None

    def users_file(self, current):
        entry = "<{0}><password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>{1}</{0}>"
        grants = lambda user: "".join(f"<query>{escape(grant)}</query>" for grant in user["grants"])
        # Without any, a user of the file has all rights.
        one = lambda name, user: entry.format(name, f"<grants>{grants(user) or '<query>REVOKE ALL ON *.*</query>'}</grants>")
        users = "".join(one("default" if name == current else name, user) for name, user in self.users.items())
        return f"<clickhouse><users>{users}</users><profiles><default/></profiles><quotas><default/></quotas></clickhouse>"

    def engine(self, user, query, database, form):
        # Another password changes nothing that the engine knows, and a start takes most of the time of a test.
        users = self.users_file(user)
        if self.of_worker != users:
            if self.worker:
                self.worker.stdin.close()
                self.worker.wait()
            with open(f"{self.directory}/users.xml", "w") as file:
                file.write(users)
            command = [sys.executable, __file__, "worker", self.directory]
            self.worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            self.of_worker = users
        print(json.dumps({"query": query, "database": database, "format": form}), file=self.worker.stdin, flush=True)
        return json.loads(self.worker.stdout.readline())

    def is_login(self, name, password):
        user = self.users.get(name)
        if user is None:
            return False
        if "hash" not in user:
            return hmac.compare_digest(user["password"], password)
        until = user["until"]
        if until != "infinity" and datetime.fromisoformat(until) <= datetime.now(timezone.utc):
            return False
        return hashlib.sha256((password + user["salt"]).encode()).hexdigest().upper() == user["hash"]

    def ask(self, name, password, query, database, form):
        with self.lock:
            if not self.is_login(name, password):
                why = "Authentication failed: password is incorrect, or there is no user with such name"
                return f"Code: 516. DB::Exception: {name}: {why}. (AUTHENTICATION_FAILED) (version 26.5.1.1)", True
            if query == "SELECT 1":
                # Whoever is logged in may do that.
                return ("1\n" if form == "TabSeparated" else "[1]\n"), False
            # The tables of chDB are dropped in the background, for which SYNC waits forever.
            asked = query.removesuffix(" SYNC") if query.startswith("DROP DATABASE") else query
            answer = self.engine(name, asked, database, form)
            error = answer.get("error")
            if error is None:
                return answer["ok"], False
            if error.startswith(READ_ONLY) and self.change(query):
                return "", False
            return error, True

    def change(self, query):
        if found := SET_USER.fullmatch(query):
            verb, name, digest, salt, until, database, settings = found.groups()
            kept = {"grants": self.users[name]["grants"] if verb == "ALTER" else []}
            self.users[name] = kept | {"hash": digest, "salt": salt, "until": until, "settings": settings, "database": database}
        elif found := DROP_USER.fullmatch(query):
            del self.users[found[1]]
        elif found := GRANT.fullmatch(query):
            grants = self.users[found[3]]["grants"]
            grants.extend(grant for grant in [found[1]] if grant not in grants)
        elif found := REVOKE.fullmatch(query):
            self.users[found[1]]["grants"] = []
        else:
            return False
        return True


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_PUT(self):
        """For tests: another state of the users."""
        server = self.server.state
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        with server.lock:
            for name, user in json.loads(body).items():
                server.users.pop(name, None)
                if user is not None:
                    server.users[name] = user
            self.say(200, json.dumps(server.users))

    def do_POST(self):
        server = self.server.state
        query = self.rfile.read(int(self.headers["content-length"])).decode()
        name, password = self.headers["x-clickhouse-user"], self.headers["x-clickhouse-key"]
        parameters = {key: value[0] for key, value in parse_qs(urlsplit(self.path).query).items()}
        with open(f"{server.directory}/query.log", "a") as log:
            log.write(f"{name}: {query}\n")
        form = parameters.get("default_format", "TabSeparated")
        text, is_error = server.ask(name, password, query, parameters.get("database"), form)
        code = text.removeprefix("Code: ").split(".")[0] if is_error else ""
        self.say(STATUSES.get(code, 500) if is_error else 200, text)

    def say(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if sys.argv[1] == "worker":
    work(sys.argv[2])
    # The engine's threads would keep the process.
    os._exit(0)
port, directory, users = sys.argv[1:]
with open(f"{directory}/config.xml", "w") as config:
    place = f"<users_xml><path>{directory}/users.xml</path></users_xml>"
    config.write(f"<clickhouse><user_directories>{place}</user_directories></clickhouse>")
http = ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
if os.path.exists(f"{directory}/key.pem"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{directory}/certificate.pem", f"{directory}/key.pem")
    http.socket = context.wrap_socket(http.socket, server_side=True)
http.state = Server(directory, json.loads(users))
http.serve_forever()
