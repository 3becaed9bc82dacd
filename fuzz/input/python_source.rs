//! One module, and a fixed one that imports from it.

use super::{Memory, read};

const USER: &str = "\
from pydantic_settings import BaseSettings, SettingsConfigDict
from settings import *
from settings import Settings, Base, PREFIX, Nested, make, settings
import settings as module

class Derived(Settings, Base, env_prefix=PREFIX):
    model_config = SettingsConfigDict(env_nested_delimiter='__', env_prefix=module.PREFIX)
    nested: Nested
    made: make() = module.make(PREFIX)
    a: 'module.Nested | None' = settings.a
";

/// Looks at one input.
pub fn run(text: &[u8]) {
    let mut files = Memory::default();
    files.0.insert("settings.py".to_owned(), text.to_vec());
    files.0.insert("user.py".to_owned(), USER.into());
    let first = read(&files);
    assert!(first.0 == read(&files).0, "two runs say different things");
}
