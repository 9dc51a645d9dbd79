//! The pages: plain HTML with stable ids, usable without JavaScript, nothing loaded from elsewhere.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::answer;
use super::login::step::Step;
use crate::tenant::consent::Question;
use crate::tenant::login::IdpQuestion;
use crate::tenant::outbox::{Message, OutboxError};

/// `/login`: the user name, then the challenges.
#[derive(Template)]
#[template(path = "login.html")]
pub(super) struct LoginPage<'a> {
    pub(super) prefix: &'a str,
    /// `http` or `https`: how the mock is reached.
    pub(super) scheme: &'static str,
    pub(super) wishes: Wishes<'a>,
    pub(super) cloud_redirect_encoded: String,
    /// Where the browser goes after signing in: a path on this server.
    pub(super) target: &'a str,
    pub(super) tenant_id: &'a str,
    /// Whether a failed answer can be followed by another.
    pub(super) failures_go_on: bool,
    pub(super) accounts: Vec<Account>,
    pub(super) failure: Option<String>,
    pub(super) notice: Option<&'static str>,
    /// Host (and port) of the pod where the user is.
    pub(super) pod: Option<String>,
    /// Where a page that waits asks again.
    pub(super) refresh: Option<String>,
    pub(super) step: Step,
}

/// What the forms of the login page carry along.
pub(super) struct Wishes<'a> {
    pub(super) cloud_redirect: &'a str,
    pub(super) username: &'a str,
    /// Whether the session shall outlive the browser.
    pub(super) persist: bool,
}

/// A button of the account list.
pub(super) struct Account {
    pub(super) name: String,
    pub(super) display_name: String,
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
    /// Parameters of the request that count once the user has confirmed.
    pub(super) carried: &'a [(&'static str, &'a str)],
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

/// `/_mock/outbox` for people.
#[derive(Template)]
#[template(path = "outbox.html")]
pub(super) struct OutboxPage<'a> {
    pub(super) prefix: &'a str,
    pub(super) failure: Option<OutboxError>,
    pub(super) messages: &'a [Message],
}

/// The stand-in page of an identity provider.
#[derive(Template)]
#[template(path = "idp.html")]
pub(super) struct IdpPage<'a> {
    pub(super) prefix: &'a str,
    pub(super) state: &'a IdpState<'a>,
}

/// What the identity provider's page shows.
pub(super) enum IdpState<'a> {
    /// Who signs in, and whether.
    Asking {
        visit: &'a str,
        question: &'a IdpQuestion,
        cloud_redirect: &'a str,
        /// Whether there is no user of the name that was entered.
        is_unknown: bool,
    },
    /// The client that waits goes on, with this PIN if it asks for one.
    Told { pin: Option<&'a str> },
    /// The user said no. Where a browser was on its way, percent-encoded: the login page leads there.
    Denied { again: Option<String> },
    /// Nothing to answer.
    Gone,
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
