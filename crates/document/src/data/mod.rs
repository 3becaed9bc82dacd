//! TOML, YAML or JSON files from which a program reads its settings: which names they have at every level. Only plain values are kept, to
//! be validated: they may be secret, and are never shown.

mod json;
mod toml;
mod yaml;

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use super::Text;

/// The maximum nesting depth of a file: no settings are nested deeper, and recursion must end.
const DEEPEST: usize = 96;

/// The shape of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// `null`
    Null,
    /// A string, a number, a date or a boolean.
    Scalar(Scalar),
    Sequence(Vec<Rc<Shape>>),
    Mapping(Mapping),
}

#[derive(Clone, PartialEq)]
pub enum Scalar {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    /// A date, a number that is too large, or a value whose reading depends on the version.
    Other,
}

impl fmt::Debug for Scalar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Scalar")
    }
}

/// Names with their values, each with its line, counted from 1.
pub type Mapping = BTreeMap<String, (u32, Rc<Shape>)>;

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// As `tomllib` reads it.
    Toml,
    /// As `yaml.safe_load` reads it.
    Yaml,
    /// As `json.loads` reads it.
    Json,
}

impl Format {
    pub fn name(self) -> &'static str {
        match self {
            Self::Toml => "TOML",
            Self::Yaml => "YAML",
            Self::Json => "JSON",
        }
    }
}

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The program cannot read it either.
    Broken {
        /// The line, counted from 1.
        line: u32,
        /// What is wrong, without any of the file's text.
        message: String,
    },
    /// takk cannot read it, but the program may.
    Unread(&'static str),
}

impl Fault {
    fn broken(line: u32, message: impl Into<String>) -> Self {
        Self::Broken { line, message: message.into() }
    }
}

