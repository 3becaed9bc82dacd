"""The cost of importing the vocabulary, and that nothing is loaded before it is used."""

import json
import resource
import statistics
import subprocess
import sys

import pytest

# Milliseconds of CPU more than `python -c pass`, on any machine: the goal is 5 on an idle one.
AT_MOST = 5

HEAVY = ("pydantic", "pydantic_core", "pydantic_settings", "typing", "dataclasses", "inspect", "re", "asyncio", "logging", "json")


def loaded_by(code: str) -> set[str]:
    """The modules that some code loads, in addition to those that Python itself loads."""
    script = f"import sys\nbefore = set(sys.modules)\n{code}\nprint(*(set(sys.modules) - before))"
    printed = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    return set(printed.stdout.split())


@pytest.mark.parametrize("module", ["takk", "takk.models", "takk.secrets", "takk.resources"])
def test_nothing_is_loaded_with_a_module(module):
    loaded = loaded_by(f"import {module}")
    assert not loaded & set(HEAVY)
    assert {name for name in loaded if not name.startswith("takk")} == set()
    assert not any(name.startswith("takk._vocabulary") for name in loaded)


@pytest.mark.parametrize("name", ["ResourceTags", "SecretTypes", "value_for", "current_env"])
def test_plain_names_load_no_pydantic(name):
    assert not loaded_by(f"from takk.models import {name}") & set(HEAVY)


@pytest.mark.parametrize("name", ["ResourceRef", "ServiceUrl", "Template", "Environments"])
def test_references_load_no_pydantic(name):
    loaded = loaded_by(f"from takk.secrets import {name}")
    assert not {each for each in loaded if each.startswith("pydantic")}


def test_names_that_need_pydantic_load_it():
    assert "pydantic" in loaded_by("from takk.secrets import PostgresPassword")
    assert "pydantic_settings" not in loaded_by("from takk.secrets import PostgresPassword")
    assert "nats" not in loaded_by("from takk.models import *")
    assert "boto3" not in loaded_by("from takk.models import *")


def milliseconds(code: str) -> float:
    """The CPU time of an interpreter that runs some code, in milliseconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-I", "-c", code], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def test_import_costs_next_to_nothing():
    import compileall
    from pathlib import Path

    import takk

    # Compiles bytecode, as installers do.
    compileall.compile_dir(str(Path(takk.__file__).parent), quiet=2)
    paired = [milliseconds("import takk.models") - milliseconds("pass") for _ in range(25)]
    assert statistics.median(paired) < AT_MOST, json.dumps(paired)


def test_star_import_and_dir_have_every_name():
    import takk.models

    namespace: dict[str, object] = {}
    exec("from takk.models import *", namespace)
    assert {"Project", "FastAPIApp", "ResourceTags", "value_for"} <= namespace.keys()
    assert set(takk.models.__all__) <= set(dir(takk.models))


def test_unknown_names_are_attribute_errors():
    import takk
    import takk.models

    with pytest.raises(AttributeError, match="module 'takk.models' has no attribute 'Projekt'"):
        takk.models.Projekt  # noqa: B018
    assert not hasattr(takk, "nothing")
    assert takk.models.Project is takk.Project
    assert takk.secrets.NatsConfig.__module__ == "takk.secrets"


def test_components_can_be_pickled():
    import pickle

    from takk.models import Compute, Contact, Ingress, ResourceRef, ResourceTags, Rule

    for value in (Compute(mvcpu_limit=1), Contact(name="a"), Ingress(port=1), ResourceRef(ResourceTags.psql_dsn), Rule([])):
        assert pickle.loads(pickle.dumps(value)) == value
