"""The pytest plugin, tested with pytest's own `pytester`."""

import subprocess
import sys
import textwrap

import pytest

pytest_plugins = "pytester"

MODELS = """
    import pytest
    from takk.runtime import Chain, ConfigError, Dotenv, Env, Mock, Retrying, Secret, SecretModel, Ssm, Vault, backend_from_env

    class App(SecretModel):
        stage: str = "prod"
        key: str = Secret("/{stage}/key", ttl=0)
        port: int = Secret("/{stage}/port")
"""


def run(pytester, tests, *arguments, in_process=True, without=("asyncio", "anyio", "xdist")):
    """The result of running tests of the models above with pytest."""
    pytester.makepyfile(textwrap.dedent(MODELS) + textwrap.dedent(tests))
    start = pytester.runpytest_inprocess if in_process else pytester.runpytest_subprocess
    # Unneeded plugins take most of the time.
    others = [option for name in ("cacheprovider", *without) for option in ("-p", f"no:{name}")]
    return start("-q", *others, *arguments)


def test_the_plugin_loads_next_to_nothing():
    script = """
        import sys
        import pytest
        before = set(sys.modules)
        import takk._pytest
        print(*sorted(set(sys.modules) - before))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["takk", "takk._lazy", "takk._network", "takk._pytest"]


def test_a_run_without_secrets_loads_neither_pydantic_nor_the_extension(pytester):
    pytester.makepyfile("""
        import sys
        def test_it():
            assert not {"pydantic", "takk.runtime", "takk.testing", "takk._native"} & set(sys.modules)
            assert "takk._pytest" in sys.modules
    """)
    pytester.runpytest_subprocess("-q", "-p", "no:asyncio", "-p", "no:anyio").assert_outcomes(passed=1)


def test_values_for_a_test(pytester):
    result = run(pytester, """
        def test_it(takk_secrets):
            app = App(backend=takk_secrets(App, values={"port": 5432}, stage="prod"))
            assert (app.key, app.port) == ("fake:/prod/key", 5432)
    """)
    result.assert_outcomes(passed=1)


def test_given_values_that_are_not_read_fail(pytester):
    result = run(pytester, """
        def test_it(takk_secrets):
            App(backend=takk_secrets(App, values={"port": 5432})).key
    """)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*not read: port, which was given a value"])


def test_generated_values_that_are_not_read_fail_where_that_is_asked_for(pytester):
    result = run(pytester, """
        def test_lenient(takk_secrets):
            App(backend=takk_secrets(App)).key

        def test_strict(takk_secrets):
            App(backend=takk_secrets(App, strict=True)).key
    """)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*not read: port (/{stage}/port)"])


def test_unknown_paths_fail_even_if_the_program_goes_on(pytester):
    result = run(pytester, """
        def test_it(takk_secrets):
            backend = takk_secrets(App)
            try:
                backend.get("/prod/prot")
            except ConfigError:
                pass
    """)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*no field's path: /prod/prot; the nearest one is /{stage}/port"])


@pytest.mark.parametrize("ending", ["assert False", "pytest.skip('x')", "pytest.xfail('x')"])
def test_a_test_that_does_not_pass_is_not_judged(pytester, ending):
    result = run(pytester, f"""
        def test_it(takk_secrets):
            takk_secrets(App, values={{"port": 1}}, strict=True)
            {ending}
    """)
    assert result.parseoutcomes().get("errors", 0) == 0


REMOTE = """
    VAULT = 'Vault("http://127.0.0.1:9", token="t")'
    REMOTE = [
        lambda: Vault("http://127.0.0.1:9", token="t"),
        lambda: Vault("http://127.0.0.1:9", token_factory=lambda: pytest.fail("it was asked for")),
        lambda: Ssm("eu-north-1", endpoint_url="http://127.0.0.1:9", aws_access_key_id="a", aws_secret_access_key="b"),
        lambda: Retrying(Vault("http://127.0.0.1:9", token="t"), max_attempts=2, base_delay=0),
        lambda: Chain(Env("NONE"), Vault("http://127.0.0.1:9", token="t")),
        lambda: Chain(Retrying(Chain(Env("NONE"), Vault("http://127.0.0.1:9", token="t")))),
        lambda: backend_from_env(),
    ]
