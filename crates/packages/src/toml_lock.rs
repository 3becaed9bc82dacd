//! The array of packages in every TOML lock.
//!
//! Locks are long (2.8 MB for 551 packages), mostly because of archive URLs, hashes, and the dependencies of packages. Lines that hold one
//! of these are skipped, and the rest is not parsed into a document: this module follows the events of the TOML parser, and decodes only
//! the few values that it needs. From a truncated or corrupt file, it returns the packages that it recognized.

use std::borrow::Cow;

use toml_parser::decoder::{Encoding, ScalarKind};
use toml_parser::parser::{EventReceiver, RecursionGuard, parse_document};
use toml_parser::{ErrorSink, ParseError, Raw, Source, Span};

use super::name;
use super::{Entry, File, Files};
use takk_document::{Fault, Text};
use takk_model::{PackageSource, Problem};

/// How a kind of lock file writes its packages.
pub(super) struct Format {
    /// The array of packages: `package`.
    pub(super) array: &'static str,
    /// The keys below a package whose value is a directory, for packages that are not downloaded.
    pub(super) directory: &'static [&'static [&'static str]],
    /// The command that writes such a lock file.
    pub(super) tool: &'static str,
    pub(super) source: PackageSource,
}

/// The packages of the lock at `path`, without the project itself.
pub(super) fn read(files: &Files, path: &str, format: &Format, problems: &mut Vec<Problem>) -> Vec<Entry> {
    let Some(bytes) = files.bytes(path, problems) else { return Vec::new() };
    let file = File::new(path, &bytes);
    let excerpt = Excerpt::of(&file.text, format.array);
    let (packages, error) = locked_packages(&excerpt.text, format);
    let syntax = error.map(|error| {
        let offset = error.unexpected().or(error.context()).map_or(0, |span| span.start());
        Fault::Syntax(file.text.position(excerpt.offset(offset)), error.description().to_owned())
    });
    file.report(syntax, Some(format.tool), problems);
    packages.into_iter().filter_map(|package| package.into_entry(&file, &excerpt, format.source)).collect()
}

/// The text of a lock file without the lines that only contain an archive, or a package that another one needs.
struct Excerpt {
    text: String,
    /// Where lines were left out: the offset in the excerpt, and how many bytes were left out up to there.
    cuts: Vec<(usize, usize)>,
}

impl Excerpt {
    /// The excerpt of a lock file whose packages are in `array`.
    fn of(text: &Text<'_>, array: &str) -> Self {
        let mut excerpt = Self { text: String::with_capacity(text.as_str().len() / 16), cuts: Vec::new() };
        let mut left_out = 0;
        let mut in_other_array = false;
        // An array that may turn out to contain nothing but lines that are left out, with how many bytes were.
        let mut open: Option<(&str, usize)> = None;
        for line in text.lines() {
            if is_left_out(line, in_other_array) {
                *open.as_mut().map_or(&mut left_out, |(_, within)| within) += line.len();
                continue;
            }
            if let Some((opening, within)) = open.take() {
                if line.trim_ascii() == "]" {
                    left_out += opening.len() + within + line.len();
                    in_other_array = false;
                    continue;
                }
                excerpt.keep(opening, left_out);
                left_out += within;
            }
            let other = opens_array(line).filter(|key| *key != array);
            in_other_array = other.is_some();
            if other.is_some_and(is_bare) {
                open = Some((line, 0));
            } else {
                excerpt.keep(line, left_out);
            }
        }
        if let Some((opening, _)) = open {
            excerpt.keep(opening, left_out);
        }
        // Inside a multi-line string a line may be anything. No line that was left out starts one.
        let holds = |quotes: &str| memchr::memmem::find(excerpt.text.as_bytes(), quotes.as_bytes()).is_some();
        if holds("\"\"\"") || holds("'''") {
            excerpt = Self { text: text.as_str().to_owned(), cuts: Vec::new() };
        }
        excerpt
    }

    /// Records that so many bytes were left out before this line.
    fn keep(&mut self, line: &str, left_out: usize) {
        if self.cuts.last().map_or(0, |(_, before)| *before) != left_out {
            self.cuts.push((self.text.len(), left_out));
        }
        self.text.push_str(line);
    }

