//! A request on its way: built up, then sent without following redirects.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Answer, Trust};

/// A request.
pub(crate) struct Request {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    trust: Option<Trust>,
}

impl Request {
    pub(crate) fn new(method: &str, url: String) -> Self {
        let (headers, body) = (Vec::new(), Vec::new());
        Self { method: method.to_owned(), url, headers, body, trust: None }
    }

    /// Whom to trust when the URL is https.
    pub(crate) fn trusting(mut self, trust: Option<&Trust>) -> Self {
        self.trust = trust.cloned();
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Parameters of the query.
    pub(crate) fn query(mut self, parameters: &[(&str, &str)]) -> Self {
        let separator = if self.url.contains('?') { '&' } else { '?' };
        self.url.push(separator);
        self.url.push_str(&encode(parameters));
        self
    }

    /// A form body.
    pub(crate) fn form(self, parameters: &[(&str, &str)]) -> Self {
        let body = encode(parameters);
        self.body("application/x-www-form-urlencoded", body)
    }

    /// A JSON body.
    pub(crate) fn json(self, value: &serde_json::Value) -> Self {
        self.body("application/json", value.to_string())
    }

    pub(crate) fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("content-type", content_type)
    }

    /// A body that does not say what it is.
    pub(crate) fn untyped_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The session cookie.
    pub(crate) fn cookie(self, session: &str) -> Self {
        self.header("cookie", &format!(".ASPXAUTH={session}"))
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Basic credentials, not form-urlencoded.
    pub(crate) fn basic(self, id: &str, secret: &str) -> Self {
        self.header(
            "authorization",
            &format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))),
        )
    }

    pub(crate) fn send(self) -> Answer {
        let mut config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .allow_non_standard_methods(true)
            .max_idle_connections(0);
        if let Some(trust) = &self.trust {
            config = config.tls_config(trust.for_requests());
        }
        let agent: ureq::Agent = config.build().into();
        let mut request =
            ureq::http::Request::builder().method(self.method.as_str()).uri(&self.url);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(self.body).expect("the test's request is well-formed");
        let mut response = agent.run(request).expect("the mock answers");
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let body = response.body_mut().read_to_string().expect("the body is text");
        Answer { status: response.status().as_u16(), headers, body }
    }
}

/// Form-urlencoded pairs.
fn encode(parameters: &[(&str, &str)]) -> String {
    let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}
