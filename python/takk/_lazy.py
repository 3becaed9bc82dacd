"""Names that are imported when they are first used, so that `import takk.models` costs nothing (PEP 562)."""

import sys

TYPE_CHECKING = False  # Type checkers take it for the one of `typing`, which is slow to import.
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def lazy(
    module: str, sources: dict[str, str], package: str = "takk._vocabulary."
) -> "tuple[Callable[[str], Any], Callable[[], list[str]]]":
    """The `__getattr__` and `__dir__` of a module that re-exports the names in `sources`.

    `sources` maps each module of the package to the names that come from it, separated by spaces.
    """
    source_of = {name: source for source, names in sources.items() for name in names.split()}
    # For `from takk.models import *`; type checkers see the imports.
    setattr(sys.modules[module], "__all__", [name for name in source_of if not name.startswith("_")])

    def __getattr__(name: str) -> "Any":
        source = source_of.get(name)
        if source is None:
            raise AttributeError(f"module {module!r} has no attribute {name!r}", name=name, obj=sys.modules[module])
        # Not `importlib.import_module`, which imports importlib and warnings first.
        value = getattr(__import__(package + source, fromlist=[name]), name)
        # Later uses find it without calling this function.
        setattr(sys.modules[module], name, value)
        return value

    def __dir__() -> list[str]:
        return sorted({*vars(sys.modules[module]), *source_of})

    return __getattr__, __dir__


def public(namespace: "dict[str, Any]", module: str) -> None:
    """Sets `__module__` of the classes and functions in a module of the vocabulary to the module that users import them from.

    Error messages, `repr`, pickles and references such as `takk.secrets:NatsConfig` then match what users wrote.
    """
    for name, value in list(namespace.items()):
        if not name.startswith("__") and getattr(value, "__module__", None) == namespace["__name__"]:
            value.__module__ = module
