from settings import Settings

settings = Settings(_case_sensitive=True, _env_nested_delimiter="__")
