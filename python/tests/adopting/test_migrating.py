"""The code in the migration guides: before and after do the same, tested with real servers."""

import re
from pathlib import Path

import pytest
from servers import ROOT

REPOSITORY = Path(__file__).parents[3]
PAGES = REPOSITORY / "docs/migrating"

pytest_plugins = "pytester"
pytestmark = pytest.mark.takk_network


def blocks(page: str) -> list[str]:
    """The blocks of Python code in a page, in order."""
    text = (REPOSITORY / "docs" / page).read_text()
    return re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def run(code: str, name: str) -> list[dict]:
    """The calls that a block makes to `connect`, which represents the code that needs the secrets."""
    calls: list[dict] = []

    def connect(**arguments: object) -> None:
        calls.append(arguments)

    exec(compile(code, name, "exec"), {"connect": connect, "__name__": name})
    return calls


FIELDS = {"user": "ada", "password": "hunter2", "port": "5432"}


@pytest.fixture
def vault(bao, monkeypatch):
    bao.put("prod/db", **FIELDS)
    monkeypatch.setenv("VAULT_ADDR", bao.url)
    monkeypatch.setenv("VAULT_TOKEN", ROOT)


@pytest.fixture
def parameters(aws):
    import boto3

    client = boto3.client("ssm")
    for name, value in FIELDS.items():
        client.put_parameter(Name=f"/prod/db/{name}", Value=value, Type="SecureString", Overwrite=True)


def test_hvac(vault):
    before, after = blocks("migrating/hvac.md")
    assert run(before, "before") == run(after, "after") == [{**FIELDS, "port": 5432}]


def test_boto3(parameters):
    before, after = blocks("migrating/boto3.md")
    assert run(before, "before") == run(after, "after") == [{"password": "hunter2", "port": 5432}]


def test_pydantic_settings(vault):
    before, after = blocks("migrating/pydantic-settings.md")
    assert run(before, "before") == run(after, "after") == [{"host": "localhost", "password": "hunter2", "port": 5432}]


def test_vaultly(vault):
    before, after = blocks("migrating/vaultly.md")
    assert run(before, "before") == run(after, "after") == [{"password": "hunter2", "port": 5432}]


def test_a_value_that_is_wrong_shows(vault):
    """The comparison detects a wrong value."""
    code = blocks("migrating/hvac.md")[1]
    assert run(code.replace("{stage}/db:user", "{stage}/db:password"), "wrong") != run(code, "after")


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.name)
def test_pages_are_short(page):
    assert len(page.read_text().splitlines()) <= 110, "two screens"


def test_testing(pytester):
    code, marked = blocks("testing.md")
    pytester.makepyfile(f"{code}\n\n{marked}")
    pytester.runpytest_inprocess("-q", "-p", "no:asyncio", "--strict-markers").assert_outcomes(passed=2)
