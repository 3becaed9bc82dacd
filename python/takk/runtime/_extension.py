"""Says what to do if `takk._native` cannot be imported."""

import sysconfig


def _check() -> None:
    try:
        import takk._native  # noqa: F401
    except ModuleNotFoundError as error:
        if error.name != "takk._native":
            raise
        raise ImportError(f"takk.runtime needs the extension takk._native, which is not there; {_hint()}", name=error.name) from None
    except ImportError as error:
        # The loader's message, for example about a library of another system, has the reason and the path.
        message = f"takk.runtime needs the extension takk._native, which this interpreter cannot load: {error}; install takk again with pip"
        raise ImportError(message, name="takk._native", path=error.path) from error


def _hint() -> str:
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        # Such an interpreter ignores files named `.abi3.so`, as in the wheel for all others.
        return "this interpreter is free-threaded: install takk with `pip install --no-binary takk takk`, which needs Rust"
    return "in a checkout, build it with `pip install --editable python`, which needs Rust; else install takk again with pip"


_check()
