"""Rules of `takk serve` that its OpenAPI document cannot express, for tests/schemathesis.sh.

A schema cannot say that a time is in the future, that a name is unique, that 1.0 is not an integer, or which tokens the test itself uses.
Data that only violates such a rule is skipped where data should be valid; data that is meant to be invalid is not changed.
"""

import os
import time
import uuid
from urllib.parse import unquote

import schemathesis

# The tokens that the test itself uses: revoking them would end the test.
KEPT = int(os.environ.get("TOKENS_KEPT", "0"))
DAY = 24 * 60 * 60 * 1000


def is_plain(value, key=""):
    """Whether a part of a body follows the rules that no schema can express."""
    if isinstance(value, dict):
        return all(is_plain(inner, key) for key, inner in value.items())
    if isinstance(value, list):
        if len(value) != len(set(map(str, value))):
            return False
        names = [item.get("name") for item in value if isinstance(item, dict)]
        return all(is_plain(item, key) for item in value) and len(names) == len(set(map(str, names)))
    if isinstance(value, float):
        # 1.0 is an integer in JSON Schema, but not for the server.
        return False
    return not (key == "expires_at" and isinstance(value, int) and value < time.time() * 1000 + 60_000)


def is_accepted(path, names, body):
    """Whether a request meets the requirements of its route that are not in the schema."""
    if not isinstance(body, dict):
        return True
    expires_at, versions = body.get("expires_at"), body.get("expected_versions")
    if path.endswith("/invitations") and isinstance(expires_at, int) and expires_at > time.time() * 1000 + 29 * DAY:
        return False
    if "/provision" in path and (body.get("resources") or body.get("adopt") or body.get("manifest") is not None):
        # What the code declares, who may take over something, and a manifest, which has a form of its own.
        return False
    if path.endswith("/promote") and body.get("from") == names.get("environment"):
        return False
    return not isinstance(versions, dict) or set(versions) <= set(body.get("names", []))


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
    return is_accepted(case.path, path, case.body) and is_plain(case.body if isinstance(case.body, (dict, list)) else {})


@schemathesis.hook
def before_call(context, case, kwargs):
    # A key that is reused for a different request is rejected, as it should be.
    if is_meant_to_be_right(case) and "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = uuid.uuid4().hex
