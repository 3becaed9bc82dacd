"""Compares takk 0.1.40 with this package. Every difference is listed here with its reason."""

import sys

import pytest
from conftest import REPOSITORY, ask

# Names of 0.1.40 that are not part of the vocabulary.
LEFT_OUT = {
    "takk.models": {
        # The client of its own command line.
        *("TakkServer", "TakkClient", "DockerCreds", "UpdateProjectResponse", "ServerSideEvent", "NotifyFailure"),
        # Its own imports, and its type variables.
        *("Any", "Awaitable", "Callable", "ClassVar", "Generic", "Iterable", "Literal", "Protocol", "Sequence", "TypeAlias"),
        *("FunctionType", "T"),
    },
    # Scaleway's secret manager, and how it names secrets in it.
    "takk.secrets": {"ScalewayCreds", "read_scaleway_secret", "secret_name", "Literal", "Sequence", "T", "Union"},
    "takk.resources": {"Literal", "Sequence"},
    "takk": set(),
}

# Parts of names that differ.
DIFFERENT_NAMES = {
    ("Project", "parameters"): "the documentation's name for `shared_settings` is `shared_secrets`",
    ("CompiledJob", "fields"): "`dict` says what is in it",
    ("CronScaler", "fields"): "`dict` says what is in it",
    ("QueueMessage", "fields"): "`dict` says what is in it",
    ("GroupChild", "type"): "a type, and not the text of one",
    ("GroupChild", "value"): "a type, and not the text of one",
    ("Job", "methods"): "`command` names a module that 0.1.40 does not have",
    ("NatsStreamConfig", "methods"): "`PubSub.publish` is what publishes",
    ("NatsSubscriberConfig", "methods"): "`Subscriber.subscribe` is what listens",
}

# Scenarios that differ.
DIFFERENT_ANSWERS = {
    "settings with X | None": "0.1.40 knows `Optional[X]` alone; pydantic takes both for the same",
    "settings with a factory": "0.1.40 knows no default that is made; pydantic does",
    "settings with secret bytes": "pydantic hides them",
    "partial keeps the prefix": "0.1.40 drops it, and reads other variables",
    "partial can do without": "0.1.40 documents a default of None, and requires the field",
    "component JupyterNotebook at another port": "0.1.40 listens at one port and opens another",
    "component BashJob with quotes": "0.1.40 splits the command at every space",
    "project with a server": "0.1.40 cannot compile it",
    "project by the documentation's word": "the documentation says `shared_secrets`",
    "message without a default": "0.1.40 calls the function without its defaults",
    "queued without a parameter": "an error that says what is wrong",
}


def test_names(published, ours):
    theirs, own = ask(published, "surface.py"), ask(ours, "surface.py")
    differences, explained = [], set()
    for module, names in theirs.items():
        missing = names.keys() - own[module].keys() - LEFT_OUT[module]
        added = own[module].keys() - names.keys()
        differences += [f"{module}.{name} is missing" for name in missing] + [f"{module}.{name} is new" for name in added]
        for name in names.keys() & own[module].keys():
            for part in names[name].keys() | own[module][name].keys():
                before, now = names[name].get(part), own[module][name].get(part)
                if before != now and (name, part) in DIFFERENT_NAMES:
                    explained.add((name, part))
                elif before != now:
                    differences.append(f"{module}.{name}, {part}: {now} and not {before}")
    assert not differences, "\n".join(differences)
    assert explained == DIFFERENT_NAMES.keys(), "an explanation that explains nothing"


def test_answers(published, ours):
    project = REPOSITORY / "python/tests/project"
    theirs, own = ask(published, "scenarios.py", project), ask(ours, "scenarios.py", project)
    assert theirs.keys() == own.keys()
    different = {name for name, answer in own.items() if answer != theirs[name]}
    unexplained = [f"{name}: {own[name]} and not {theirs[name]}" for name in different - DIFFERENT_ANSWERS.keys()]
    assert not unexplained, "\n".join(unexplained)
    assert different == DIFFERENT_ANSWERS.keys(), "an explanation that explains nothing"


def corrected(theirs, own):
    """The answer of 0.1.40, with its known errors corrected to pydantic's view, if there are no others."""
    if isinstance(theirs, dict) and isinstance(own, dict) and "data_type" in theirs and "data_type" in own:
        changed = dict(theirs)
        if " | None" in theirs["data_type"] and own["is_optional"]:
            # It does not look inside of `X | None`, and misses a secret there.
            changed |= {key: own[key] for key in ("data_type", "is_optional", "is_secret")}
        if theirs["default_value"] == {} and own["default_value"] == "[]":
            # It does not support default factories.
            changed["default_value"] = "[]"
        if "annotation=NoneType" in str(theirs["default_value"]):
            # It treats the `Field` of a pydantic dataclass as the default.
            changed |= {key: own[key] for key in ("default_value", "description")}
        return changed
    if isinstance(theirs, dict) and isinstance(own, dict):
        return {key: corrected(value, own.get(key)) for key, value in theirs.items()}
    if isinstance(theirs, list) and isinstance(own, list) and len(theirs) == len(own):
        return [corrected(before, now) for before, now in zip(theirs, own)]
    return theirs


@pytest.mark.parametrize("environment", ["dev", "test", "qa", "prod"])
def test_sample_projects(published, ours, environment):
    """The sample projects of the analysis compile to the same result."""
    samples = sorted((REPOSITORY / "tests/corpus/samples").iterdir())
    # Not every Python has `type X = ...`, and 0.1.40 does not look inside of it.
    samples = [sample for sample in samples if sample.is_dir() and not sample.name.endswith("pep695")]
    assert len(samples) >= 7
    theirs = ask(published, "samples.py", *samples, environment=environment)
    own = ask(ours, "samples.py", *samples, environment=environment)
    assert own == corrected(theirs, own)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type X = ...` is Python 3.12's")
def test_type_statements(ours):
    """0.1.40 does not look inside of `type X = ...`: this test compares with pydantic instead."""
    answer = ask(ours, "samples.py", REPOSITORY / "tests/corpus/samples/11_pep695")["11_pep695"]
    dome = {field["name"]: field for field in answer["classes"]["observatory.settings:DomeSettings"]}
    assert dome["stars"]["tags"] == ["PostgresDsn:stars"]
    assert (dome["stars"]["data_type"], dome["stars"]["is_secret"]) == ("PostgresDsn", True)
    assert dome["old"]["tags"] == ["PostgresDsn:stars", "old"]
    assert (dome["key"]["is_secret"], dome["key"]["is_optional"]) == (True, False)
    assert (dome["maybe"]["is_secret"], dome["maybe"]["is_optional"]) == (True, True)
    assert (dome["local"]["data_type"], dome["local"]["is_optional"]) == ("str", True)
    guide = {field["name"]: field for field in answer["classes"]["observatory.settings:GuideSettings"]}
    assert guide["tagged"]["tags"] == ["environment"]
    assert guide["tagged_key"]["is_secret"]
