//! A project as the user works with it: its files, takk's settings, where its values are stored, and the verbs over all of these.

pub mod config;
pub mod exchange;
pub mod ops;
pub mod platform;
pub mod source;
