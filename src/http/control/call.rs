//! A call of the control API: the tenant that it is about, its parameters, its body.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Query};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use super::super::answer::{json, not_kept};
use super::problem::{Problem, escaped};
use crate::protocol::base_url::BaseUrl;
use crate::tenant::Tenant;
use crate::tenant::tenants::Tenants;

/// A call.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) tenants: Tenants,
    /// The tenant that it is about, and its name.
    pub(super) tenant: Tenant,
    pub(super) name: String,
    /// The base of the tenant's URLs.
    pub(super) base: BaseUrl,
    /// The base of the default tenant's URLs.
    pub(super) root: BaseUrl,
    pub(super) segments: Vec<(&'static str, String)>,
    pub(super) query: String,
    pub(super) body: Bytes,
}

impl Call {
    /// The segment that stands for `{name}` in the operation's path.
    pub(super) fn segment(&self, name: &str) -> &str {
        let segment = self.segments.iter().find(|(own, _)| *own == name);
        segment.map_or("", |(_, value)| value)
    }

    /// The parameters of the query.
    pub(super) fn query<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let query = Query::<T>::from_query(&self.query);
        query.map(Query::into_inner).map_err(|error| Problem::bad_request(error.to_string()))
    }

    /// The body: an object.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        // Serde would take a list for the members of an object in their order.
        if !self.body.trim_ascii_start().starts_with(b"{") {
            return Err(Problem::bad_request("expected a JSON object in the body").at(""));
        }
        let mut reader = serde_json::Deserializer::from_slice(&self.body);
        let body: T = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let pointer: String = error.path().iter().map(step).collect();
            Problem::bad_request(error.inner().to_string()).at(pointer)
        })?;
        reader.end().map_err(|error| Problem::bad_request(error.to_string()).at(""))?;
        Ok(body)
    }

    /// The body, or the empty one when nothing was sent.
    pub(super) fn body_if_any<T: DeserializeOwned + Default>(&self) -> Result<T, Problem> {
        if self.body.trim_ascii().is_empty() { Ok(T::default()) } else { self.body() }
    }
}

fn step(segment: &Segment) -> String {
    match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } | Segment::Enum { variant: key } => format!("/{}", escaped(key)),
        Segment::Unknown => String::new(),
    }
}

/// 200 with this body.
pub(super) fn shown(body: &impl Serialize) -> HttpResponse {
    json(not_kept(&mut HttpResponse::Ok()), body)
}

/// 201 for what is new, 200 for what was there, with this body.
pub(super) fn put(is_new: bool, body: &impl Serialize) -> HttpResponse {
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    json(not_kept(&mut HttpResponse::build(status)), body)
}

/// 204.
pub(super) fn done() -> HttpResponse {
    not_kept(&mut HttpResponse::NoContent()).finish()
}
