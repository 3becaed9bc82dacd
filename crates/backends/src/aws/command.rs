//! `credential_process`: a program that prints keys.
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>

use std::io::Read;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::credentials::Credentials;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::interrupt;
use crate::process::moment;
use crate::text::SecretText;

/// The timeout of the program, which may ask a person.
const PATIENCE: Duration = Duration::from_mins(1);
/// The maximum size of its output.
const MOST_BYTES: u64 = 1 << 20;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Printed {
    version: u32,
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    session_token: Option<Zeroizing<String>>,
    expiration: Option<String>,
}

/// The keys that a command prints. Its output never becomes part of an error, because it may contain a key.
pub(super) fn credentials(line: &str, profile: &str, deadline: Deadline) -> Result<Credentials> {
    let failed = |why: &str| {
        Error::auth(format!("the `credential_process` of the AWS profile `{profile}` returned no credentials: {why}"))
            .hint("run it by hand: it prints JSON with Version, AccessKeyId and SecretAccessKey")
    };
    let words = words(line).ok_or_else(|| failed("its command line has an unclosed quote"))?;
    let (program, arguments) = words.split_first().ok_or_else(|| failed("it is empty"))?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| failed(&format!("`{program}` cannot be started ({error})")))?;
    let mut output = child.stdout.take().expect("it is piped");
    // Read on another thread: a program with much output would block until somebody reads it.
    let reader = thread::spawn(move || {
        let mut text = Zeroizing::new(Vec::new());
        let read = output.by_ref().take(MOST_BYTES).read_to_end(&mut text);
        read.map(|_| text)
    });
    let deadline = deadline.within(PATIENCE);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if !deadline.has_passed() && interrupt::sleep(Duration::from_millis(5)) => {}
            _ => {
                drop(child.kill());
                drop(child.wait());
                return Err(failed("it took too long, or was interrupted"));
            }
        }
    };
    if !status.success() {
        return Err(failed(&format!("it ended with {status}")));
    }
    let text = reader.join().ok().and_then(Result::ok).ok_or_else(|| failed("its output cannot be read"))?;
    let printed: Printed =
        serde_json::from_slice(&text).map_err(|_| failed("its output does not contain credentials as JSON"))?;
    if printed.version != 1 {
        return Err(failed("its output does not have version 1"));
    }
    let expires = match &printed.expiration {
        None => None,
        Some(text) => Some(moment(text).ok_or_else(|| failed("its `Expiration` is not a date"))?),
    };
    Ok(Credentials {
        access_key_id: printed.access_key_id,
        secret: SecretText::new(printed.secret_access_key.as_str()),
        session_token: printed.session_token.map(|token| SecretText::new(token.as_str())),
        expires,
        source: format!("credential_process of the profile {profile}"),
    })
}

/// The words of a command line, with quotes and backslashes as in a shell, but no other shell syntax.
fn words(line: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (Some('\''), _) => word.get_or_insert_default().push(letter),
            (_, '\\') => word.get_or_insert_default().push(letters.next()?),
            (Some(_), _) => word.get_or_insert_default().push(letter),
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, _) if letter.is_whitespace() => words.extend(word.take()),
            (None, _) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_words() {
        assert_eq!(words(r#"a "b c" 'd\e' f\ g """#).expect("quotes end"), ["a", "b c", r"d\e", "f g", ""]);
        assert!(words("a 'b").is_none() && words("a \\").is_none() && words(" ").is_some_and(|words| words.is_empty()));
    }

    fn of(script: &str) -> Result<Credentials> {
        credentials(&format!("sh -c '{script}'"), "web", Deadline::after(Duration::from_secs(5)))
    }

    #[test]
    fn a_program_gives_keys() {
        let keys = of(r#"echo "{\"Version\": 1, \"AccessKeyId\": \"AKIA1234\", \"SecretAccessKey\": \"s\", \"SessionToken\": \"t\", \"Expiration\": \"1970-01-01T00:01:00Z\"}""#)
            .expect("it prints keys");
        assert_eq!((keys.secret.expose(), keys.expires), ("s", moment("1970-01-01T00:01:00Z")));
        assert_eq!(keys.identity(), "access key ...1234 of credential_process of the profile web");
    }

    #[test]
    fn what_a_program_prints_is_not_shown() {
        for script in ["echo hunter2", "echo hunter2; exit 3", "echo hunter2 >&2; exit 1", "echo {}"] {
            let error = of(script).expect_err(script);
            assert!(!error.to_string().contains("hunter2") && error.to_string().contains("profile `web`"), "{error}");
        }
        let late = credentials("sleep 60", "web", Deadline::after(Duration::from_millis(50))).expect_err("it takes too long");
        assert!(late.to_string().contains("took too long"));
        assert!(credentials("/does/not/exist", "web", Deadline::NONE).is_err());
    }
}
