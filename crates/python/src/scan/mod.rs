//! Searches the bytes of every file for what may be relevant, at memory speed: which classes derive from what, which names are
//! renamed, which packages are imported, which environment variables are read. It parses nothing; its result is a superset of
//! the truth.

pub mod engines;
mod names;
pub mod reads;

use std::cell::RefCell;
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use aho_corasick::packed::{self, Searcher};
use aho_corasick::{AhoCorasick, Match};
use memchr::memmem::Finder;
use rustc_hash::FxHasher;

use self::engines::EngineCall;
use self::names::Found;
pub use self::names::Names;
use self::reads::Read;
use takk_model::Place;

/// What one file mentions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Hashes of the names that it mentions, which are stored for every file of the project.
    pub names: Names,
    /// Whether it uses a settings base other than by deriving from it: `create_model(..., __base__=BaseSettings)`.
    pub uses_base: bool,
    pub takk: bool,
    /// Imports of wanted packages: the name, and the place without the file.
    pub imports: Vec<(String, Place)>,
    /// The environment variables that it reads.
    pub reads: Vec<Read>,
    /// Where it creates SQLAlchemy engines.
    pub engines: Vec<EngineCall>,
    /// Whether it mentions the statement `CREATE EXTENSION`.
    pub creates_extensions: bool,
}

/// The base classes by which settings are recognized before anything is known about the project.
pub const BASES: [&str; 2] = ["BaseSettings", "SecretModel"];

const PATTERNS: [&str; 9] = [
    "class ",
    "import ",
    "BaseSettings",
    "SecretModel",
    "environ",
    "getenv",
    "__base__",
    "CREATE EXTENSION",
    "create extension",
];

/// Maps an imported module to the name under which it is wanted: `snowflake.connector` for `snowflake.connector.cursor`.
pub type Wanted<'w> = dyn Fn(&str) -> Option<&'static str> + 'w;

/// A set of hashes of identifiers, which need no further hashing.
pub type HashedNames = HashSet<u32, BuildHasherDefault<Spread>>;

/// Spreads the bits of a hash over the whole word, which is all that a hash table needs.
#[derive(Default)]
pub struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 << 8) | u64::from(byte);
        }
    }

    fn write_u32(&mut self, hash: u32) {
        self.0 = u64::from(hash);
    }
}

/// The hash of an identifier, never 0. A collision only causes a look at a file that does not matter.
pub fn hash(identifier: &str) -> u32 {
    hash_bytes(identifier.as_bytes())
}

#[expect(clippy::cast_possible_truncation, reason = "half of the hash is enough")]
fn hash_bytes(word: &[u8]) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(word);
    (hasher.finish() as u32).max(1)
}

/// The identifiers and numbers in a text, split like the scan splits them.
pub fn identifiers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

thread_local! {
    /// The results for one file before they are packed. The next file reuses the memory.
    static FOUND: RefCell<Found> = RefCell::default();
}

/// Scans the bytes of one file. `wanted` gives the name under which an imported module is wanted, if it is.
pub fn scan(text: &[u8], wanted: &Wanted<'_>) -> Mentions {
    FOUND.with_borrow_mut(|found| {
        found.clear();
        match packed() {
            Some(search) => scan_for(text, wanted, search.find_iter(text), found),
            None => scan_for(text, wanted, by_automaton().find_iter(text), found),
        }
    })
}

/// The search for the patterns with SIMD instructions, if the processor has them. It needs no automaton.
fn packed() -> Option<&'static Searcher> {
    static SEARCH: LazyLock<Option<Searcher>> =
        LazyLock::new(|| packed::Config::new().match_kind(packed::MatchKind::LeftmostFirst).builder().extend(PATTERNS).build());
    SEARCH.as_ref()
}

/// The same search on all other processors.
fn by_automaton() -> &'static AhoCorasick {
    static SEARCH: LazyLock<AhoCorasick> = LazyLock::new(|| {
        let builder = &mut AhoCorasick::builder();
        builder.match_kind(aho_corasick::MatchKind::LeftmostFirst).build(PATTERNS).expect("the patterns are few and short")
    });
    &SEARCH
}

