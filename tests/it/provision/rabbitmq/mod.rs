//! `takk provision` on a broker of RabbitMQ that exists.

mod broker;
mod foreign;
mod full;
mod killed;
mod story;
