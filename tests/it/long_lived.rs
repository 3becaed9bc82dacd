//! A process that repeatedly reads projects, like an editor's language server, does not leak memory.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use takk_project::ops::project::{ProjectOptions, read};

/// After how many reads the allocator must have settled.
const FIRST: usize = 10;
/// The maximum growth in bytes after that.
const MOST: u64 = 2 << 20;

/// Classes in reference cycles.
const SETTINGS: &str = r#"
import enum
from functools import lru_cache
from typing import Annotated, Generic, Optional, TypeVar
from pydantic import BaseModel, Field, PostgresDsn, SecretStr, create_model, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

T = TypeVar("T")

class Level(enum.StrEnum):
    LOW = enum.auto()
    HIGH = enum.auto()

class Node(BaseModel):
    level: Level = Level.LOW
    next: "Optional[Node]" = None

class Box(BaseModel, Generic[T]):
    inside: T

def make(prefix):
    class Made(BaseSettings):
        model_config = SettingsConfigDict(env_prefix=prefix)
        token: SecretStr
        def again(self):
            return Made()
    return Made

Queue = make("QUEUE_")
Free = create_model("Free", __base__=BaseSettings, url=(PostgresDsn, ...))
names = [name.upper() for name in ("a", "b") if (kept := name)]

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__")
    node: Node
    box: Box[int]
    level: Annotated[Level, Field(description=names[0])] = Level.HIGH
    key: SecretStr

    @field_validator("level")
    def known(cls, value):
        return Settings.model_fields and value

Settings.default_key = Settings

@lru_cache
def settings() -> Settings:
    return Settings()
"#;

#[test]
fn readings_of_a_project_keep_no_memory() {
    in_own_process("long_lived::reads_a_small_project_many_times");
}

#[test]
fn readings_of_a_large_project_keep_no_memory() {
    in_own_process("long_lived::reads_a_large_project_many_times");
}

/// Runs a test in a separate process, because other tests would count, too.
#[track_caller]
fn in_own_process(test: &str) {
    let tests = std::env::current_exe().expect("a program");
    let answer = Command::new(tests).args(["--exact", "--ignored", "--nocapture", test]).output().expect("started");
    let said = format!("{}{}", String::from_utf8_lossy(&answer.stdout), String::from_utf8_lossy(&answer.stderr));
    assert!(answer.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
#[ignore = "started by a test above, in a process of its own"]
fn reads_a_small_project_many_times() {
    keeps_no_memory(0, 1_000);
}

/// Large projects are read on a thread of their own, which frees what it has read after it has answered.
#[test]
#[ignore = "started by a test above, in a process of its own"]
fn reads_a_large_project_many_times() {
    keeps_no_memory(130, 50);
}

/// Reads a project with this many more files, this often.
fn keeps_no_memory(files: usize, readings: usize) {
    let project = tempfile::tempdir().expect("a directory");
    fs::write(project.path().join("settings.py"), SETTINGS).expect("written");
    fs::write(project.path().join("app.py"), "from settings import Queue, settings\nS = settings()\nQ = Queue()\n")
        .expect("written");
    for file in 0..files {
        let text = format!(
            "from settings import Node, Settings\n\n\nclass Node{file}(Node):\n    own: int = {file}\n    settings: Settings\n"
        );
        fs::write(project.path().join(format!("nodes_{file}.py")), text).expect("written");
    }
    let options = ProjectOptions { path: project.path().to_owned(), ..ProjectOptions::default() };
    let mut sizes = Vec::new();
    // The first one also starts threads that stay.
    read(&options).expect("read");
    std::thread::sleep(Duration::from_secs(1));
    let idle = threads();
    for _ in 0..readings {
        let project = read(&options).expect("read");
        let names: Vec<&str> = project.manifest.settings.iter().map(|class| class.qualname.as_str()).collect();
        assert_eq!(names, ["Queue", "Free", "Settings"]);
        drop(project);
        until_freed(idle);
        sizes.push(resident());
    }
    // What the allocator keeps for later varies, so the smallest of ten sizes counts.
    let smallest = |sizes: &[u64]| sizes.iter().copied().min().expect("there are ten");
    let (before, after) = (smallest(&sizes[FIRST..FIRST + 10]), smallest(&sizes[readings - 10..]));
    let grown = after.saturating_sub(before);
    eprintln!("{grown} bytes more");
    assert!(grown < MOST, "{grown} bytes more after {readings} readings");
}

/// Waits until the thread of an analysis has freed what it has read, and no more threads are left than this.
fn until_freed(idle: usize) {
    let begun = Instant::now();
    while threads() > idle {
        assert!(begun.elapsed() < Duration::from_secs(30), "the analysis does not end");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn threads() -> usize {
    fs::read_dir("/proc/self/task").expect("Linux").count()
}

/// The resident memory of this process in bytes (proc(5), `VmRSS`).
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it is always there");
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kib * 1024
}