    /// The position in the whole text of a byte of the excerpt.
    fn offset(&self, offset: usize) -> usize {
        let before = self.cuts.partition_point(|(at, _)| *at <= offset);
        offset + before.checked_sub(1).map_or(0, |cut| self.cuts[cut].1)
    }
}

/// Whether a line is irrelevant: an empty one, an archive as the tools write it (`{ url = "…", hash = "…" },` in an array, or `sdist = {
/// url = "…" }`), the registry that a package comes from, or an element of an array other than that of the packages.
fn is_left_out(line: &str, in_other_array: bool) -> bool {
    const ARCHIVES: [&str; 3] = ["{ url = \"", "{url = \"", "{file = \""];
    let text = line.trim_ascii();
    match text.as_bytes().first() {
        None => true,
        Some(b'{') => (in_other_array || ARCHIVES.iter().any(|archive| text.starts_with(archive))) && is_element(text),
        Some(b's') => is_source(line),
        Some(_) => false,
    }
}

/// Whether a line is `sdist = { url = "…" }` or `source = { registry = "…" }`.
fn is_source(line: &str) -> bool {
    let line = line.trim_ascii_end();
    if let Some(registry) = line.strip_prefix("source = { registry = \"") {
        let url = registry.strip_suffix("\" }");
        return url.is_some_and(|url| memchr::memchr2(b'"', b'\\', url.as_bytes()).is_none());
    }
    line.strip_prefix("sdist = ").is_some_and(is_table)
}

/// Whether a line is a whole element of an array: `{ name = "…" },`.
fn is_element(line: &str) -> bool {
    line.strip_suffix(',').is_some_and(is_table)
}

/// Whether a text is one inline table of strings in `"` and values that need no quotes, without a nested table.
fn is_table(text: &str) -> bool {
    /// A lookup table, because it is used for every byte between strings.
    const ENDS: [bool; 256] = {
        let mut ends = [false; 256];
        ends[b'"' as usize] = true;
        ends[b'\'' as usize] = true;
        ends[b'{' as usize] = true;
        ends[b'}' as usize] = true;
        ends
    };
    let Some(mut rest) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).map(str::as_bytes) else {
        return false;
    };
    while let Some(at) = rest.iter().position(|byte| ENDS[usize::from(*byte)]) {
        let string = &rest[at + 1..];
        let end = if rest[at] == b'"' { memchr::memchr2(b'"', b'\\', string) } else { None };
        let Some(end) = end.filter(|end| string[*end] == b'"') else { return false };
        rest = &string[end + 1..];
        if rest.first() == Some(&b'"') {
            return false;
        }
    }
    true
}

/// The key of an array whose elements follow on separate lines.
fn opens_array(line: &str) -> Option<&str> {
    line.trim_ascii_end().strip_suffix("= [").map(str::trim_ascii)
}

/// Whether a key is bare, that is without quotes.
fn is_bare(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// A package as the lock writes it.
#[derive(Debug, Default)]
struct Locked<'t> {
    name: Option<(Cow<'t, str>, usize)>,
    version: Option<(Cow<'t, str>, usize)>,
    directory: Option<Cow<'t, str>>,
}

impl Locked<'_> {
    fn into_entry(self, file: &File, excerpt: &Excerpt, source: PackageSource) -> Option<Entry> {
        if matches!(self.directory.as_deref(), Some("." | "./" | "")) {
            return None;
        }
        let (name, name_offset) = self.name?;
        let (version, offset) = match self.version {
            Some((version, offset)) => (Some(version.into_owned()), offset),
            None => (None, name_offset),
        };
        Some(Entry::locked(name::normalised(&name)?, version, file.place(excerpt.offset(offset)), source))
    }
}

fn locked_packages<'t>(text: &'t str, format: &Format) -> (Vec<Locked<'t>>, Option<ParseError>) {
    // The same depth as the `toml` crate's limit.
    const DEPTH: u32 = 80;
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let mut error: Option<ParseError> = None;
    let mut reader = Reader {
        source,
        format,
        header: Vec::new(),
        keys: Vec::new(),
        nesting: Vec::new(),
        in_header: false,
        found: Vec::new(),
    };
    parse_document(&tokens, &mut RecursionGuard::new(&mut reader, DEPTH), &mut error);
    (reader.found, error)
}

/// Follows the events and tracks the keys of each value.
struct Reader<'t, 'f> {
    source: Source<'t>,
    format: &'f Format,
    /// The keys of the last `[table]` or `[[table]]`.
    header: Vec<Cow<'t, str>>,
    /// The keys below it, including those of inline tables.
    keys: Vec<Cow<'t, str>>,
    /// The arrays and inline tables around the current value, each with the length of its key path.
    nesting: Vec<(Nesting, usize)>,
    in_header: bool,
    found: Vec<Locked<'t>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Nesting {
    Array,
    Table,
}

