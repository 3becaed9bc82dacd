from app.settings import One as Config

Mine = Config
