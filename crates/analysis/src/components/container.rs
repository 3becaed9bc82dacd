//! What a `Container` is at run time, as its `ingress` and `scalers` determine.

use super::arguments::Arguments;
use super::reading::{Reading, plain_text};
use takk_catalog::Role;
use takk_model::ServiceKind;
use takk_python::{Evaluator, Value};

/// Fills in the properties of a container, by the rules of `CompiledContainer.kind` of takk 0.1.40.
pub(super) fn describe<'a>(evaluator: &Evaluator<'a>, arguments: &Arguments<'a>, reading: &mut Reading) {
    let ingress = arguments.given("ingress").and_then(|ingress| Arguments::of(evaluator, ingress));
    let is_public = ingress.as_ref().is_some_and(|ingress| !matches!(ingress.given("external_port"), Some(Value::None)));
    if let Some(ingress) = &ingress {
        if let Some(Value::Int(port)) = ingress.given("port") {
            reading.port = u16::try_from(*port).ok();
        }
        reading.external = is_public;
        let domains = ingress.with_role(Role::Domains);
        let domains = domains.map(|domains| domains.elements().unwrap_or(std::slice::from_ref(domains)));
        reading.domains.extend(domains.into_iter().flatten().filter_map(plain_text));
    }
    let scaled = arguments.given("scalers").and_then(Value::elements).unwrap_or_default();
    for scaler in scaled.iter().filter_map(|scaler| Arguments::of(evaluator, scaler)) {
        let Some(kind) = scaler.definition.runs else { continue };
        reading.kind = Some(kind);
        reading.schedule = scaler.with_role(Role::Schedule).and_then(plain_text);
        reading.listens_to = scaler.with_role(Role::ListensTo).and_then(plain_text);
        break;
    }
    if arguments.given("scope").and_then(Value::as_str) == Some("node") {
        reading.kind = Some(ServiceKind::Daemonset);
    } else if let (Some(ServiceKind::Job), Some(ingress)) = (reading.kind, &ingress) {
        let keeps_data = arguments.given("volumes").and_then(Value::truth) == Some(true);
        let own_port = matches!(ingress.given("external_port"), Some(Value::Int(port)) if *port != 80);
        reading.kind = Some(if keeps_data && own_port { ServiceKind::Resource } else { ServiceKind::NetworkApp });
    }
}
