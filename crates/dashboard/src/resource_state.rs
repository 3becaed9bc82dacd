//! The state of a resource, in words and as a symbol: in the diagram, in lists, and on its page.

use takk_api::ResourceInfo;
use takk_model::Origin;
use takk_plan::{PlannedVariable, State};

/// The state of a resource in an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResourceState {
    /// takk created it, and its variables are set.
    Ready,
    BeingCreated,
    /// Its creation was interrupted, or failed.
    Unfinished,
    /// It does not accept a login.
    Failing,
    BeingRemoved,
    /// A person has set its variables.
    SetByHand,
    Missing,
    /// The program has defaults for it.
    Default,
}

impl ResourceState {
    /// The state of a resource with these variables, and with what takk has created for it.
    pub(super) fn of(variables: &[&PlannedVariable], created: Option<&ResourceInfo>) -> Self {
        let is_by_hand = |variable: &&PlannedVariable| {
            variable.stored.as_ref().is_some_and(|stored| stored.origin != Origin::Provisioned.as_str())
        };
        let own = if variables.iter().any(|variable| variable.state == State::Missing) {
            Some(Self::Missing)
        } else {
            variables.iter().any(is_by_hand).then_some(Self::SetByHand)
        };
        created.map_or(own.unwrap_or(Self::Default), |info| Self::of_created(info, own.unwrap_or(Self::Ready)))
    }

    /// `own` is what its variables alone say.
    fn of_created(info: &ResourceInfo, own: Self) -> Self {
        match info.state.as_str() {
            "retiring" => Self::BeingRemoved,
            _ if info.busy && info.state != "live" => Self::BeingCreated,
            "live" if info.error.is_some() || info.status.as_deref().is_some_and(|status| status != "running") => Self::Failing,
            "live" => own,
            _ => Self::Unfinished,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::BeingCreated => "being created",
            Self::Unfinished => "not finished",
            Self::Failing => "failing",
            Self::BeingRemoved => "being removed",
            Self::SetByHand => "set by hand",
            Self::Missing => "missing",
            Self::Default => "has defaults",
        }
    }

    /// The shape of its symbol.
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Ready => "resolved",
            Self::BeingCreated | Self::BeingRemoved => "working",
            Self::Unfinished | Self::Failing => "failing",
            Self::SetByHand => "set",
            Self::Missing => "missing",
            Self::Default => "default",
        }
    }

    /// Whether somebody has to do something.
    pub(super) fn is_lacking(self) -> bool {
        matches!(self, Self::Unfinished | Self::Failing | Self::Missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn created(state: &str, status: Option<&str>, busy: bool) -> ResourceInfo {
        let text = serde_json::json!({
            "resource": "postgres/default", "kind": "postgres", "name": "default", "state": state, "provisioner": "postgres-server",
            "generation": 1, "credential": "x", "level": "full", "reserved_at": 0, "protected": false, "variables": [],
            "status": status, "busy": busy,
        });
        serde_json::from_value(text).expect("an entry")
    }

    #[test]
    fn a_resource_has_one_state() {
        for (state, status, busy, expected) in [
            ("live", None, false, ResourceState::Ready),
            ("live", Some("running"), true, ResourceState::Ready),
            ("live", Some("missing"), false, ResourceState::Failing),
            ("creating", None, true, ResourceState::BeingCreated),
            ("reserved", None, false, ResourceState::Unfinished),
            ("retiring", None, false, ResourceState::BeingRemoved),
        ] {
            assert_eq!(ResourceState::of(&[], Some(&created(state, status, busy))), expected, "{state}");
        }
        assert_eq!(ResourceState::of(&[], None), ResourceState::Default);
        let refusing = ResourceInfo { error: Some("x".to_owned()), ..created("live", Some("running"), false) };
        assert_eq!(ResourceState::of(&[], Some(&refusing)), ResourceState::Failing);
    }
}
