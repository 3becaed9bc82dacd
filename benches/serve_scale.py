"""A server with many values and many clients, for benches/serve.sh: serve_scale.py URL TOKEN SECONDS

Stores 10,000 values in 4 projects with 5 environments each, sends requests from 200 clients at once, and loads the page of a project
with 500 secrets in 5 environments. Prints requests per second, failures, the median time to the first byte of the page in ms, and
the size of the page in bytes.
"""

import http.client
import http.cookies
import json
import random
import statistics
import sys
import threading
import time
import urllib.parse

URL, TOKEN, SECONDS = sys.argv[1], sys.argv[2], float(sys.argv[3])
HOST = urllib.parse.urlsplit(URL).netloc
PROJECTS, ENVIRONMENTS, NAMES = 4, ["dev", "test", "qa", "prod", "preview%2Fnext"], 500
CLIENTS = 200
PAGES = 30


def ask(connection, method, path, body=None, headers=None):
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"} if headers is None else headers
    connection.request(method, path, None if body is None else json.dumps(body) if isinstance(body, dict) else body, headers)
    answer = connection.getresponse()
    return answer, answer.read()


def fill():
    connection = http.client.HTTPConnection(HOST, timeout=60)
    for project in range(PROJECTS):
        ask(connection, "PUT", f"/api/v1/projects/p{project}", {})
        for environment in ENVIRONMENTS:
            value = "a value of an ordinary length, of sixty-four bytes, nr {:011}"
            changes = [{"name": f"SECRET_{n:03}", "value": value.format(n)} for n in range(NAMES)]
            path = f"/api/v1/projects/p{project}/environments/{environment}"
            answer, text = ask(connection, "PUT", path, {})
            assert answer.status in (200, 201), text
            answer, text = ask(connection, "POST", path + "/changes", {"changes": changes})
            assert answer.status == 200, text


def question(count):
    environment = f"/api/v1/projects/p{random.randrange(PROJECTS)}/environments/{random.choice(ENVIRONMENTS)}"
    name = f"SECRET_{random.randrange(NAMES):03}"
    if count % 20 == 0:
        return "GET", environment + "/values", None
    if count % 20 == 10:
        return "GET", environment + "/secrets", None
    if count % 5 == 1:
        return "POST", environment + "/changes", {"changes": [{"name": name, "value": f"changed {count}"}]}
    return "GET", f"{environment}/secrets/{name}", None


def load():
    end, counts, failures = time.monotonic() + SECONDS, [0] * CLIENTS, [0] * CLIENTS

    def client(number):
        connection = http.client.HTTPConnection(HOST, timeout=60)
        connection.connect()
        barrier.wait()
        while time.monotonic() < end:
            try:
                answer, _ = ask(connection, *question(number + counts[number]))
                failures[number] += answer.status >= 400
            except OSError:
                failures[number] += 1
                connection.close()
            counts[number] += 1

    barrier = threading.Barrier(CLIENTS)
    clients = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    return sum(counts) / SECONDS, sum(failures)


def page():
    connection = http.client.HTTPConnection(HOST, timeout=60)
    cookies = http.cookies.SimpleCookie()

    def browse(method, path, form=None):
        headers = {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer, text = ask(connection, method, path, form and urllib.parse.urlencode(form), headers)
        for value in answer.headers.get_all("Set-Cookie", []):
            cookies.load(value)
        return answer, text.decode()

    _, text = browse("GET", "/login")
    csrf = text.split('name="csrf" value="')[1].split('"')[0]
    answer, text = browse("POST", "/login", {"csrf": csrf, "way": "token", "token": TOKEN, "next": "/"})
    assert answer.status == 303, text
    times = []
    headers = {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())}
    for _ in range(PAGES):
        begin = time.perf_counter()
        connection.request("GET", "/projects/p0", None, headers)
        answer = connection.getresponse()
        times.append((time.perf_counter() - begin) * 1000)
        size = len(answer.read())
        assert answer.status == 200, answer.status
    return statistics.median(times), size


fill()
rate, failed = load()
median, size = page()
print(f"{rate:.0f} {failed} {median:.1f} {size}")
