//! `takk serve`: the verbs of [`hosted`](crate::ops::hosted) over HTTP. [`routes`] lists every route on one page; [`access`] decides who
//! may; [`api`] has one file per noun, [`pages`] one per page.

mod access;
mod api;
mod app;
mod body;
mod desk;
mod document;
mod failures;
mod listen;
mod metrics;
mod observed;
mod operations;
mod pages;
mod pool;
mod problem;
mod routes;

use std::net::SocketAddr;
use std::sync::Arc;

use self::app::App;
use self::desk::Desk;
use self::pool::Pool;
use crate::config::ServeSettings;
use crate::error::{Error, Result};
use crate::ops::hosted::{Hosted, Opener};

pub use self::routes::description;

/// Answers at the address of the settings until the process is told to end. `ready` hears where that is, as soon as it can be asked.
pub fn serve(
    settings: &ServeSettings,
    opener: Opener,
    first: Hosted,
    ready: impl FnOnce(SocketAddr) -> Result<()>,
) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Error::environment("cannot start the server's threads").caused_by(error))?;
    runtime.block_on(async {
        let listener = listen::bind(settings.listen).await?;
        let address = listener.local_addr();
        let address = address.map_err(|error| Error::environment("cannot tell the address of the server").caused_by(error))?;
        let public_url = settings.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
        let opener = Arc::new(opener);
        let desk = Desk::open(&opener)?;
        let app = App::new(Pool::new(opener, first, settings.limits.store_wait), desk, settings.limits, public_url);
        ready(address)?;
        listen::answer(listener, routes::router(&app), &app).await
    })
}
