//! TK112: a service or a server refuses a stored credential.

use super::{Context, Rule};
use crate::ops::check::live::Verdict;
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(112),
    name: "credential-refused",
    severity: Severity::Error,
    summary: "A service or a server refuses a stored credential",
    documentation: r"
`takk check --env prod --live` sends stored keys of outside services to those who gave them out, in a request that changes nothing, and logs
in to databases and brokers. This one does not accept the key or the login: it was mistyped, revoked, or has expired. The program starts, and
fails when it uses the service.

Set a new one. What takk created itself, `takk provision` or `takk up` repairs.
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
