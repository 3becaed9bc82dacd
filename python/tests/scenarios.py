"""What user code gets from the installed takk, as JSON: `scenarios.py DIRECTORY`, which contains the project of these tests."""

import asyncio
import dataclasses
import enum
import io
import json
import os
import sys
from contextlib import redirect_stdout
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Optional, Union

sys.path.insert(0, sys.argv[1])
os.chdir(sys.argv[1])

import pydantic as p
from depot import tasks, web
from plain import plain
from pydantic_settings import BaseSettings, SettingsConfigDict
from takk import models as m
from takk import resources as r
from takk import secrets as s

ROOT = Path(sys.argv[1]).resolve()
TAG, REF, URL, TEMPLATE = s.ResourceTags, s.ResourceRef, s.ServiceUrl, s.Template
DESK = m.Contact(name="Desk", email="desk@example.org")
ALERT = m.Alert("errors", "rate(errors[5m]) > 1", "warning")

answers: dict[str, Any] = {}


def ask(name: str, question) -> None:
    """Records the result of a call: the value, the output, or the error."""
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            value = plain(question())
    except Exception as problem:
        value = f"raises {type(problem).__name__}"
    assert name not in answers, f"two scenarios are called {name}"
    answers[name] = [value, printed.getvalue()] if printed.getvalue() else value


def compile_as(name: str, component, called: str = "group.part") -> None:
    """Records the component's compiled form; for a server, that of its network app."""
    if hasattr(component, "network_app"):
        ask(f"component {name}", lambda: component.network_app(ROOT).to_container(called, ROOT))
    else:
        ask(f"component {name}", lambda: component.to_container(called, root_path=ROOT))


# References and tags.
ask("tag as text", lambda: [str(TAG.psql_dsn), repr(TAG.psql_dsn), TAG.psql_dsn == "PostgresDsn", TAG("PostgresDsn").name])
ask("is a tag", lambda: [TAG.is_tag(text) for text in ("PostgresDsn", "psql_dsn", "PostgresDsn:x", "none", "")])
ask("hashes", lambda: [hash(REF(TAG.psql_dsn, "x")) == hash("PostgresDsn:x"), hash(URL("a", "internal")) == hash("service:a:internal:http")])
ask("template is not hashable", lambda: hash(TEMPLATE(["a"])))
ask("secret reference is not hashable", lambda: hash(s.SecretRef("a")))
ask("same reference", lambda: [REF(TAG.psql_dsn) == REF(TAG.psql_dsn, "default"), URL("a", "internal") == URL("a", "internal", "https")])
for reference in (REF(TAG.psql_dsn), REF(tag=TAG.s3_bucket_name, name="x"), URL("a.b", "external", "none"), URL(value="a", url_type="internal")):
    ask(f"reference {reference}", lambda: [repr(reference), str(reference), reference.to_string()])
ask("template", lambda: [repr(TEMPLATE(["a", TAG.psql_host])), TEMPLATE(["a:b", TAG.psql_host, REF(TAG.psql_name, "x"), URL("a", "internal")]).to_string()])
for text in ("PostgresDsn:x", "PostgresDsn", "PostgresDsn:", "PostgresDsn:a:b", "none:x", "psql_dsn:x", "opaque:x", ""):
    ask(f"reference from {text!r}", lambda: REF.from_string(text))
for text in ("service:a:internal:http", "service:a:internal", "a:internal:http", "service:a:b:internal:http", "service:a:other:ftp", ""):
    ask(f"url from {text!r}", lambda: URL.from_string(text))
for text in ('template:["a", "psql_host:default"]', 'template:["psql_host", "service:a:internal:http"]', "template:[]", "template:x", 'x:["a"]', "template:[1]"):
    ask(f"template from {text!r}", lambda: repr(TEMPLATE.from_string(text)))

# Environments.
for environment in (None, "dev", "test", "qa", "prod", "elsewhere", ""):
    os.environ.pop("TAKK_ENV", None)
    if environment is not None:
        os.environ["TAKK_ENV"] = environment
    m.current_env.cache_clear()
    ask(f"values in {environment}", lambda: [m.current_env(), m.value_for(1, prod=2, test=3, dev=4, qa=5), m.value_for(1, prod=None), m.value_for(prod=3)])
