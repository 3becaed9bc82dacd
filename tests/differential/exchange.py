"""Files of variables, and how python-dotenv, json, PyYAML and a shell read them.

    exchange.py generate SEED COUNT DIRECTORY
    exchange.py check DIRECTORY

`generate` writes `read.jsonl`: one line for every file, with its format, its text and the values that its own reader finds, for dotenv
also the lines with warnings of python-dotenv; and `values.jsonl`: lists of names and values to write. `check` reads `written.jsonl`,
the files written from these lists, and fails if a reader does not find what was written.
"""

import io
import json
import logging
import os
import random
import subprocess
import sys
from pathlib import Path

import yaml
from dotenv import dotenv_values
from dotenv.parser import parse_stream

ENVIRONMENT = {"HOME": "/home/me", "EMPTY": "", "A": "from outside", "n o": "odd"}
NAMES = ["A", "B", "NAME", "DATABASE_URL", "a.b-c", "É", "export", "NAME_2", "x"]
PIECES = [
    "a", "value", " ", "  ", "\t", "\n", "\r", "\r\n", "'", '"', "\\", "\\\\", "\\'", '\\"', "\\n", "\\t", "\\q", "\\x41", "\\u0041", "#", " #", " # comment", "=", ":", "$", "${", "}", "${A}", "${B}", "${HOME}", "${NONE}", "${EMPTY}",
    "${NONE:-default}", "${A:-x}", "${:-}", "${n o}", "${A", "$A", "${A:b}", "${a:${B}", "${A:-${B}}", "{", "é", "日", "😀", "\x0b", "\x0c", "\x1c", "\x1f", "\x85", "\xa0", "\u2028", "\u3000", "\ufeff", "\x00", "\x7f", "`", "!", ";", "&", "|",
    "*", "-", "--- ", "- ", "? ", "[", "]", ",", "%", "@", "~", "null", "no", "0123", "1.10", "-----BEGIN KEY-----\nMIIE\n-----END KEY-----\n", "export ", "KEY", "postgres://u:p@h:5432/db?x=1",
]


def pieces(rng, most):
    return "".join(rng.choice(PIECES) for _ in range(rng.randrange(most)))


def quoted(rng, quote):
    inner = pieces(rng, 6).replace("\\", "\\\\" if rng.random() < 0.5 else "\\").replace(quote, "\\" + quote if rng.random() < 0.9 else quote)
    return quote + inner + quote


def dotenv_line(rng):
    kind = rng.random()
    if kind < 0.08:
        return rng.choice(["", " ", "# comment", "  # comment ' \"", "\t"])
    if kind < 0.14:
        return pieces(rng, 5)
    name = rng.choice(NAMES) if rng.random() < 0.9 else "'" + rng.choice([*NAMES, "n o", "", "a=b", "a\nb"]) + "'"
    start = rng.choice(["", "", "", "", "export ", " ", "export\t", "export", "\x0c", "export  "])
    if rng.random() < 0.06:
        return start + name + rng.choice(["", " ", " # comment", " x"])
    equals = rng.choice(["=", "=", "=", " = ", "= ", " =", "=\t", "=\xa0", "=="])
    value = rng.choice([lambda: quoted(rng, '"'), lambda: quoted(rng, "'"), lambda: pieces(rng, 6).replace("\n", " ")])()
    return start + name + equals + value + rng.choice(["", "", "", " ", " # comment", "# comment", " x", "\t#'\""])


def mutated(rng, text):
    for _ in range(rng.randrange(1, 4)):
        at, end = sorted(rng.randrange(len(text) + 1) for _ in range(2))
        other = rng.choice(PIECES)
        text = rng.choice([lambda: text[:at] + other + text[at:], lambda: text[:at] + text[at + 1:], lambda: text[:at] + text[end:], lambda: text[:at] + other + text[at + 1:], lambda: text + text[at:end]])()
    return text


def dotenv_file(rng):
    newline = rng.choice(["\n", "\n", "\n", "\r\n", "\r"])
    text = newline.join(dotenv_line(rng) for _ in range(rng.randrange(1, 9))) + rng.choice(["", newline])
    if rng.random() < 0.4:
        text = mutated(rng, text)
    return rng.choice([""] * 9 + ["\ufeff"]) + text


def read_dotenv(text, path):
    path.write_text(text, encoding="utf-8", newline="")
    values = dotenv_values(path, encoding="utf-8")
    # In text mode, as python-dotenv opens the file.
    with path.open(encoding="utf-8") as file:
        bindings = list(parse_stream(io.StringIO(file.read(), newline="")))
    wrong = []
    for binding in bindings:
        if binding.error:
            string = binding.original.string
            wrong.append(binding.original.line + string[: len(string) - len(string.lstrip())].count("\n"))
    return {name: value for name, value in values.items() if value is not None}, [name for name, value in values.items() if value is None], wrong


