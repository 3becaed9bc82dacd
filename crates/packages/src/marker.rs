//! The grammar of environment markers (PEP 508): `python_version < "3.12" and sys_platform != "win32"`.
//!
//! Markers are checked, not evaluated: a lock already decides what applies, and a requirement counts on any platform. The check is a loop
//! over words, so that its cost is linear in the length of the marker.

use super::excerpt::shortened;

/// The variables that markers can contain, including PEP 751's.
const VARIABLES: [&str; 15] = [
    "python_version",
    "python_full_version",
    "os_name",
    "os.name",
    "sys_platform",
    "sys.platform",
    "platform_release",
    "platform_system",
    "platform_version",
    "platform_machine",
    "platform_python_implementation",
    "implementation_name",
    "implementation_version",
    "extra",
    "python_implementation",
];

/// Why `marker` is not valid.
pub(super) fn check(marker: &str) -> Result<(), String> {
    let mut words = Words { rest: marker };
    let mut depth = 0_usize;
    loop {
        let mut word = words.next_word()?;
        while word == Some(Word::Symbol("(")) {
            depth += 1;
            word = words.next_word()?;
        }
        operand(word)?;
        comparison(&mut words)?;
        operand(words.next_word()?)?;
        word = words.next_word()?;
        while word == Some(Word::Symbol(")")) {
            depth = depth.checked_sub(1).ok_or("its marker has a `)` without a `(`")?;
            word = words.next_word()?;
        }
        match word {
            Some(Word::Name("and" | "or")) => {}
            None if depth == 0 => return Ok(()),
            None => return Err("its marker has a `(` without a `)`".to_owned()),
            Some(_) => return Err("its marker needs `and` or `or` between two comparisons".to_owned()),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word<'m> {
    Name(&'m str),
    Text,
    Symbol(&'m str),
}

fn operand(word: Option<Word>) -> Result<(), String> {
    match word {
        Some(Word::Text) => Ok(()),
        Some(Word::Name(name)) if VARIABLES.contains(&name) => Ok(()),
        Some(Word::Name(name)) => Err(format!("its marker names `{}`, which is not a marker variable", shortened(name))),
        Some(Word::Symbol(symbol)) => Err(format!("its marker has `{symbol}` where a value belongs")),
        None => Err("its marker is incomplete".to_owned()),
    }
}

fn comparison(words: &mut Words) -> Result<(), String> {
    match words.next_word()? {
        Some(Word::Symbol("==" | "!=" | "<=" | ">=" | "<" | ">" | "~=" | "===") | Word::Name("in")) => Ok(()),
        Some(Word::Name("not")) if words.next_word()? == Some(Word::Name("in")) => Ok(()),
        _ => Err("its marker has no comparison such as `==`".to_owned()),
    }
}

struct Words<'m> {
    rest: &'m str,
}

impl<'m> Words<'m> {
    fn next_word(&mut self) -> Result<Option<Word<'m>>, String> {
        self.rest = self.rest.trim_start();
        let Some(first) = self.rest.chars().next() else { return Ok(None) };
        let word = match first {
            '\'' | '"' => {
                let (_, after) = self.rest[1..].split_once(first).ok_or("its marker has an unclosed quote")?;
                self.rest = after;
                return Ok(Some(Word::Text));
            }
            '(' | ')' => Word::Symbol(self.take(1)),
            '=' | '!' | '<' | '>' | '~' => Word::Symbol(self.take(self.run(|c| "=!<>~".contains(c)))),
            c if is_word_character(c) => Word::Name(self.take(self.run(is_word_character))),
            other => return Err(format!("its marker has `{}`, which must be quoted", other.escape_debug())),
        };
        Ok(Some(word))
    }

    /// The number of leading bytes that are such characters.
    fn run(&self, belongs: impl Fn(char) -> bool) -> usize {
        self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len())
    }

    fn take(&mut self, length: usize) -> &'m str {
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        word
    }
}

fn is_word_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '.'
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn markers_of_real_projects_pass() {
        for marker in [
            "python_version < '3.11'",
            "(python_full_version < '3.11.3' and sys_platform != \"win32\") or extra == 'x'",
            "((os_name == 'nt'))",
            "platform_machine not in 'x86_64 arm64'",
            "'linux' in sys_platform",
            "python_version~='3.9'and os.name=='posix'",
        ] {
            assert_eq!(check(marker), Ok(()), "{marker}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (marker, part) in [
            ("", "is incomplete"),
            ("python_version", "has no comparison"),
            ("python < '3'", "`python`, which is not a marker variable"),
            ("python_version < 3.11", "`3.11`"),
            ("(os_name == 'nt'", "without a `)`"),
            ("os_name == 'nt')", "without a `(`"),
            ("os_name == 'nt", "unclosed"),
            ("os_name == 'nt' os_name == 'x'", "needs `and` or `or`"),
            ("os_name not 'nt'", "has no comparison"),
            ("os_name == 'nt' & 1", "must be quoted"),
        ] {
            let error = check(marker).expect_err(marker);
            assert!(error.contains(part), "{marker}: {error}");
        }
    }

    #[test]
    fn depth_costs_nothing() {
        let deep = format!("{}os_name == 'nt'{}", "(".repeat(200_000), ")".repeat(200_000));
        assert_eq!(check(&deep), Ok(()));
    }
}