os.environ["takk_env"] = os.environ.pop("TAKK_ENV")
os.environ["takk_env"] = "test"
m.current_env.cache_clear()
ask("environment in lower case", m.current_env)
os.environ["takk_env"] = "prod"
ask("environment is read once", m.current_env)
del os.environ["takk_env"]
m.current_env.cache_clear()
ask("no value", lambda: [repr(m.NoValue), type(m.NoValue)() == m.NoValue, bool(m.NoValue)])


# Settings classes.
class Color(enum.Enum):
    RED = "red"


class Inner(p.BaseModel):
    one: int = 1


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PREFIX_")

    text: str
    number: int = 3
    secret: p.SecretStr
    secret_or_none: Optional[p.SecretStr] = None
    text_or_none: Optional[str] = None
    listed: list[str] = []
    address: p.PostgresDsn
    tagged: Annotated[str, TAG.psql_host]
    tagged_or_none: Optional[Annotated[str, TAG.psql_host]] = None
    one_of: Literal["a", "b"] = "a"
    color: Color = Color.RED
    inner: Inner = Inner()
    flag: bool = True
    real: float = 1.5
    hidden: p.SecretStr = p.SecretStr("x")
    url: p.AnyUrl = p.AnyUrl("http://x")
    opaque: Annotated[str, s.OpaqueSecret] = "z"
    credentials: Annotated[str, s.SecretTypes.database_credentials] = "z"
    renamed: str = p.Field(alias="OTHER", description="renamed")
    choices: str = p.Field(validation_alias=p.AliasChoices("A", "B"), default="q")
    either: str | int = 1
    anything: Any = None
    own_tag: Annotated[str, "own"] = "a"
    limited: Annotated[int, p.Field(ge=1, description="inside")] = 4
    pair: tuple[int, ...] = (1,)
    referred: Annotated[str, REF(TAG.s3_bucket_name)]
    linked: Annotated[str, URL("a", "internal")]
    put_together: Annotated[str, TEMPLATE(["a", TAG.psql_host])]
    quoted: "str" = "x"
    secrets: list[p.SecretStr] = []
    redis: p.RedisDsn
    kafka: p.KafkaDsn
    by_environment: int = m.value_for(1, prod=3)
    with_driver: s.SqlalchemyPostgresDsn


@dataclasses.dataclass
class Plain:
    KIND: ClassVar[str] = "x"
    text: str
    number: int = 3
    tagged: Annotated[str, TAG.psql_host] = dataclasses.field(default="", metadata={"description": "said"})
    text_or_none: Optional[str] = None
    seed: dataclasses.InitVar[int] = 4
    address: p.PostgresDsn = None


for name, cls in {"model": Settings, "dataclass": Plain, "several": [Inner, Plain], "none": []}.items():
    ask(f"settings of a {name}", lambda: m.settings_for(cls))
ask("settings of something else", lambda: m.settings_for(int))
ask("settings with X | None", lambda: m.settings_for(p.create_model("Bare", text=(str | None, None), secret=(p.SecretStr | None, None))))
ask("settings with a factory", lambda: m.settings_for(p.create_model("Made", text=(str, p.Field(default_factory=lambda: "x")))))
ask("settings with secret bytes", lambda: m.settings_for(p.create_model("Bytes", secret=(p.SecretBytes, ...))))
ask("required", lambda: [value.is_required for value in m.settings_for(Settings)])
ask("tags of metadata", lambda: m.tags_for([TAG.psql_host, "x", REF(TAG.psql_dsn), URL("a", "internal"), TEMPLATE(["x"]), s.OpaqueSecret, 5, p.Field(ge=1), s.SecretRef("x"), s.Tags.supporting_infra]))
ask("tags of types", lambda: [m.tags_for_annotation(each) for each in (str, Optional[str], Annotated[str, TAG.psql_host, "x"], p.SecretStr, p.PostgresDsn, Optional[p.PostgresDsn], list[str], Any, Literal["a"], None, "str")])
ask("partial", lambda: [[value.name, value.is_optional, value.data_type] for value in m.settings_for(m.Partial(Plain))])
ask("partial keeps the prefix", lambda: m.Partial(Settings).model_config["env_prefix"])
ask("partial can do without", lambda: m.Partial(p.create_model("Some", a=(str, ...)))())