fn scan_for(text: &[u8], wanted: &Wanted<'_>, hits: impl Iterator<Item = Match>, found: &mut Found) -> Mentions {
    let mut mentions = Mentions::default();
    let mut makes_engines = false;
    let mut set_here = Vec::new();
    // How far the scan has searched imports for renames: text that looks like an import inside another one was searched with
    // it.
    let mut renamed = 0;
    for hit in hits {
        match hit.pattern().as_usize() {
            0 => class(text, hit.start(), hit.end(), found),
            1 => {
                if let Some(has_engines) = import(text, hit.start(), hit.end(), wanted, (&mut mentions, found)) {
                    makes_engines |= has_engines;
                    if hit.end() >= renamed {
                        renamed = renames(text, hit.end(), found);
                        imported(text, hit.start(), hit.end(), renamed, &mut found.imported_names);
                    }
                }
            }
            2 | 3 => mentions.uses_base |= base(text, hit.start(), hit.end(), &mut found.renames),
            7 | 8 => mentions.creates_extensions = true,
            6 => made_from(text, hit.end(), &mut found.classes),
            _ => mentions.reads.extend(reads::read(text, hit.start(), hit.end(), &mut set_here)),
        }
    }
    if makes_engines {
        mentions.engines = engines::engines(text);
    }
    found.imported_names.sort_unstable();
    found.imported_names.dedup();
    mentions.names = Names::of(found);
    mentions
}

/// Whether a byte may be part of an identifier.
#[inline]
pub fn is_word(byte: u8) -> bool {
    /// A table, because this runs for every byte around a match.
    const IS_WORD: [bool; 256] = {
        let mut is_word = [false; 256];
        let mut byte = u8::MAX;
        loop {
            is_word[byte as usize] = byte >= 0x80 || byte == b'_' || byte.is_ascii_alphanumeric();
            if byte == 0 {
                break is_word;
            }
            byte -= 1;
        }
    };
    IS_WORD[usize::from(byte)]
}

pub(super) fn line_start(text: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1)
}

/// Whether `at` is at the start of a statement, after blanks: at the start of a line, or after `;` or `:`.
fn begins_line(text: &[u8], at: usize) -> bool {
    text[..at]
        .iter()
        .rev()
        .find(|byte| !matches!(byte, b' ' | b'\t'))
        .is_none_or(|byte| matches!(byte, b'\n' | b'\r' | b';' | b':'))
}

pub(super) fn word_at(text: &[u8], from: usize) -> &[u8] {
    let rest = &text[from..];
    &rest[..rest.iter().position(|&byte| !is_word(byte)).unwrap_or(rest.len())]
}

pub(super) fn word_before(text: &[u8], end: usize) -> &[u8] {
    let start = text[..end].iter().rposition(|&byte| !is_word(byte)).map_or(0, |at| at + 1);
    &text[start..end]
}

/// `class Name(Base, other.Base, key=value):`
fn class(text: &[u8], start: usize, end: usize, found: &mut Found) {
    const LONGEST_HEADER: usize = 4_096;
    if !begins_line(text, start) {
        return;
    }
    let name = word_at(text, end);
    let mut at = end + name.len();
    // Type parameters precede the bases.
    if text.get(at) == Some(&b'[') {
        at += text[at..].iter().take(LONGEST_HEADER).position(|&byte| byte == b']').map_or(0, |close| close + 1);
    }
    if name.is_empty() || text.get(at) != Some(&b'(') {
        return;
    }
    let before = found.classes.len();
    found.classes.push(hash_bytes(name));
    let limit = text.len().min(at + LONGEST_HEADER);
    let mut depth = 0_usize;
    while at < limit {
        match text[at] {
            b'(' | b'[' => depth += 1,
            b')' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            byte if is_word(byte) => {
                let word = word_at(text, at);
                found.classes.push(hash_bytes(word));
                if [&b"Settings"[..], b"Config", b"Configuration"].iter().any(|end| word.ends_with(end)) {
                    found.outside_bases.push(hash_bytes(word));
                }
                at += word.len();
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    if found.classes.len() == before + 1 {
        found.classes.truncate(before);
    } else {
        found.classes.push(0);
    }
}

/// `create_model("Name", __base__=Base, ...)`, recorded like a class that derives from the base.
fn made_from(text: &[u8], end: usize, classes: &mut Vec<u32>) {
    const LONGEST: usize = 200;
    let rest = text[end..].get(..LONGEST).unwrap_or(&text[end..]);
    let Some(bases) = rest.trim_ascii_start().strip_prefix(b"=").map(<[u8]>::trim_ascii_start) else { return };
    let close = if bases.starts_with(b"(") { b')' } else { b',' };
    let bases = &bases[..bases.iter().position(|byte| [close, b')', b'\n'].contains(byte)).unwrap_or(bases.len())];
    let words = bases.split(|byte| !is_word(*byte)).filter(|word| !word.is_empty());
    let before = classes.len();
    classes.push(hash("create_model"));
    classes.extend(words.map(hash_bytes));
    if classes.len() == before + 1 {
        classes.truncate(before);
    } else {
        classes.push(0);
    }
}

/// Records the `X as Y` of an import whose names start at `start`, and returns where they end.
fn renames(text: &[u8], start: usize, found: &mut Found) -> usize {
    static AS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b" as "));
    let end = imported_until(text, start);
    let names = &text[start..end];
    for at in AS.find_iter(names) {
        let (from, to) = (word_before(names, at), word_at(names, at + 4));
        if !from.is_empty() && !to.is_empty() {
            found.renames.extend([hash_bytes(from), hash_bytes(to)]);
        }
    }
    end
}

/// Records the words of an import that starts at `start` and has its names between `names` and `end`; for a star import, also
/// those of the module.
fn imported(text: &[u8], start: usize, names: usize, end: usize, imported_names: &mut Vec<u32>) {
    let star = text[names..end].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'*');
    let mut at = if star { line_start(text, start) } else { names };
    while at < end {
        match text[at] {
            byte if is_word(byte) => {
                let word = word_at(&text[..end], at);
                imported_names.push(hash_bytes(word));
                at += word.len();
            }
            // Comments are skipped, since their words would only enlarge the superset.
            b'#' => at += memchr::memchr(b'\n', &text[at..end]).unwrap_or(end - at),
            _ => at += 1,
        }
    }
}

