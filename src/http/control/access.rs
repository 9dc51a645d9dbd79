//! Who may steer: everybody on this machine, elsewhere who knows the token, or nobody.

use actix_web::dev::ServiceRequest;
use actix_web::web::Data;

use super::super::around::{Answer, Inside};
use super::super::connection::Connection;
use super::super::extract::{Site, bearer_token};
use super::problem::Problem;
use crate::protocol::secret::Secret;

/// Who may call `/_mock`.
#[derive(Debug, Clone, Default)]
pub enum ControlAccess {
    /// Everybody, at a loopback address; nobody elsewhere.
    #[default]
    Loopback,
    /// Who sends this as a bearer token, at every address.
    Token(Secret),
    /// Nobody.
    Off,
}

/// Layer: lets nobody else to `/_mock`, but for the certificate of the authority.
pub(in crate::http) async fn guard_control(request: ServiceRequest, inside: impl Inside) -> Answer {
    // A certificate of an authority is there to be shown to everybody.
    if is_control(request.path()) && request.path() != "/_mock/ca.pem" {
        check(&request)?;
    }
    inside(request).await
}

/// Whether a path is of the mock's own surface.
pub(in crate::http) fn is_control(path: &str) -> bool {
    path.strip_prefix("/_mock").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn is_loopback(request: &ServiceRequest) -> bool {
    Connection::of(request.request()).door().address.ip().is_loopback()
}

fn check(request: &ServiceRequest) -> Result<(), Problem> {
    let site = request.app_data::<Data<Site>>().expect("the server shares its site");
    match &site.control {
        ControlAccess::Off => Err(Problem::forbidden("the control API is off: --no-control")),
        ControlAccess::Token(token) => match bearer_token(request.request()) {
            Some(sent) if Secret::new(sent) == *token => Ok(()),
            _ => Err(Problem::unauthorized(
                "expected the value of --control-token as Authorization: Bearer",
            )),
        },
        ControlAccess::Loopback if is_loopback(request) => Ok(()),
        ControlAccess::Loopback => Err(Problem::forbidden(
            "the control API is off at addresses beyond this machine, unless there is a \
             --control-token",
        )),
    }
}
