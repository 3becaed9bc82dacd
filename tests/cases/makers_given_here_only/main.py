from settings import App

first = App(name="a")
second = App()
