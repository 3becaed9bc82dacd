"""Settings for which a value may be made up, and whether pydantic-settings accepts that value.

    made_up.py write SEED COUNT DIRECTORY
    made_up.py check DIRECTORY

`write` generates a project of classes with one field each. `check` reads `values.jsonl`, one class and value per line, and fails if a
class rejects its value; it also decodes keys for `cryptography.fernet`.
"""

import base64
import importlib.util
import json
import os
import random
import sys
from pathlib import Path

HEAD = '''\
import uuid
from typing import Annotated, Optional, Union

from pydantic import UUID4, Field, SecretBytes, SecretStr, StringConstraints, constr, conbytes
from pydantic_settings import BaseSettings, SettingsConfigDict


'''
NAMES = ["secret_key", "admin_password", "jwt_secret", "session_secret_hex", "encryption_key_base64", "fernet_key", "password_salt", "internal_api_key", "metrics_token", "signing_key", "db_password", "cron_secret"]
PATTERNS = ["^[a-f0-9]{64}$", "^sk-[A-Za-z0-9]{20,}$", "^[A-Za-z0-9_-]+$", r"^\w{16,48}$", "^key_", "[0-9]{2}", "^(live|test)_[a-z]{12,}$", r"^[^\s#]{40}$", r"\A[A-Z2-7]{32}\z", "(?i)^[0-9a-f]{32}$", "^[a-z]+(-[a-z]+){3,}$", r"^\d{6}-\d{6}-\d{6}$", ".{20}", "[!-/]$", "^[A-Za-z0-9]{8}(?:-[A-Za-z0-9]{4}){3}$"]


def bounds(rng):
    least, most = rng.choice([(None, None), (8, None), (32, 32), (16, 24), (None, 20), (64, None), (50, 100), (33, 33), (40, 44), (None, 128), (12, 12)])
    return ", ".join(f"{name}={value}" for name, value in (("min_length", least), ("max_length", most)) if value is not None)


def annotation(rng):
    kind = rng.random()
    if kind < 0.08:
        return rng.choice(["uuid.UUID", "UUID4", "Optional[UUID4]"])
    if kind < 0.25:
        return rng.choice(["str", "SecretStr", "bytes", "SecretBytes", "Optional[SecretStr]", "Optional[str]", "Union[SecretStr, None]"])
    limits = bounds(rng)
    if kind < 0.55:
        inner = rng.choice(["str", "SecretStr", "SecretBytes", "bytes"])
        return f"Annotated[{inner}, Field({limits})]"
    if kind < 0.65:
        return f"{rng.choice(['constr', 'conbytes'])}({limits})"
    pattern = f"pattern=r'{rng.choice(PATTERNS)}'"
    parts = ", ".join(part for part in (pattern, limits if rng.random() < 0.3 else "") if part)
    return rng.choice([f"Annotated[str, Field({parts})]", f"constr({parts})", f"Annotated[str, StringConstraints({parts}, strip_whitespace=True)]", f"Optional[Annotated[str, Field({parts})]]"])


def write(seed, count, directory):
    rng = random.Random(seed)
    classes = [f"class C{at}(BaseSettings):\n    {rng.choice(NAMES)}: {annotation(rng)}\n" for at in range(count)]
    (directory / "settings.py").write_text(HEAD + "\n\n".join(classes))
    (directory / "pyproject.toml").write_text("[project]\nname = 'values'\n")


def check(directory):
    spec = importlib.util.spec_from_file_location("settings", directory / "settings.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["settings"] = module
    spec.loader.exec_module(module)
    for line in (directory / "values.jsonl").open():
        case = json.loads(line)
        os.environ.clear()
        os.environ[case["name"]] = case["value"]
        getattr(module, case["class"])()
        if case["name"] == "fernet_key" and case["plain"]:
            assert len(base64.urlsafe_b64decode(case["value"])) == 32 and case["value"].endswith("="), case


def main():
    if sys.argv[1] == "write":
        write(int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    else:
        check(Path(sys.argv[2]))


main()