FOUND = {
    REF(TAG.psql_dsn): "postgresql://u:p@h/d",
    REF(TAG.psql_host): "host",
    REF(TAG.s3_bucket_name): "bucket",
    URL("a", "internal"): "http://a:80",
    REF(TAG.sqlalchemy_uri): "postgresql://u:p@h/d",
}
ask("values of resources", lambda: m.settings_for_secrets(m.settings_for(Settings), FOUND, {}))
ask("values of the environment", lambda: m.settings_for_secrets(m.settings_for(Settings), FOUND, {"TEXT": "x", "number": "7", "SECRET": None, "ADDRESS": "given"}))
ask("values of nothing", lambda: m.settings_for_secrets(m.settings_for(Settings), {}, {}))
QUEUE = {REF(TAG.sqs_endpoint): "http://x", REF(TAG.sqs_access_key): "a", REF(TAG.sqs_secret_key): "b", REF(TAG.sqs_region_name): "c"}
ask("settings of resources", lambda: s.settings_for_resources(QUEUE, s.SqsConfig))
ask("settings of no resources", lambda: s.settings_for_resources({}, s.SqsConfig))
ask("loaded settings of nothing", lambda: s.load_settings(p.create_model("Missing", nowhere_at_all=(str, ...))))
os.environ["ONLY_HERE"] = "x"
ask("loaded settings", lambda: s.load_settings(p.create_model("Here", only_here=(str, ...), number=(int, 4))))
ask("queue attributes", lambda: [s.SqsQueueSettings().attributes(), s.SqsQueueSettings(max_message_size_kbs=1, wait_time_seconds=2).attributes()])

# Health checks, volumes, alerts.
CHECK = m.Check(check=m.TcpSocket(port=1), period_seconds=1)
for name, value in {"path": "/h", "port": 5, "command": ["ls"], "http": m.HttpGet(path="/x"), "exec": m.ExecAction(command=["x"]), "tcp": m.TcpSocket(port=3), "none": None, "check": CHECK, "checks": m.HealthChecks(liveness=CHECK)}.items():
    ask(f"health check by {name}", lambda: m.resolve_health_check(value, 81))
ask("health check by a float", lambda: m.resolve_health_check(1.5))
ask("volume names", lambda: [m.volume_name("group.My_Part", path) for path in ("/a/b", "/", "/a/.X_y/", "/~/.some", "", "/a b/C.d")])
ask("label characters", lambda: [m.k8s_label_chars(text) for text in ("/a/b", "A_b.c-", "--x--", "")])
ask("storage", lambda: [m.compile_storage(each) for each in (None, 5, m.Storage(1, "read_only_many", "fast"))])
TOLD = [m.SlackChannel("#x", "text"), DESK, m.Webhook("http://x"), m.Webhook(URL("a", "internal"), headers={"a": s.SecretRef("x")}, secret=s.SecretRef("z"))]
for duration in (0, 5, timedelta(seconds=5)):
    ask(f"alert after {duration}", lambda: m.compile_alert(m.Alert("n", "q", "critical", duration=duration, notify=TOLD, description="d"), "part"))

# Components.
SETTINGS, EGRESS = [s.SlackWebhook], m.Egress(deny=[m.Ip("0.0.0.0/0")])
RULE = m.Rule([m.Domain("x.org"), m.Country(["NO"]), m.ContainerRefs()], [1])
compile_as("Container", m.Container())
compile_as("Container with most", m.Container("image", ["run"], {"A": "b"}, SETTINGS, DESK, ingress=m.Ingress(port=99), volumes=["/a/.b-C", "/x:/y"], monitoring=m.Monitoring(1, "/m", timedelta(seconds=3)), health_check="/h", alerts=[ALERT], egress=EGRESS, sidecars=[m.Sidecar(name="s", docker_image="x")]))
compile_as("Container with volumes", m.Container(volumes=[m.HostPathVolume("/a"), m.HostPathVolume("/a/b", "/c", True), m.ConfigMapVolume("/z", {"a": 1}), m.ConfigMapVolume("/y", "text"), m.ConfigMapVolume("/w", DESK), m.Volume("/data", 3), m.Volume("/d", m.Storage(5), "shared", "sub")], access_rules=[m.AccessRule(["a"], ["b"], ["c"])], scope="node", monitoring=m.Monitoring(1, "/m", 5)))
compile_as("Container with one volume", m.Container(volumes="/a", health_check=8000))
compile_as("Container with a build", m.Container(m.DockerBuild(image_name="built")))
compile_as("Container with a function that builds", m.Container(lambda project: m.DockerBuild(image_name=project.name)))
compile_as("NetworkApp", m.NetworkApp(80))
compile_as("NetworkApp with most", m.NetworkApp(81, ["run"], "said", {"A": "b"}, SETTINGS, [DESK], m.Compute(mvcpu_limit=1), 1, 5, False, "x.org", [m.Ip("10.0.0.0/8")], [RULE], EGRESS, ["t"], "/h", [m.Volume("/v")], "/m", "image", m.DockerBuild(image_name="b"), [ALERT], m.Privileges(user_id=1)))
compile_as("NetworkApp with a check", m.NetworkApp(81, health_check=m.HttpGet(path="/x")))
for name, app in {"module": web, "text": "depot.web", "text with a name": "depot.web:application", "none": None}.items():
    compile_as(f"FastAPIApp of {name}", m.FastAPIApp(app))
