from pathlib import Path

from settings import A, load

Path("/tmp/makers_a.json").write_text('{"one": "1"}')
Path("/tmp/makers_b.json").write_text('{"two": "2"}')
a, b = A.from_file("/tmp/makers_a.json"), load("/tmp/makers_b.json")
