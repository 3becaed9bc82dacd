//! Projects as users write them.

use crate::notes::Observation;
use crate::testing::{manifest_of, notes_of};
use takk_model::{ClassKind, Manifest, PerEnvironment, Service, ServiceKind};

const HEAD: &str = "
from functools import partial
from pydantic import BaseModel
from pydantic_settings import BaseSettings
import takk.models as tm
from takk import FastAPIApp, Group, Job, NetworkApp, Project, PubSub, Worker, value_for, current_env
from takk.secrets import NatsConfig, SqsConfig
from takk.models import Partial, Container, Ingress

class A(BaseSettings):
    a: str
";

fn read(body: &str) -> Manifest {
    manifest_of(&[("project.py", &format!("{HEAD}\n{body}\n"))])
}

fn service<'m>(manifest: &'m Manifest, name: &str) -> &'m Service {
    manifest.services.iter().find(|service| service.name == name).unwrap_or_else(|| panic!("no service {name}"))
}

fn classes(service: &Service) -> Vec<&str> {
    service.settings.iter().map(|class| class.qualname.as_str()).collect()
}

#[test]
fn a_project_under_any_spelling() {
    for call in ["tm.Project", "Project"] {
        let manifest =
            read(&format!("app = {call}('my_shop', shared_settings=[A], shared_secrets=[NatsConfig], web=FastAPIApp('x'))"));
        assert_eq!(manifest.project.name, "my-shop");
        assert!(manifest.project.place.is_some());
        let shared: Vec<_> = manifest.shared_settings.iter().map(|class| class.qualname.as_str()).collect();
        assert_eq!(shared, ["A", "NatsConfig"]);
        let web = service(&manifest, "web");
        assert_eq!((web.component.as_str(), web.kind, web.external), ("FastAPIApp", ServiceKind::NetworkApp, true));
        assert_eq!(web.port, Some(PerEnvironment::Same(Some(8000))));
    }
}

#[test]
fn without_a_project_the_directory_names_it() {
    let manifest = manifest_of(&[("a.py", "import takk\n")]);
    assert_eq!((manifest.project.name.as_str(), manifest.project.place), ("directory", None));
}

#[test]
fn groups_are_flattened_with_their_tags() {
    let manifest = read(
        "project = Project('p', g=Group(tags=['x'], inner=Group(tags=['y'], app=NetworkApp(port=1, tags=['z', 'x'])), w=Worker('jobs'), gone=None))",
    );
    assert_eq!(service(&manifest, "g.inner.app").tags, ["z", "x", "y"]);
    let worker = service(&manifest, "jobs");
    assert_eq!((worker.kind, worker.listens_to.as_deref()), (ServiceKind::Worker, Some("jobs")));
    assert_eq!(classes(worker), ["SqsConfig"]);
    assert_eq!(manifest.services.len(), 2);
}

#[test]
fn values_differ_between_environments() {
    let manifest = read(
        "def f():\n    'Cleans up.'\nproject = Project('p', j=Job(f, cron_schedule=value_for('0 3 * * *', dev=None), environments={'LEVEL': value_for('info', 'error')}, compute=value_for(1, qa=2)))",
    );
    let job = service(&manifest, "j");
    assert_eq!((job.kind, job.description.as_deref()), (ServiceKind::Cron, Some("Cleans up.")));
    let schedule = job.schedule.as_ref().expect("a schedule");
    assert_eq!((schedule.value_in("dev"), schedule.value_in("staging")), (&None, &Some("0 3 * * *".to_owned())));
    let level = &job.variables["LEVEL"];
    assert_eq!((level.value_in("prod").as_deref(), level.value_in("dev").as_deref()), (Some("error"), Some("info")));
    assert_eq!(job.options["compute"], "value_for(1, qa=2)");
}

#[test]
fn a_component_that_only_some_environments_have() {
    let manifest =
        read("project = Project('p', a=value_for(None, prod=FastAPIApp()), b=current_env() == 'test' and FastAPIApp())");
    let present = |name: &str| {
        ["dev", "test", "prod", "staging"].map(|environment| *service(&manifest, name).present.value_in(environment))
    };
    assert_eq!(present("a"), [false, false, true, false]);
    assert_eq!(present("b"), [false, true, false, false]);
    assert!(read("project = Project('p', a=FastAPIApp())").services[0].present.is_true());
    assert!(read("project = Project('p', a=FastAPIApp(port=value_for(1, dev=2)))").services[0].present.is_true());
}

