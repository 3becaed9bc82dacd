//! `takk env`: the environments of a project, one file per verb.

pub mod create;
pub mod delete;
pub mod in_use;
pub mod list;
pub mod name;
pub mod sweep;
