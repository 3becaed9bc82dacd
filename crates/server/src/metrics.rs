//! Metrics for Prometheus. Routes are named by their pattern: no project or variable name appears in them.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// The upper bounds of the histogram, in seconds.
const TIMES: [f64; 12] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0, 30.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

/// The counters of a server.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    times: Family<Route, Histogram>,
    /// Requests without a valid token.
    pub failed_sign_ins: Counter,
    pub(crate) connections: Gauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let requests = Family::<Answered, Counter>::default();
        let times = Family::<Route, Histogram>::new_with_constructor(|| Histogram::new(TIMES));
        let (failed_sign_ins, connections) = (Counter::default(), Gauge::default());
        let mut registry = Registry::with_prefix("takk");
        registry.register("http_requests", "Requests handled", requests.clone());
        registry.register("http_request_seconds", "Time from the headers of a request to its response", times.clone());
        registry.register("failed_sign_ins", "Requests without a valid token", failed_sign_ins.clone());
        registry.register("connections", "Open connections", connections.clone());
        Self { registry, requests, times, failed_sign_ins, connections }
    }

    pub(crate) fn answered(&self, method: &str, route: &str, status: u16, time: Duration) {
        let labels = Answered { method: method.to_owned(), route: route.to_owned(), status };
        self.requests.get_or_create(&labels).inc();
        self.times.get_or_create(&Route { route: route.to_owned() }).observe(time.as_secs_f64());
    }

    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("a String takes all text");
        text
    }
}
