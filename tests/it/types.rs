//! There is one reading of a type: its text, what it accepts, whether it allows `None`, whether it is secret and its constraints agree, for
//! every annotation of the cases and samples, and for ambiguous ones.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use takk_model::{Manifest, NestedNames, Setting, SettingsClass, TaggedRule, ValueType, older_annotation};
use takk_project::ops::project::{ProjectOptions, read};
use takk_value::in_words;
use takk_value::together::{Given, together};

fn manifest_of(path: &Path) -> Manifest {
    let options = ProjectOptions { path: path.to_owned(), include_tests: true, ..ProjectOptions::default() };
    read(&options).expect("the project is read").manifest
}

/// The type as far as it is certain, without what encloses it.
fn decided(accepts: &ValueType) -> Option<&ValueType> {
    use ValueType as T;
    match accepts {
        T::Unchecked(_) | T::Preceded(..) | T::Part(..) | T::Enclosing(_) => None,
        T::Constrained(_, inner) => decided(inner),
        other => other.inside().map_or(Some(other), decided),
    }
}

/// Whether it allows `None`, where that is certain. `Any` allows it and is not called optional.
fn allows_none(accepts: &ValueType) -> Option<bool> {
    use ValueType as T;
    match decided(accepts)? {
        T::None => Some(true),
        T::Any | T::Json(_) => None,
        T::Union(members) | T::Tagged(TaggedRule { members, .. }) => {
            let answers: Option<Vec<bool>> = members.iter().map(allows_none).collect();
            if members.contains(&T::None) { Some(true) } else { answers.map(|answers| answers.contains(&true)) }
        }
        T::Literal(values) => Some(values.contains(&Json::Null)),
        T::Enum(rule) => (!rule.values.contains(&Json::Null)).then_some(false),
        _ => Some(false),
    }
}

/// Whether it contains a secret itself, not only in a field of a nested model.
fn holds_secret(accepts: &ValueType) -> bool {
    use ValueType as T;
    match accepts {
        T::Model(_) => false,
        T::Union(members) | T::Tuple(members) | T::Tagged(TaggedRule { members, .. }) => members.iter().any(holds_secret),
        T::List(of) | T::Set(of) | T::FrozenSet(of) | T::TupleOf(of) | T::Dict(_, of) | T::Json(of) => holds_secret(of),
        T::Constrained(_, of) | T::Preceded(_, of) | T::Part(_, of) => holds_secret(of),
        other => other.inside().map_or_else(|| other.holds_secret(), holds_secret),
    }
}

fn is_v1(accepts: &ValueType) -> bool {
    accepts.is_first()
}

/// The members of a union as written.
fn members(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0_i32, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth -= 1,
            '|' if depth == 0 => {
                found.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(text[start..].trim());
    found
}

/// The identifiers in a type.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
}

/// What the constraints of a number require, if they are its only metadata.
fn bounds(accepts: &ValueType) -> Option<BTreeMap<&'static str, Json>> {
    use ValueType as T;
    match accepts {
        T::Constrained(of, inner) if matches!(**inner, T::Int | T::Float) => {
            let all = [("gt", &of.gt), ("ge", &of.ge), ("lt", &of.lt), ("le", &of.le), ("multiple_of", &of.multiple_of)];
            Some(all.into_iter().filter_map(|(name, bound)| Some((name, bound.clone()?))).collect())
        }
        T::Int | T::Float => Some(BTreeMap::new()),
        T::Union(members) => match members.iter().filter(|member| **member != T::None).collect::<Vec<_>>()[..] {
            [only] => bounds(only),
            _ => None,
        },
        T::EmptyIsUnset(inner) | T::NoneText(_, inner) => bounds(inner),
        _ => None,
    }
}