#[test]
fn subscribers_have_the_settings_of_their_broker() {
    let manifest = read(
        "events = PubSub(A, 'orders.*')\nother = PubSub(A, 'x', broker=tm.NatsStreamConfig(auth_settings=A))\ndef f(e): ...\nproject = Project('p', a=events.subscriber(f, settings=[A]), b=other.subscriber(f))",
    );
    let subscriber = service(&manifest, "a");
    assert_eq!((subscriber.kind, subscriber.listens_to.as_deref()), (ServiceKind::Subscriber, Some("orders.*")));
    assert_eq!((classes(subscriber), subscriber.component.as_str()), (vec!["NatsConfig", "A"], "Subscriber"));
    assert_eq!(classes(service(&manifest, "b")), ["A"]);
}

#[test]
fn projects_that_code_puts_together() {
    let manifest = read(
        "App = partial(FastAPIApp, port=9)\nparts = {f'app_{n}': App('m', settings=[A]) for n in range(2)}\nparts['late'] = NetworkApp(port=1)\nif __name__ != '__main__':\n    parts.update(more=NetworkApp(port=2))\nproject = Project('p', **parts)",
    );
    let names: Vec<_> = manifest.services.iter().map(|service| service.name.as_str()).collect();
    assert_eq!(names, ["app_0", "app_1", "late", "more"]);
    assert_eq!(service(&manifest, "app_1").port, Some(PerEnvironment::Same(Some(9))));
}

#[test]
fn plain_models_count_when_they_are_listed() {
    let manifest = read(
        "from dataclasses import dataclass\nclass M(BaseModel):\n    m: int\n@dataclass\nclass D:\n    d: str\nclass Not(BaseModel):\n    n: int\nproject = Project('p', a=FastAPIApp(settings=[M, D, Partial(A)]))",
    );
    let kinds: Vec<_> = manifest.settings.iter().map(|class| (class.qualname.as_str(), class.kind)).collect();
    assert!(kinds.contains(&("M", ClassKind::Model)) && kinds.contains(&("D", ClassKind::Dataclass)), "{kinds:?}");
    assert!(!kinds.iter().any(|(name, _)| *name == "Not"), "{kinds:?}");
    let partial = manifest.settings.iter().find(|class| class.qualname == "PartialA").expect("the partial class");
    assert!(partial.fields.iter().all(|field| field.optional && !field.required && field.env == ["A"]));
}

#[test]
fn ready_made_classes_stand_where_they_are_listed() {
    let manifest = read("project = Project('p', shared_settings=[NatsConfig])");
    let nats = manifest.settings.iter().find(|class| class.qualname == "NatsConfig").expect("listed");
    assert_eq!(nats.file, "project.py");
    assert!(nats.fields.iter().all(|field| field.file == "project.py" && field.line == nats.line));
}

#[test]
fn a_container_is_what_its_parts_say() {
    let manifest = read(
        "project = Project('p', a=Container(ingress=Ingress(port=9, external_port=None)), b=Container(scalers=[tm.CronScaler(schedule='1 1 1 1 1')]), c=Container(scope='node'))",
    );
    let kinds: Vec<_> = manifest.services.iter().map(|service| (service.kind, service.external)).collect();
    assert_eq!(kinds, [(ServiceKind::NetworkApp, false), (ServiceKind::Cron, false), (ServiceKind::Daemonset, false)]);
}

#[test]
fn what_is_not_decided_is_said() {
    let source = format!("{HEAD}\nimport os\nproject = Project('p', a=FastAPIApp(settings=[A, os.environ['X']]), b=load())\n");
    let notes = notes_of(&[("project.py", &source)]);
    let undecided: Vec<&str> = notes
        .iter()
        .filter_map(|(_, observation)| match observation {
            Observation::UndecidedComponent { component, .. } => Some(component.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(undecided, ["a", "b"]);
}

#[test]
fn the_first_of_two_projects_counts() {
    let files = [
        ("a.py", "from takk import Project\nx = Project('first')\n"),
        ("project.py", "from takk import Project\nproject = Project('second')\n"),
    ];
    assert_eq!(manifest_of(&files).project.name, "second");
    let notes = notes_of(&files);
    let second = notes.iter().find(|(_, observation)| matches!(observation, Observation::SecondProject { .. }));
    assert_eq!(second.map(|(place, _)| place.file.as_str()), Some("a.py"));
}
