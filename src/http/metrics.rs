//! `GET /metrics`: what the process did and holds, in Prometheus' text format.
//!
//! [Exposition formats](https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
//! Every label is of a closed list: no path, application or user that a client could make up.

use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use prometheus_client::encoding::{EncodeLabelSet, prometheus_text};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::extract::Site;
use crate::tenant::inspect::Counts;

/// The version of the format.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Upper bounds of the histogram, in seconds: a signature takes half a millisecond.
const BUCKETS: [f64; 13] =
    [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    endpoint: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Endpoint {
    endpoint: &'static str,
}

/// What is counted while the process serves. Clones count together.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    requests: Family<Answered, Counter>,
    durations: Family<Endpoint, Histogram>,
}

impl Default for Metrics {
    fn default() -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(BUCKETS);
        Self { requests: Family::default(), durations: Family::new_with_constructor(histogram) }
    }
}

impl Metrics {
    /// Counts a request.
    pub(super) fn answered(&self, endpoint: &'static str, outcome: &'static str, took: Duration) {
        self.requests.get_or_create(&Answered { endpoint, outcome }).inc();
        self.durations.get_or_create(&Endpoint { endpoint }).observe(took.as_secs_f64());
    }

    /// The text, with what is alive now.
    fn text(&self, now: Counts) -> String {
        let mut all = Registry::with_prefix("cyberark_mock");
        all.register("requests", "Requests that were answered", self.requests.clone());
        all.register_with_unit(
            "request_duration",
            "Time from a request's head to its answer",
            Unit::Seconds,
            self.durations.clone(),
        );
        all.register("live_codes", "Codes that can be exchanged", gauge(now.codes));
        all.register("live_sessions", "Sessions of signed-in users", gauge(now.sessions));
        all.register("live_access_tokens", "Access tokens", gauge(now.access_tokens));
        all.register("live_refresh_tokens", "Refresh tokens", gauge(now.refresh_tokens));
        all.register("tokens_signed", "Tokens that were signed", ConstCounter::new(now.signed));
        let mut text = String::new();
        prometheus_text::encode(&mut text, &all).expect("writing to a string cannot fail");
        text
    }
}

fn gauge(count: usize) -> ConstGauge<i64> {
    ConstGauge::new(i64::try_from(count).unwrap_or(i64::MAX))
}

/// What the process did and holds, of all tenants together. Counting goes through every live entry,
/// so it is done where signatures are made.
pub(super) async fn show(request: HttpRequest) -> actix_web::Result<HttpResponse> {
    let site = request.app_data::<Data<Site>>().expect("the server shares its site");
    let (tenants, metrics) = (site.tenants.clone(), site.metrics.clone());
    let text = web::block(move || metrics.text(tenants.counts())).await?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, TEXT)).body(text))
}
