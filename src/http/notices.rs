//! The end of a session: its notices sent, and the page on which a browser sends those that are its.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::extract::Here;
use super::pages::{self, SignedOutPage};
use super::redirect::object_moved;
use crate::outgoing::{Outgoing, post_form};
use crate::tenant::notices::{BackChannelNotice, Notices};

/// Sends the notices and answers a browser, which goes on to `next` if there is one: at once, or by
/// way of a page that loads the front-channel notices.
pub(super) fn farewell(here: &Here, notices: Notices, next: Option<&str>) -> HttpResponse {
    send(&here.outgoing, notices.back_channel);
    match next {
        Some(next) if notices.front_channel.is_empty() => object_moved(next),
        _ => {
            let page = SignedOutPage { frames: &notices.front_channel, next };
            pages::html(StatusCode::OK, &page)
        }
    }
}

/// Posts each notice in the background, so that no application delays the user.
pub(super) fn send(outgoing: &Outgoing, notices: Vec<BackChannelNotice>) {
    for notice in notices {
        let (app, client_id) = (notice.application_id().to_owned(), notice.client_id().to_owned());
        if !outgoing.dispatch(move || post(&notice)) {
            tracing::warn!(app, client_id, "logout notice dropped: too many are waiting");
        }
    }
}

/// Signs the token and posts it; the application answers 200
/// ([Back-Channel Logout §2.8](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCResponse)),
/// or 204 as many frameworks do.
fn post(notice: &BackChannelNotice) {
    let token = notice.logout_token();
    match post_form(notice.uri(), &[("logout_token", &token)]) {
        Ok(status @ (200 | 204)) => log_delivered(notice, status),
        Ok(status) => log_failed(notice, &format!("the application answered {status}")),
        Err(error) => log_failed(notice, &error.to_string()),
    }
}

fn log_delivered(notice: &BackChannelNotice, status: u16) {
    let (app, client_id, uri) = (notice.application_id(), notice.client_id(), notice.uri());
    tracing::info!(app, client_id, uri, status, "logout notice delivered");
}

fn log_failed(notice: &BackChannelNotice, reason: &str) {
    let (app, client_id, uri) = (notice.application_id(), notice.client_id(), notice.uri());
    tracing::warn!(app, client_id, uri, reason, "logout notice not delivered");
}
