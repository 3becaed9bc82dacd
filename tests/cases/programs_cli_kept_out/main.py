from pydantic_settings import CliApp
from settings import Settings

CliApp.run(Settings, cli_args=[])
