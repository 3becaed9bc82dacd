//! Images with the names of official ones, built from servers of this machine: a container engine that has them pulls nothing.
//!
//! To a client of the engine each looks like the official one: the variables and arguments of its entrypoint, its users, volumes and
//! messages. The version in the tag need not be the server's own. An image is built when a test first needs it, and again when its contents
//! have changed.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::api::{encoded, send};
use super::engine::Engine;
use super::root::Root;
use super::servers::{debian, moto_server, nats_server, postgres, weed};
use crate::python::run;

/// How one image is built.
struct Recipe {
    /// Its names. The first is the one that is built.
    tags: &'static [&'static str],
    /// The entrypoint, if there is one besides the command.
    entrypoint: &'static str,
    /// The rest of its configuration, as in a Dockerfile.
    instructions: &'static [&'static str],
    /// Builds its file system from the servers; `None` if they are missing.
    root: fn() -> Option<Root>,
    /// A program in it; the image is rebuilt when it changes.
    of: fn() -> Option<PathBuf>,
}

const RECIPES: &[Recipe] = &[
    Recipe {
        tags: &["postgres:16"],
        entrypoint: include_str!("images/postgres.sh"),
        instructions: &[
            "ENV PG_MAJOR=16",
            "ENV PG_VERSION=16.14",
            "ENV PGDATA=/var/lib/postgresql/data",
            "ENV PATH=/usr/lib/postgresql/16/bin:/usr/local/bin:/usr/bin:/bin",
            "VOLUME /var/lib/postgresql/data",
            "EXPOSE 5432",
            "CMD [\"postgres\"]",
        ],
        root: || postgres_root(16),
        of: || postgres(16).map(|directory| directory.join("bin/postgres")),
    },
    Recipe {
        tags: &["postgres:17", "postgres:17.10"],
        entrypoint: include_str!("images/postgres.sh"),
        instructions: &[
            "ENV PG_MAJOR=17",
            "ENV PG_VERSION=17.10",
            "ENV PGDATA=/var/lib/postgresql/data",
            "ENV PATH=/usr/lib/postgresql/17/bin:/usr/local/bin:/usr/bin:/bin",
            "VOLUME /var/lib/postgresql/data",
            "EXPOSE 5432",
            "CMD [\"postgres\"]",
        ],
        root: || postgres_root(17),
        of: || postgres(17).map(|directory| directory.join("bin/postgres")),
    },
    Recipe {
        tags: &["postgres:18"],
        entrypoint: include_str!("images/postgres.sh"),
        instructions: &[
            "ENV PG_MAJOR=18",
            "ENV PG_VERSION=18.4",
            "ENV PGDATA=/var/lib/postgresql/18/docker",
            "ENV PATH=/usr/lib/postgresql/18/bin:/usr/local/bin:/usr/bin:/bin",
            "VOLUME /var/lib/postgresql",
            "EXPOSE 5432",
            "CMD [\"postgres\"]",
        ],
        root: || postgres_root(18),
        of: || postgres(18).map(|directory| directory.join("bin/postgres")),
    },
    Recipe {
        tags: &["redis:7.2.11", "redis:7"],
        entrypoint: include_str!("images/redis.sh"),
        instructions: &["VOLUME /data", "WORKDIR /data", "EXPOSE 6379", "CMD [\"redis-server\"]"],
        root: redis_root,
        of: || debian("redis-server"),
    },
    Recipe {
        tags: &["nats:2.12.2-alpine", "nats:2.12.2"],
        entrypoint: "#!/bin/sh\nexec \"$@\"\n",
        instructions: &["EXPOSE 4222 6222 8222", "CMD [\"nats-server\", \"--config\", \"/etc/nats/nats-server.conf\"]"],
        root: || Some(nats_root("2.12")),
        of: || Some(nats_server("2.12")),
    },
    Recipe {
        tags: &["nats:2.15.2-alpine", "nats:2.15.2"],
        entrypoint: "#!/bin/sh\nexec \"$@\"\n",
        instructions: &["EXPOSE 4222 6222 8222", "CMD [\"nats-server\", \"--config\", \"/etc/nats/nats-server.conf\"]"],
        root: || Some(nats_root("2.15")),
        of: || Some(nats_server("2.15")),
    },
    Recipe {
        tags: &["mariadb:12.3", "mariadb:10.11", "mysql:8"],
        entrypoint: include_str!("images/mariadb.sh"),
        instructions: &["VOLUME /var/lib/mysql", "EXPOSE 3306", "CMD [\"mariadbd\"]"],
        root: mariadb_root,
        of: || debian("mariadbd"),
    },
    Recipe {
        tags: &["rabbitmq:4.3", "rabbitmq:3.10"],
        entrypoint: include_str!("images/rabbitmq.sh"),
        instructions: &[
            "VOLUME /var/lib/rabbitmq",
            "EXPOSE 4369 5671 5672 25672",
            "ENV HOME=/var/lib/rabbitmq",
            "ENV PATH=/usr/lib/rabbitmq/bin:/usr/local/bin:/usr/bin:/bin",
            "ENV RABBITMQ_LOGS=-",
            "CMD [\"rabbitmq-server\"]",
        ],
        root: rabbitmq_root,
        of: || debian("rabbitmq-server"),
    },
    Recipe {
        tags: &["chrislusf/seaweedfs:4.48"],
        entrypoint: include_str!("images/seaweedfs.sh"),
        instructions: &["VOLUME /data", "WORKDIR /data", "EXPOSE 8080 8333 8888 9333", "CMD [\"server\"]"],
        root: || Some(seaweedfs_root()),
        of: || Some(weed()),
    },
    Recipe {
        tags: &["softwaremill/elasticmq-native:1.7.1"],
        entrypoint: include_str!("images/elasticmq.sh"),
        instructions: &[
            "EXPOSE 9324 9325",
            "ENV PYTHONPATH=/opt/moto",
            "ENV PYTHONDONTWRITEBYTECODE=1",
            "ENV AWS_DEFAULT_REGION=us-east-1",
        ],
        root: || Some(elasticmq_root()),
        of: || Some(moto_server()),
    },
    Recipe {
        tags: &["postgres:14"],
        entrypoint: include_str!("images/exits.sh"),
        instructions: &["EXPOSE 5432", "VOLUME /var/lib/postgresql/data"],
        root: || Some(Root::with_shell("postgres", 999)),
        of: || debian("busybox"),
    },
    Recipe {
        tags: &["postgres:15"],
        entrypoint: include_str!("images/never_ready.sh"),
        instructions: &["EXPOSE 5432", "VOLUME /var/lib/postgresql/data"],
        root: || Some(Root::with_shell("postgres", 999)),
        of: || debian("busybox"),
    },
    PROBE,
];

