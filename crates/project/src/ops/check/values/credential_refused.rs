//! TK112: an outside service refuses a stored key.

use super::{Context, Rule};
use crate::ops::check::live::Verdict;
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(112),
    name: "credential-refused",
    severity: Severity::Error,
    summary: "An outside service refuses a stored key",
    documentation: r"
`takk check --env prod --live` sends stored keys of outside services to those who gave them out, in a request that changes nothing. This one
does not know the key: it was mistyped, revoked, or has expired. The program starts, and fails when it uses the service.

Set a new key.
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for proof in context.proofs {
        if let Verdict::Refused(why) = &proof.verdict {
            let message = format!("`{}` in `{}`: {why}", proof.name, proof.environment);
            found.push(DOC.finding(proof.place.clone(), message, proof.help.clone()));
        }
    }
}
