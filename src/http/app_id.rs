//! The application that a path names.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use percent_encoding::percent_decode_str;

use super::endpoint::app_at;

/// The Application ID in the path; empty where a path names none.
#[derive(Debug)]
pub(super) struct AppId(String);

impl FromRequest for AppId {
    type Error = Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let named = app_at(request.path()).unwrap_or_default();
        ready(Ok(Self(percent_decode_str(named).decode_utf8_lossy().into_owned())))
    }
}

impl Deref for AppId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}