/// A container that exits successfully at once.
const PROBE: Recipe = Recipe {
    tags: &["takk-test/probe:1"],
    entrypoint: "#!/bin/sh\nexit 0\n",
    instructions: &[],
    root: || Some(Root::with_shell("probe", 999)),
    of: || debian("busybox"),
};

/// Ensures that the engine has an image. `false`, after printing why, if its server is missing here.
pub(super) fn provide(engine: &Engine, image: &str) -> bool {
    let recipe =
        RECIPES.iter().find(|recipe| recipe.tags.contains(&image)).unwrap_or_else(|| panic!("no recipe makes {image}"));
    let lock = File::create(engine.building()).expect("target is writable");
    lock.lock().expect("files under target can be locked");
    let Some(mark) = mark(recipe) else { return false };
    let (status, found) = engine.ask("GET", &format!("/images/{}/json", recipe.tags[0]), &Value::Null);
    if status != 200 || found["Config"]["Labels"]["takk.test.recipe"] != mark {
        let Some(root) = (recipe.root)() else { return false };
        build(engine, recipe, &root, &mark);
    }
    true
}

/// A hash of an image's inputs.
fn mark(recipe: &Recipe) -> Option<String> {
    let program = fs::metadata((recipe.of)()?).expect("it was just found");
    let mut hasher = DefaultHasher::new();
    (recipe.entrypoint, recipe.instructions, include_str!("images.rs"), include_str!("root.rs")).hash(&mut hasher);
    (program.len(), program.mtime()).hash(&mut hasher);
    Some(format!("{:016x}", hasher.finish()))
}

fn build(engine: &Engine, recipe: &Recipe, root: &Root, mark: &str) {
    root.script("usr/local/bin/docker-entrypoint.sh", recipe.entrypoint);
    let fixed = ["ENTRYPOINT [\"docker-entrypoint.sh\"]".to_owned(), format!("LABEL takk.test.recipe={mark}")];
    let instructions = recipe.instructions.iter().map(|instruction| (*instruction).to_owned());
    let search = ["ENV PATH=/usr/local/bin:/usr/bin:/bin".to_owned()];
    let changes = search.into_iter().chain(instructions).chain(fixed).map(|change| format!("&changes={}", encoded(&change)));
    let path = format!("/images/create?fromSrc=-{}", changes.collect::<String>());
    let (_, said) = send(&engine.socket(), &path, root.pack().path()).expect("the engine answers");
    let Some(id) = said["status"].as_str().filter(|id| id.starts_with("sha256:")) else { panic!("{}: {said}", recipe.tags[0]) };
    for tag in recipe.tags {
        engine.tag(id, tag);
    }
}

