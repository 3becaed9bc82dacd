//! `takk serve`: the verbs of [`hosted`](crate::hosted) over HTTP. [`routes`] lists every route on one page; [`access`] authorizes; [`api`]
//! has one file per noun. The pages are in `takk-dashboard`, which depends on this crate: [`serve`] receives them as a [`Dashboard`]. The
//! modules that are `pub` beside `hosted` are for its handlers.

pub mod access;
mod api;
pub mod app;
pub mod body;
pub mod budget;
mod document;
mod events;
mod health;
mod health_routes;
pub mod hosted;
mod job;
mod legacy_api;
pub mod listen;
pub mod metrics;
mod pool;
pub mod problem;
mod proxies;
pub mod rate_limit;
pub mod request_log;
mod routes;
mod sweeper;
pub mod token_cache;
mod version;
mod worker_pool;
pub mod write_queue;

use std::net::SocketAddr;
use std::sync::Arc;

use self::app::{App, SignIns};
use self::pool::Pool;
use self::sweeper::Sweeper;
use self::write_queue::WriteQueue;
use crate::hosted::{Hosted, Opener};
use takk_model::error::{Error, Result};
use takk_oidc::{Elsewhere, Issuers};
use takk_project::config::ServeSettings;

pub use self::routes::{Dashboard, description};

/// Serves at the configured address until the process is told to stop. `ready` is called with that address before the first response; the
/// links and tokens that it prints can be used at once.
pub fn serve(
    settings: &ServeSettings,
    opener: Opener,
    mut first: Hosted,
    issuers: Issuers,
    dashboard: Dashboard,
    ready: impl FnOnce(SocketAddr, &mut Hosted) -> Result<()>,
) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Error::system("cannot start the server's threads").caused_by(error))?;
    let listener = runtime.block_on(listen::bind(settings.listen))?;
    let address = listener.local_addr();
    let address = address.map_err(|error| Error::system("cannot read the address of the server").caused_by(error))?;
    ready(address, &mut first)?;
    for wrong in first.forged().map_err(Error::from)? {
        tracing::error!(wrong, "something other than takk changed the database: takk rejects entries that fail authentication");
    }
    let public_url = settings.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let elsewhere =
        settings.oidc.clone().map(|oidc| Elsewhere { settings: oidc, back: format!("{public_url}/login/oidc/callback") });
    let sign_ins = SignIns { public_url, issuers, elsewhere, ci_issuers: settings.ci_issuers.clone() };
    let opener = Arc::new(opener);
    let write_queue = WriteQueue::open(&opener)?;
    let sweeper = Sweeper::start(Arc::clone(&opener), settings.sweep_interval)?;
    let app = App::new(Pool::new(opener, first, settings.limits.store_wait), write_queue, settings.limits, sign_ins)?;
    let done = runtime.block_on(listen::answer(listener, routes::router(&app, dashboard), &app, &settings.proxies));
    // Closing connections to a database blocks, which is not allowed on threads of the runtime. The last connections are closed here.
    drop(runtime);
    drop((app, sweeper));
    done
}
