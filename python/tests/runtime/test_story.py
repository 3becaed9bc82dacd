"""A program with twelve secret paths in three environments: checked in CI, deployed, rotated, and through an outage."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from servers import ROOT, Bao

REPOSITORY = Path(__file__).parents[3]
TAKK = Path(os.environ.get("TAKK", REPOSITORY / "target/debug/takk"))

# The program responds to each line of its input with all of its secrets.
PROGRAM = '''\
import hashlib
import json
import sys

from pydantic import Field

from takk import current_env
from takk.runtime import Secret, SecretModel, backend_from_project


class Database(SecretModel):
    user: str = Secret("/{stage}/db:user", ttl=0.2)
    password: str = Secret("/{stage}/db:password", ttl=0.2)
    port: int = Secret("/{stage}/db:port", ttl=0.2)


class Mail(SecretModel):
    host: str = Secret("/{stage}/mail:host")
    key: str = Secret("/{stage}/mail:key", ttl=0.2)


class Shop(SecretModel, stale_on_error=True):
    stage: str
    region: str = "eu"
    database: Database = Field(default_factory=Database)
    mail: Mail = Field(default_factory=Mail)
    stripe: str = Secret("/{stage}/{region}/stripe", ttl=0.2, description="the key of Stripe")
    is_live: bool = Secret("/{stage}/flags:live")
    limits: dict[str, int] = Secret("/{stage}/limits")
    ratio: float = Secret("/{stage}/ratio")
    signing: str = Secret("/{stage}/signing", version=1)
    hook: str | None = Secret("/{stage}/hook")
    cookie: str = Secret("/{stage}/cookie", ttl=0.2)


def read(app: Shop) -> dict[str, object]:
    database, mail = app.database, app.mail
    found = [database.user, database.password, database.port, mail.host, mail.key, app.stripe, app.is_live, app.limits]
    found += [app.ratio, app.signing, app.hook, app.cookie]
    return {"read": found, "errors": sum(source.error is not None for source in app.sources())}


if __name__ == "__main__":
    app = Shop(stage=current_env(), backend=backend_from_project())
    app.prefetch()
    for _ in sys.stdin:
        print(json.dumps(read(app)), flush=True)
'''

SETTINGS = """\
[project]
name = "shop"
version = "1"
dependencies = ["takk"]

[tool.takk.secrets]
backend = "vault"

[tool.takk.environments.dev.context]
stage = "dev"

[tool.takk.environments.staging.context]
stage = "staging"

