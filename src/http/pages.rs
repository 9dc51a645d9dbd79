//! The pages: plain HTML with stable ids, usable without JavaScript, nothing loaded from elsewhere.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::answer;
use crate::tenant::consent::Question;

/// `/login`: the user name, then the challenge.
#[derive(Template)]
#[template(path = "login.html")]
pub(super) struct LoginPage<'a> {
    pub(super) prefix: &'a str,
    pub(super) cloud_redirect: &'a str,
    pub(super) cloud_redirect_encoded: &'a str,
    /// Where the browser goes after signing in: a path on this server.
    pub(super) target: &'a str,
    pub(super) tenant_id: &'a str,
    pub(super) username: &'a str,
    pub(super) failure: Option<&'a str>,
    pub(super) accounts: Vec<Account>,
    pub(super) challenge: Option<Challenge>,
}

/// A button of the account list.
pub(super) struct Account {
    pub(super) name: String,
    pub(super) display_name: String,
}

/// A challenge to answer.
pub(super) struct Challenge {
    pub(super) session_id: String,
    pub(super) mechanism_id: String,
    pub(super) prompt: String,
    /// Whether the answer is hidden while it is typed.
    pub(super) secret: bool,
}

/// An error that may not be redirected.
#[derive(Template)]
#[template(path = "error.html")]
pub(super) struct ErrorPage<'a> {
    pub(super) heading: &'a str,
    pub(super) code: &'a str,
    pub(super) description: &'a str,
    pub(super) explanation: &'a str,
}

/// `/my`: where signing in leads when no application waits.
#[derive(Template)]
#[template(path = "signed_in.html")]
pub(super) struct SignedInPage<'a> {
    pub(super) user: &'a str,
}

/// The user is asked to consent.
#[derive(Template)]
#[template(path = "consent.html")]
pub(super) struct ConsentPage<'a> {
    pub(super) prefix: &'a str,
    pub(super) app: &'a str,
    pub(super) bounce: &'a str,
    pub(super) question: &'a Question,
}

/// The user is asked whether to sign out.
#[derive(Template)]
#[template(path = "confirm_sign_out.html")]
pub(super) struct ConfirmSignOutPage<'a> {
    pub(super) action: &'a str,
}

/// The user is signed out; applications are told in frames.
#[derive(Template)]
#[template(path = "signed_out.html")]
pub(super) struct SignedOutPage<'a> {
    pub(super) frames: &'a [String],
    /// Where the user goes on to.
    pub(super) next: Option<&'a str>,
}

/// The link of a message was opened.
#[derive(Template)]
#[template(path = "answered.html")]
pub(super) struct AnsweredPage {
    pub(super) approved: bool,
}

/// The self-submitting form of `response_mode=form_post`.
#[derive(Template)]
#[template(path = "form_post.html")]
pub(super) struct FormPostPage<'a> {
    pub(super) action: &'a str,
    pub(super) fields: &'a [(&'static str, String)],
}

/// The page as an answer.
pub(super) fn html(status: StatusCode, page: &impl Template) -> HttpResponse {
    let text = page.render().expect("rendering into a string cannot fail");
    answer::html(&mut HttpResponse::build(status), text)
}
