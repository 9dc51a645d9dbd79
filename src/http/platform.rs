//! `POST /OAuth2/PlatformToken` and `POST /OAuth2/RefreshPlatformToken`.

use actix_web::cookie::Cookie;
use actix_web::{HttpRequest, HttpResponse};

use super::answer::{not_kept, private_json};
use super::error::Failure;
use super::extract::{Here, Sent, basic_credentials};
use super::notices;
use super::security::session_cookie;
use crate::protocol::platform::{PlatformPair, PlatformTokenResponse};
use crate::protocol::token::TokenRequest;
use crate::tenant::platform::RefusedPair;

/// A service user's credentials for a platform token.
pub(super) async fn token(
    here: Here,
    sent: Sent,
    request: HttpRequest,
) -> actix_web::Result<HttpResponse> {
    let places = sent.places.clone();
    let sent = sent.form().map_err(Failure::from)?;
    let token_request = TokenRequest::new(&sent, basic_credentials(&request), places);
    let issuance = here.tenant.platform_token(&here.base, &token_request).map_err(Failure::from)?;
    let answer = here.signers.sign(issuance.signatures(), move || issuance.respond()).await?;
    Ok(private_json(&PlatformTokenResponse::from(answer)))
}

/// The two tokens of a sign-in come and go as cookies; the body says nothing.
pub(super) async fn refresh(here: Here, request: HttpRequest) -> actix_web::Result<HttpResponse> {
    let tenant_id = here.tenant.settings().id.clone();
    let (refresh_cookie, id_cookie) =
        (PlatformPair::refresh_cookie(&tenant_id), PlatformPair::id_cookie(&tenant_id));
    let sent = |name: &str| {
        request.cookie(name).map(|cookie| cookie.value().to_owned()).unwrap_or_default()
    };
    let pair = PlatformPair { refresh_token: sent(&refresh_cookie), id_token: sent(&id_cookie) };
    let refreshed = here.tenant.refresh_platform_token(&here.base, &pair);
    let pending = refreshed.map_err(|RefusedPair { error, notices }| {
        notices::send(&here.outgoing, notices.back_channel);
        Failure::from(error)
    })?;
    let pair = here.signers.sign(1, move || pending.respond()).await?;
    let as_cookie = |name: String, value: String| -> Cookie<'static> {
        let mut cookie = session_cookie(&here.base, &value);
        cookie.set_name(name);
        cookie
    };
    let mut response = not_kept(&mut HttpResponse::Ok()).finish();
    response.add_cookie(&as_cookie(refresh_cookie, pair.refresh_token))?;
    response.add_cookie(&as_cookie(id_cookie, pair.id_token))?;
    Ok(response)
}
