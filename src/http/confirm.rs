//! Consent: the page that asks, its answer, and CyberArk's `GET|POST /OAuth2/Confirm/{app}`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

use super::app_id::AppId;
use super::authorize::render;
use super::error::{self, Failure};
use super::extract::{Here, Sent, session_credentials};
use super::pages::{self, ConsentPage};
use crate::protocol::confirm::ConfirmRequest;
use crate::protocol::error::OAuthError;
use crate::protocol::parameters::Parameters;

/// Asks.
pub(super) async fn ask(here: Here, sent: Sent, request: HttpRequest) -> HttpResponse {
    let sent = sent.everywhere();
    let credentials = session_credentials(&request, &Parameters::default());
    let app = sent.get("app").unwrap_or_default();
    let bounce = sent.get("bounce").unwrap_or_default();
    match here.tenant.question(app, bounce, &credentials) {
        Some(question) => {
            let page =
                ConsentPage { prefix: here.base.path_prefix(), app, bounce, question: &question };
            pages::html(StatusCode::OK, &page)
        }
        None => error::page(&OAuthError::invalid_request(
            "no request waits for your consent under this key, or you are not signed in",
        )),
    }
}

/// The page's answer: the scopes that are ticked, and one of two buttons.
pub(super) async fn answer(
    here: Here,
    sent: Sent,
    request: HttpRequest,
) -> actix_web::Result<HttpResponse> {
    let sent = sent.form().map_err(Failure::from)?;
    let app = sent.get("app").unwrap_or_default();
    confirm(&here, app, &ConfirmRequest::of_page(&sent), &request).await
}

/// The product's own call.
pub(super) async fn of_app(
    here: Here,
    app: AppId,
    sent: Sent,
    request: HttpRequest,
) -> actix_web::Result<HttpResponse> {
    confirm(&here, &app, &ConfirmRequest::from(&sent.everywhere()), &request).await
}

async fn confirm(
    here: &Here,
    app: &str,
    call: &ConfirmRequest,
    request: &HttpRequest,
) -> actix_web::Result<HttpResponse> {
    let credentials = session_credentials(request, &Parameters::default());
    let decision =
        here.tenant.confirm(&here.base, app, call, &credentials).map_err(Failure::from)?;
    render(here, decision).await
}
