//! Where the parameters of a request stood.
//!
//! [RFC 6749 §3.1, §3.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.1): the authorization
//! endpoint takes a query or a form, the token endpoint a form; secrets never stand in a query
//! ([§2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1),
//! [RFC 9700 §4.3.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.3.2)).

use super::parameters::Parameters;

/// What the body of a request is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BodyKind {
    /// There is none.
    #[default]
    Empty,
    /// A form, and says so.
    Form,
    /// A form that does not say so: it names no type, or the request is a GET.
    Undeclared,
    /// Of another type.
    Other,
}

/// Where the parameters of a request stood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Names of the parameters in the query that have a value.
    pub in_query: Vec<String>,
    /// What the body is.
    pub body: BodyKind,
}

/// Parameters that a URL must not show: they stay in histories, logs and `Referer` headers.
const SECRETS: [&str; 9] = [
    "client_secret",
    "client_assertion",
    "access_token",
    "refresh_token",
    "token",
    "code",
    "code_verifier",
    "password",
    "assertion",
];

impl Places {
    /// The places of a request with this query.
    pub fn new(query: &Parameters, body: BodyKind) -> Self {
        Self { in_query: query.names().map(str::to_owned).collect(), body }
    }

    /// The first secret that stands in the query.
    pub fn secret_in_query(&self) -> Option<&str> {
        self.in_query.iter().map(String::as_str).find(|name| SECRETS.contains(name))
    }
}
