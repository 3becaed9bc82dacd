//! TK113: the account of a stored key has no credit left.

use super::{Context, Rule};
use crate::ops::check::live::Verdict;
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(113),
    name: "credential-exhausted",
    severity: Severity::Warning,
    summary: "The account of a stored key has no credit left",
    documentation: r"
`takk check --env prod --live` asked the service: it knows the key, but the account has no credit left, or the key has reached a limit.
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for proof in context.proofs {
        if let Verdict::Exhausted(why) = &proof.verdict {
            let message = format!("`{}` in `{}`: {why}", proof.name, proof.environment);
            found.push(DOC.finding(proof.place.clone(), message, proof.help.clone()));
        }
    }
}
