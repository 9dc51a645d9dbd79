//! `GET|POST /OAuth2/UserInfo/{app}`.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::error::{bearer, no_store};
use super::extract::{Here, Sent, bearer_token};

/// The token comes in the header, or as `access_token` in a form
/// ([RFC 6750 §2.2](https://www.rfc-editor.org/rfc/rfc6750#section-2.2)); a JSON body, which
/// CyberArk's SDK sends along, says nothing that the mock needs.
pub(super) async fn userinfo(
    here: Here,
    app: Path<String>,
    sent: Sent,
    request: HttpRequest,
) -> HttpResponse {
    let form = sent.form_if_any();
    let token = bearer_token(&request).or_else(|| form.get("access_token"));
    match here.tenant.userinfo(&app, token) {
        Ok(claims) => no_store(&mut HttpResponse::Ok()).json(claims),
        Err(error) => bearer(&error, token.is_some()),
    }
}
