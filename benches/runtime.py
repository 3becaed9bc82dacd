"""Compares takk.runtime and takk.models with pydantic alone, the published takk and the reference. benches/runtime.sh runs it, on Linux.

Prints docs/performance-runtime.md. The candidates run in turns, each in a fresh process; every figure is the median of its runs.
"""

import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

RUNS = int(os.environ.get("ROUNDS", "15"))
VENVS = Path(sys.argv[1])
WHEEL = Path(sys.argv[2])
HAS_REFERENCE = (VENVS / "reference").exists()

# What each process prints at the end: milliseconds of CPU since it started, and MiB. Not `ru_maxrss`, which includes the memory
# of the parent process.
USAGE = """
import time
cpu = time.process_time()
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
print(cpu * 1000, int(peak) / 1024)
"""

TAKK_CLIENT = """
from takk.runtime import Secret, SecretModel, Ssm
class App(SecretModel):
    x: str = Secret("/x")
app = App(backend=Ssm("eu-north-1"))
"""
REFERENCE_CLIENT = """
from vaultly import Secret, SecretModel
from vaultly.backends.aws_ssm import AWSSSMBackend
class App(SecretModel):
    x: str = Secret("/x")
app = App(backend=AWSSSMBackend(region_name="eu-north-1"))
"""
PYDANTIC = """
from pydantic import BaseModel
class App(BaseModel):
    x: str = ""
app = App()
"""

# A model of COUNT secrets, all of them read from memory; then the measured reads.
READS = """
import sys, threading, time, timeit
{imports}
count = int(sys.argv[1])
fields = {{f"f{{index}}": Secret(f"/{{{{stage}}}}/f{{index}}") for index in range(count)}}
namespace = {{"__annotations__": {{**dict.fromkeys(fields, str), "stage": str}}, **fields}}
app = type("App", (SecretModel,), namespace)(stage="p", backend=Mock({{f"/p/f{{index}}": "x" for index in range(count)}}))
for name in fields:
    getattr(app, name)
number = 20_000
print(min(timeit.repeat("app.f1", globals={{"app": app}}, number=number, repeat=5)) / number * 1e6)
def read():
    for _ in range(10_000):
        app.f1
threads = [threading.Thread(target=read) for _ in range(20)]
begun = time.perf_counter()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(time.perf_counter() - begun)
"""

# The first use of a hundred secrets of a server: milliseconds of CPU and wall time, without imports and clients.
FETCHES = """
import sys, time
{imports}
address = sys.argv[1]
fields = {{f"f{{index}}": Secret(f"bench/f{{index}}") for index in range(100)}}
namespace = {{"__annotations__": dict.fromkeys(fields, str), **fields}}
App = type("App", (SecretModel,), namespace)
app = App(backend={backend})
cpu, begun = time.process_time(), time.perf_counter()
{use}
print((time.process_time() - cpu) * 1000, (time.perf_counter() - begun) * 1000)
assert app.f99 == "value-99"
"""
PREFETCH = "app.prefetch()"
ONE_BY_ONE = "for name in fields:\n    getattr(app, name)"


