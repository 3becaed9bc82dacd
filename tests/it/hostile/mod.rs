//! A repository, a server and a name are not trusted: takk in front of those that were made to hurt.

mod git;
mod read;
mod written;