/// Whether this engine can run a container at all.
pub(super) fn probe(engine: &Engine) -> Result<(), String> {
    if !provide(engine, PROBE.tags[0]) {
        return Err("busybox is missing".to_owned());
    }
    let (_, made) = engine.ask("POST", "/containers/create", &json!({ "Image": PROBE.tags[0] }));
    let id = made["Id"].as_str().ok_or_else(|| made.to_string())?;
    let (status, said) = engine.ask("POST", &format!("/containers/{id}/start"), &Value::Null);
    if status != 204 {
        return Err(said.to_string());
    }
    let (_, ended) = engine.ask("POST", &format!("/containers/{id}/wait"), &Value::Null);
    engine.ask("DELETE", &format!("/containers/{id}?force=1"), &Value::Null);
    if ended["StatusCode"] == 0 { Ok(()) } else { Err(format!("a container ends with {ended}")) }
}

fn postgres_root(major: u32) -> Option<Root> {
    let native = postgres(major)?;
    let root = Root::with_shell("postgres", 999);
    root.tree(&native, &format!("usr/lib/postgresql/{major}"), &["*.a", "./include"]);
    root.directory("var/run/postgresql", 0o3777);
    // For health checks: npm's packages have no clients.
    for client in ["pg_isready", "psql"] {
        let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        if let Some(program) = versions.map(|entry| entry.path().join("bin").join(client)).filter(|path| path.exists()).max() {
            root.program(&program, &format!("usr/local/bin/{client}"));
        }
    }
    Some(root)
}

fn redis_root() -> Option<Root> {
    let root = Root::with_shell("redis", 999);
    root.program(&debian("redis-server")?, "usr/local/bin/redis-server");
    root.program(&debian("redis-cli")?, "usr/local/bin/redis-cli");
    root.directory("data", 0o755);
    Some(root)
}

fn nats_root(minor: &str) -> Root {
    let root = Root::with_shell("nats", 1000);
    root.program(&nats_server(minor), "usr/local/bin/nats-server");
    root.text("etc/nats/nats-server.conf", "port: 4222\nmonitor_port: 8222\n");
    root
}

fn mariadb_root() -> Option<Root> {
    let root = Root::with_shell("mysql", 999);
    for program in ["mariadbd", "mariadb-install-db", "my_print_defaults", "mariadb", "mariadb-admin"] {
        root.program(&debian(program)?, &format!("usr/bin/{program}"));
    }
    root.tree(Path::new("/usr/share/mysql"), "usr/share/mysql", &["./mini-benchmark", "mysql-test"]);
    // mariadb-install-db looks for it there.
    root.directory("usr/sbin", 0o755);
    root.link("../bin/mariadbd", "usr/sbin/mariadbd");
    root.directory("usr/lib/mysql/plugin", 0o755);
    root.directory("run/mysqld", 0o1777);
    root.directory("var/lib/mysql", 0o755);
    Some(root)
}

fn rabbitmq_root() -> Option<Root> {
    debian("rabbitmq-server")?;
    let root = Root::with_shell("rabbitmq", 999);
    root.tree(Path::new("/usr/lib/erlang"), "usr/lib/erlang", &["*.a", "src", "man"]);
    root.tree(Path::new("/usr/lib/rabbitmq"), "usr/lib/rabbitmq", &[]);
    for program in ["erl", "epmd", "escript"] {
        root.link(&format!("../lib/erlang/bin/{program}"), &format!("usr/bin/{program}"));
    }
    root.text("etc/rabbitmq/conf.d/10-defaults.conf", "loopback_users.guest = false\nlog.console = true\n");
    root.directory("etc/rabbitmq", 0o777);
    root.directory("var/lib/rabbitmq", 0o777);
    root.directory("var/log/rabbitmq", 0o777);
    Some(root)
}

fn seaweedfs_root() -> Root {
    let root = Root::with_shell("seaweed", 1000);
    root.program(&weed(), "usr/bin/weed");
    root.directory("data", 0o755);
    root
}

/// Python with moto, as both are here, without what other services need.
fn elasticmq_root() -> Root {
    let root = Root::with_shell("elasticmq", 1000);
    let bin = moto_server();
    let python = bin.with_file_name("python");
    let ask = |what: &str| {
        run(Command::new(&python).args(["-c", &format!("import os, sys, sysconfig; print({what})")])).trim().to_owned()
    };
    root.program(Path::new(&ask("os.path.realpath(sys.executable)")), "usr/bin/python3");
    let library = PathBuf::from(ask("sysconfig.get_path('stdlib')"));
    let needless = ["./test", "./ensurepip", "./idlelib", "./lib2to3", "./config-*", "./dist-packages", "./site-packages"];
    root.tree(&library, &format!("usr/lib/{}", library.file_name().expect("python3.11").to_string_lossy()), &needless);
    let packages = ask("sysconfig.get_path('purelib')");
    let needless = [
        "./pip",
        "./setuptools",
        "./pkg_resources",
        "./botocore/data/[a-df-oq-rt-z]*",
        "./moto/stepfunctions",
        "./moto/ec2/resources",
    ];
    root.tree(Path::new(&packages), "opt/moto", &needless);
    root
}