compile_as("FastAPIApp with most", m.FastAPIApp("depot.web", SETTINGS, {"A": "b"}, DESK, 1234, m.Compute(), 1, 3, False, ["x.org"], [m.Ip("1")], [m.Ip("2")], EGRESS, "/h", [ALERT], "/m", m.Privileges()))
compile_as("UvicornApp", m.UvicornApp("depot.web:app", tags=["t"], domain_names="x.org", health_check="/h", port=1))
compile_as("GuvicornApp", m.GuvicornApp("depot.web:app", workers=4, environments={"A": "b"}, alerts=[ALERT]))
compile_as("JupyterNotebook", m.JupyterNotebook())
compile_as("JupyterNotebook at another port", m.JupyterNotebook(1))
compile_as("DbtServer", m.DbtServer(tags=["t"], domain_names="x.org"))
for name, app in {"function": tasks.documented, "coroutine": tasks.later, "path": "depot/web.py"}.items():
    compile_as(f"StreamlitApp of {name}", m.StreamlitApp(app, tags=["t"]))
compile_as("LokiServer", m.LokiServer(tags=["t"], contacts=DESK, domain_names="x.org"))
compile_as("UnleashServer", m.UnleashServer(tags=["t"]))
for version in (None, "2.22.0", "3.0.0", "3", "latest"):
    compile_as(f"MlflowServer {version}", m.MlflowServer(version))
ask("MlflowServer images", lambda: [m.MlflowServer("3.6", docker_image=image).network_app(ROOT).docker_image for image in ("a", "a/b", "h:5000/a", "a:t")])
compile_as("BashJob", m.BashJob("ls -la"))
compile_as("BashJob with quotes", m.BashJob('echo "a b"'))
compile_as("BashJob with a schedule", m.BashJob(["ls"], "* * * * *", "said", DESK, docker_build="image", alerts=[ALERT]))
for function in (tasks.plain, tasks.documented, tasks.later, tasks.Cranes.turn):
    compile_as(f"Job {function.__name__}", m.Job(function))
compile_as("Job of a model", m.Job(tasks.of_a_model, tasks.Load(tonnes=3), "1 * * * *", volumes="/v", docker_build=m.DockerBuild(image_name="b")))
compile_as("Job of values", m.Job(tasks.of_values, {"count": 1, "unit": "x"}))
compile_as("Job outside of the project", m.Job(json.dumps))
ask("job in its earlier form", lambda: [m.Job(tasks.documented, {"days": 1}).compile("n"), m.Job(tasks.documented).compile("n").command("p"), m.Job(tasks.plain).compile("n").id()])
compile_as("Worker", m.Worker("queue", settings=s.SlackWebhook, queue_settings=s.SqsQueueSettings(visibility_timeout_seconds=1)))
ask("worker in its earlier form", lambda: m.Worker("queue").compile())

