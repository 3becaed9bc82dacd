#!/usr/bin/env python3
"""mirror.py inspect --format json PROJECTDIR

Answers like takk, but with the truth itself: compare.py must find no disagreement. With PLANT in the environment (`env`, `required`,
`optional`, `secret`, `default`, `nested`, `description`, `field`, `class`, `order`, `extra`, `constraints`, `config`), it falsifies every
possible answer of that kind and prints their number: compare.py must find all of them.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


def answer(truth: dict, plant: str) -> dict:
    """The truth in the form of takk's manifest."""
    settings = [{"module": c["module"], "qualname": c["qualname"], "kind": "settings", "config": dict(c["config"]), "fields": [as_setting(f) for f in c["fields"]]}
                for c in truth["classes"] if c["kind"] != "generic" and c["complete"]]
    if plant:
        spoil(settings, plant)
    return {"settings": settings}


def as_setting(field: dict) -> dict:
    setting = {key: field[key] for key in ("name", "env", "required", "secret", "optional", "description")}
    setting |= {"type": field["annotation"], "nested": [dict(n) for n in field["nested"] or [] if n["kind"] == "leaf"]}
    setting["constraints"] = {key: values[-1] for key, values in field["constraints"].items()}
    if "default" in field:
        default = field["default"]
        undecided = isinstance(default, dict) and "repr" in default and default["type"] not in ("PosixPath", "bytes")
        setting["default"] = {"computed": default["repr"]} if undecided else default["text"] if isinstance(default, dict) and "repr" in default else default
    return setting


def spoil(settings: list[dict], plant: str) -> None:
    """Falsifies the answers of one kind, and returns their number."""
    planted = 0
    for cls in settings:
        if plant == "order" and len(cls["fields"]) > 1:
            cls["fields"].reverse()
            planted += 1
        elif plant == "config":
            cls["config"]["env_prefix"] = (cls["config"]["env_prefix"] or "") + "X"
            planted += 1
        elif plant == "extra":
            cls["fields"].append(as_extra())
            planted += 1
        elif plant == "field" and cls["fields"]:
            cls["fields"].pop()
            planted += 1
        for field in cls["fields"]:
            planted += spoil_field(field, plant)
    if plant == "class":
        planted = sum("<locals>" not in cls["qualname"] for cls in settings)
        settings.clear()
    sys.stderr.write(f"{planted} planted\n")


def as_extra() -> dict[str, Any]:
    return {"name": "not_there", "env": ["NOT_THERE"], "type": "str", "required": True, "secret": False, "optional": False, "description": None, "nested": [], "constraints": {}}


def spoil_field(field: dict, plant: str) -> bool:
    if plant == "env":
        field["env"] = [name + "_" for name in field["env"]]
    elif plant in ("required", "optional", "secret") and field[plant] is not None:
        field[plant] = not field[plant]
    elif plant == "default" and "default" in field:
        field["default"] = "planted"
    elif plant == "description":
        field["description"] = "planted"
    elif plant == "nested" and field["nested"]:
        field["nested"][0]["env"] = ["PLANTED"]
    elif plant == "constraints" and field["constraints"]:
        field["constraints"].clear()
    else:
        return False
    return True


def main() -> None:
    plant = os.environ.get("PLANT", "")
    from truth import ask  # `ask` empties the environment

    json.dump(answer(ask(Path(sys.argv[-1]).resolve()), plant), sys.stdout)


if __name__ == "__main__":
    main()