impl<'t> Reader<'t, '_> {
    fn open_header(&mut self) {
        self.header.clear();
        self.keys.clear();
        self.nesting.clear();
        self.in_header = true;
    }

    fn is_package_array(&self, keys: &[Cow<str>]) -> bool {
        matches!(keys, [array] if array == self.format.array)
    }

    /// The key path of the current value below its package, if it belongs to one.
    fn keys_in_package(&self) -> Option<impl Iterator<Item = &str>> {
        let mut keys = self.header.iter().chain(&self.keys).map(AsRef::as_ref);
        (keys.next() == Some(self.format.array)).then_some(keys)
    }

    /// After a value its keys are popped, unless it is an element of an array.
    fn value_done(&mut self) {
        match self.nesting.last() {
            Some((Nesting::Array, _)) => {}
            Some((Nesting::Table, keys)) => self.keys.truncate(*keys),
            None => self.keys.clear(),
        }
    }

    fn close_nesting(&mut self) {
        if let Some((_, keys)) = self.nesting.pop() {
            self.keys.truncate(keys);
        }
        self.value_done();
    }

    fn take(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let Some(keys) = self.keys_in_package() else { return };
        let mut path = [""; 3];
        let mut depth = 0;
        for key in keys {
            let Some(slot) = path.get_mut(depth) else { return };
            *slot = key;
            depth += 1;
        }
        let path = &path[..depth];
        let (is_name, is_version) = (path == ["name"], path == ["version"]);
        if !is_name && !is_version && !self.format.directory.contains(&path) {
            return;
        }
        let Some(value) = self.string(span, encoding, error) else { return };
        let Some(package) = self.found.last_mut() else { return };
        match (is_name, is_version) {
            (true, _) => package.name = Some((value, span.start())),
            (_, true) => package.version = Some((value, span.start())),
            _ => package.directory = Some(value),
        }
    }

    fn raw(&self, span: Span, encoding: Option<Encoding>) -> Option<Raw<'t>> {
        Some(Raw::new_unchecked(self.source.get(span)?.as_str(), encoding, span))
    }

    fn string(&self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) -> Option<Cow<'t, str>> {
        let raw = self.raw(span, encoding)?;
        let mut value = Cow::Borrowed("");
        (raw.decode_scalar(&mut value, error) == ScalarKind::String).then_some(value)
    }
}