/// Where the names of an import end: at the closing parenthesis, or at the end of the line unless a backslash continues it.
fn imported_until(text: &[u8], start: usize) -> usize {
    let mut at = start;
    let bracketed = text[start..].iter().find(|byte| **byte != b' ') == Some(&b'(');
    while let Some(found) = memchr::memchr3(b'\n', b')', b'#', &text[at..]) {
        at += found;
        match text[at] {
            b')' if bracketed => return at,
            b'\n' if !bracketed && !text[..at].trim_ascii_end().ends_with(b"\\") => return at,
            b'#' => match memchr::memchr(b'\n', &text[at..]) {
                Some(newline) => at += newline + usize::from(bracketed),
                None => return text.len(),
            },
            _ => at += 1,
        }
    }
    text.len()
}

/// `import a.b, c`, `from a.b import d`: returns whether one of the modules creates engines. `None` if this is not an import.
fn import(
    text: &[u8],
    start: usize,
    end: usize,
    wanted: &Wanted<'_>,
    (mentions, found): (&mut Mentions, &mut Found),
) -> Option<bool> {
    let from = line_start(text, start);
    let line = &text[from..start];
    let indent = line.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(line.len());
    // `import a; import b`, `try: import a`
    let at = match line[indent..].iter().rposition(|byte| matches!(byte, b';' | b':')) {
        Some(before) if !line.iter().any(|byte| matches!(byte, b'#' | b'"' | b'\'')) => indent + before + 1,
        _ => indent,
    };
    let blanks = line[at..].iter().position(|byte| *byte != b' ').unwrap_or(line.len() - at);
    let (at, statement) = (from + at + blanks, &line[at + blanks..]);
    let mut note = |name: &[u8]| {
        let Ok(name) = std::str::from_utf8(name) else { return false };
        let top = name.split('.').next().unwrap_or_default();
        let hashed = hash(top);
        if !top.is_empty() && !found.imported.contains(&hashed) {
            found.imported.push(hashed);
        }
        if name == "takk" || name.starts_with("takk.") {
            mentions.takk = true;
        } else if let Some(known) = wanted(name)
            && !mentions.imports.iter().any(|(other, _)| other == known)
        {
            mentions.imports.push((known.to_owned(), place(text, at)));
        }
        engines::PACKAGES.contains(&top)
    };
    match statement.strip_prefix(b"from ") {
        Some(rest) => Some(note(dotted_at(rest, rest.iter().position(|byte| *byte != b' ').unwrap_or(0)))),
        None if statement.is_empty() => {
            let rest = &text[end..];
            let length = memchr::memchr3(b'\n', b';', b'#', rest).unwrap_or(rest.len());
            let modules = rest[..length].split(|byte| *byte == b',');
            let engines = modules.filter(|module| note(dotted_at(module.trim_ascii_start(), 0)));
            Some(engines.count() > 0)
        }
        None => None,
    }
}

/// The dotted name at an offset.
fn dotted_at(text: &[u8], from: usize) -> &[u8] {
    let rest = &text[from..];
    let length = rest.iter().position(|&byte| !is_word(byte) && byte != b'.').unwrap_or(rest.len());
    &rest[..length]
}

