"""Threads, forks, other processes, and memory."""

import gc
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import threading
import time
import weakref

import pytest

from takk.runtime import AsyncBackend, Mock, Secret, SecretModel, TransientError


class App(SecretModel):
    y: str = Secret("/y")
    n: int = Secret("/n", ttl=0.001)


def test_one_request_at_a_time_for_a_path(scripted):
    backend = scripted({"/y": "1", "/n": "2"}, delay=0.05)
    app = App(backend=backend)
    seen, ready = [], threading.Barrier(20)

    def read():
        ready.wait()
        seen.append(app.y)

    threads = [threading.Thread(target=read) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == ["1"] * 20 and backend.calls == ["/y"]


def test_threads_share_the_failure_of_a_request(scripted):
    backend = scripted({}, delay=0.1)
    backend.go_down()
    app = App(backend=backend)
    failures, ready = [], threading.Barrier(8)

    def read():
        ready.wait()
        try:
            app.y
        except TransientError as error:
            failures.append(str(error))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failures) == 8 and len(backend.calls) == 1


def test_reads_refreshes_and_overrides_at_once():
    class Counted(Mock):
        count = 0

        def get(self, path, *, version=None):
            self.count += 1
            return str(self.count)

    app = App(backend=Counted())
    stop, failures = threading.Event(), []

    def again(action):
        def run():
            try:
                while not stop.is_set():
                    action()
            except Exception as error:
                failures.append(error)

        return threading.Thread(target=run)

    def override():
        with app.override(y="mine"):
            app.y

    actions = [lambda: app.y, lambda: app.n, lambda: app.refresh("y"), app.refresh_all, app.prefetch, app.sources, override]
    threads = [again(action) for action in actions * 2]
    for thread in threads:
        thread.start()
    time.sleep(1)
    stop.set()
    for thread in threads:
        thread.join(10)
    assert not failures and not any(thread.is_alive() for thread in threads)
    assert app.refresh("y") == app.y


class Slow(AsyncBackend):
    async def get(self, path, *, version=None):
        import asyncio

        await asyncio.sleep(0.3)
        return "1"


@pytest.mark.parametrize("work", ["async", "pool"])
def test_forks(work, scripted):
    """After a fork while threads are reading, the child performs its own reads."""
    if work == "pool":
        app = App(backend=Mock({"/y": "1", "/n": "2"}))
        assert app.y == "1"
        context = multiprocessing.get_context("fork")
        with context.Pool(4, initializer=_set, initargs=(app,)) as pool:
            assert pool.map(_read, range(40)) == [("1", 2)] * 40
        return
    app = App(backend=Slow())
    reader = threading.Thread(target=lambda: app.y)
    reader.start()
    time.sleep(0.1)
    child = os.fork()
    if child == 0:
        os._exit(0 if app.y == "1" and app.n == 1 else 1)
    assert os.waitstatus_to_exitcode(_wait(child)) == 0
    reader.join()


_app = None


def _set(app):
    global _app
    _app = app


def _read(_):
    return _app.y, _app.n


def _wait(child):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        time.sleep(0.01)
    os.kill(child, 9)
    os.waitpid(child, 0)
    pytest.fail("the child hangs")


def test_forks_in_a_storm():
    """Forks at random moments while other threads read: no child hangs."""

    class Quick(Mock):
        def get(self, path, *, version=None):
            return "1"

    app = App(backend=Quick())
    stop = threading.Event()

    def read():
        while not stop.is_set():
            app.refresh("y")
            app.n

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(30):
            child = os.fork()
            if child == 0:
                os._exit(0 if (app.refresh("y"), app.y, app.n) == ("1", "1", 1) else 1)
            assert os.waitstatus_to_exitcode(_wait(child)) == 0
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_spawned_processes_make_their_own():
    context = multiprocessing.get_context("spawn")
    with pytest.raises(NotImplementedError), context.Pool(1) as pool:
        pool.apply(_set, (App(backend=Mock()),))


def test_gunicorn_with_preload(tmp_path):
    pytest.importorskip("gunicorn")
    (tmp_path / "shop.py").write_text(
        "import os, time\n"
        "from takk.runtime import Mock, Secret, SecretModel\n"
        "class Slow(Mock):\n"
        "    def get(self, path, *, version=None):\n"
        "        return f'{super().get(path)} {os.getpid()}'\n"
        "class App(SecretModel):\n"
        "    y: str = Secret('/y')\n"
        "    z: str = Secret('/z')\n"
        "settings = App(backend=Slow({'/y': 'kept', '/z': 'own'}))\n"
        "master = settings.y\n"
        "def app(environ, start_response):\n"
        "    start_response('200 OK', [])\n"
        "    assert settings.y == master\n"
        "    return [f'{os.getpid()} {settings.y} {settings.z}'.encode()]\n"
    )
    address = f"unix:{tmp_path}/socket"
    command = [sys.executable, "-m", "gunicorn", "--preload", "--workers", "4", "--bind", address, "shop:app"]
    server = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL)
    try:
        answers = set()
        deadline = time.monotonic() + 30
        while len(answers) < 2 and time.monotonic() < deadline:
            answers.add(_ask(f"{tmp_path}/socket"))
            answers.discard(None)
        assert len(answers) >= 2, answers
        for answer in answers:
            worker, _, master, _, own = answer.split()
            assert worker == own != master
    finally:
        server.terminate()
        server.wait(20)


