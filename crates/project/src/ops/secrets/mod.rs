//! `takk secrets`: the values of an environment, one file per verb.

pub mod accepted;
pub mod fill;
pub mod generate;
pub mod get;
pub mod history;
pub mod import;
pub mod list;
pub mod missing;
pub mod names;
pub mod pasted;
pub mod promote;
pub mod set;
