//! Answers that are no errors: JSON and HTML with the headers that they all share.

use std::cell::RefCell;

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;

/// A JSON answer in the product's content type.
pub(super) fn json(response: &mut HttpResponseBuilder, body: &impl Serialize) -> HttpResponse {
    json_text(response, text_of(body))
}

thread_local! {
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The most bytes that the scratch keeps: longer answers are rare.
const SCRATCH_KEEPS: usize = 16 * 1024;

/// Made elsewhere and copied once, so that the journal keeps no more than the text takes, and its places
/// in memory fit the next ones.
fn text_of(body: &impl Serialize) -> Bytes {
    SCRATCH.with_borrow_mut(|scratch| {
        scratch.clear();
        serde_json::to_writer(&mut *scratch, body)
            .expect("answers are plain structs and JSON values");
        let text = Bytes::copy_from_slice(scratch);
        if scratch.capacity() > SCRATCH_KEEPS {
            *scratch = Vec::new();
        }
        text
    })
}

/// Like [`json`], of what is text already.
pub(super) fn json_text(
    response: &mut HttpResponseBuilder,
    body: impl Into<Bytes>,
) -> HttpResponse {
    response
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .content_type(HeaderValue::from_static("application/json; charset=utf-8"))
        .body(body.into())
}

/// A JSON answer that holds secrets or depends on a session, and is not to be kept
/// ([RFC 6749 §5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1)).
pub(super) fn private_json(body: &impl Serialize) -> HttpResponse {
    json(not_kept(&mut HttpResponse::Ok()), body)
}

/// A page, not kept, that leaks no address.
pub(super) fn html(response: &mut HttpResponseBuilder, mut page: String) -> HttpResponse {
    page.shrink_to_fit();
    not_kept(response)
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .insert_header((header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")))
        .content_type(HeaderValue::from_static("text/html; charset=utf-8"))
        .body(page)
}

/// The headers of an answer that no cache may keep.
pub(super) fn not_kept(response: &mut HttpResponseBuilder) -> &mut HttpResponseBuilder {
    response
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .insert_header((header::PRAGMA, HeaderValue::from_static("no-cache")))
}
