//! `takk provision` of buckets and queues with users of IAM: on SeaweedFS, and on moto, which enforces policies as AWS does.

mod foreign;
mod full;
mod killed;
mod late;
mod queue;
mod rights;
mod server;
mod story;
