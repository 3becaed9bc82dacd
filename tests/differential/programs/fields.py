"""Types of fields, with texts that they accept and reject, and defaults that pydantic accepts and rejects."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field


@dataclass
class Kind:
    """A type, as it is written."""

    annotation: str
    good: list[str]
    bad: list[str] = field(default_factory=list)
    #: Expressions for a default.
    defaults: list[str] = field(default_factory=list)
    #: Expressions for a default that fails validation.
    refused: list[str] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)


def kinds(v1: bool) -> list[tuple[int, Kind]]:
    """Every type with its weight."""
    pydantic = "from pydantic import {}".format
    field_ = pydantic("Field")
    annotated = "from typing import Annotated"
    plain = [
        (8, Kind("str", ["a", "b c", "x"], [], ['"x"', '""'], ["None", "1"] if not v1 else ["None"])),
        (8, Kind("int", ["1", "42", "-3"], ["x", "", "1.5", "[1]"], ["0", "1", '"12"'], ['"x"', "None", "1.5"] if not v1 else ['"x"', "None"])),
        (4, Kind("bool", ["true", "0", "on"], ["x", "2", ""], ["False", "True"], ['"maybe"', "None"])),
        (3, Kind("float", ["1", "1.5", "1e3"], ["x", "1,5"], ["0.5", "1"], ['"x"'])),
        (7, Kind("SecretStr", ["s3cret", "k"], [], ['SecretStr("d")', '"d"'], ["None"], [pydantic("SecretStr")])),
        (3, Kind("str | None", ["a", ""], [], ["None", '"x"'], [] if v1 else ["1"])),
        (3, Kind("int | None", ["1"], ["x", "null"], ["None", "3"], ['"x"'])),
        (2, Kind("Optional[SecretStr]", ["k"], [], ["None"], [], [pydantic("SecretStr"), "from typing import Optional"])),
        (3, Kind("HttpUrl", ["https://example.com/p", "http://example.com"], ["h", "ftp://h", ""], ['"http://example.com/"'], ['""', "None"], [pydantic("HttpUrl")])),
        (3, Kind("PostgresDsn", ["postgresql://u:p@h/d"], ["mysql://h/d", "x"], ['"postgresql://u:p@h/d"'], ['""', '"sqlite://"'], [pydantic("PostgresDsn")])),
        (2, Kind("Path", ["/tmp", "a"], [], ['Path("a")'], ["None"], ["from pathlib import Path"])),
        (3, Kind('Literal["dev", "prod"]', ["dev", "prod"], ["local", "DEV", ""], ['"dev"'], ['"local"', "None"], ["from typing import Literal"])),
        (2, Kind("Literal[1, 2]", [], ["1", "x"], ["1"], ["3"], ["from typing import Literal"]) if not v1 else Kind("Literal[1, 2]", [], ["1", "x"], ["1"], ["3"], ["from typing import Literal"])),
        (3, Kind("Level", ["low", "high"], ["LOW", "x", ""], ["Level.LOW", '"high"'], ['"x"', "None"], ["enum"])),
        (4, Kind("list[str]", ['["a"]', "[]"], ["a,b", "", "a", '{"a": 1}'], ["[]", '["a"]'], ['"a"', "None"])),
        (3, Kind("list[int]", ["[1, 2]", '["1"]'], ["1,2", '["x"]', "1"], ["[]", "[1]"], ['["x"]'])),
        (2, Kind("set[int]", ["[1, 1]"], ["1", "x"], ["set()"], ["1"])),
        (2, Kind("dict[str, int]", ['{"a": 1}', "{}"], ['{"a": "x"}', "[]", "a=1"], ["{}"], ['{"a": "x"}', "None"])),
        (2, Kind("tuple[int, str]", ['[1, "a"]'], ["[1]", "1,a"], ['(1, "a")'], ["(1,)"])),
        (2, Kind("list[str] | None", ['["a"]'], ["a,b"], ["None", "[]"], ["1"])),
        (2, Kind("UUID", ["12345678-1234-5678-1234-567812345678"], ["x"], [], ['"x"', "None"], ["from uuid import UUID"])),
        (1, Kind("date", ["2026-01-02"], ["x", "2026-13-01"], ["date(2026, 1, 2)"], ['"x"'], ["from datetime import date"])),
        (1, Kind("timedelta", ["PT1H", "P1D"], ["x"], ["timedelta(1)"], ['"x"'], ["from datetime import timedelta"])),
        (1, Kind("Decimal", ["1.5"], ["x"], ['Decimal("1")'], ['"x"'], ["from decimal import Decimal"])),
        (1, Kind("Any", ["a"], [], ["None", "1"], [], ["from typing import Any"])),
        (3, Kind("Annotated[int, Field(ge=1, le=65535)]", ["1", "8000"], ["0", "70000", "x"], ["8000"], ["0", "70000"], [field_, annotated])),
        (2, Kind("Annotated[str, Field(min_length=2)]", ["ab", "abc"], ["a", ""], ['"ab"'], ['""', '"a"'], [field_, annotated])),
        (2, Kind("Annotated[list[int], Field(min_length=1)]" if not v1 else "Annotated[list[int], Field(min_items=1)]", ["[1]"], ["[]", "x"], ["[1]"], ["[]"], [field_, annotated])),
        (1, Kind("Json", ['{"a": 1}', "1"], ["x", "{"], [], ["{}"] if not v1 else [], [pydantic("Json")])),
        (1, Kind("int | str", ["1", "x"], [], ['"a"', "1"], ["None"])),
    ]
    return plain


def scalar(rng: random.Random, v1: bool) -> Kind:
    table = kinds(v1)
    return rng.choices([kind for _, kind in table], [weight for weight, _ in table])[0]


def as_data(text: str) -> object:
    """The text, as part of a JSON value."""
    try:
        return json.loads(text)
    except ValueError:
        return text