[tool.takk.environments.prod.context]
stage = "prod"
"""

ENVIRONMENTS = ("dev", "staging", "prod")
READERS = {environment: f"reader-of-{environment}" for environment in ENVIRONMENTS}
# What a check may read: that entries and their fields exist.
CHECKS = 'path "secret/metadata/*" { capabilities = ["read"] }\npath "secret/subkeys/*" { capabilities = ["read"] }\n'


def entries(stage: str) -> dict[str, dict[str, str]]:
    return {
        "db": {"user": f"{stage}-user", "password": f"{stage}-password-hunter2", "port": "5432"},
        "mail": {"host": "mail.example", "key": f"{stage}-mail-hunter2"},
        "eu/stripe": {"value": f"{stage}-stripe-hunter2"},
        "flags": {"live": "yes" if stage == "prod" else "no"},
        "limits": {"value": '{"orders": 3}'},
        "ratio": {"value": "0.5"},
        "signing": {"value": f"{stage}-signing-hunter2"},
        "hook": {"value": "https://hook.example"},
        "cookie": {"value": f"{stage}-cookie-hunter2"},
    }


def put_all(server: Bao) -> None:
    for stage in ENVIRONMENTS:
        for path, fields in entries(stage).items():
            server.put(f"{stage}/{path}", **fields)


def fill(server: Bao) -> None:
    put_all(server)
    for stage in ENVIRONMENTS:
        server.policy(f"reads-{stage}", f'path "secret/data/{stage}/*" {{ capabilities = ["read"] }}\n')
        server.token("1h", (f"reads-{stage}",), READERS[stage])
        server.policy(f"checks-{stage}", f'path "secret/data/{stage}/*" {{ capabilities = ["read"] }}\n' + CHECKS)


class Checkout:
    def __init__(self, directory: Path, server: Bao) -> None:
        self.root, self.home, self.server = directory / "shop", directory / "home", server
        self.root.mkdir()
        (self.root / "pyproject.toml").write_text(SETTINGS)
        (self.root / "shop.py").write_text(PROGRAM)

    def variables(self, token: str, **more: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
        home = {"HOME": str(self.home), "XDG_DATA_HOME": str(self.home / "data"), "TAKK_HOME": str(self.home / "takk")}
        return {**kept, **home, "VAULT_ADDR": self.server.url, "VAULT_TOKEN": token, **more}

    def takk(self, token: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        ran = subprocess.run(
            [TAKK, *arguments], cwd=self.root, env=self.variables(token, **more), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=60,
        )
        if arguments[0] != "run":
            assert "hunter2" not in ran.stdout + ran.stderr and token not in ran.stdout + ran.stderr
        return ran

    def findings(self, environment: str, *more: str) -> tuple[int, list[tuple[str, str]]]:
        token = self.server.token("1h", (f"checks-{environment}",))
        ran = self.takk(token, "check", "--env", environment, "--json", *more)
        found = json.loads(ran.stdout)["findings"] if ran.stdout else []
        return ran.returncode, [(finding["code"], finding["message"]) for finding in found]


class Deployed:
    """The running program."""

    def __init__(self, checkout: Checkout, environment: str) -> None:
        variables = checkout.variables(READERS[environment], TAKK_ENV=environment, PYTHONPATH=str(REPOSITORY / "python"))
        self.process = subprocess.Popen(
            [sys.executable, "shop.py"], cwd=checkout.root, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )

    def read(self) -> dict[str, Any]:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read() if self.process.stderr else ""
        return dict(json.loads(line))

    def end(self) -> None:
        said = self.process.communicate(timeout=30)[1]
        assert self.process.returncode == 0 and "hunter2" not in said, said


def expected(stage: str, **changed: str) -> list[Any]:
    secret = {name: f"{stage}-{name}-hunter2" for name in ("password", "mail", "stripe", "signing", "cookie")} | changed
    return [
        f"{stage}-user", secret["password"], 5432, "mail.example", secret["mail"], secret["stripe"], stage == "prod",
        {"orders": 3}, 0.5, secret["signing"], "https://hook.example", secret["cookie"],
    ]  # fmt: skip


@pytest.fixture
def server() -> Iterator[Bao]:
    server = Bao()
    yield server
    server.stop()


def test_a_program_with_twelve_secret_paths_in_three_environments(tmp_path: Path, server: Bao) -> None:
    fill(server)
    checkout = Checkout(tmp_path, server)

    # In CI: each environment has every secret that the branch needs, and the check reads no value.
    for environment in ENVIRONMENTS:
        assert checkout.findings(environment) == (0, [])
    plan = json.loads(checkout.takk(ROOT, "plan", "--live", "--json").stdout)
    for environment in plan["environments"]:
        paths = [variable["secret_path"] for variable in environment["variables"] if variable["secret_path"] is not None]
        states = [path["live"]["state"] for path in paths]
        assert states == ["there"] * 12
    # A missing secret fails the branch, with its place in the code; so does a value that does not fit its field.
    server.ask("DELETE", "secret/metadata/staging/cookie")
    server.put("prod/limits", value="{")
    status, found = checkout.findings("staging")
    assert status == 1 and [code for code, _ in found] == ["TK108"] and "/staging/cookie" in found[0][1]
    assert checkout.findings("prod") == (0, [])
    status, found = checkout.findings("prod", "--values")
    assert status == 1 and [code for code, _ in found] == ["TK111"]
    put_all(server)
    assert [checkout.findings(environment, "--values") for environment in ENVIRONMENTS] == [(0, [])] * 3
    # The identity of one environment cannot read another one.
    foreign = checkout.takk(server.token("1h", ("checks-dev",)), "check", "--env", "prod", "--json")
    codes = {finding["code"] for finding in json.loads(foreign.stdout)["findings"]}
    assert foreign.returncode == 1 and codes == {"TK110"}
    # `why` shows where a path is, its version, and when that was created.
    why = checkout.takk(ROOT, "why", "Shop.cookie", "--live")
    assert f"in Vault at {server.url}" in why.stdout and "there v" in why.stdout, why

    # Deployed: each environment reads its own values.
    deployed = {environment: Deployed(checkout, environment) for environment in ENVIRONMENTS}
    for environment, program in deployed.items():
        assert program.read() == {"read": expected(environment), "errors": 0}
    # If the program must not access the server, `takk run` reads for it, in one batch.
    token = server.token("1h", ("reads-dev",))
    script = "import os; print(os.environ['DEV_DB:PASSWORD'], os.environ['DEV_EU_STRIPE'])"
    ran = checkout.takk(token, "run", "--env", "dev", "--resolve-paths", "--", sys.executable, "-c", script)
    assert ran.stdout == "dev-password-hunter2 dev-stripe-hunter2\n", ran

    # Rotated: secrets with a `ttl` are read again without a restart, and pinned versions do not change.
    changed = {"password": "rotated-1", "stripe": "rotated-2", "cookie": "rotated-3"}
    server.put("prod/db", user="prod-user", password="rotated-1", port="5432")
    server.put("prod/eu/stripe", value="rotated-2")
    server.put("prod/cookie", value="rotated-3")
    server.put("prod/signing", value="rotated-4")
    time.sleep(0.25)
    assert deployed["prod"].read() == {"read": expected("prod", **changed), "errors": 0}
    assert deployed["dev"].read()["read"] == expected("dev")

    # An outage: the program uses the last values, the failures are visible, and a check reports that it could not reach the server.
    server.stop()
    time.sleep(0.25)
    answer = deployed["prod"].read()
    assert answer["read"] == expected("prod", **changed) and answer["errors"] > 0
    away = checkout.takk("of-nobody", "check", "--env", "prod")
    assert away.returncode == 2 and "secret paths cannot be checked" in away.stderr
    # Afterwards, every program reads again, including what has changed meanwhile.
    again = Bao(server.port)
    try:
        fill(again)
        again.put("prod/cookie", value="after-the-outage")
        time.sleep(0.25)
        assert deployed["prod"].read() == {"read": expected("prod", cookie="after-the-outage"), "errors": 0}
        for program in deployed.values():
            program.end()
    finally:
        again.stop()
