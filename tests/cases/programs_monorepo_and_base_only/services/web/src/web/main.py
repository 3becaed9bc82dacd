from web.settings import WebSettings

settings = WebSettings()