# Publishing.
ask("stream names", lambda: [m.PubSub(tasks.Load, subject).config.stream.name for subject in ("a", "a.b", "a.*", "a.>", "a-b.c_d", "A.b")])
BROKER = m.NatsStreamConfig(deduplicate_key="tonnes")
LOADED = m.PubSub(tasks.Load, "depot.loaded", BROKER)
ask("stream of a subject", lambda: [LOADED.config is BROKER, BROKER.stream.name, BROKER.stream.subjects, BROKER.stream.duplicate_window])
ask("second subject of a stream", lambda: [m.PubSub(tasks.Load, "depot.other", BROKER).config.stream.name])
ask("subscriber", lambda: LOADED.subscriber(tasks.of_a_model))
ask("subscriber with most", lambda: LOADED.subscriber(tasks.of_a_model, m.Compute(mvcpu_limit=1), SETTINGS, "image", m.NatsSubscriberConfig(s.SqsConfig, "at-most-once"), {"A": "b"}, m.Privileges(user_id=1)))
compile_as("Subscriber", LOADED.subscriber(tasks.of_a_model))
compile_as("Subscriber with most", LOADED.subscriber(tasks.of_a_model, None, SETTINGS, m.DockerBuild(image_name="b"), None, {"A": "b"}))
BY_NAME = LOADED.subscriber(m.SubscriberRef("depot.tasks.of_a_model", "depot.tasks.Load"))
compile_as("Subscriber by name", BY_NAME)
ask("subscriber's function by name", lambda: [BY_NAME.function(), BY_NAME.arg_type(), BY_NAME.function_ref(ROOT), BY_NAME.compile("n", ROOT)])
ask("subscriber's type", lambda: LOADED.subscriber(tasks.of_a_model).arg_type())

# Kinds of containers.
for name, container in {
    "node": m.Container(scope="node", ingress=m.Ingress(port=1)),
    "ingress": m.Container(ingress=m.Ingress(port=1, external_port=None)),
    "cron with ingress": m.Container(scalers=[m.CronScaler(schedule="x")], ingress=m.Ingress(port=1)),
    "queue and cron": m.Container(scalers=[m.SqsScaler(queue_name="q"), m.CronScaler(schedule="x")]),
    "http": m.Container(scalers=[m.HttpScaler(port=1)]),
    "cluster": m.Container(scope="cluster"),
}.items():
    ask(f"kind of {name}", lambda: container.to_container("x").kind)

# Resources.
for cls in (r.PostgresInstance, r.ServerlessPostgresInstance, r.RedisInstance, r.MongoDBInstance, r.ClickhouseInstance, r.KafkaInstance, r.OpenSearchInstance, r.SparkInstance):
    ask(f"resource {cls.__name__}", lambda: [cls(), cls().resource("group.part")])
    ask(f"container of {cls.__name__}", lambda: cls().to_container("group.part"))
ask("container with extensions", lambda: r.PostgresInstance(version=14, extensions=["pgvector", "own"], settings={"A": "b"}).to_container("x"))
ask("version that there is not", lambda: r.PostgresInstance(version=13))
ask("resource of no kind", lambda: r.Resource().resource("x"))

# Projects.
NIGHT = m.Contact(name="Night")
GROUP = m.Group([DESK], ["one"], app=m.NetworkApp(1, tags=["two", "one"], contacts=NIGHT), inner=m.Group(NIGHT, ["three"], work=m.Worker("own-name"), cache=r.RedisInstance(tags=["q"]), box=m.Container()), none=None, no=False)
PROJECT = m.Project("Some_Name", ["templates"], None, "image", [s.SlackWebhook], [ALERT], group=GROUP, api=m.FastAPIApp("a"), job=m.Job(tasks.plain), db=r.PostgresInstance(), none=None)
ask("project", lambda: [PROJECT.name, PROJECT.additional_dirs, PROJECT.testing_dirs, PROJECT.docker_image, PROJECT.shared_settings, PROJECT.alerts, PROJECT.project_source, PROJECT.components, [worker.name for worker in PROJECT.workers]])
ask("group", lambda: [list(GROUP.children), GROUP.contacts, GROUP.tags])
ask("compiled project", lambda: m.CompiledProject.from_project(PROJECT, ["fastapi"], "1.2", ROOT))
ask("kinds of a project", lambda: [[each.name for each in getattr(m.CompiledProject.from_project(PROJECT, [], None, ROOT), kind)] for kind in ("network_apps", "jobs", "workers", "subscribers")])
ask("project with a build", lambda: m.CompiledProject.from_project(m.Project("x", docker_image=lambda project: m.DockerBuild(image_name=project.name)), [], None, ROOT).docker_image)
ask("project with a server", lambda: m.CompiledProject.from_project(m.Project("x", app=m.UvicornApp("a:b")), [], None, ROOT).containers[0].name)
ask("project by the documentation's word", lambda: m.Project("x", shared_secrets=[s.SlackWebhook]).shared_settings)
ask("same name twice", lambda: m.Project("x", **{"a.b": m.NetworkApp(1)}, a=m.Group(b=m.NetworkApp(2))).components["a.b"].port)
ask("names of a container", lambda: [PROJECT.components["group.app"].to_container("a.b.c").short_name, m.NetworkApp(1).to_container("a.b.c").group_path, m.NetworkApp(1).to_container("a").with_name("q.w").group_path, m.NetworkApp(1).to_container("a").id()])
KNOWN = ["a", "g.b", "g.c", "h.b", "g.s.d"]
for name in ("a", "b", "c", "g", "g.b", "d", "s", "g.s", "x", ""):
    ask(f"name {name!r}", lambda: m.resolve_component_name(KNOWN, name))
    ask(f"names {name!r}", lambda: m.expand_component_names(KNOWN, [name, "a"]))
