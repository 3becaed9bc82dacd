//! TK114: a stored credential could not be proved.

use super::{Context, Rule};
use crate::ops::check::live::Verdict;
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(114),
    name: "credential-not-proved",
    severity: Severity::Warning,
    summary: "A stored credential could not be proved",
    documentation: r"
`takk check --env prod --live` could not find out whether the key or the login works: the service cannot be reached or does not answer as
documented, its certificate is not to be trusted, the key lacks the right to make the request, or nothing tells to whom the key belongs.

takk sends a key only to the host of its provider, and a login only to the server that a stored value names. If it is another one, such as a
LiteLLM server of your own, or a database whose host is a default in the code, confirm it: takk asks in a terminal, and
`--allow-host llm.example.org` does so in CI.
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for proof in context.proofs {
        if let Verdict::NotProved(why) = &proof.verdict {
            let message = format!("`{}` in `{}`: {why}", proof.name, proof.environment);
            found.push(DOC.finding(proof.place.clone(), message, proof.help.clone()));
        }
    }
}
