"""For tests of programs that read secret paths: a fake backend that makes up values for the fields of a model, and a pytest plugin.

    def test_it_connects(takk_secrets):
        app = App(stage="prod", backend=takk_secrets(App))
        assert connect(app)

pytest finds the plugin by itself. It provides the fixture `takk_secrets`, and lets no backend connect (`Vault`, `Ssm`, alone or in a
`Chain` or `Retrying`) unless a test is marked `@pytest.mark.takk_network`, or pytest's configuration has `takk_network = true`.
"""

from takk.testing._fake import FakeBackend, FakeBackends, NoValueError, UnknownPathError, fake_backend

__all__ = ["FakeBackend", "FakeBackends", "NoValueError", "UnknownPathError", "fake_backend"]
