//! Which codes are reported: prefixes as in ruff, where the longest matching prefix decides.

use takk_model::error::{Error, Result};
use takk_model::nearest::nearest;
use takk_model::{Code, RuleDoc};

/// Prefixes of codes. `ALL`, or no `select` at all, selects every code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    pub select: Vec<String>,
    pub ignore: Vec<String>,
}

impl Selection {
    /// Combines these options with the project's settings: `select` replaces the project's, `ignore` adds to it.
    pub(super) fn over(&self, select: &[String], ignore: &[String]) -> Self {
        let select = if self.select.is_empty() { select } else { &self.select };
        let ignore = ignore.iter().chain(&self.ignore).cloned().collect();
        Self { select: select.to_vec(), ignore }
    }

    /// Whether findings of this code are reported. Of two prefixes of the same length, `ignore` wins.
    pub(super) fn includes(&self, code: Code) -> bool {
        let code = code.to_string();
        let selected = if self.select.is_empty() { Some(0) } else { longest(&self.select, &code) };
        match (selected, longest(&self.ignore, &code)) {
            (Some(selected), Some(ignored)) => selected > ignored,
            (selected, None) => selected.is_some(),
            (None, Some(_)) => false,
        }
    }

    /// Fails if a prefix matches no rule. Without rules, every prefix passes.
    pub(super) fn validate(&self, rules: &[RuleDoc]) -> Result<()> {
        let codes: Vec<String> = rules.iter().map(|rule| rule.code.to_string()).collect();
        for prefix in self.select.iter().chain(&self.ignore) {
            if codes.is_empty() || codes.iter().any(|code| fits(prefix, code).is_some()) {
                continue;
            }
            let error = Error::usage(format!("no finding has a code that starts with `{prefix}`"));
            return Err(match nearest(prefix, codes.iter().map(String::as_str)) {
                Some(code) => error.hint(format!("did you mean `{code}`?")),
                None => error.hint("a code has the form `TK001`, and a prefix the form `TK0`"),
            });
        }
        Ok(())
    }
}

fn longest(prefixes: &[String], code: &str) -> Option<usize> {
    prefixes.iter().filter_map(|prefix| fits(prefix, code)).max()
}

/// The length of the prefix, if the code starts with it.
fn fits(prefix: &str, code: &str) -> Option<usize> {
    if prefix == "ALL" {
        return Some(0);
    }
    let start = code.get(..prefix.len())?;
    (!prefix.is_empty() && start.eq_ignore_ascii_case(prefix)).then_some(prefix.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(select: &[&str], ignore: &[&str]) -> Selection {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Selection { select: owned(select), ignore: owned(ignore) }
    }

    #[test]
    fn the_longest_prefix_decides() {
        assert!(selection(&[], &[]).includes(Code(1)));
        assert!(!selection(&["TK1"], &[]).includes(Code(1)));
        assert!(selection(&["TK001"], &["TK0"]).includes(Code(1)));
        assert!(!selection(&["TK0"], &["TK001"]).includes(Code(1)));
        assert!(!selection(&["TK001"], &["TK001"]).includes(Code(1)));
        assert!(!selection(&[], &["ALL"]).includes(Code(1)));
        assert!(selection(&["tk0"], &["ALL"]).includes(Code(1)));
    }

    #[test]
    fn the_command_line_stands_over_the_project() {
        let asked = selection(&["TK002"], &["TK003"]).over(&["TK001".to_owned()], &["TK004".to_owned()]);
        assert_eq!(asked, selection(&["TK002"], &["TK004", "TK003"]));
    }
}
