//! The statements `CREATE EXTENSION` in a text of SQL.

/// Where a name stands in the statement: `CREATE EXTENSION [IF NOT EXISTS] name`.
const HEAD: [&str; 2] = ["create", "extension"];
const CONDITION: [&str; 3] = ["if", "not", "exists"];

/// An extension that a text creates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Created {
    /// Its name, as the server understands it.
    pub name: String,
    /// Where the statement begins, in bytes.
    pub offset: usize,
}

/// The extensions that a text creates. Comments and strings do not count; the bodies of `DO` blocks do.
pub(super) fn created(text: &str) -> Vec<Created> {
    let tokens = tokens(text);
    let is =
        |at: usize, word: &str| matches!(tokens.get(at), Some((Token::Word(found), _)) if found.eq_ignore_ascii_case(word));
    let begins = |at: usize, words: &[&str]| words.iter().enumerate().all(|(index, word)| is(at + index, word));
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        if !begins(at, &HEAD) {
            continue;
        }
        let after = at + HEAD.len();
        let after = if begins(after, &CONDITION) { after + CONDITION.len() } else { after };
        match tokens.get(after) {
            Some((Token::Word(name), _)) => found.push(Created { name: name.to_ascii_lowercase(), offset: tokens[at].1 }),
            Some((Token::Quoted(name), _)) => found.push(Created { name: name.clone(), offset: tokens[at].1 }),
            Some((Token::Other, _)) | None => {}
        }
    }
    found
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// A keyword, or an identifier without quotes.
    Word(String),
    /// An identifier in quotes.
    Quoted(String),
    /// Anything else.
    Other,
}

/// The tokens of a text, each with where it begins.
fn tokens(text: &str) -> Vec<(Token, usize)> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '-' if rest.starts_with("--") => (None, rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => (None, rest[2..].find("*/").map_or(rest.len(), |end| end + 4)),
            '\'' => (Some(Token::Other), quoted(rest, '\'').1),
            '"' => {
                let (name, length) = quoted(rest, '"');
                (Some(Token::Quoted(name)), length)
            }
            _ if is_word(first) => {
                let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
                // An unquoted name has no hyphen; with one, it is a template's, or a mistake.
                let is_cut = rest[length..].starts_with('-') && !rest[length..].starts_with("--");
                let token = if is_cut { Token::Other } else { Token::Word(rest[..length].to_owned()) };
                (Some(token), length)
            }
            _ if first.is_whitespace() => (None, first.len_utf8()),
            // Also `$$`: what is inside is SQL, too.
            _ => (Some(Token::Other), first.len_utf8()),
        };
        tokens.extend(token.map(|token| (token, text.len() - rest.len())));
        rest = &rest[length..];
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The text in quotes at the start of `rest`, with doubled quotes as one, and its length with the quotes.
fn quoted(rest: &str, quote: char) -> (String, usize) {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        if c != quote {
            text.push(c);
        } else if characters.next_if(|(_, next)| *next == quote).is_some() {
            text.push(quote);
        } else {
            return (text, at + 1);
        }
    }
    (text, rest.len())
}

#[cfg(test)]
mod tests {
    use super::created;

    fn names(text: &str) -> Vec<String> {
        created(text).into_iter().map(|created| created.name).collect()
    }

    #[test]
    fn every_form_of_the_statement_is_read() {
        assert_eq!(names("CREATE EXTENSION vector"), ["vector"]);
        assert_eq!(names("create extension if not exists Vector with schema public cascade;"), ["vector"]);
        assert_eq!(
            names("CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\"; Create\n\tExtension /* why */ pg_trgm -- x\n;"),
            ["uuid-ossp", "pg_trgm"]
        );
        assert_eq!(names("DO $$ BEGIN CREATE EXTENSION hstore; END $$"), ["hstore"]);
        let offsets: Vec<usize> =
            created("\n\nCREATE EXTENSION\n citext;\nCREATE EXTENSION cube").iter().map(|one| one.offset).collect();
        assert_eq!(offsets, [2, 28]);
    }

    #[test]
    fn comments_strings_and_other_statements_are_not() {
        for text in [
            "-- CREATE EXTENSION vector",
            "/* CREATE EXTENSION vector */",
            "SELECT 'it''s CREATE EXTENSION vector'",
            "DROP EXTENSION vector",
            "ALTER EXTENSION vector UPDATE",
            "CREATE EXTENSION",
            "CREATE EXTENSION IF NOT EXISTS",
            "CREATE EXTENSION {}",
            "CREATE EXTENSION \u{fffd}",
            "CREATE EXTENSION uuid-ossp",
            "CREATE EXTENSION %s",
            "/*",
            "'",
            "\"",
            "",
        ] {
            assert_eq!(names(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_hostile_name_stays_one_name() {
        assert_eq!(names("CREATE EXTENSION \"x\"\"; DROP DATABASE shop; --\"; SELECT 1"), ["x\"; DROP DATABASE shop; --"]);
        assert_eq!(names("CREATE EXTENSION \"x"), ["x"]);
    }
}
