//! Kafka: by a local broker that reads and writes its protocol with the classes of kafka-python, which are made of Kafka's schemas.

mod foreign;
mod full;
mod killed;
mod server;
mod story;
mod team;
