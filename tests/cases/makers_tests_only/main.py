from settings import App

App()
