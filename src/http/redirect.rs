//! Redirects as ASP.NET writes them, and authorization responses in each response mode.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;

use super::pages::{self, FormPostPage};
use super::{answer, error};
use crate::protocol::response_type::ResponseMode;
use crate::tenant::callback::{Redirection, Refusal};

/// 302 with the "Object moved" body.
///
/// Source: identity-developer.cyberark.com/docs/hybrid-flow prints title, heading and link; the
/// one-line layout is that of ASP.NET's `Response.Redirect` (inferred).
pub(super) fn object_moved(location: &str) -> HttpResponse {
    let link = escape(location);
    let page = format!(
        "<html><head><title>Object moved</title></head><body>\r\n\
         <h2>Object moved to <a href=\"{link}\">here</a>.</h2>\r\n</body></html>\r\n"
    );
    answer::html(HttpResponse::Found().insert_header((header::LOCATION, location)), page)
}

/// An error to a redirect URI.
pub(super) fn report(refusal: &Refusal) -> HttpResponse {
    error::refused(deliver(&refusal.redirection), &refusal.error)
}

/// Parameters to a redirect URI, in the mode that the tenant chose.
pub(super) fn deliver(redirection: &Redirection) -> HttpResponse {
    let Redirection { redirect_uri, mode, parameters } = redirection;
    match mode {
        ResponseMode::Query => object_moved(&redirect_uri.with_query(&parameters.encode())),
        ResponseMode::Fragment => object_moved(&redirect_uri.with_fragment(&parameters.encode())),
        ResponseMode::FormPost => {
            let page = FormPostPage { action: redirect_uri.as_str(), fields: parameters.pairs() };
            pages::html(StatusCode::OK, &page)
        }
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
