//! `takk provision` of buckets and queues with users of IAM: on SeaweedFS, and on moto, which enforces policies as AWS does.

mod foreign;
mod full;
mod killed;
mod queue;
mod rights;
mod server;
mod story;
