//! `GET|POST /OAuth2/UserInfo/{app}`.

use actix_web::{HttpRequest, HttpResponse};

use super::answer::private_json;
use super::app_id::AppId;
use super::error::bearer;
use super::extract::{Here, Sent, bearer_token};
use crate::protocol::bearer::BearerTokens;

/// The token comes in the header, or as `access_token` in a form
/// ([RFC 6750 §2.2](https://www.rfc-editor.org/rfc/rfc6750#section-2.2)); a JSON body, which
/// CyberArk's SDK sends along, says nothing that the mock needs.
pub(super) async fn userinfo(
    here: Here,
    app: AppId,
    sent: Sent,
    request: HttpRequest,
) -> HttpResponse {
    let places = sent.places.clone();
    let form = sent.form_if_any();
    let tokens = BearerTokens {
        places: &places,
        header: bearer_token(&request),
        form: form.get("access_token"),
        duplicated: form.duplicated(),
    };
    match here.tenant.userinfo(&app, tokens) {
        Ok(claims) => private_json(&claims),
        Err(error) => bearer("userinfo", &error, tokens.first().is_some()),
    }
}
