//! takk's own Python modules as source: what a program gets when it imports `takk.secrets`, even if takk is not installed.

use std::fmt::Write as _;
use std::sync::OnceLock;

use super::catalog;

/// The imports of the generated part and of `takk.py`.
const IMPORTS: &str = "\
import takk.runtime as runtime
from enum import Enum
from typing import Annotated, Literal

from pydantic import AnyUrl, BaseModel, Field, MySQLDsn, NatsDsn, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings
";

const SECRET_TYPES: &str = r#"
class SecretTypes(str, Enum):
    opaque = "opaque"
    database_credentials = "database_credentials"
"#;

const CLASSES: &str = include_str!("takk.py");

/// One Python module that represents `takk`, `takk.secrets`, `takk.models` and `takk.resources`: tags, shorthand types and
/// predefined settings classes. It does not contain markers (`ResourceRef`, `ServiceUrl`, ...) or components.
pub fn stub_source() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| format!("{IMPORTS}\n{SECRET_TYPES}\n\n{}\n\n{}\n\n{CLASSES}", resource_tags(), shorthands()))
}

/// The names of the predefined settings classes.
pub fn ready_made_classes() -> Vec<&'static str> {
    CLASSES.lines().filter_map(|line| line.strip_prefix("class ")?.split('(').next()).collect()
}

fn resource_tags() -> String {
    let mut source = String::from("class ResourceTags(str, Enum):\n");
    for tag in catalog().tags() {
        let _ = writeln!(source, "    {} = \"{}\"", tag.member, tag.value);
    }
    source
}

fn shorthands() -> String {
    let mut source = String::new();
    for shorthand in catalog().shorthands() {
        let opaque = if shorthand.opaque { ", SecretTypes.opaque" } else { "" };
        let (name, type_name, tag) = (shorthand.name, shorthand.type_name, shorthand.tag);
        let _ = writeln!(source, "{name} = Annotated[{type_name}, ResourceTags.{tag}{opaque}]");
    }
    source
}
