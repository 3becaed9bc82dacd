"""Compares takk.runtime with pydantic alone, and with the reference where it is installed: benches/runtime.sh runs it, on Linux.

Prints a Markdown table. Every figure is the best of several runs, except where it says so.
"""

import subprocess
import sys
import threading
import time
import timeit
from collections.abc import Callable

RUNS = 7

IMPORTS = {
    "nothing": "pass",
    "pydantic, a model": "from pydantic import BaseModel\nclass App(BaseModel):\n    x: str = ''",
    "takk.runtime, a model": "from takk.runtime import Secret, SecretModel\nclass App(SecretModel):\n    x: str = Secret('/x')",
    "takk.runtime, a model and an SSM client": "from takk.runtime import Secret, SecretModel, Ssm\n"
    "class App(SecretModel):\n    x: str = Secret('/x')\nApp(backend=Ssm('eu-north-1'))",
}
REFERENCE = (
    "from vaultly import Secret, SecretModel\nfrom vaultly.backends.aws_ssm import AWSSSMBackend\n"
    "class App(SecretModel):\n    x: str = Secret('/x')\nApp(backend=AWSSSMBackend(region_name='eu-north-1'))"
)
# Not `ru_maxrss`, which includes the memory of the parent process.
USAGE = """
import time
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
print(time.process_time(), peak)
"""


def imported(code: str) -> tuple[float, float]:
    """Milliseconds of CPU time, and MiB of memory, of a process that runs this code."""
    best = (float("inf"), float("inf"))
    for _ in range(RUNS):
        printed = subprocess.run([sys.executable, "-c", code + USAGE], capture_output=True, text=True, check=True).stdout
        seconds, kibibytes = map(float, printed.split())
        best = min(best[0], seconds * 1000), min(best[1], kibibytes / 1024)
    return best


def model(secret: Callable[..., object], base: type, backend: object, count: int, ttl: float | None) -> object:
    """A model with `count` secrets, all of them read."""
    namespace: dict[str, object] = {f"f{index}": secret(f"/{{stage}}/f{index}", ttl=ttl) for index in range(count)}
    namespace["__annotations__"] = {**dict.fromkeys(namespace, str), "stage": str}
    app = type("App", (base,), namespace)(stage="p", backend=backend)
    for index in range(count):
        getattr(app, f"f{index}")
    return app


def cached_read(app: object) -> float:
    """Microseconds of a read from the cache."""
    count = 20_000
    return min(timeit.repeat("app.f1", globals={"app": app}, number=count, repeat=RUNS)) / count * 1e6


def threads(app: object) -> float:
    """Seconds that 20 threads take for 10,000 reads each."""

    def read() -> None:
        for _ in range(10_000):
            app.f1  # type: ignore[attr-defined]

    best = float("inf")
    for _ in range(3):
        all_of_them = [threading.Thread(target=read) for _ in range(20)]
        begun = time.perf_counter()
        for thread in all_of_them:
            thread.start()
        for thread in all_of_them:
            thread.join()
        best = min(best, time.perf_counter() - begun)
    return best


def measured(name: str, secret: Callable[..., object], base: type, mock: Callable[[dict[str, str]], object]) -> None:
    data = {f"/p/f{index}": "x" for index in range(100)}
    for count in (2, 100):
        for ttl in (None, 60.0):
            app = model(secret, base, mock(data), count, ttl)
            with_ttl = "" if ttl is None else ", with a ttl"
            print(f"| {name}: cached read, model of {count}{with_ttl} | {cached_read(app):.2f} µs | |")
    print(f"| {name}: 20 threads × 10,000 cached reads | {threads(model(secret, base, mock(data), 2, None)):.3f} s | |")


def main() -> None:
    from takk.runtime import Mock, Secret, SecretModel

    try:
        import vaultly
    except ImportError:
        vaultly = None  # type: ignore[assignment]
    print("| what | time | memory |\n|---|---|---|")
    cases = {**IMPORTS, **({"vaultly, a model and an SSM client": REFERENCE} if vaultly else {})}
    for name, code in cases.items():
        milliseconds, mebibytes = imported(code)
        print(f"| import: {name} | {milliseconds:.0f} ms | {mebibytes:.1f} MiB |")
    measured("takk.runtime", Secret, SecretModel, Mock)
    if vaultly:
        measured("vaultly", vaultly.Secret, vaultly.SecretModel, vaultly.MockBackend)


if __name__ == "__main__":
    main()
