//! Request objects by reference: the one thing that is looked for before a request is decided on.

use actix_web::rt::time::timeout;

use super::BODY_LIMIT;
use crate::outgoing::{Outgoing, PATIENCE, get_text};
use crate::protocol::error::{ErrorCode, OAuthError};

/// What stands at a `request_uri`, looked for by a thread in the background. The client waits no longer
/// than twice what one call may take, however many wait.
///
/// # Errors
///
/// `invalid_request_uri` with what was found instead, or `temporarily_unavailable`.
pub(super) async fn fetched(outgoing: &Outgoing, uri: String) -> Result<String, OAuthError> {
    let refused = |text: String| Err(OAuthError::new(ErrorCode::InvalidRequestUri, text));
    let limit = u64::try_from(BODY_LIMIT).expect("the limit is small");
    let Some(answer) = outgoing.ask(move || get_text(&uri, limit)) else {
        return Err(overloaded());
    };
    match timeout(2 * PATIENCE, answer).await {
        Ok(Ok(Ok((200, object)))) => Ok(object),
        Ok(Ok(Ok((status, _)))) => refused(format!("request_uri answers {status}, not 200")),
        Ok(Ok(Err(error))) => refused(format!("request_uri cannot be read: {error}")),
        Ok(Err(_)) | Err(_) => Err(overloaded()),
    }
}

fn overloaded() -> OAuthError {
    let text = "too many request objects are being fetched";
    OAuthError::new(ErrorCode::TemporarilyUnavailable, text)
}