"""


def test_nothing_connects(pytester, monkeypatch):
    monkeypatch.setenv("VAULT_ADDR", "http://127.0.0.1:9")
    monkeypatch.setenv("VAULT_TOKEN", "t")
    result = run(pytester, REMOTE + """
    @pytest.mark.parametrize("make", REMOTE)
    def test_by_a_model(make):
        app = App(backend=make())
        for read in (lambda: app.key, app.prefetch, lambda: app.refresh("port")):
            with pytest.raises(ConfigError, match="a test may not ask .*127.0.0.1:9.*takk_secrets.*takk_network"):
                read()

    @pytest.mark.parametrize("make", REMOTE)
    def test_itself(make):
        for read in (lambda: make().get("/a"), lambda: make().get_batch(["/a", "/b"])):
            with pytest.raises(ConfigError, match="a test may not ask"):
                read()
    """)
    result.assert_outcomes(passed=14)


def test_what_does_not_connect_is_asked(pytester, monkeypatch):
    monkeypatch.setenv("PROD_KEY", "e")
    monkeypatch.setenv("TAKK_SECRETS_BACKEND", "env")
    result = run(pytester, """
        def test_it(tmp_path):
            (tmp_path / ".env").write_text("PROD_KEY=d")
            dotenv = Dotenv(tmp_path / ".env")
            assert App(backend=Env()).key == "e"
            assert App(backend=dotenv).key == "d"
            assert App(backend=Retrying(dotenv)).key == "d"
            assert App(backend=backend_from_env()).key == "e"
            # Vault is not asked for what the environment has.
            assert App(backend=Chain(Env(), Vault("http://127.0.0.1:9", token="t"))).key == "e"
            assert Chain(Env(), Vault("http://127.0.0.1:9", token="t")).get("/prod/key") == "e"
    """)
    result.assert_outcomes(passed=1)


TRIES = REMOTE + """
    class Tried(Exception):
        pass

    from takk.runtime import TakkError, TransientError

    # Made and read before any test: the cache of the model is from there.
    APP = App(backend=Vault("http://127.0.0.1:9", token="t"))

    def outcome():
        kinds = set()
        for app in (APP, App(backend=Vault("http://127.0.0.1:9", token="t"))):
            with pytest.raises(TakkError) as caught:
                app.key
            kinds.add(type(caught.value))
        assert len(kinds) == 1
        return kinds.pop()
"""


def test_a_mark_lets_a_test_connect(pytester):
    result = run(pytester, TRIES + """
    def test_before():
        assert outcome() is ConfigError

    @pytest.mark.takk_network
    def test_marked():
        assert outcome() is TransientError

    def test_after():
        assert outcome() is ConfigError

    @pytest.mark.takk_network
    class TestMarked:
        @pytest.fixture(autouse=True)
        def connects(self):
            assert outcome() is TransientError
            yield
            assert outcome() is TransientError

        def test_it(self):
            assert outcome() is TransientError
    """, "--strict-markers")
    result.assert_outcomes(passed=4)


def test_the_configuration_lets_all_tests_connect(pytester):
    pytester.makeini("[pytest]\ntakk_network = true\n")
    result = run(pytester, TRIES + """
    def test_it():
        assert outcome() is TransientError
    """)
    result.assert_outcomes(passed=1)


def test_without_the_plugin_everything_connects(pytester):
    result = run(pytester, TRIES + """
    def test_it():
        assert outcome() is TransientError
    """, "-p", "no:takk", in_process=False)
    result.assert_outcomes(passed=1)


def test_a_run_inside_of_a_run_leaves_it_as_it_was(pytester):
    from takk import _network

    before = _network.is_blocked
    pytester.makeini("[pytest]\ntakk_network = true\n")
    run(pytester, "def test_it(): pass").assert_outcomes(passed=1)
    assert _network.is_blocked is before is True


def test_unittest_cases(pytester):
    result = run(pytester, """
        import unittest

        class Tests(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _secrets(self, takk_secrets):
                self.secrets = takk_secrets

            def test_reads(self):
                self.assertEqual(App(backend=self.secrets(App, values={"port": 1})).port, 1)

            def test_does_not_read(self):
                self.secrets(App, values={"port": 1})
    """)
    result.assert_outcomes(passed=2, errors=1)


def test_event_loops_of_others(pytester):
    result = run(pytester, """
        @pytest.fixture
        def app(takk_secrets):
            return App(backend=takk_secrets(App, values={"port": 1}, strict=True))

        async def reads(app):
            await app.aprefetch()
            assert await app.aget("port") == 1 and await app.aget("key") == "fake:/prod/key"

        @pytest.mark.asyncio
        async def test_asyncio(app):
            await reads(app)

        @pytest.mark.anyio
        @pytest.mark.parametrize("anyio_backend", ["asyncio"])
        async def test_anyio(app):
            await reads(app)

        @pytest.mark.asyncio
        async def test_not_read(app):
            await app.aget("key")
    """, in_process=False, without=())
    result.assert_outcomes(passed=3, errors=1)


def test_xdist(pytester):
    result = run(pytester, """
        @pytest.mark.parametrize("number", range(6))
        def test_it(takk_secrets, number):
            assert App(backend=takk_secrets(App)).key == "fake:/prod/key"
            with pytest.raises(ConfigError, match="a test may not ask"):
                App(backend=Vault("http://127.0.0.1:9", token="t")).key

        def test_not_read(takk_secrets):
            takk_secrets(App, values={"key": "x"})
    """, "-n", "2", in_process=False, without=("asyncio", "anyio"))
    result.assert_outcomes(passed=7, errors=1)


def test_threads_of_a_test(pytester):
    result = run(pytester, """
        from concurrent.futures import ThreadPoolExecutor

        def test_it(takk_secrets):
            app = App(backend=takk_secrets(App, strict=True))
            blocked = App(backend=Vault("http://127.0.0.1:9", token="t"))

            def read(_):
                with pytest.raises(ConfigError, match="a test may not ask"):
                    blocked.key
                return app.key, app.port

            with ThreadPoolExecutor(8) as pool:
                assert len(set(pool.map(read, range(100)))) == 1
    """)
    result.assert_outcomes(passed=1)
