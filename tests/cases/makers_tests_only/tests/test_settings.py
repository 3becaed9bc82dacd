from settings import Base


def test_base():
    assert Base(token="t").token == "t"


def test_from_environment(monkeypatch):
    monkeypatch.setenv("TOKEN", "t")
    assert Base()