/// The names in a file. An empty file has none.
pub fn read(format: Format, bytes: &[u8], encoding: Option<&str>) -> Result<Mapping, Fault> {
    match encoding.filter(|name| !["utf-8", "utf8", "utf-8-sig"].contains(&name.to_ascii_lowercase().as_str())) {
        None => of_text(format, &Text::decode(bytes)),
        Some(name) => {
            // Python also calls them `latin_1` and `latin-1`.
            let hyphens = name.replace('_', "-");
            let labels =
                [name, &hyphens, &hyphens.replace('-', "")].map(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
            let encoding = labels.into_iter().flatten().next().ok_or(Fault::Unread("takk does not support its encoding"))?;
            let (text, _, failed) = encoding.decode(bytes);
            if failed {
                return Err(Fault::broken(1, "it contains bytes that are invalid in its encoding"));
            }
            of_text(format, &Text::decode(text.as_bytes()))
        }
    }
}

fn of_text(format: Format, text: &Text<'_>) -> Result<Mapping, Fault> {
    if let Some(fault) = text.faults().first() {
        let (line, message) = match fault {
            super::Fault::Encoding(position) => (position.line, "it is not UTF-8 text"),
            super::Fault::MergeConflict(position) => (position.line, "it has unresolved merge conflicts"),
            super::Fault::Syntax(position, _) => (position.line, "it is malformed"),
        };
        return Err(Fault::broken(line, message));
    }
    match format {
        Format::Toml => toml::read(text),
        Format::Yaml => yaml::read(text.as_str()),
        Format::Json => json::read(text.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(format: Format, text: &str) -> Result<Vec<(String, u32)>, Fault> {
        read(format, text.as_bytes(), None).map(|found| found.into_iter().map(|(name, (line, _))| (name, line)).collect())
    }

    #[test]
    fn every_format_gives_names_with_lines() {
        for (format, text) in [
            (Format::Toml, "a = 1\n\n[b]\nc = \"x\"\n"),
            (Format::Yaml, "a: 1\n\nb:\n  c: x\n"),
            (Format::Json, "{\"a\": 1,\n\n\"b\": {\"c\": \"x\"}}"),
        ] {
            let found = read(format, text.as_bytes(), None).expect("read");
            let lines: Vec<(&str, u32)> = found.iter().map(|(name, (line, _))| (name.as_str(), *line)).collect();
            assert_eq!(lines, [("a", 1), ("b", 3)], "{format:?}");
            let Shape::Mapping(inner) = &*found["b"].1 else { panic!("{format:?}: {found:?}") };
            assert_eq!(*inner["c"].1, Shape::Scalar(Scalar::Text("x".to_owned())), "{format:?}");
            assert_eq!(*found["a"].1, Shape::Scalar(Scalar::Int(1)), "{format:?}");
        }
    }

    #[test]
    fn values_are_of_the_type_that_python_reads() {
        let of = |format: Format, text: &str| match &*read(format, text.as_bytes(), None).expect("read")["a"].1 {
            Shape::Scalar(scalar) => Some(scalar.clone()),
            _ => None,
        };
        let text = |text: &str| Some(Scalar::Text(text.to_owned()));
        for (written, expected) in [
            ("1_000", Some(Scalar::Int(1000))),
            ("0x10", Some(Scalar::Other)),
            ("1.5", Some(Scalar::Float(1.5))),
            ("true", Some(Scalar::Bool(true))),
            ("2020-01-01", Some(Scalar::Other)),
            ("\"1\"", text("1")),
        ] {
            assert_eq!(of(Format::Toml, &format!("a = {written}\n")), expected, "{written}");
        }
        for (written, expected) in [
            ("12", Some(Scalar::Int(12))),
            ("012", Some(Scalar::Other)),
            ("1:30", Some(Scalar::Other)),
            ("yes", Some(Scalar::Other)),
            ("info", text("info")),
            ("\"yes\"", text("yes")),
            ("~", None),
        ] {
            assert_eq!(of(Format::Yaml, &format!("a: {written}\n")), expected, "{written}");
        }
        assert_eq!(of(Format::Json, "{\"a\": 18446744073709551615}"), Some(Scalar::Other));
        assert_eq!(format!("{:?}", of(Format::Json, "{\"a\": \"secret\"}")), "Some(Scalar)");
    }

    #[test]
    fn what_is_empty_has_no_names() {
        for (format, text) in [(Format::Toml, ""), (Format::Yaml, "# nothing\n"), (Format::Yaml, "~\n"), (Format::Json, " \n")]
        {
            assert_eq!(names(format, text), Ok(Vec::new()), "{format:?} {text:?}");
        }
    }

    #[test]
    fn what_the_program_refuses_is_broken() {
        for (format, text) in [
            (Format::Toml, "a = \n"),
            (Format::Yaml, "a: [1\n"),
            (Format::Yaml, "- a\n- b\n"),
            (Format::Yaml, "a: 1\n---\nb: 2\n"),
            (Format::Yaml, "a: !vault x\n"),
            (Format::Json, "{\"a\": 1,}"),
            (Format::Json, "[1]"),
        ] {
            assert!(matches!(names(format, text), Err(Fault::Broken { .. })), "{format:?} {text:?}");
        }
        assert!(matches!(read(Format::Json, b"{\"a\": \"\xff\"}", None), Err(Fault::Broken { .. })));
        assert!(read(Format::Json, b"{\"a\": \"\xff\"}", Some("latin-1")).is_ok());
    }

    #[test]
    fn yaml_merges_and_aliases() {
        let text = "base: &base {a: 1, b: ~}\nown:\n  <<: *base\n  b: 2\nlist: &list [*base]\nmany:\n  <<: [*base, {c: 3}]\n";
        let found = read(Format::Yaml, text.as_bytes(), None).expect("read");
        let Shape::Mapping(own) = &*found["own"].1 else { panic!("{found:?}") };
        assert_eq!(*own["b"].1, Shape::Scalar(Scalar::Int(2)));
        assert!(own.contains_key("a") && !own.contains_key("<<"));
        let Shape::Mapping(many) = &*found["many"].1 else { panic!("{found:?}") };
        assert_eq!(many.keys().collect::<Vec<_>>(), ["a", "b", "c"]);
    }

    #[test]
    fn bombs_end() {
        use std::fmt::Write as _;
        let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for at in 1..40 {
            let refer = vec![format!("*a{}", at - 1); 9].join(", ");
            let _ = writeln!(laughs, "a{at}: &a{at} [{refer}]");
        }
        assert_eq!(names(Format::Yaml, &laughs).expect("read").len(), 40);
        let mut merged = "a0: &a0\n".to_owned();
        merged.extend((0..3_000).map(|at| format!("  k{at}: 1\n")));
        merged.extend((1..3_000).map(|at| format!("a{at}:\n  <<: *a0\n")));
        assert!(matches!(names(Format::Yaml, &merged), Err(Fault::Unread(_))));
        for (format, open, close) in
            [(Format::Yaml, "{a: ", "}"), (Format::Json, "{\"a\": ", "}"), (Format::Toml, "{a = ", "}")]
        {
            let inner = format!("{}1{}", open.repeat(5_000), close.repeat(5_000));
            let text = if format == Format::Toml { format!("a = {inner}\n") } else { inner };
            assert!(names(format, &text).is_err(), "{format:?}");
        }
    }
}
