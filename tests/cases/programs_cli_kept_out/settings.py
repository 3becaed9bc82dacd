from pydantic_settings import BaseSettings, SettingsConfigDict

class Settings(BaseSettings):
    model_config = SettingsConfigDict(cli_parse_args=False, cli_prog_name="app")
    name: str

    def cli_cmd(self) -> None:
        print(self.name)
