//! The socket: accepts connections, up to a limit, with a timeout for headers, until shutdown.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;
use tower::ServiceExt;

use super::app::App;
use super::budget::Budget;
use super::proxies::client;
use super::rate_limit::network;
use takk_model::error::{Error, Result};
use takk_project::config::TrustedProxies;

/// The pause after the system was out of resources for another connection.
const PAUSE: Duration = Duration::from_millis(100);

/// The client's address.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

pub(super) async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let hint = match error.kind() {
            ErrorKind::AddrInUse => {
                format!("the port is already in use: free it, or pass another one: --listen {}:0", address.ip())
            }
            ErrorKind::PermissionDenied => "only root can use ports below 1024: pass a higher port".to_owned(),
            ErrorKind::AddrNotAvailable => {
                "this machine does not have that address: use 0.0.0.0 to listen on all addresses".to_owned()
            }
            _ => "pass another one with --listen ADDRESS:PORT".to_owned(),
        };
        Error::system(format!("cannot listen on {address}")).caused_by(error).hint(hint)
    })
}

/// Serves until the process is told to stop, and then finishes the current requests.
pub(super) async fn answer(listener: TcpListener, router: Router, app: &App, proxies: &TrustedProxies) -> Result<()> {
    let proxies = Arc::new(proxies.clone());
    let no_signals = |error| Error::system("cannot wait for signals").caused_by(error);
    let mut terminate = signal(SignalKind::terminate()).map_err(no_signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(no_signals)?;
    let graceful = GracefulShutdown::new();
    let open = Arc::new(Semaphore::new(app.limits().connections));
    let by_address = Budget::<IpAddr>::new(usize::MAX, app.limits().connections_each);
    loop {
        let taking = async {
            let place = Arc::clone(&open).acquire_owned().await;
            (listener.accept().await, place)
        };
        tokio::select! {
            (accepted, place) = taking => match accepted {
                Ok((stream, peer)) => {
                    let mut share = by_address.share(network(peer.ip().to_canonical()));
                    // A client over its limit is disconnected instead of kept waiting, so that it does not keep others waiting.
                    if !proxies.cover(peer.ip().to_canonical()) && share.take(1).is_err() {
                        continue;
                    }
                    let connection = serve_one(stream, (peer.ip(), Arc::clone(&proxies)), router.clone(), app.clone(), &graceful);
                    tokio::spawn(async move {
                        connection.await;
                        drop((place, share));
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(PAUSE).await;
                }
            },
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
        }
    }
    drop(listener);
    tracing::info!("shutting down: finishing requests in progress");
    if tokio::time::timeout(app.limits().shutdown, graceful.shutdown()).await.is_err() {
        tracing::warn!("aborted requests that did not finish in time");
    }
    Ok(())
}

/// Serves one connection.
fn serve_one(
    stream: TcpStream,
    (peer, proxies): (IpAddr, Arc<TrustedProxies>),
    router: Router,
    app: App,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + use<> {
    let limits = *app.limits();
    let _ = stream.set_nodelay(true);
    end_when_silent(&stream, limits.silence);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (router, proxies) = (router.clone(), Arc::clone(&proxies));
        async move {
            let mut request: Request = request.map(Body::new);
            let client = client(&proxies, peer, request.headers());
            request.extensions_mut().insert(Peer(client));
            Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {}))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_wait)
        .max_buf_size(limits.headers)
        .serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    async move {
        app.metrics().connections.inc();
        // It does not matter if the client disconnects in the middle.
        let _ = connection.await;
        app.metrics().connections.dec();
    }
}

/// Tells the system to close a connection whose other side has stopped reading: a slow reader, or a client that vanished. Incoming data has
/// its own timeouts.
fn end_when_silent(stream: &TcpStream, silence: Duration) {
    #[cfg(target_os = "linux")]
    {
        let milliseconds = u32::try_from(silence.as_millis()).unwrap_or(u32::MAX);
        // Without this, the system's own timeouts apply.
        let _ = rustix::net::sockopt::set_tcp_user_timeout(stream, milliseconds);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (stream, silence);
}