/// Contradictions in the reading of one field.
fn disagreements(field: &Setting, read_back: &Setting) -> Vec<String> {
    let (text, accepts, mut found) = (field.type_name.as_str(), &field.accepts, Vec::new());
    let mut law = |holds: bool, what: &str| {
        if !holds {
            found.push(format!("{what}: {} {text:?} optional={} secret={}", field.name, field.optional, field.secret));
        }
    };
    law(read_back.accepts == *accepts, "a manifest reads the type back as another one");
    law(read_back.annotation == field.annotation, "a manifest reads the annotation back as another one");
    let printed = field.annotation.as_ref().map(ToString::to_string);
    law(printed.as_ref() == Some(&field.type_name), "the text is not that of the annotation");
    law(!holds_secret(accepts) || field.secret, "a secret is accepted, and the field is none");
    let is_secret = |word: &str| matches!(word, "SecretStr" | "SecretBytes") || word == "PostgresDsn" || word == "RedisDsn";
    law(!words(text).any(is_secret) || field.secret, "a secret is written, and the field is none");
    let none = members(text).iter().any(|member| *member == "None" || member.starts_with("Literal[None"));
    match allows_none(accepts) {
        Some(allows) if !is_v1(accepts) => {
            law(allows == field.optional, "what is accepted and what is optional");
            law(
                allows == none || text.contains("NewType(") || text.contains("Literal["),
                "what is accepted and what is written",
            );
        }
        Some(allows) => law(!none || allows, "what is written allows `None`"),
        None => {}
    }
    if let Some(bounds) = bounds(accepts) {
        let told = ["gt", "ge", "lt", "le", "multiple_of"];
        let told = told.iter().filter_map(|name| Some((*name, field.constraints.get(*name)?.clone())));
        law(bounds == told.collect(), "the bounds that are told and those that are checked");
    }
    if let Some(ValueType::Literal(values)) = decided(accepts) {
        let some = values.iter().filter(|value| !value.is_null()).count();
        law(some <= field.choices.len(), "the choices");
    }
    found
}

/// Reads a project; returns the number of its fields and the contradictions.
fn judge(manifest: &Manifest) -> (usize, String) {
    let (mut count, mut report) = (0, String::new());
    for class in manifest.settings.iter().chain(&manifest.variants) {
        // Nothing is derived from the text of a type.
        let mut json = serde_json::to_value(class).expect("a class is JSON");
        json["fields"].as_array_mut().expect("fields").iter_mut().for_each(|field| field["type"] = "?".into());
        let back: SettingsClass = serde_json::from_value(json).expect("it is read back");
        for (field, read_back) in class.fields.iter().zip(&back.fields) {
            count += 1;
            for fault in disagreements(field, read_back) {
                let _ = writeln!(report, "{}.{fault}", class.qualname);
            }
        }
    }
    (count, report)
}