/// Handles a settings base outside of imports and class headers: records its alias, and returns whether it is used other than
/// by deriving from it.
fn base(text: &[u8], start: usize, end: usize, renames: &mut Vec<u32>) -> bool {
    if text.get(end).is_some_and(|&byte| is_word(byte)) || (start > 0 && is_word(text[start - 1])) {
        return false;
    }
    let line = &text[line_start(text, start)..start];
    let first = line.iter().position(|byte| !matches!(byte, b' ' | b'\t')).map_or(&[][..], |at| &line[at..]);
    let quoted = matches!(text.get(end), Some(b'"' | b'\'' | b'`' | b']'));
    if first.is_empty()
        || quoted
        || first.starts_with(b"#")
        || [&b"from "[..], b"import ", b"class "].iter().any(|s| first.starts_with(s))
    {
        return false;
    }
    if let Some(equals) = memchr::memchr(b'=', first) {
        let target = word_at(first, 0);
        if !target.is_empty() && first[..equals].iter().all(|&byte| is_word(byte) || matches!(byte, b' ' | b':' | b'[' | b']'))
        {
            renames.extend([hash_bytes(&text[start..end]), hash_bytes(target)]);
        }
    }
    memchr::memchr2(b'=', b'(', first).is_some() || first.starts_with(b"return")
}

/// Whether `at` is inside a comment or a string. The text is read from its start, as tokens of these two kinds only.
pub(super) fn in_text(text: &[u8], at: usize) -> bool {
    let mut here = 0;
    while let Some(found) = memchr::memchr3(b'#', b'"', b'\'', &text[here..at]) {
        here += found;
        let byte = text[here];
        if byte == b'#' {
            match memchr::memchr(b'\n', &text[here..]) {
                Some(newline) if here + newline < at => here += newline,
                _ => return true,
            }
            continue;
        }
        let raw = here > 0 && matches!(text[here - 1], b'r' | b'R');
        let triple = text[here..].starts_with(&[byte; 3]);
        // The replacement fields of f-strings contain code.
        let formatted =
            text[..here].iter().rev().take(2).any(|b| matches!(b, b'f' | b'F')) && here > 0 && is_word(text[here - 1]);
        let start = here;
        here += if triple { 3 } else { 1 };
        loop {
            let Some(found) = memchr::memchr3(b'\\', b'\n', byte, text.get(here..).unwrap_or_default()) else { return true };
            here += found;
            match text[here] {
                b'\\' if !raw || text.get(here + 1) == Some(&byte) || text.get(here + 1) == Some(&b'\\') => here += 2,
                b'\n' if !triple => break,
                current if current == byte && (!triple || text[here..].starts_with(&[byte; 3])) => {
                    here += if triple { 3 } else { 1 };
                    break;
                }
                _ => here += 1,
            }
        }
        if here > at {
            return !(formatted && in_field(&text[start..at]));
        }
    }
    false
}

/// Whether an f-string that starts with this text is inside a replacement field.
fn in_field(text: &[u8]) -> bool {
    let open = memchr::memchr_iter(b'{', text).count();
    let close = memchr::memchr_iter(b'}', text).count();
    open > close
}

