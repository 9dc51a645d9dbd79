//! A call of the control API: the tenant that it is about, its parameters, its body.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Query};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::answer::{json as json_answer, json_text, not_kept};
use super::problem::Problem;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::json::{self, JsonError};
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
        if !self.body.trim_ascii_start().starts_with(b"{") {
            return Err(Problem::bad_request("expected a JSON object in the body").at(""));
        }
        json::read(&self.body)
            .map_err(|JsonError { pointer, problem, .. }| Problem::bad_request(problem).at(pointer))
    }

    /// The body, or the empty one when nothing was sent.
    pub(super) fn body_if_any<T: DeserializeOwned + Default>(&self) -> Result<T, Problem> {
        if self.body.is_empty() { Ok(T::default()) } else { self.body() }
    }
}

/// 200 with this body.
pub(super) fn shown(body: &impl Serialize) -> HttpResponse {
    json_answer(not_kept(&mut HttpResponse::Ok()), body)
}

/// 200 with JSON that is text already.
pub(super) fn shown_as_is(text: String) -> HttpResponse {
    json_text(not_kept(&mut HttpResponse::Ok()), text)
}

/// 201 for what is new, 200 for what was there, with this body.
pub(super) fn put(is_new: bool, body: &impl Serialize) -> HttpResponse {
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    json_answer(not_kept(&mut HttpResponse::build(status)), body)
}

/// 204.
pub(super) fn done() -> HttpResponse {
    not_kept(&mut HttpResponse::NoContent()).finish()
}