fn projects(below: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(below);
    let entries = fs::read_dir(root).expect("the projects are there").filter_map(|entry| Some(entry.ok()?.path()));
    let mut found: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

#[test]
fn every_reading_of_a_case_agrees_with_itself() {
    let (mut count, mut report) = (0, String::new());
    for project in projects("tests/cases").into_iter().chain(projects("tests/corpus/samples")).chain(projects("examples")) {
        let (fields, faults) = judge(&manifest_of(&project));
        count += fields;
        if !faults.is_empty() {
            let _ = writeln!(report, "{}:\n{faults}", project.display());
        }
    }
    assert!(report.is_empty(), "{report}");
    assert!(count > 800, "{count} fields were read");
}

/// A nested name belongs to another field: of its type the structure is known, not how it is printed.
#[test]
fn what_a_name_inside_a_field_accepts_is_what_its_own_type_does() {
    let directory = tempfile::tempdir().expect("a directory");
    let source = "from pydantic import BaseModel, Field\nfrom pydantic_settings import BaseSettings\n\n\nclass Db(BaseModel):\n    \
                  port: int = Field(5, ge=1)\n    many: list[int] = Field([], max_length=2)\n\n\nclass Settings(BaseSettings, \
                  env_nested_delimiter='__'):\n    db: Db\n";
    fs::write(directory.path().join("settings.py"), source).expect("written");
    let manifest = manifest_of(directory.path());
    let words = |name: &str| in_words(&manifest.accepts(name, None));
    assert_eq!(words("DB__PORT"), "an integer, at least 1");
    assert!(words("DB__MANY").starts_with("a JSON array, each item an integer"), "{}", words("DB__MANY"));
    assert_eq!(*manifest.accepts("HOME", None), ValueType::Str);
}

/// A manifest as earlier versions wrote it: without annotations, and without what can be derived from the text of a type.
fn as_earlier(manifest: &Manifest) -> Manifest {
    let mut json = serde_json::to_value(manifest).expect("JSON");
    for class in json["settings"].as_array_mut().expect("classes") {
        for field in class["fields"].as_array_mut().expect("fields") {
            let text = field["type"].as_str().expect("a text").to_owned();
            let field = field.as_object_mut().expect("a field");
            field.remove("annotation");
            let said = older_annotation(&text).and_then(|said| said.accepts());
            if said.is_some_and(|said| said.is_plain() && serde_json::to_value(said).expect("JSON") == field["accepts"]) {
                field.remove("accepts");
            }
        }
    }
    serde_json::from_value(json).expect("a manifest")
}

#[test]
fn a_manifest_of_an_earlier_version_says_the_same() {
    let manifest = manifest_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop"));
    let earlier = as_earlier(&manifest);
    let mut left_out = 0;
    for (class, before) in manifest.settings.iter().zip(&earlier.settings) {
        for (field, before) in class.fields.iter().zip(&before.fields) {
            assert_eq!(field.accepts, before.accepts, "{}.{}", class.qualname, field.name);
            left_out += usize::from(field.accepts.is_plain());
        }
    }
    assert!(left_out > 5, "{left_out}");
    // What neither decides is left to the program.
    let mut json = serde_json::to_value(&manifest).expect("JSON");
    let field = &mut json["settings"][0]["fields"][0];
    field["type"] = "Own".into();
    field.as_object_mut().expect("a field").retain(|key, _| !matches!(key.as_str(), "annotation" | "accepts"));
    let unknown: Manifest = serde_json::from_value(json).expect("a manifest");
    assert!(matches!(unknown.settings[0].fields[0].accepts, ValueType::Unchecked(_)));
}

#[test]
fn a_dictionary_is_one_whatever_its_values_are_called() {
    let directory = tempfile::tempdir().expect("a directory");
    let source = "from typing import Mapping\nfrom pydantic import BaseModel\nfrom pydantic_settings import BaseSettings\n\n\n\
                  class MappingRow(BaseModel):\n    size: int\n\n\nclass Settings(BaseSettings, env_nested_delimiter='__'):\n    \
                  rows: dict[str, MappingRow]\n    map: Mapping[str, MappingRow]\n";
    fs::write(directory.path().join("settings.py"), source).expect("written");
    let mut manifest = manifest_of(directory.path());
    // Before 2.13, a key of a dictionary was not a path, and only the contents of a dictionary were decoded.
    manifest.project.pydantic_settings = Some("2.7.1".to_owned());
    let faults = |manifest: &Manifest, field: &str| {
        let class = &manifest.settings[0];
        let field = class.fields.iter().find(|known| known.name == field).expect("a field");
        let names = NestedNames::of(manifest, class, field).expect("it has names inside");
        let name = format!("{}__A", field.env[0]);
        together(&names, &[Given { name: &name, text: Some(r#"{"size": 1}"#) }]).faults.len()
    };
    for manifest in [&manifest, &as_earlier(&manifest)] {
        assert_eq!((faults(manifest, "rows"), faults(manifest, "map")), (0, 1));
    }
}

const HEAD: &str = r#"
import decimal
import enum
from typing import Annotated, Any, Dict, Final, List, Literal, NewType, Optional, Set, Tuple, TypeVar, Union

from annotated_types import Ge, Gt, MinLen
from pydantic import (AnyUrl, BaseModel, Field, Json, PositiveInt, PostgresDsn, RedisDsn, Secret, SecretBytes, SecretStr,
                      StringConstraints, UrlConstraints, conint, conlist, conset, constr)
from pydantic_settings import BaseSettings

import own

T = TypeVar("T")
Token = NewType("Token", SecretStr)
Port = NewType("Port", int)
Maybe = NewType("Maybe", Optional[int])
Known = Annotated[Optional[SecretStr], "note"]
Listed = Annotated[list[T], Field(min_length=1)]
type Deep = Known | int
type Pair[A, B] = tuple[A, B]


class Mode(enum.Enum):
    A = "a"
    B = "b"


class IsNone(enum.Enum):
    A = "a"


class Inner(BaseModel):
    key: SecretStr
    port: int = 1


class QueueUrl(AnyUrl):
    pass


class Box[A](BaseModel):
    value: A


class Settings(BaseSettings):
"#;

/// An annotation, its text if it is checked here, whether it is secret, whether it allows `None`.
const TOLD: [(&str, &str, bool, bool); 60] = [
    ("str", "str", false, false),
    ("Optional[int]", "int | None", false, true),
    ("int | None", "int | None", false, true),
    ("None | int", "None | int", false, true),
    ("Union[int, None, int]", "int | None", false, true),
    ("Union[Optional[int], str]", "int | None | str", false, true),
    ("Optional[Optional[int]]", "int | None", false, true),
    ("Optional[None | int]", "None | int", false, true),
    ("Union[Optional[int], int]", "int | None", false, true),
    ("Optional[IsNone]", "IsNone | None", false, true),
    ("tuple[()]", "tuple[()]", false, false),
    ("Optional['SecretStr']", "SecretStr | None", true, true),
    ("SecretBytes", "SecretBytes", true, false),
    ("Secret[int]", "Secret[int]", true, false),
    ("Secret[Optional[int]]", "Secret[int | None]", true, false),
    ("list[SecretStr | None]", "list[SecretStr | None]", true, false),
    ("List[int]", "list[int]", false, false),
    ("Dict[str, SecretStr]", "dict[str, SecretStr]", true, false),
    ("Set[PositiveInt]", "set[PositiveInt]", false, false),
    ("Tuple[int, ...]", "tuple[int, ...]", false, false),
    ("tuple[int, SecretStr]", "tuple[int, SecretStr]", true, false),
    ("dict", "dict", false, false),
    ("Any", "Any", false, false),
    ("object", "object", false, false),
    ("Any | None", "Any | None", false, true),
    ("Literal['a', 'b']", "Literal['a', 'b']", false, false),
    ("Literal['a', None]", "Literal['a', None]", false, true),
    ("Literal[1, Literal[2, None]] | str", "Literal[1, 2, None] | str", false, true),
    ("Mode", "Mode", false, false),
    ("Mode | None", "Mode | None", false, true),
    ("Inner", "Inner", false, false),
    ("Inner | SecretStr", "Inner | SecretStr", true, false),
    ("Box[SecretStr]", "Box[SecretStr]", true, false),
    ("Box[int] | None", "Box[int] | None", false, true),
    ("PostgresDsn", "PostgresDsn", true, false),
    ("Annotated[RedisDsn | None, Field(description='x')]", "RedisDsn | None", true, true),
    ("Annotated[PostgresDsn, UrlConstraints(max_length=9)]", "PostgresDsn", true, false),
    ("QueueUrl", "QueueUrl", false, false),
    ("Optional[QueueUrl]", "QueueUrl | None", false, true),
    ("Json[SecretStr]", "Json[SecretStr]", true, false),
    ("Json", "Json", false, false),
    ("PositiveInt", "PositiveInt", false, false),
    ("PositiveInt | None", "PositiveInt | None", false, true),
    ("PositiveInt | str", "PositiveInt | str", false, false),
    ("own.PositiveInt", "PositiveInt", false, false),
    ("Annotated[int, Ge(1)]", "int", false, false),
    ("Annotated[int | None, Gt(1)]", "int | None", false, true),
    ("Annotated[Annotated[int, Ge(1)], Ge(2)]", "int", false, false),
    ("Annotated[str, MinLen(2), StringConstraints(max_length=3)]", "str", false, false),
    ("conint(ge=1, le=5)", "int", false, false),
    ("constr(min_length=1) | None", "str | None", false, true),
    ("conlist(SecretStr, min_length=1)", "list[SecretStr]", true, false),
    ("conset(int | None)", "set[int | None]", false, false),
    ("Token", "", true, false),
    ("Port", "", false, false),
    ("Maybe", "", false, true),
    ("Deep", "SecretStr | None | int", true, true),
    ("Listed[SecretStr]", "list[SecretStr]", true, false),
    ("Pair[int, SecretStr]", "tuple[int, SecretStr]", true, false),
    ("Final[decimal.Decimal]", "Decimal", false, false),
];

#[test]
fn what_is_easily_read_in_two_ways_is_read_in_one() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut source = HEAD.to_owned();
    for (at, (annotation, ..)) in TOLD.iter().enumerate() {
        let _ = writeln!(source, "    field_{at}: {annotation}");
    }
    // More members than are examined in models, with a secret as the last one.
    let many: Vec<String> = (0..600).map(|at| format!("Literal[{at}]")).collect();
    let _ = writeln!(source, "    many: {} | Inner | SecretStr", many.join(" | "));
    fs::write(directory.path().join("settings.py"), source).expect("written");
    let own = "from pydantic import BaseModel\n\n\nclass PositiveInt(BaseModel):\n    x: int\n";
    fs::write(directory.path().join("own.py"), own).expect("written");
    let manifest = manifest_of(directory.path());
    let (count, report) = judge(&manifest);
    assert!(report.is_empty(), "{report}");
    assert_eq!(count, TOLD.len() + 1);
    let fields = &manifest.settings[0].fields;
    for (field, (annotation, text, secret, optional)) in fields.iter().zip(TOLD) {
        let read = (if text.is_empty() { "" } else { &field.type_name }, field.secret, field.optional);
        assert_eq!(read, (text, secret, optional), "{annotation}");
    }
    let many = fields.last().expect("a field");
    assert!(many.secret && decided(&many.accepts).is_some(), "{:?}", many.accepts);
    let by_name = |annotation: &str| {
        let at = TOLD.iter().position(|(written, ..)| *written == annotation).expect("it is written");
        &fields[at]
    };
    assert_eq!(by_name("PositiveInt | None").constraints["gt"], 0);
    assert!(by_name("own.PositiveInt").constraints.is_empty(), "it has the name of another type");
    assert!(by_name("PositiveInt | str").constraints.is_empty());
}
