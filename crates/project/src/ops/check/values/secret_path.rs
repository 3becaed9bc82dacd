//! What the findings about secret paths have in common: the backend's answer, which the plan has.

use super::Context;
use takk_model::{Finding, RuleDoc};
use takk_plan::LiveState;

/// Reports the paths that are in one of these states.
pub(super) fn of_state(context: &Context<'_>, doc: &RuleDoc, states: &[LiveState], found: &mut Vec<Finding>) {
    for variable in &context.plan.variables {
        let Some(path) = &variable.secret_path else { continue };
        let Some(live) = path.live.as_ref().filter(|live| states.contains(&live.state)) else { continue };
        let version = path.version.as_ref().map(|version| format!(" version {version}")).unwrap_or_default();
        let reason = live.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        let message = format!("`{}`{version} in `{}` is {}{reason}", path.path, context.plan.name, live.state.as_str());
        let help = live.hints.first().cloned().unwrap_or_else(|| "create it in the backend, or correct the path".to_owned());
        found.push(doc.finding(variable.declared.place().clone(), message, help));
    }
}
