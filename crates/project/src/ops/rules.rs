//! The table of all rules, for looking one up by its code.

use super::check::values;
use takk_analysis::rules;
use takk_model::RuleDoc;
use takk_model::error::{Error, Result};
use takk_model::nearest::nearest;

/// The documentation of every rule, by code.
pub const RULES: &[RuleDoc] = &documentation();

const COUNT: usize = rules::RULES.len() + values::RULES.len();

const fn documentation() -> [RuleDoc; COUNT] {
    let mut all = [rules::RULES[0].doc; COUNT];
    let mut at = 1;
    while at < all.len() {
        let of_code = rules::RULES.len();
        all[at] = if at < of_code { rules::RULES[at].doc } else { values::RULES[at - of_code].doc };
        at += 1;
    }
    all
}

/// The rule with that code, in any case (`TK001`, `tk001`), or with that name (`unknown-service`).
pub fn find<'r>(rules: &'r [RuleDoc], text: &str) -> Result<&'r RuleDoc> {
    let wanted = text.to_lowercase();
    let found = rules.iter().find(|rule| rule.code.to_string().to_lowercase() == wanted || rule.name == wanted);
    found.ok_or_else(|| {
        let known: Vec<String> = rules.iter().flat_map(|rule| [rule.code.to_string(), rule.name.to_owned()]).collect();
        let error = Error::usage(format!("no finding has the code `{text}`"));
        match nearest(text, known.iter().map(String::as_str)) {
            Some(name) => error.hint(format!("did you mean `{name}`?")),
            None => error.hint("`takk check` prints the code of each finding"),
        }
    })
}
