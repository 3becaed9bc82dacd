from factory import make_settings

App = make_settings("APP_")
Worker = make_settings(prefix="WORKER_")


class Special(make_settings("SPECIAL_")):
    extra: int
