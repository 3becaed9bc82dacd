"""Compares takk's predictions with the truth: score.py PREDICTIONS SCORE [MISSES]

Writes to SCORE, for each package in PREDICTIONS, how many classes and fields were found, missing and superfluous, and for each attribute
the number of correct answers and of questions. Prints up to MISSES wrong answers of each kind.

A class is identified by module and qualified name, a field by its name in the class. Names must be equal as sets, and so must the leaves
of a nested model with their names. Defaults are compared if the source has a literal: enums by value or by name, secrets by their content,
tuples and sets as lists. An attribute that takk does not answer counts as a question.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

TRUTH = Path(__file__).with_name("truth")
ATTRIBUTES = ("env_names", "required", "is_secret", "optional", "default", "nested")
LITERAL = ("literal", "field:literal", "none", "field:none", "field:factory")


def plain(value: Any) -> Any:
    """A default, without its wrapper."""
    if isinstance(value, dict):
        if "enum" in value and "value" in value:
            return plain(value["value"])
        if "secret" in value:
            return plain(value["secret"])
        if set(value) == {"tuple"}:
            return plain(value["tuple"])
        if set(value) in ({"set"}, {"frozenset"}):
            return sorted(map(plain, next(iter(value.values()))), key=repr)
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def is_same_default(truth: Any, answer: Any) -> bool:
    """Whether two defaults are the same value."""
    if isinstance(truth, dict):
        if isinstance(answer, str) and "enum" in truth and answer in (truth["enum"], truth["enum"].split(".")[-1]):
            return True
        if isinstance(answer, list) and set(truth) in ({"set"}, {"frozenset"}):
            return plain(truth) == sorted(plain(answer), key=repr)
    is_bool = isinstance(plain(truth), bool)
    return is_bool == isinstance(plain(answer), bool) and plain(truth) == plain(answer)


def leaves(nested: list[dict]) -> dict[tuple, list]:
    """The names of each leaf, by its path."""
    return {tuple(leaf["path"]): sorted(leaf["env_names"]) for leaf in nested}


def is_asked(attribute: str, field: dict) -> bool:
    """Whether the truth contains an answer to compare with."""
    if attribute == "default":
        return field["has_default"] and field["default_simple"] and field.get("default_kind") in LITERAL
    if attribute == "env_names":
        return field.get("env_names") is not None
    return attribute != "nested" or bool(field.get("nested"))


def is_right(attribute: str, field: dict, answer: dict) -> bool:
    """Whether takk's answer equals the truth."""
    truth, given = field.get(attribute), answer.get(attribute)
    if attribute not in answer or given == {"unknown": True} or (given is None and attribute != "default"):
        return False
    if attribute == "env_names":
        return set(given) == set(truth)
    if attribute == "default":
        return is_same_default(truth, given)
    if attribute == "nested":
        wanted = leaves(truth)
        return {path: names for path, names in leaves(given).items() if path in wanted} == wanted
    return bool(given) == bool(truth)


def score(truth: dict, answers: list[dict]) -> tuple[dict, dict[str, list[str]]]:
    """The counts for one package, and its wrong answers by kind."""
    classes = {(known["module"], known["qualname"]): known for known in truth["classes"]}
    given = {(answer["module"], answer["qualname"]): answer for answer in answers}
    counts = {what: {"found": 0, "missing": 0, "too many": 0} for what in ("classes", "fields")}
    attributes = {attribute: {"right": 0, "asked": 0} for attribute in ATTRIBUTES}
    misses = defaultdict(list)

    def missed(what: str, kind: str, name: str, times: int = 1) -> None:
        counts[what][kind] += times
        misses[f"{what} {kind}"].append(name)

    for key in (key for key, known in classes.items() if known["kind"] == "module" and key not in given):
        missed("classes", "missing", ":".join(key))
        counts["fields"]["missing"] += len(classes[key]["fields"])
    for key, answer in given.items():
        known = classes.get(key)
        if known is None and key[0] not in truth["unknown"]:
            missed("classes", "too many", ":".join(key))
            counts["fields"]["too many"] += len(answer["fields"])
        if known is None or known["kind"] != "module":
            continue
        counts["classes"]["found"] += 1
        fields = {field["name"]: field for field in known["fields"]}
        names = {field["name"] for field in answer["fields"]}
        for name in (name for name in fields if name not in names):
            missed("fields", "missing", f"{':'.join(key)}.{name}")
        for read in answer["fields"]:
            place = f"{':'.join(key)}.{read['name']}"
            field = fields.get(read["name"])
            if field is None:
                missed("fields", "too many", place)
                continue
            counts["fields"]["found"] += 1
            for attribute in (attribute for attribute in ATTRIBUTES if is_asked(attribute, field)):
                right = is_right(attribute, field, read)
                attributes[attribute]["asked"] += 1
                attributes[attribute]["right"] += right
                if not right:
                    pair = f"truth {json.dumps(field.get(attribute))[:120]}, takk {json.dumps(read.get(attribute))[:120]}"
                    misses[attribute].append(f"{place}: {pair} [{field.get('ann_src') or ''} = {field.get('value_src') or ''}]"[:400])
    return {**counts, **attributes}, misses


def main(predictions: Path, out: Path, most: int = 0) -> None:
    """Scores every package that has a prediction."""
    scores = {}
    for path in sorted(predictions.glob("*.json")):
        truth = json.loads((TRUTH / path.name).read_text())
        scores[path.stem], misses = score(truth, json.loads(path.read_text())["classes"])
        for kind, lines in misses.items() if most else ():
            left = [f"... {len(lines) - most} more"] if len(lines) > most else []
            print(f"{path.stem}: {kind}", *lines[:most], *left, sep="\n    ")
    out.write_text(json.dumps(scores))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
