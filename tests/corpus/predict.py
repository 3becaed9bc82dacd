"""Runs takk on packages of the corpus: predict.py TAKK SOURCES PREDICTIONS PACKAGE...

Writes PREDICTIONS/PACKAGE-VERSION.json, the settings classes of `takk inspect --format json` in the form of the truth. An exit status
above 1, no JSON, or more than a minute count as a package without classes.
"""

import json
import subprocess
import sys
from pathlib import Path

TRUTH = Path(__file__).with_name("truth")


def field(setting: dict) -> dict:
    """A setting, in the form of a field of the truth."""
    answer = {
        "name": setting["name"],
        "env_names": setting.get("env"),
        "required": setting.get("required"),
        "is_secret": setting.get("secret"),
        "optional": setting.get("optional"),
    }
    if "default" in setting:
        default = setting["default"]
        answer["default"] = {"unknown": True} if isinstance(default, dict) and "computed" in default else default
    if setting.get("nested") is not None:
        answer["nested"] = [{"path": leaf["path"], "env_names": leaf["env"]} for leaf in setting["nested"]]
    return answer


def inspect(takk: str, directory: Path) -> dict:
    """The manifest of a package. If there is none, prints why."""
    command = [takk, "inspect", "--format", "json", "--include-tests", str(directory)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        if done.returncode <= 1:
            return json.loads(done.stdout)
        print(f"{directory.name}: exit status {done.returncode}: {done.stderr.decode(errors='replace').strip()[:200]}")
    except (subprocess.TimeoutExpired, json.JSONDecodeError) as problem:
        print(f"{directory.name}: {problem}")
    return {}


def main(takk: str, sources: Path, predictions: Path, *packages: str) -> None:
    """Runs takk on every package that has a truth."""
    for truth in sorted(TRUTH.glob("*.json")):
        if truth.stem.rsplit("-", 1)[0] not in packages:
            continue
        classes = [
            {"module": found["module"], "qualname": found["qualname"], "fields": [field(setting) for setting in found["fields"]]}
            for found in inspect(takk, sources / truth.stem).get("settings", [])
            if found.get("kind", "settings") == "settings"
        ]
        (predictions / truth.name).write_text(json.dumps({"classes": classes}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])
