"""Where the answer differs from the truth."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Iterator

#: A default may stay undecided if its expression contains a call that is not one of these, or uses the result of a call.
FOLDED_CALLS = {"Path", "SecretStr", "SecretBytes", "set", "frozenset", "list", "dict", "tuple"}


@dataclass
class Disagreement:
    """One difference."""

    module: str
    qualname: str
    field: str
    what: str
    truth: Any
    answer: Any
    annotation: str = ""

    def key(self) -> tuple[str, str, str, str]:
        return (self.module, self.qualname, self.field, self.what)

    def sort(self) -> str:
        """The kind of a disagreement. Those of one kind probably have one cause."""
        if self.what in ("required", "optional", "secret"):
            return f"{self.what}: truth {self.truth}, answer {self.answer}"
        if self.what == "default":
            return f"default: truth {shape(self.truth)}, answer {shape(self.answer)}"
        if self.what in ("env", "nested"):
            return f"{self.what}: truth {count(self.truth)}, answer {count(self.answer)}"
        return self.what

    def __str__(self) -> str:
        show = lambda value: json.dumps(value, ensure_ascii=False)  # noqa: E731
        return f"{self.module}:{self.qualname}.{self.field} {self.what}\n  truth  {show(self.truth)}\n  answer {show(self.answer)}"


def shape(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(k for k in value if k in ("enum", "secret", "tuple", "set", "computed", "type")) + "}"
    return "absent" if value == ABSENT else type(value).__name__


def count(value: Any) -> str:
    return str(len(value)) if isinstance(value, (list, dict)) else str(value)


ABSENT = "(absent)"


def disagreements(truth: dict, answer: dict) -> Iterator[Disagreement]:
    """All differences, class by class."""
    answered = {}
    for found in answer.get("settings", []):
        if found.get("kind", "settings") == "settings":
            answered.setdefault((found["module"], found["qualname"]), found)
    for cls in truth["classes"]:
        other = answered.pop((cls["module"], cls["qualname"]), None)
        if cls["kind"] == "generic" or not cls["complete"]:
            continue
        if other is not None:
            yield from compare_class(cls, other)
        elif cls["kind"] == "module":
            yield Disagreement(cls["module"], cls["qualname"], "", "class missing", "a settings class", ABSENT)
    for module, qualname in answered:
        if "<locals>" not in qualname:
            yield Disagreement(module, qualname, "", "class too many", ABSENT, "a settings class")


def compare_class(cls: dict, other: dict) -> Iterator[Disagreement]:
    def differs(field: str, what: str, a: Any, b: Any, annotation: str = "") -> Disagreement:
        return Disagreement(cls["module"], cls["qualname"], field, what, a, b, annotation)

    for key, value in cls["config"].items():
        if key in other["config"] and (value or None) != (other["config"][key] or None) and not (key == "env_prefix_target" and value is None):
            yield differs("", f"config.{key}", value, other["config"][key])
    answered = {f["name"]: f for f in other["fields"]}
    names = [f["name"] for f in cls["fields"]]
    for field in cls["fields"]:
        found = answered.pop(field["name"], None)
        if found is None:
            yield differs(field["name"], "field missing", field["annotation"], ABSENT)
            continue
        for what, a, b in compare_field(field, found):
            yield differs(field["name"], what, a, b, field["annotation"])
    for name in answered:
        yield differs(name, "field too many", ABSENT, answered[name]["type"])
    order = [f["name"] for f in other["fields"]]
    if sorted(order) == sorted(names) and order != names:
        yield differs("", "order of fields", names, order)


def compare_field(field: dict, found: dict) -> Iterator[tuple[str, Any, Any]]:
    if field["env"] != list(dict.fromkeys(found["env"])):
        yield "env", field["env"], found["env"]
    for what in ("required", "secret"):
        if field[what] != found[what]:
            yield what, field[what], found[what]
    if field["optional"] is not None and field["optional"] != found["optional"]:
        yield "optional", field["optional"], found["optional"]
    if not same_default(field, found.get("default", ABSENT)):
        yield "default", field.get("default", ABSENT), found.get("default", ABSENT)
    if (field["description"] or None) != (found["description"] or None):
        yield "description", field["description"], found["description"]
    wrong = {key: values for key, values in field["constraints"].items() if not any(same(v, found["constraints"].get(key)) for v in values)}
    if wrong:
        yield "constraints", field["constraints"], found["constraints"]
    if field["nested"] is not None:
        yield from compare_nested(field["nested"], found.get("nested", []))


def compare_nested(truth: list[dict], answer: list[dict]) -> Iterator[tuple[str, Any, Any]]:
    known = {tuple(n["path"]) for n in truth}
    expected = {tuple(n["path"]): sorted(n["env"]) for n in truth if n["kind"] == "leaf" and n["env"]}
    got = {tuple(n["path"]): sorted(set(n["env"])) for n in answer if n["env"]}
    unknown = [list(path) for path in got if path not in known and len(path) <= 3 and path[:-1] not in open_paths(truth)]
    seen = {path: names for path, names in got.items() if path in expected or path in known and path not in skipped(truth)}
    if seen != expected or unknown:
        show = lambda table: {".".join(path): names for path, names in table.items()}  # noqa: E731
        differing = {path for path in expected | seen if expected.get(path) != seen.get(path)}
        yield "nested", show({p: n for p, n in expected.items() if p in differing}), show({p: n for p, n in got.items() if p in differing or p not in known})
    required = {tuple(n["path"]): (n["required"], n["secret"]) for n in truth if n["kind"] == "leaf" and n["env"]}
    for leaf in answer:
        path = tuple(leaf["path"])
        if path in required and required[path] != (leaf["required"], leaf["secret"]):
            yield "nested required, secret", required[path], (leaf["required"], leaf["secret"])


def open_paths(truth: list[dict]) -> set[tuple[str, ...]]:
    """The paths of dictionaries and unions, which may contain anything."""
    return {tuple(n["path"]) for n in truth if n["kind"] == "open"}


def skipped(truth: list[dict]) -> set[tuple[str, ...]]:
    """The paths of nodes that are not leaves, which an answer may or may not list."""
    return {tuple(n["path"]) for n in truth if n["kind"] != "leaf"}


def same_default(field: dict, answer: Any) -> bool:
    truth = field.get("default", ABSENT)
    if isinstance(answer, dict) and "computed" in answer:
        return truth != ABSENT and may_be_computed(field, answer["computed"])
    if isinstance(truth, dict) and "repr" in truth:
        return answer in (truth["text"], truth["repr"]) or not isinstance(answer, (str, int, float, bool, type(None)))
    return same(truth, answer)


def may_be_computed(field: dict, expression: str) -> bool:
    """Whether the expression may stay undecided."""
    truth = field["default"]
    if "factory" in field and field["factory"] not in ("list", "dict", "set", "tuple", "frozenset"):
        return True
    if isinstance(truth, dict) and "repr" in truth and truth["type"] not in ("PosixPath", "bytes"):
        return True
    calls = {name.rpartition(".")[2].rstrip("_") for name in re.findall(r"([\w.]+)\(", expression)}
    return bool(calls - FOLDED_CALLS)


def same(truth: Any, answer: Any) -> bool:
    if isinstance(truth, dict) and "enum" in truth and isinstance(answer, dict) and "enum" in answer:
        return truth["enum"].rpartition(".")[2] == answer["enum"].rpartition(".")[2] and plain(truth) == plain(answer)
    a, b = plain(truth), plain(answer)
    if isinstance(truth, dict) and "set" in truth and isinstance(b, list):
        return a == sorted(b, key=repr)
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def plain(value: Any) -> Any:
    """Enums by value, secrets by their content, tuples and sets as lists, as in the corpus."""
    if isinstance(value, dict):
        if "enum" in value and "value" in value:
            return plain(value["value"])
        if "secret" in value:
            return plain(value["secret"])
        for key in ("tuple", "set", "frozenset"):
            if set(value) == {key}:
                items = [plain(v) for v in value[key]]
                return items if key == "tuple" else sorted(items, key=repr)
        return value["text"] if "repr" in value and value["type"] == "bytes" else {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list) else value
