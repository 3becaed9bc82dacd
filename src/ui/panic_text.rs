//! The message when takk itself panics. The text of a panic may contain the data that takk was processing (an invalid slice of a string
//! contains the string), so it is shown only on request.

use std::io::Write;
use std::panic::{self, Location};

/// Installs a panic hook that prints the location, but nothing that may be a value.
pub fn install() {
    panic::set_hook(Box::new(|panicked| {
        // If standard error cannot be written, nothing can be done.
        let _ = anstream::stderr().write_all(text(panicked.location()).as_bytes());
    }));
}

fn text(place: Option<&Location<'_>>) -> String {
    let place = place.map_or_else(String::new, |place| format!(" at {}:{}:{}", place.file(), place.line(), place.column()));
    format!(
        "error: internal error{place}: takk stopped\n  hint: please report it with this location and the command\n  \
         hint: set RUST_BACKTRACE=1 for a backtrace; review it before you send it, because it may contain a value\n"
    )
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const CANARY: &str = "ä-canary-7f3a91";

    #[test]
    #[ignore = "it panics: the test below runs it in a process of its own"]
    fn slices_a_value_wrongly() {
        install();
        let end = CANARY.len() - (CANARY.len() - 1);
        assert!(CANARY[..end].is_empty(), "not reached");
    }

    #[test]
    fn a_panic_does_not_print_what_was_being_worked_on() {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(["--include-ignored", "--exact", "--nocapture", "ui::panic_text::tests::slices_a_value_wrongly"]);
        let output = command.output().expect("it runs");
        assert!(!output.status.success(), "it panics");
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(said.contains("error: internal error at src/ui/panic_text.rs:"), "{said}");
        assert!(!said.contains("canary"), "{said}");
    }
}
