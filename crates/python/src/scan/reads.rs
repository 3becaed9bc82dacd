//! Where a file itself reads the environment, and whether it does so on import: `os.environ["X"]` in a function is only
//! required if the function is called, which may never happen. A text search, like [`super::scan`].

use super::{in_text, is_word, line_start, place, word_at};
use takk_model::Place;

/// `os.environ["X"]`, `os.environ.get("X")` or `os.getenv("X")`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    pub name: String,
    /// Whether the code fails if the variable is not set.
    pub required: bool,
    /// Whether the code may never run: it is in a function, or under a condition.
    pub conditional: bool,
    /// The place, without the file.
    pub place: Place,
}

/// The read by the `environ` or `getenv` between `start` and `end`, if it is one. `set_here` collects the names that the file
/// itself has set so far.
pub(super) fn read(text: &[u8], start: usize, end: usize, set_here: &mut Vec<Vec<u8>>) -> Option<Read> {
    let (skip, access) = access(&text[start..end], &text[end..])?;
    let (name, after) = first_argument(&text[end + skip..])?;
    // `environ["X"] = ...` sets the variable; `"X" in environ` does not read a value.
    let tail: Vec<u8> = after.iter().copied().filter(|byte| !matches!(byte, b' ' | b'\t')).take(3).collect();
    let assigned = access == Access::Item && tail.starts_with(b"]=") && !tail.starts_with(b"]==");
    if assigned || access == Access::SetDefault {
        if !in_text(text, start) {
            set_here.push(name.to_owned());
        }
        return None;
    }
    if !matches!(tail.first(), Some(b']' | b')' | b',')) || in_text(text, start) {
        return None;
    }
    let required = access == Access::Item && !set_here.iter().any(|known| known == name);
    Some(Read {
        name: String::from_utf8_lossy(name).into_owned(),
        required,
        conditional: required && is_conditional(text, start),
        place: place(text, start),
    })
}

/// How the code reads the environment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    /// `environ["X"]`
    Item,
    /// `environ.get("X")`, `getenv("X")`
    Get,
    /// `environ.setdefault("X", ...)`
    SetDefault,
}

/// The number of bytes between the word and its first argument, and the access.
fn access(word: &[u8], rest: &[u8]) -> Option<(usize, Access)> {
    const METHODS: [(&[u8], Access); 3] =
        [(b"[", Access::Item), (b".get(", Access::Get), (b".setdefault(", Access::SetDefault)];
    if word == b"getenv" {
        return rest.starts_with(b"(").then_some((1, Access::Get));
    }
    METHODS.iter().find(|(start, _)| rest.starts_with(start)).map(|(start, access)| (start.len(), *access))
}

/// A quoted name, and what follows it.
fn first_argument(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = rest.trim_ascii_start();
    let quote = *rest.first().filter(|quote| matches!(quote, b'"' | b'\''))?;
    let length = memchr::memchr(quote, &rest[1..])?;
    let name = &rest[1..=length];
    let valid = !name.is_empty() && name.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'_');
    valid.then_some((name, &rest[length + 2..]))
}

/// Keywords that start code that may not run.
const CONDITIONS: [&[u8]; 13] =
    [b"async", b"case", b"def", b"elif", b"else", b"except", b"finally", b"for", b"if", b"lambda", b"match", b"try", b"while"];

/// Keywords after which the rest of an expression may not be evaluated.
const SHORT_CIRCUITS: [&[u8]; 5] = [b"and", b"else", b"if", b"lambda", b"or"];

/// How many lines to go up. A read that is still undecided there counts as conditional.
const MOST_LINES: usize = 20_000;

/// Whether the code at `at` may not run although the file is imported.
fn is_conditional(text: &[u8], at: usize) -> bool {
    let line = line_start(text, at);
    let before = text[line..at].trim_ascii_start();
    let stands_under = words(before).any(|word| CONDITIONS.contains(&word) || SHORT_CIRCUITS.contains(&word));
    let rest = &text[at..];
    let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let (after, below) = (&rest[..end], rest[end..].trim_ascii_start());
    stands_under
        || words(after).any(|word| word == b"if")
        // An expression that spans several lines.
        || first_word(below) == b"if" && indent(text, line) > 0
        || words(above(text, line)).last().is_some_and(|word| SHORT_CIRCUITS.contains(&word)) && continues(text, line)
        || encloses_conditionally(text, line)
}

