"""Anonymous clients and viewers against a server, for benches/strangers.sh: strangers.py URL TOKEN SECONDS

Each attack runs in a process of its own, and each of its requests comes from another address (X-Forwarded-For, which the server is
configured to trust), so that no limit per address stops it: wrong passwords, forged tokens and sessions, forms that are never finished,
and the plan of a manifest of 2 MB by a viewer. Meanwhile one authenticated client reads values and probes the server's readiness, one
request after the other. Prints a line of JSON: the number of responses by attack and status, and the client's p50, p99 and maximum time
in ms.
"""

import collections
import http.client
import http.cookies
import json
import multiprocessing
import random
import socket
import sys
import threading
import time
import urllib.parse

URL, TOKEN, SECONDS = sys.argv[1], sys.argv[2], float(sys.argv[3])
HOST = urllib.parse.urlsplit(URL).netloc
SHOP = "/api/v1/projects/shop/environments/dev"
THREADS = 16


def address():
    return ".".join(str(random.randrange(1, 255)) for _ in range(4))


def ask(connection, method, path, body=None, headers=()):
    headers = {"X-Forwarded-For": address(), **dict(headers)}
    if isinstance(body, dict):
        body, headers["Content-Type"] = json.dumps(body), "application/json"
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer, answer.read()


def signed(token):
    return {"Authorization": f"Bearer {token}"}


def made(token, method, path, body=None):
    answer, text = ask(http.client.HTTPConnection(HOST, timeout=60), method, path, body, signed(token))
    assert answer.status < 300, (method, path, answer.status, text)
    return json.loads(text) if text else None


def manifest():
    """The output of `takk inspect` for one field, repeated until the body is full."""
    field = {
        "name": "key", "env": ["KEY"], "type": "int", "required": True, "optional": False, "secret": False, "constraints": {},
        "description": None, "resource": None, "service": None, "path": None, "owner": {"module": "settings", "qualname": "Settings"},
        "file": "settings.py", "line": 5, "column": 5,
    }
    fields = [{**field, "name": f"key_{n}", "env": [f"KEY_{n}"]} for n in range(6500)]
    config = {"env_prefix": "", "env_prefix_target": "variable", "env_nested_delimiter": None, "env_nested_max_split": None,
              "case_sensitive": False, "env_file": [], "secrets_dir": [], "extra": None}
    settings = {"module": "settings", "qualname": "Settings", "file": "settings.py", "line": 4, "column": 7, "kind": "settings",
                "api": "v2", "bases": [], "description": None, "config": config, "custom_sources": False, "test": False, "fields": fields}
    project = {"name": "shop", "place": None, "requires_python": None, "pydantic": None, "pydantic_settings": None}
    return {"schema_version": 1, "project": project, "settings": [settings], "services": [], "shared_settings": [], "resources": [],
            "reads": [], "suggestions": [], "packages": {}, "files": 1}


def passwords(connection, number, state):
    if "csrf" not in state:
        answer, text = ask(connection, "GET", "/login")
        cookies = http.cookies.SimpleCookie(answer.headers["Set-Cookie"])
        state["cookie"] = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
        state["csrf"] = text.decode().split('name="csrf" value="')[1].split('"')[0]
    form = {"csrf": state["csrf"], "way": "password", "name": f"user {number}", "password": "a wrong horse battery"}
    headers = {"Cookie": state["cookie"], "Content-Type": "application/x-www-form-urlencoded"}
    return ask(connection, "POST", "/login", urllib.parse.urlencode(form), headers)[0].status


def tokens(connection, number, state):
    if number % 3 == 0:
        return ask(connection, "GET", "/projects/shop", None, {"Cookie": f"takk=takk_p_{number}"})[0].status
    return ask(connection, "GET", f"{SHOP}/values", None, signed(f"takk_p_{number}"))[0].status


def plans(connection, number, state):
    path = f"{SHOP}/{'plan' if number % 2 else 'manifest'}" if number % 8 else "/projects/shop/environments/dev/resources"
    return ask(connection, "GET", path, None, signed(state["viewer"]))[0].status


def begun(connection, number, state):
    stream = socket.create_connection(tuple(HOST.split(":")), timeout=5)
    stream.sendall(f"POST /login HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {address()}\r\nContent-Length: 16000\r\n\r\n{'x' * 15000}".encode())
    state.setdefault("left", collections.deque(maxlen=10)).append(stream)
    time.sleep(0.2)
    return 0


def attack(kind, end, viewer, results):
    counts = collections.Counter()

    def one(number):
        connection, state = http.client.HTTPConnection(HOST, timeout=30), {"viewer": viewer}
        while time.time() < end:
            number += 1
            try:
                counts[kind(connection, number, state)] += 1
            except (OSError, http.client.HTTPException):
                counts["broken off"] += 1
                connection.close()

    threads = [threading.Thread(target=one, args=(1_000_000 * n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put((kind.__name__, {str(status): count for status, count in counts.items()}))


def client(end, results):
    connection, times, failed, number = http.client.HTTPConnection(HOST, timeout=30), [], 0, 0
    while time.time() < end:
        number += 1
        path = "/readyz" if number % 10 == 0 else f"{SHOP}/secrets/KEY"
        begin = time.perf_counter()
        try:
            failed += ask(connection, "GET", path, None, signed(TOKEN))[0].status != 200
        except (OSError, http.client.HTTPException):
            failed += 1
            connection.close()
        times.append((time.perf_counter() - begin) * 1000)
        time.sleep(0.005)
    times.sort()
    at = lambda share: times[min(len(times) - 1, int(len(times) * share))]
    results.put(("client", {"asked": len(times), "failed": failed, "p50": round(at(0.5), 1), "p99": round(at(0.99), 1), "longest": round(times[-1], 1)}))


if __name__ == "__main__":
    made(TOKEN, "PUT", "/api/v1/projects/shop")
    made(TOKEN, "POST", f"{SHOP}/changes", {"changes": [{"name": "KEY", "value": "1"}]})
    new = {"account": "bench", "label": "bench", "role": "viewer"}
    viewer = made(TOKEN, "POST", "/api/v1/projects/shop/service-tokens", new)["token"]
    made(TOKEN, "PUT", f"{SHOP}/manifest", manifest())
    results, end = multiprocessing.Queue(), time.time() + SECONDS
    processes = [multiprocessing.Process(target=attack, args=(kind, end, viewer, results)) for kind in (passwords, tokens, plans, begun)]
    processes.append(multiprocessing.Process(target=client, args=(end, results)))
    for process in processes:
        process.start()
    found = dict(results.get(timeout=SECONDS + 120) for _ in processes)
    for process in processes:
        process.join()
    print(json.dumps(found))