def run(venv: str, code: str, *arguments: str) -> list[float]:
    """The numbers that a process prints."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    environment["AWS_DEFAULT_REGION"] = environment["AWS_REGION"] = "eu-north-1"
    python = VENVS / venv / "bin/python"
    ran = subprocess.run([python, "-c", code, *arguments], env=environment, capture_output=True, text=True, check=True)
    return [float(number) for number in ran.stdout.split()]


def compared(ways: dict[str, tuple[str, str, list[str]]]) -> dict[str, list[float]]:
    """The medians of the numbers that the processes print. The processes alternate."""
    for venv, code, arguments in ways.values():
        run(venv, code, *arguments)
    results: dict[str, list[list[float]]] = {name: [] for name in ways}
    for _ in range(RUNS):
        for name, (venv, code, arguments) in ways.items():
            results[name].append(run(venv, code, *arguments))
    return {name: [statistics.median(column) for column in zip(*rows)] for name, rows in results.items()}


def installed(venv: str) -> float:
    """The size of the packages in an environment in MB, without the environment itself and bytecode."""
    packages = next((VENVS / venv / "lib").glob("python*/site-packages"))
    own = {"pip", "setuptools", "wheel", "_distutils_hack", "pkg_resources"}
    files = (path for path in packages.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    counted = sum(
        path.stat().st_size for path in files if path.relative_to(packages).parts[0].partition("-")[0] not in own
    )
    scripts = VENVS / venv / "bin/takk"
    return (counted + (scripts.stat().st_size if scripts.exists() else 0)) / 1e6


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Server:
    """A server program from the environment of servers."""

    def __init__(self, *command: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        program = [VENVS / "servers/bin" / command[0], *(argument.format(port=self.port) for argument in command[1:])]
        self.process = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(f"{command[0]} does not listen")

    def ask(self, path: str, body: object, headers: dict[str, str]) -> None:
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers, method="POST")
        with urllib.request.urlopen(request, timeout=10) as response:
            response.read()


def openbao() -> Server:
    server = Server(
        "bao", "server", "-dev", "-dev-no-store-token", "-dev-root-token-id=root", "-dev-listen-address=127.0.0.1:{port}"
    )
    for attempt in range(100):
        try:
            for index in range(100):
                data = {"data": {"value": f"value-{index}"}}
                server.ask(f"/v1/secret/data/bench/f{index}", data, {"X-Vault-Token": "root"})
            return server
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("OpenBao does not get ready")


def ssm() -> Server:
    server = Server("moto_server", "-H", "127.0.0.1", "-p", "{port}")
    authorization = "AWS4-HMAC-SHA256 Credential=a/20260101/eu-north-1/ssm/aws4_request, SignedHeaders=host, Signature=x"
    for index in range(100):
        body = {"Name": f"bench/f{index}", "Value": f"value-{index}", "Type": "String"}
        headers = {"X-Amz-Target": "AmazonSSM.PutParameter", "Content-Type": "application/x-amz-json-1.1"}
        server.ask("/", body, {**headers, "Authorization": authorization})
    return server


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def imports() -> str:
    ways = {
        "nothing": ("pydantic", "pass", []),
        "pydantic, a model": ("pydantic", PYDANTIC, []),
        "takk.runtime, a model and an SSM client": ("takk", TAKK_CLIENT, []),
        "`import enum`": ("pydantic", "import enum", []),
        "`from takk.models import ResourceTags`, an enum": ("takk", "from takk.models import ResourceTags", []),
        "the same from takk 0.1.40": ("published", "from takk.models import ResourceTags", []),
    }
    if HAS_REFERENCE:
        ways["vaultly, a model and an SSM client"] = ("reference", REFERENCE_CLIENT, [])
    found = compared({name: (venv, code + USAGE, arguments) for name, (venv, code, arguments) in ways.items()})
    nothing = found["nothing"]
    rows = [
        (name, f"{cpu:.1f} ms", f"{cpu - nothing[0]:.1f} ms", f"{memory:.1f} MiB") for name, (cpu, memory) in found.items()
    ]
    return table(("process", "CPU", "more than nothing", "memory"), rows)


def reads() -> str:
    takk = READS.format(imports="from takk.runtime import Mock, Secret, SecretModel")
    reference = READS.format(imports="from vaultly import MockBackend as Mock, Secret, SecretModel")
    ways = {}
    for count in ("2", "100"):
        ways[f"takk.runtime, model of {count}"] = ("takk", takk, [count])
        if HAS_REFERENCE:
            ways[f"vaultly, model of {count}"] = ("reference", reference, [count])
    found = compared(ways)
    rows = [(name, f"{one:.2f} µs", f"{threads:.2f} s") for name, (one, threads) in found.items()]
    return table(("from the cache", "one read", "20 threads × 10,000 reads"), rows)


def fetches() -> str:
    bao, moto = openbao(), ssm()
    ours = "from takk.runtime import Secret, SecretModel, {0}"
    reference = "from vaultly import Secret, SecretModel\nfrom vaultly.backends.{0} import {1}"
    vault = 'Vault(address, token="root")'
    aws = 'Ssm("eu-north-1", endpoint_url=address)'
    ways = {
        "100 from OpenBao: takk.runtime, `prefetch`": ("takk", ours.format("Vault"), vault, PREFETCH, bao),
        "100 from SSM: takk.runtime, `prefetch`": ("takk", ours.format("Ssm"), aws, PREFETCH, moto),
        "100 from SSM: takk.runtime, one by one": ("takk", ours.format("Ssm"), aws, ONE_BY_ONE, moto),
    }
    if HAS_REFERENCE:
        client = "\nimport boto3\nclient = boto3.client('ssm', endpoint_url=address, region_name='eu-north-1')"
        of_aws = reference.format("aws_ssm", "AWSSSMBackend").replace("\n", "\nimport sys; address = sys.argv[1]\n", 1) + client
        ways["100 from OpenBao: vaultly, `prefetch`"] = (
            "reference",
            reference.format("vault", "VaultBackend"),
            'VaultBackend(url=address, token="root")',
            PREFETCH,
            bao,
        )
        ways["100 from SSM: vaultly, one by one"] = ("reference", of_aws, "AWSSSMBackend(client=client)", ONE_BY_ONE, moto)
    try:
        found = compared({
            name: (venv, FETCHES.format(imports=imports, backend=backend, use=use), [server.url])
            for name, (venv, imports, backend, use, server) in ways.items()
        })
    finally:
        bao.process.kill()
        moto.process.kill()
    rows = [(name, f"{cpu:.1f} ms", f"{wall:.0f} ms") for name, (cpu, wall) in found.items()]
    return table(("first use", "CPU of the client", "time"), rows)


def sizes() -> str:
    pydantic = installed("pydantic")
    executable = (VENVS / "takk/bin/takk").stat().st_size / 1e6
    rows = [
        ("takk, the package with its extension", f"{installed('takk') - pydantic - executable:.1f} MB"),
        ("takk, the executable", f"{executable:.1f} MB"),
        ("takk 0.1.40", f"{installed('published') - pydantic:.1f} MB"),
    ]
    head = f"The wheel has {WHEEL.stat().st_size / 1e6:.1f} MB. Installed, beside the {pydantic:.1f} MB of pydantic and pydantic-settings:\n\n"
    return head + table(("package, with what it requires", "size"), rows)


def main() -> None:
    version = platform.python_version()
    processor = next((line.partition(":")[2].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    print(f"""# Performance of takk in Python

Written by [`benches/runtime.sh`](../benches/runtime.sh): CPython {version}, {os.cpu_count()} cores of {processor}. The wheel is the one
of `./package.sh`, takk 0.1.40 is the version on PyPI, vaultly the [reference](migrating/vaultly.md) with boto3 and hvac. What is compared runs in turns, each
time in a fresh process, and a figure is the median of {RUNS} runs.

## Imports

{imports()}
## Reads

{reads()}
{fetches()}
## Sizes

{sizes()}""")


if __name__ == "__main__":
    main()