pub(super) fn place(text: &[u8], at: usize) -> Place {
    let line = memchr::memchr_iter(b'\n', &text[..at]).count() + 1;
    let column = String::from_utf8_lossy(&text[line_start(text, at)..at]).chars().count() + 1;
    Place::new("", u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Mentions {
        let known = ["redis", "openai", "anthropic", "mlflow"];
        scan(text.as_bytes(), &|name| known.into_iter().find(|known| name.split('.').next() == Some(known)))
    }

    #[test]
    fn vectors_and_automaton_find_the_same() {
        let text =
            "import a\nfrom b import c\nclass D(BaseSettings): __base__\nos.environ['X']; os.getenv('Y') # SecretModelclass \n";
        let text = format!("{}{text}é{text}", "x".repeat(99));
        for text in [text.as_str(), "import a", "", "class"] {
            let automaton: Vec<Match> = by_automaton().find_iter(text).collect();
            if let Some(packed) = packed() {
                assert_eq!(packed.find_iter(text).collect::<Vec<_>>(), automaton);
            }
            assert_eq!(automaton.is_empty(), !text.contains("import "), "{text}");
        }
    }

    #[test]
    fn class_headers_give_name_and_bases() {
        let found = of("class A(B, c.D[T],\n    key=1):\n  pass\nclass E: pass\nclass F(): pass\n");
        assert_eq!(found.names.classes(), [hash("A"), hash("B"), hash("c"), hash("D"), hash("T"), hash("key"), hash("1"), 0]);
        assert_eq!(of("class G[T: int](H): ...\n").names.classes(), [hash("G"), hash("H"), 0]);
        assert!(of("# a class A(B)\n").names.classes().is_empty());
    }

    #[test]
    fn what_is_imported() {
        let found = |text: &str| of(text).names.imported_names().to_vec();
        let sorted = |names: &[&str]| {
            let mut hashes: Vec<u32> = names.iter().map(|name| hash(name)).collect();
            hashes.sort_unstable();
            hashes
        };
        assert_eq!(found("from a.b import (\n    C,  # not D\n    E as F,\n)\nG()\n"), sorted(&["C", "E", "as", "F"]));
        assert_eq!(found("import app.config\n"), sorted(&["app", "config"]));
        assert_eq!(found("from .config import *\n"), sorted(&["from", "config", "import"]));
        assert!(found("x = 'import'\n").is_empty());
    }

    #[test]
    fn imports_over_several_lines() {
        let both = [(hash("A"), hash("B")), (hash("C"), hash("D"))];
        assert_eq!(
            of("from a import (\n    A as B,  # (not the end)\n    C as D,\n)\nx = 'E as F'\n")
                .names
                .renames()
                .collect::<Vec<_>>(),
            both
        );
        assert_eq!(of("from a import A as B, \\\n    C as D\nwith x as y: pass\n").names.renames().collect::<Vec<_>>(), both);
        assert_eq!(of("import A as B; import C as D").names.renames().collect::<Vec<_>>(), both);
        assert_eq!(of(&"import (\n".repeat(3)).names.renames().collect::<Vec<_>>(), []);
    }

    #[test]
    fn renames_in_imports_and_assignments() {
        assert_eq!(of("from a import B as C\n").names.renames().collect::<Vec<_>>(), [(hash("B"), hash("C"))]);
        assert_eq!(of("Base = x.BaseSettings\n").names.renames().collect::<Vec<_>>(), [(hash("BaseSettings"), hash("Base"))]);
        assert!(of("M = create_model('M', __base__=BaseSettings)\n").uses_base);
        assert!(!of("def f(x: Type['BaseSettings']) -> None: ...\n").uses_base);
        let made = of("M = create_model('M', __base__=(Mixin, base.Shared), x=(int, 1))\n");
        assert_eq!(made.names.classes(), [hash("create_model"), hash("Mixin"), hash("base"), hash("Shared"), 0]);
    }

    #[test]
    fn imports_that_were_asked_for() {
        let found = of("import os\n    from redis.asyncio import Redis\nimport redis\nfrom takk import Project\n");
        assert_eq!(found.imports, [("redis".to_owned(), Place::new("", 2, 5))]);
        assert_eq!(found.names.imported(), ["os", "redis", "takk"].map(hash));
        assert!(found.takk);
    }

    #[test]
    fn every_module_of_an_import_counts() {
        let names = |text: &str| of(text).imports.into_iter().map(|(name, place)| (name, place.line)).collect::<Vec<_>>();
        let one = |name: &str, line: u32| (name.to_owned(), line);
        assert_eq!(
            names("import openai, anthropic as a, mlflow.tracking # redis, import redis\n"),
            [one("openai", 1), one("anthropic", 1), one("mlflow", 1)]
        );
        assert_eq!(names("import os; import redis\ntry: import openai\nexcept E: pass"), [one("redis", 1), one("openai", 2)]);
        assert_eq!(names("x = 'y: import redis'\n# see: import openai\nimport ,\nimport"), []);
        assert!(!of("import os, sqlalchemy as sa\nsa.create_engine(url)\n").engines.is_empty());
    }

    #[test]
    fn reads_of_the_environment_are_code() {
        let found = of(concat!(
            "a = os.environ['A']\nb = os.environ.get(\"B\", 1)\nc = getenv('C')\nos.environ['D'] = 1\n",
            "\"\"\"\nos.environ['E']\n\"\"\"\n# os.environ['F']\ng = f\"{os.environ['G']}\"\nh = 'x' + os.getenv(\n  'H')\n"
        ));
        let names: Vec<_> = found.reads.iter().map(|read| (read.name.as_str(), read.required, read.place.line)).collect();
        assert_eq!(names, [("A", true, 1), ("B", false, 2), ("C", false, 3), ("G", true, 9), ("H", false, 10)]);
    }

    #[test]
    fn never_panics_on_cut_text() {
        let text = "class A(B, x=os.environ['Q']):\n  y = f'{os.getenv(\"é\")}' # as BaseSettings\nimport  é as z\n";
        for end in 0..=text.len() {
            scan(&text.as_bytes()[..end], &|_| Some("x"));
        }
    }
}
