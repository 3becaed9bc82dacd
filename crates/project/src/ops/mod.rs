//! The verbs, one file each: plain options in, values out. They use no terminal and parse no arguments.

pub mod check;
pub mod compare;
pub mod compose;
pub mod diff;
pub mod doctor;
pub mod dotenv;
pub mod effective;
pub mod env;
pub mod environments;
pub mod export;
mod foreign_names;
pub mod inspect;
pub mod other_sources;
pub mod paths;
pub mod plan;
pub mod project;
pub mod push;
pub mod rules;
pub mod run;
pub mod secrets;
pub mod store;
mod stored_paths;
mod texts;
pub mod together;
mod unread;
pub mod up;
pub mod why;