def _ask(path):
    import http.client
    import socket

    connection = http.client.HTTPConnection("localhost", timeout=5)
    connection.sock = socket.socket(socket.AF_UNIX)
    try:
        connection.sock.connect(path)
        connection.request("GET", "/")
        response = connection.getresponse()
        return response.read().decode() if response.status == 200 else None
    except OSError:
        time.sleep(0.05)
        return None
    finally:
        connection.close()


def _size():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="this system has no /proc")
def test_ten_thousand_refreshes_are_flat():
    backend = Mock({"/y": "x" * 1000, "/n": "2"})
    app = App(backend=backend)
    app.subscribe(lambda change: None)

    def refresh(count):
        for number in range(count):
            backend.data["/y"] = f"{number:01000}"
            backend.reset_calls()
            assert app.refresh("y") == backend.data["/y"]
        gc.collect()

    refresh(2_000)
    size, descriptors = _size(), len(os.listdir("/proc/self/fd"))
    refresh(10_000)
    assert _size() - size < 2 << 20
    assert len(os.listdir("/proc/self/fd")) == descriptors


def test_models_are_freed():
    class Parent(SecretModel):
        app: App
        z: str = Secret("/z", transform=lambda raw: [raw])

    def make():
        parent = Parent(app={}, backend=Mock({"/y": "1", "/z": "2"}))
        assert parent.app.y == "1"
        parent.z.append(parent)
        parent.subscribe(lambda change: parent)
        return weakref.ref(parent)

    models = [make() for _ in range(10)]
    gc.collect()
    assert [model() for model in models] == [None] * 10
    alone = App(backend=Mock({"/y": "1"}))
    assert alone.y == "1"
    gone = weakref.ref(alone)
    del alone
    assert gone() is None  # Without the garbage collector: secrets do not outlive their model.


INTERRUPTED = """
import signal, socket, sys, threading, time
from takk.runtime import Retrying, Secret, SecretModel, Vault

# It accepts connections, and says nothing.
silent = socket.create_server(("127.0.0.1", 0), backlog=64)
vault = Vault(f"http://127.0.0.1:{silent.getsockname()[1]}", token="t", kv_version=2)
nobody = socket.create_server(("127.0.0.1", 0))
port = nobody.getsockname()[1]
nobody.close()
away = Retrying(Vault(f"http://127.0.0.1:{port}", token="t", kv_version=2), base_delay=60, max_delay=60, total_timeout=None, jitter=False)


class App(SecretModel, stale_on_error=True):
    one: str = Secret("/one")
    two: str = Secret("/two")
    three: str = Secret("/three")


def another_thread_reads():
    app = App(backend=vault)
    threading.Thread(target=lambda: app.one, daemon=True).start()
    time.sleep(0.2)
    return app.one


ways = {
    "read": lambda: App(backend=vault).one,
    "prefetch": lambda: App(backend=vault).prefetch(),
    "get": lambda: vault.get("/one"),
    "retry": lambda: App(backend=away).one,
    "turn": another_thread_reads,
}
handled = []
if sys.argv[2] == "handler":
    signal.signal(signal.SIGINT, lambda *_: handled.append(1) or sys.exit(7))
print("asking", flush=True)
begun = time.monotonic()
try:
    ways[sys.argv[1]]()
except KeyboardInterrupt:
    print("interrupted", flush=True)
except SystemExit as end:
    print("exit", end.code, flush=True)
print(time.monotonic() - begun < 5, flush=True)
"""


@pytest.mark.parametrize("handler", ["default", "handler"])
@pytest.mark.parametrize("way", ["read", "prefetch", "get", "retry", "turn"])
def test_ctrl_c_ends_a_wait_for_a_backend(way: str, handler: str) -> None:
    program = subprocess.Popen([sys.executable, "-c", INTERRUPTED, way, handler], stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None and program.stdout.readline() == "asking\n"
    time.sleep(0.6)
    program.send_signal(signal.SIGINT)
    said = program.communicate(timeout=30)[0]
    assert said == ("interrupted\nTrue\n" if handler == "default" else "exit 7\nTrue\n")
