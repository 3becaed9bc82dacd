from pathlib import Path

from settings import load_settings

print(load_settings(Path(__file__).parent / "config.json"))
