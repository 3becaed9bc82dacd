"""What schemathesis cannot know from the OpenAPI document of `takk serve`, for tests/schemathesis.sh.

A pattern could say that a name has no characters that cannot be shown, but not that a moment lies ahead, that a name comes once, or
which tokens the test itself lives on. Data that is wrong only in such a way is left out where data should be right; data that is meant
to be wrong stays as it is.
"""

import os
import re
import time
import unicodedata
import uuid
from urllib.parse import unquote

import schemathesis

# The tokens that the test is made with: those who revoke them end the test.
KEPT = int(os.environ.get("TOKENS_KEPT", "0"))
# A name for an environment, as `ops/hosted/names.rs` has it.
ENVIRONMENT = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}|preview(/[a-z0-9][a-z0-9._-]{0,62})+")


def is_shown(text):
    """Whether a name is one that can be shown, as `ops/hosted/names.rs` has it."""
    hidden = [(0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0xFEFF, 0xFEFF)]
    bad = (unicodedata.category(c) == "Cc" or any(a <= ord(c) <= z for a, z in hidden) for c in text)
    return bool(text.strip()) and text not in (".", "..") and not any(bad)


def is_plain(value, key=""):
    """Whether all names in a part of a request are such, and what else no schema can say holds."""
    if isinstance(value, dict):
        return all(is_plain(inner, key) for key, inner in value.items())
    if isinstance(value, list):
        if len(value) != len(set(map(str, value))):
            return False
        names = [item.get("name") for item in value if isinstance(item, dict)]
        return all(is_plain(item, key) for item in value) and len(names) == len(set(map(str, names)))
    if key == "expires_at" and isinstance(value, (int, float)):
        # 1.0 is an integer for JSON Schema, and none for the server.
        return isinstance(value, int) and value > time.time() * 1000 + 60_000
    if key == "from" and isinstance(value, str):
        return bool(ENVIRONMENT.fullmatch(value))
    if key == "value" and isinstance(value, str):
        return "\0" not in value
    if key in ("name", "label", "user", "project", "projects", "environments", "names", "code") and isinstance(value, str):
        return is_shown(value) and not (key in ("name", "names") and "=" in value)
    return True


def is_accepted(path, body):
    """What single routes ask for beyond their schema."""
    if not isinstance(body, dict):
        return True
    month = time.time() * 1000 + 29 * 24 * 60 * 60 * 1000
    if path.endswith("/invitations") and isinstance(body.get("expires_at"), int) and body["expires_at"] > month:
        return False
    email = body.get("email")
    return not isinstance(email, str) or re.fullmatch(r"[!-?A-~]+@[a-z0-9-]+(\.[a-z0-9-]+)+", email) is not None


def is_meant_to_be_right(case):
    mode = getattr(getattr(case, "meta", None), "generation", None)
    return mode is None or mode.mode.name == "POSITIVE"


@schemathesis.hook
def filter_case(context, case):
    path = {name: unquote(str(value)) for name, value in (case.path_parameters or {}).items()}
    if "/tokens/" in case.path and path.get("id", "").lstrip("+0").isdigit() and int(path["id"]) <= KEPT:
        return False
    if not is_meant_to_be_right(case):
        return True
    return is_accepted(case.path, case.body) and is_plain(path) and is_plain(case.body if isinstance(case.body, (dict, list)) else {})


@schemathesis.hook
def before_call(context, case, kwargs):
    # A key that comes again with another request is refused, as it should be.
    if is_meant_to_be_right(case) and "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = uuid.uuid4().hex
