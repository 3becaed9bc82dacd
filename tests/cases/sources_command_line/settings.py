from typing import Optional

from pydantic import BaseModel
from pydantic_settings import BaseSettings, CliImplicitFlag, CliPositionalArg, CliSubCommand, SettingsConfigDict


class Init(BaseModel):
    directory: CliPositionalArg[str]


class Tool(BaseSettings):
    model_config = SettingsConfigDict(cli_prog_name="tool", env_prefix="TOOL_")
    token: str
    verbose: CliImplicitFlag[bool] = False
    init: CliSubCommand[Init]


class Parsed(BaseSettings):
    model_config = SettingsConfigDict(cli_parse_args=[], env_prefix="P_")
    token: str
    verbose: CliImplicitFlag[bool] = False
