//! `POST /OAuth2/Register/{app}` and `GET|PUT|DELETE /OAuth2/Register/{app}/{client_id}`.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::answer::{json, not_kept, private_json};
use super::app_id::AppId;
use super::error::{Failure, bearer};
use super::extract::{Here, Whole, bearer_token};
use super::request_log::leave_remarks;
use crate::protocol::error::OAuthError;
use crate::protocol::registration::ClientMetadata;

/// Answers 201 ([RFC 7591 §3.2.1](https://www.rfc-editor.org/rfc/rfc7591#section-3.2.1)).
pub(super) async fn register(
    here: Here,
    app: AppId,
    request: HttpRequest,
    Whole(body): Whole,
) -> actix_web::Result<HttpResponse> {
    let metadata = ClientMetadata::parse(&body);
    let unknown = metadata.iter().flat_map(ClientMetadata::unknown).collect::<Vec<_>>();
    leave_remarks(&request, here.tenant.remarks_on_unknown(Some(&app), &unknown));
    let client = here.tenant.register(&here.base, &app, metadata).map_err(Failure::from)?;
    Ok(json(not_kept(&mut HttpResponse::Created()), &client))
}

pub(super) async fn read(
    here: Here,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> HttpResponse {
    let token = bearer_token(&request);
    match here.tenant.registration(&here.base, &path.0, &path.1, token) {
        Ok(client) => private_json(&client),
        Err(error) => refused(&error, token),
    }
}

pub(super) async fn update(
    here: Here,
    path: Path<(String, String)>,
    request: HttpRequest,
    Whole(body): Whole,
) -> HttpResponse {
    let metadata = ClientMetadata::parse(&body);
    let token = bearer_token(&request);
    let client = (path.0.as_str(), path.1.as_str());
    match here.tenant.update_registration(&here.base, client, token, metadata) {
        Ok(client) => private_json(&client),
        Err(error) => refused(&error, token),
    }
}

/// Answers 204 ([RFC 7592 §2.3](https://www.rfc-editor.org/rfc/rfc7592#section-2.3)).
pub(super) async fn remove(
    here: Here,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> HttpResponse {
    let token = bearer_token(&request);
    match here.tenant.unregister(&path.0, &path.1, token) {
        Ok(()) => not_kept(&mut HttpResponse::NoContent()).finish(),
        Err(error) => refused(&error, token),
    }
}

fn refused(error: &OAuthError, token: Option<&str>) -> HttpResponse {
    bearer("registration", error, token.is_some())
}