def json_value(rng, depth=0):
    kind = rng.random()
    if depth < 3 and kind < 0.15:
        return [json_value(rng, depth + 1) for _ in range(rng.randrange(4))]
    if depth < 3 and kind < 0.3:
        return {pieces(rng, 3): json_value(rng, depth + 1) for _ in range(rng.randrange(4))}
    return rng.choice([None, True, False, 0, -1, 1.0, 1e300, 12345678901234567890, 0.1, pieces(rng, 6), pieces(rng, 3)])


def as_text(value, dump):
    return value if isinstance(value, str) else dump(value, separators=(",", ":"))


def json_case(rng):
    values = {name: json_value(rng) for name in rng.sample(NAMES, rng.randrange(5))}
    ascii_only = rng.random() < 0.5
    text = json.dumps(values, ensure_ascii=ascii_only, indent=rng.choice([None, None, 2, "\t"]))
    dump = lambda value, **options: json.dumps(value, ensure_ascii=ascii_only, **options)
    return {"format": "json", "text": text, "values": {name: as_text(value, dump) for name, value in values.items() if value is not None}}


def yaml_case(rng):
    # PyYAML does not escape the characters that end a line in YAML 1.1 but not in YAML 1.2.
    pool = [piece for piece in PIECES if piece not in ("\x00", "\x85", "\u2028")]
    value = lambda: "".join(rng.choice(pool) for _ in range(rng.randrange(6)))
    values = {name: value() for name in rng.sample(NAMES, rng.randrange(1, 6))}
    text = yaml.safe_dump(values, default_style=rng.choice([None, None, "'", '"', "|", ">"]), width=rng.choice([5, 40, 80, 1000]), allow_unicode=rng.random() < 0.7, indent=rng.choice([2, 4]), explicit_start=rng.random() < 0.3, sort_keys=False)
    return {"format": "yaml", "text": text, "values": values}


def written_values(rng):
    names = ["A", "B", "C_1", "NO", "null", "_x", "Y", "HOME2", "DATABASE_URL", "export"]
    return [[name, pieces(rng, 7).replace("\0", "")] for name in rng.sample(names, rng.randrange(1, 8))]


def generate(seed, count, directory):
    rng = random.Random(seed)
    path = directory / "file.env"
    with (directory / "read.jsonl").open("w") as out:
        for _ in range(count):
            text = dotenv_file(rng)
            values, unset, wrong = read_dotenv(text, path)
            out.write(json.dumps({"format": "dotenv", "text": text, "values": values, "unset": unset, "wrong": wrong}) + "\n")
        for _ in range(count // 20):
            out.write(json.dumps(json_case(rng)) + "\n")
            out.write(json.dumps(yaml_case(rng)) + "\n")
    with (directory / "values.jsonl").open("w") as out:
        for _ in range(count // 20):
            out.write(json.dumps(written_values(rng)) + "\n")


def read_shell(path, names):
    script = '. "$0"; for name in "$@"; do eval "printf %s \\"\\$$name\\""; printf "\\0"; done'
    printed = subprocess.run(["sh", "-c", script, str(path), *names], capture_output=True, check=True, env={}).stdout
    return dict(zip(names, printed.decode().split("\0")[:-1], strict=True))


def read_docker(path, names):
    lines = path.read_bytes().decode().split("\n")[:-1]
    return dict(line.split("=", 1) for line in lines)


READERS = {
    "dotenv": lambda path, names: dotenv_values(path, encoding="utf-8"),
    "json": lambda path, names: json.loads(path.read_text(encoding="utf-8")),
    "yaml": lambda path, names: yaml.safe_load(path.read_text(encoding="utf-8")),
    "shell": read_shell,
    "docker": read_docker,
    # A file to which lines were added: its previous content, and these lines.
    "edited": lambda path, names: {name: value for name, value in dotenv_values(path, encoding="utf-8").items() if value is not None},
}


def check(directory):
    count = {}
    for line in (directory / "written.jsonl").open():
        case = json.loads(line)
        path = directory / "written"
        path.write_text(case["text"], encoding="utf-8", newline="")
        expected = dict(case["entries"])
        found = READERS[case["format"]](path, list(expected))
        assert found == expected, f"{case['format']}: {case['text']!r}: {found!r} is not {expected!r}"
        count[case["format"]] = count.get(case["format"], 0) + 1
    print(json.dumps(count))


def main():
    logging.disable()
    os.environ.clear()
    os.environ.update(ENVIRONMENT)
    if sys.argv[1] == "generate":
        generate(int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    else:
        os.environ["PATH"] = os.defpath
        check(Path(sys.argv[2]))


main()
