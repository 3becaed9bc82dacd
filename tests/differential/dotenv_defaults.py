"""Uncomments the defaults in a dotenv file, and compares the values that pydantic reads with the defaults of the class.

    dotenv_defaults.py DIRECTORY

The directory contains `settings.py` with a class `Settings`, and `new.env`. Prints the names of the fields whose default was in a comment.
"""

import json
import os
import re
import sys
from pathlib import Path


def main():
    os.environ.clear()
    os.environ["HOME"] = "/home/me"
    directory = Path(sys.argv[1])
    sys.path.insert(0, str(directory))
    from settings import Settings

    text = (directory / "new.env").read_text(encoding="utf-8")
    assert not re.search(r"(?m)^(?!#)(?!\w+=).+$", text), "a line is neither a comment nor an assignment"
    file = directory / "uncommented.env"
    file.write_text(re.sub(r"(?m)^# (?=\w+=)", "", text), encoding="utf-8", newline="")
    given = [name.removeprefix("MILL_").lower() for name in re.findall(r"(?m)^# (\w+)=", text)]
    required = {name: "x" for name, field in Settings.model_fields.items() if field.is_required()}
    # Keyword arguments take precedence over the file.
    found, expected = Settings(_env_file=file, **required), Settings(_env_file=None, **required)
    for name in Settings.model_fields:
        one, other = getattr(found, name), getattr(expected, name)
        assert one == other and type(one) is type(other), f"{name}: {one!r} is not {other!r}"
    print(json.dumps(given))


main()
