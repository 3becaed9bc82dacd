//! Servers without credentials that say on a page of their own whether they are ready: MLflow, Loki, Mimir and Prometheus.

use std::time::Instant;

use super::http::{Http, Reply};
use super::words::{other, version_number};
use super::{Accepted, Answer, Login};

/// The maximum size of a health page, in bytes: they are one line.
const MOST: usize = 200;

/// The pages of a kind.
struct Pages {
    ready: &'static str,
    /// A word that the page contains, in lower case: another server may respond to every path.
    says: &'static str,
    version: &'static str,
    /// The JSON pointer to the version in that page; empty if the page is the version.
    pointer: &'static str,
}

pub(super) fn mlflow(login: &Login<'_>, deadline: Instant) -> Answer {
    check(login, deadline, &Pages { ready: "/health", says: "ok", version: "/version", pointer: "" })
}

pub(super) fn loki(login: &Login<'_>, deadline: Instant) -> Answer {
    let version = "/loki/api/v1/status/buildinfo";
    check(login, deadline, &Pages { ready: "/ready", says: "ready", version, pointer: "/version" })
}

pub(super) fn mimir(login: &Login<'_>, deadline: Instant) -> Answer {
    let version = "/api/v1/status/buildinfo";
    check(login, deadline, &Pages { ready: "/ready", says: "ready", version, pointer: "/data/version" })
}

pub(super) fn prometheus(login: &Login<'_>, deadline: Instant) -> Answer {
    let version = "/api/v1/status/buildinfo";
    check(login, deadline, &Pages { ready: "/-/ready", says: "ready", version, pointer: "/data/version" })
}

fn check(login: &Login<'_>, deadline: Instant, pages: &Pages) -> Answer {
    let http = Http::new(login, login.port, deadline);
    let ready = http.get(pages.ready)?.done(login)?;
    if ready.body.len() > MOST || !ready.text().to_lowercase().contains(pages.says) {
        return Err(other(login, "its health page says", &ready.body));
    }
    // Some versions lack this page.
    let version = http.get(pages.version)?.done(login).ok().and_then(|page| version(&page, pages.pointer));
    Ok(Accepted { version })
}

fn version(page: &Reply, pointer: &str) -> Option<String> {
    if pointer.is_empty() {
        return version_number(&page.text());
    }
    version_number(page.json()?.pointer(pointer)?.as_str()?)
}