/// The line above, without its comment.
fn above(text: &[u8], line: usize) -> &[u8] {
    let end = line.saturating_sub(1);
    let above = &text[line_start(text, end)..end];
    above.split(|byte| *byte == b'#').next().unwrap_or(above).trim_ascii_end()
}

/// Whether the line above ends inside an expression.
fn continues(text: &[u8], line: usize) -> bool {
    line > 0 && !matches!(above(text, line).last(), None | Some(b')' | b']' | b'}' | b'"' | b'\''))
}

fn words(text: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    text.split(|byte| !is_word(*byte)).filter(|word| !word.is_empty())
}

fn first_word(line: &[u8]) -> &[u8] {
    word_at(line, 0)
}

fn indent(text: &[u8], line: usize) -> usize {
    text[line..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Goes up through the lines with less indentation. A closing bracket belongs to a statement further up.
fn encloses_conditionally(text: &[u8], line: usize) -> bool {
    let mut limit = indent(text, line) + usize::from(closes(text, line));
    let mut here = line;
    for _ in 0..MOST_LINES {
        if limit == 0 || here == 0 {
            return false;
        }
        here = line_start(text, here - 1);
        let depth = indent(text, here);
        let content = &text[here + depth..];
        let is_blank = matches!(content.first(), None | Some(b'\n' | b'\r' | b'#'));
        if is_blank || depth >= limit || in_text(text, here + depth) {
            continue;
        }
        if CONDITIONS.contains(&first_word(content)) {
            return true;
        }
        limit = depth + usize::from(closes(text, here));
    }
    true
}

/// Whether a line starts with a closing bracket.
fn closes(text: &[u8], line: usize) -> bool {
    matches!(text.get(line + indent(text, line)), Some(b')' | b']' | b'}'))
}

#[cfg(test)]
mod tests {
    use crate::scan::scan;

    /// The names that an import of the code requires.
    fn needed(text: &str) -> Vec<String> {
        let reads = scan(text.as_bytes(), &|_| None).reads;
        reads.into_iter().filter(|read| read.required && !read.conditional).map(|read| read.name).collect()
    }

    #[test]
    fn what_runs_on_import_is_needed() {
        for text in [
            "import os\nx = os.environ['A']\n",
            "x = foo(\n    1,\n    os.environ['A'],\n)\n",
            "x = {\n'a': os.environ['A'],\n}\n",
            "class C:\n    x = os.environ['A']\n",
            "class C:\n    class D(\n        B,\n    ):\n        x: str = os.environ['A']\n",
            "with a as b:\n    x = os.environ['A']\n",
            "def f():\n    return '''\nx\n'''\nx = os.environ['A']\n",
            "if x:\n    pass\ny = os.environ['A']\n",
            "y = os.environ['A']\nif x:\n    pass\n",
            "x = [os.environ['A'], 'if', other]\n",
        ] {
            let text = text.replace("'if'", "2");
            assert_eq!(needed(&text), ["A"], "{text}");
        }
    }

    #[test]
    fn what_may_never_run_is_not() {
        for text in [
            "def f():\n    return os.environ['A']\n",
            "async def f():\n    return os.environ['A']\n",
            "def f(\n    a,\n):\n    return os.environ['A']\n",
            "def f(\n    a,\n) -> int:\n    x = g(\n        os.environ['A']\n    )\n",
            "def f():\n    q = '''\nselect\n'''\n    return os.environ['A']\n",
            "def f():\n# comment\n    return os.environ['A']\n",
            "class C:\n    def f(self):\n        return os.environ['A']\n",
            "if x:\n    y = os.environ['A']\n",
            "if x:\n    pass\nelse:\n    y = os.environ['A']\n",
            "try:\n    y = os.environ['A']\nexcept KeyError:\n    y = 1\n",
            "x = os.getenv('B') or os.environ['A']\n",
            "x = os.environ['A'] if 'A' in os.environ else 1\n",
            "x = (\n    os.environ['A']\n    if 'A' in os.environ\n    else 1\n)\n",
            "x = (\n    os.getenv('B') or\n    os.environ['A']\n)\n",
            "x = lambda: os.environ['A']\n",
            "x = Field(default_factory=lambda:\n    os.environ['A'])\n",
            "if x: y = os.environ['A']\n",
            "os.environ['A'] = '1'\nx = os.environ['A']\n",
            "os.environ.setdefault('A', '1')\nx = os.environ['A']\n",
            "for x in y:\n    os.environ['A']\n",
        ] {
            assert_eq!(needed(text), [""; 0], "{text}");
        }
    }
}