impl EventReceiver for Reader<'_, '_> {
    fn std_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.open_header();
    }

    fn std_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.in_header = false;
    }

    fn array_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.open_header();
    }

    fn array_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.in_header = false;
        if self.is_package_array(&self.header) {
            self.found.push(Locked::default());
        }
    }

    fn inline_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) -> bool {
        let in_array = matches!(self.nesting.last(), Some((Nesting::Array, _)));
        if in_array && self.header.is_empty() && self.is_package_array(&self.keys) {
            self.found.push(Locked::default());
        }
        self.nesting.push((Nesting::Table, self.keys.len()));
        true
    }

    fn inline_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.close_nesting();
    }

    fn array_open(&mut self, _: Span, _: &mut dyn ErrorSink) -> bool {
        self.nesting.push((Nesting::Array, self.keys.len()));
        true
    }

    fn array_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.close_nesting();
    }

    fn simple_key(&mut self, span: Span, encoding: Option<Encoding>, _: &mut dyn ErrorSink) {
        let Some(raw) = self.raw(span, encoding) else { return };
        let mut key = Cow::Borrowed("");
        raw.decode_key(&mut key, &mut ());
        if self.in_header { self.header.push(key) } else { self.keys.push(key) }
    }

    fn scalar(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        if span.is_empty() {
            error.report_error(ParseError::new("a value is missing").with_unexpected(span));
        } else if !matches!(self.nesting.last(), Some((Nesting::Array, _))) {
            self.take(span, encoding, error);
        }
        self.value_done();
    }

    fn newline(&mut self, _: Span, _: &mut dyn ErrorSink) {
        // After a mistake, a key without a value must not be prepended to the keys of the next line.
        if self.nesting.is_empty() {
            self.keys.clear();
        }
        // Nor may what follows a broken header count as part of the table before it.
        if std::mem::take(&mut self.in_header) {
            self.header.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMAT: Format =
        Format { array: "package", directory: &[&["source", "editable"]], tool: "uv lock", source: PackageSource::UvLock };

    fn versions(text: &str) -> Vec<(String, Option<String>)> {
        let (found, _) = locked_packages(text, &FORMAT);
        let owned = |value: Option<(Cow<str>, usize)>| value.map(|(text, _)| text.into_owned());
        found.into_iter().map(|package| (owned(package.name).unwrap_or_default(), owned(package.version))).collect()
    }

    fn excerpt_of(text: &str) -> Excerpt {
        Excerpt::of(&Text::decode(text.as_bytes()), "package")
    }

    fn package(name: &str, version: &str) -> (String, Option<String>) {
        (name.to_owned(), Some(version.to_owned()))
    }

    #[test]
    fn names_below_a_package_are_not_its_name() {
        let text = "version = 1\n[[package]]\nname = 'a'\ndependencies = [{ name = 'x', version = '9' }]\nversion = \"1\\u002E0\"\n\
                    [package.metadata]\nname = 'y'\n[[package.metadata.requires]]\nversion = '8'\n[manifest]\nname = 'z'\n\
                    [[package]]\n'name' = \"\"\"b\"\"\"\nversion = '2'\n";
        assert_eq!(versions(text), [package("a", "1.0"), package("b", "2")]);
    }

    #[test]
    fn every_way_to_write_the_array() {
        assert_eq!(
            versions("package = [{ name = 'a', version = '1' }, {version='2',name='b'}]"),
            [package("a", "1"), package("b", "2")]
        );
        assert_eq!(versions("package = []\n"), []);
        assert_eq!(versions("[[ \"package\" ]]\nname='a'\nversion='1'"), [package("a", "1")]);
    }

    #[test]
    fn a_directory_is_known_in_both_spellings() {
        for text in [
            "[[package]]\nsource = { editable = '.' }",
            "[[package]]\n[package.source]\neditable='.'",
            "[[package]]\nsource.editable='.'",
        ] {
            let (found, error) = locked_packages(text, &FORMAT);
            assert_eq!(found[0].directory.as_deref(), Some("."), "{text}");
            assert!(error.is_none());
        }
    }

    #[test]
    fn a_mistake_costs_only_what_it_hides() {
        let text = "[[package]]\nname = 'a'\nversion = '1'\n[[package]]\nname = \nversion = '2'\n[[package]]\nname = 'c'\nversion = '3'\nx = [1,";
        assert_eq!(versions(text), [package("a", "1"), package("", "2"), package("c", "3")]);
        assert!(locked_packages(text, &FORMAT).1.is_some());
    }

    #[test]
    fn lines_of_archives_and_of_needs_are_passed_over() {
        let package = |at: usize| {
            format!(
                "[[package]]\nname = 'p{at}'\ndependencies = [\n    {{ name = \"x\", marker = \"os_name == 'nt'\" }},\n]\n\
                 sdist = {{ url = \"https://e/é.tar.gz\" }}\nsource = {{ registry = \"https://e/simple\" }}\n\n\
                 wheels = [\n    {{ url = \"https://e/é.whl\", hash = \"sha256:1\" }},\n]\nversion = '{at}'\n"
            )
        };
        let text: String = (0..300).map(package).collect();
        let excerpt = excerpt_of(&text);
        assert!(["url", "marker", "wheels", "dependencies", "registry"].iter().all(|word| !excerpt.text.contains(word)));
        let (found, error) = locked_packages(&excerpt.text, &FORMAT);
        assert!(error.is_none());
        assert_eq!(found.len(), 300);
        for package in found {
            let (name, name_at) = package.name.expect("every package has a name");
            let (version, version_at) = package.version.expect("every package has a version");
            assert!(text[excerpt.offset(name_at)..].starts_with(&format!("'{name}'")));
            assert!(text[excerpt.offset(version_at)..].starts_with(&format!("'{version}'")));
        }
        for kept in [
            "{ url = \"a },\n",
            "{ url = \"a\", x = { y = 1 } },\n",
            "{ url = \"a\\\"\" },\n",
            "{ name = \"a\" },\n",
            "{ url = \"a\" }\n",
            "wheels = [{ url = \"a\" },\n",
            "package = [\n    { name = \"a\" },\n]\n",
            "needs = [\n    \"x\",\n    { name = \"a\" },\n]\n",
            "sdist = { url = \"a\", x = { y = 1 } }\n",
            "{ url = \"a\" \"\"\"b\" },\n",
            "{ url = \"a\", b = '''c },\n",
            "source = { registry = \"a\", directory = \".\" }\n",
            "source = { directory = \".\" }\n",
            "needs = [\n",
        ] {
            assert_eq!(excerpt_of(kept).text, kept);
        }
        let mixed = "needs = [\n    { name = \"a\" },\n    \"x\",\n]\n";
        assert_eq!(excerpt_of(mixed).text, "needs = [\n    \"x\",\n]\n");
        let quoted = "x = \"\"\"\n{ url = \"a\" },\n\"\"\"\n";
        assert_eq!(excerpt_of(quoted).text, quoted);
    }

    #[test]
    fn a_missing_value_is_a_mistake() {
        let (found, error) = locked_packages("[[package]]\nname = \nversion = '2'\n", &FORMAT);
        assert_eq!(found.len(), 1);
        assert!(error.is_some());
    }

    #[test]
    fn depth_is_bounded() {
        let text = format!("x = {}\n[[package]]\nname='a'", "[".repeat(100_000));
        let (found, error) = locked_packages(&text, &FORMAT);
        assert!(error.is_some());
        assert!(found.len() <= 1);
    }
}
