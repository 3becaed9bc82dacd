from settings import App, Db

app = App(name="a", region="eu")
db = Db(host="localhost")