for name in ("b", "g", "x"):
    try:
        m.resolve_component_name(KNOWN, name)
    except LookupError as problem:
        ask(f"error of {name}", lambda: [vars(problem), str(problem)])
ask("copies", lambda: [m.with_field(m.NetworkApp(1), port=3), m.with_field(r.RedisInstance(), tags=["a"]), m.dedupe([1, 2, 1, [3], [3]]), m.contact_list(None), m.contact_list(DESK)])
ask("startup commands", lambda: m.startup_command(["a", tasks.plain, "ls -la"], ROOT))

# Arguments.
ask("encoded arguments", lambda: [m.encode_job_arguments(each) for each in (None, {}, tasks.Load(tonnes=1), {"a": 1, "b": Path("x")}, {"a": timedelta(seconds=1)})])
for function in (tasks.plain, tasks.of_values, tasks.of_a_model, tasks.of_a_model_and_more, tasks.without_types, tasks.of_anything, tasks.with_text_types, tasks.of_an_optional_model):
    for given in (None, "{}", '{"count": "1"}', '{"tonnes": 2}', '{"load": {"tonnes": 1}}', '{"first": "1"}', '{"first": "x"}', "[1]", "x", '{"count": 1, "more": 3}'):
        ask(f"arguments of {function.__name__} from {given}", lambda: m.job_arguments(function, given))
ask("job that runs", lambda: asyncio.run(m.Job(tasks.of_values, {"count": 1}).run()))
ask("job with other arguments", lambda: asyncio.run(m.Job(tasks.of_values, {"count": 1}).run({"count": 5, "unit": "kg"})))
ask("job of a model that runs", lambda: asyncio.run(m.Job(tasks.of_a_model, tasks.Load(tonnes=1)).run({"tonnes": 7})))
ask("job that awaits", lambda: asyncio.run(m.Job(tasks.later).run()))
ask("message that runs", lambda: asyncio.run(m.QueueMessage(function_ref="depot.tasks:of_a_model", arguments={"load": {"tonnes": 4}}).run()))
ask("message without a default", lambda: asyncio.run(m.QueueMessage(function_ref="depot.tasks:of_values", arguments={"count": 4}).run()))
ask("message for nobody", lambda: asyncio.run(m.QueueMessage(function_ref="depot.tasks:nobody", arguments={}).run()))


class Recorder:
    """A broker that prints what it receives."""

    def with_name(self, name):
        print(name)
        return self

    async def send(self, message):
        print(message.model_dump_json())


m.Worker.broker = lambda self: Recorder()
ask("queued", lambda: asyncio.run(m.Worker("queue").queue(tasks.of_a_model, tasks.Load(tonnes=1))))
ask("queued without a parameter", lambda: asyncio.run(m.Worker("queue").queue(tasks.plain, tasks.Load(tonnes=1))))

# pydantic's errors for wrong values.
for name, wrong in {
    "Contact by position": lambda: m.Contact("a"),
    "Ip of a number": lambda: m.Ip(5),
    "Rule of a text": lambda: m.Rule("x"),
    "Webhook of a number": lambda: m.Webhook(5),
    "Compute of a text": lambda: m.Compute(mb_memory_limit="5"),
    "Monitoring without an interval": lambda: m.Monitoring(1, "x"),
    "Country that is not listed": lambda: m.Country("XX"),
    "hash of a component": lambda: hash(m.NetworkApp(1)),
    "equal components": lambda: m.NetworkApp(1) == m.NetworkApp(1),
}.items():
    ask(f"wrong {name}", wrong)

json.dump(answers, sys.stdout, indent=1)
