from settings import Settings

Settings.model_validate_json('{"name": "n"}')
