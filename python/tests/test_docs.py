"""The reference in `docs/python.md` matches the docstrings, and contains every public name."""

import subprocess
import sys

from conftest import REPOSITORY

import takk.models
import takk.resources
import takk.runtime
import takk.secrets
import takk.testing


def test_reference_is_that_of_the_docstrings():
    script = REPOSITORY / "python/scripts/reference.py"
    printed = subprocess.run([sys.executable, "-B", str(script)], capture_output=True, text=True, check=True).stdout
    written = (REPOSITORY / "docs/python.md").read_text()
    assert printed == written, "run: python python/scripts/reference.py > docs/python.md"


def test_every_name_has_its_place():
    written = (REPOSITORY / "docs/python.md").read_text()
    for module in (takk.models, takk.secrets, takk.resources, takk.runtime, takk.testing):
        for name in module.__all__:
            assert f"{name}`" in written, f"{module.__name__}.{name} is not in docs/python.md"
