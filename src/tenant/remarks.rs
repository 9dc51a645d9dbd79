//! What a client should do and does not: the SHOULDs of the specifications, noticed for each request.
//!
//! Nothing here refuses anything. A remark says which rule was not kept, never a value.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::Tenant;
use super::policy::Advice;
use super::registry::AppAt;
use super::request_object::unfold;
use crate::protocol::authorize::{AuthorizeCall, AuthorizeRequest, Prompt};
use crate::protocol::base_url::BaseUrl;
use crate::protocol::entropy::estimated_bits;
use crate::protocol::response_type::ResponseType;
use crate::protocol::token::{GrantType, TokenRequest};

/// How much a remark matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// The client should do otherwise.
    Warning,
    /// It is good to know.
    Information,
}

/// A rule that was not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Remark {
    /// Its number in the README's table.
    pub row: u8,
    /// How much it matters.
    pub weight: Weight,
    /// What the client does.
    pub what: Cow<'static, str>,
    /// Where the rule stands.
    pub reference: &'static str,
}

/// The rules that a request did not keep, for whoever logs it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remarks(pub Vec<Remark>);

/// Seconds for which a value counts as used.
const REMEMBERED: i64 = 3600;

/// Estimated bits that a `state` or `nonce` should have, and a `code_verifier`.
const GUESSABLE: f64 = 96.0;
const GUESSABLE_VERIFIER: f64 = 180.0;

/// A request being looked over.
struct Review<'t> {
    tenant: &'t Tenant,
    /// Application and client: values are compared within them.
    whose: String,
    remarks: Vec<Remark>,
}

impl Review<'_> {
    fn note(&mut self, applies: bool, row: u8, what: &'static str, reference: &'static str) {
        if applies {
            let weight = Weight::Warning;
            self.remarks.push(Remark { row, weight, what: what.into(), reference });
        }
    }

    /// Whether the client has sent this value before; from now on it has.
    fn is_used(&self, kind: &str, value: &str) -> bool {
        let now = self.tenant.0.clock.now();
        let id = format!("{kind} {} {value}", self.whose);
        !self.tenant.0.sent_before.insert_once(&id, (), now, now.plus_seconds(REMEMBERED))
    }
}

impl Tenant {
    /// What the client of an authorization request should do otherwise; nothing unless the policy
    /// gives advice.
    pub fn remarks_on_authorize(
        &self,
        base: &BaseUrl,
        application_id: &str,
        call: &AuthorizeCall,
    ) -> Remarks {
        let AuthorizeCall::Request(sent) = call else { return Remarks::default() };
        let Some(registered) = self.0.apps.get(application_id) else { return Remarks::default() };
        if registered.policy.advice == Advice::Silent {
            return Remarks::default();
        }
        let at = AppAt::new(base, registered);
        let inside = unfold(&at, sent, self.0.clock.now()).ok().flatten();
        let request = inside.as_ref().map_or(&**sent, |inside| &inside.request);
        let is_unaddressed = inside.as_ref().is_some_and(|inside| inside.is_unaddressed);
        let client_id = request.client_id.as_deref().unwrap_or_default();
        let whose = format!("{application_id} {client_id}");
        let mut review = Review { tenant: self, whose, remarks: Vec::new() };
        review.state_and_nonce(request);
        review.challenge(request);
        review.rest(request);
        review.wishes(&at, request);
        let what = "a signed request object without iss or aud";
        review.note(is_unaddressed, 28, what, "OpenID Connect Core section 6.1");
        Remarks(review.remarks)
    }

    /// That a request names what the server does not know, and ignores.
    pub fn remarks_on_unknown(&self, application_id: Option<&str>, unknown: &[&str]) -> Remarks {
        let policy = application_id.map_or(self.0.policy, |id| self.policy_for(id));
        if unknown.is_empty() || policy.advice == Advice::Silent {
            return Remarks::default();
        }
        let names = unknown.iter().take(MOST_NAMES).map(|name| shown(name));
        let what = format!("ignored, because unknown: {}", names.collect::<Vec<_>>().join(", "));
        Remarks(vec![Remark {
            row: 3,
            weight: Weight::Information,
            what: what.into(),
            reference: "RFC 6749 section 3.1",
        }])
    }

    /// What the client of a token request should do otherwise.
    pub fn remarks_on_exchange(&self, application_id: &str, request: &TokenRequest) -> Remarks {
        if self.policy_for(application_id).advice == Advice::Silent {
            return Remarks::default();
        }
        let client_id = request.client.readings().first().map_or("", |(id, _)| id).to_owned();
        let whose = format!("{application_id} {client_id}");
        let mut review = Review { tenant: self, whose, remarks: Vec::new() };
        if let Some(verifier) = &request.code_verifier {
            let is_weak = estimated_bits(verifier) <= GUESSABLE_VERIFIER;
            review.note(is_weak, 51, "code_verifier can be guessed", "RFC 7636 section 7.1");
            let is_used = review.is_used("verifier", verifier);
            review.note(is_used, 51, "code_verifier was sent before", "RFC 7636 section 4.1");
        }
        if let Some(code) = &request.code {
            let is_used = review.is_used("code", code);
            review.note(is_used, 55, "the code was sent before", "RFC 6749 section 4.1.2");
        }
        let grant_type = request.grant_type.as_deref().and_then(GrantType::named);
        let is_password = grant_type == Some(GrantType::Password);
        review.note(is_password, 54, "grant_type password is used", "RFC 9700 section 2.4");
        let asks_openid = request.scope.as_deref().is_some_and(|scope| has(scope, "openid"));
        let own = grant_type == Some(GrantType::ClientCredentials) && asks_openid;
        review.note(
            own,
            54,
            "client_credentials with scope openid: nobody signs in",
            "RFC 9700 section 2.4",
        );
        Remarks(review.remarks)
    }
}

impl Review<'_> {
    fn state_and_nonce(&mut self, request: &AuthorizeRequest) {
        let (state, nonce) = (request.state.as_deref(), request.nonce.as_deref());
        let has_challenge = request.code_challenge.is_some();
        let open = state.is_none() && nonce.is_none() && !has_challenge;
        self.note(open, 16, "no state, nonce or code_challenge", "RFC 6749 section 10.12");
        if let Some(state) = state {
            let odd = !state.bytes().all(|b| matches!(b, b' '..=b'~'));
            self.note(odd, 17, "state is not printable ASCII", "RFC 6749 appendix A.5");
            let weak = estimated_bits(state) <= GUESSABLE;
            self.note(weak, 17, "state can be guessed", "RFC 6749 section 10.10");
            let used = self.is_used("state", state);
            self.note(used, 17, "state was sent before", "RFC 6749 section 10.12");
        }
        let wants_code = words(request.response_type.as_deref()).any(|word| word == "code");
        let bare = nonce.is_none() && wants_code && !has_challenge;
        self.note(bare, 19, "no nonce and no code_challenge", "RFC 9700 section 2.1.1");
        if let Some(nonce) = nonce {
            let weak = estimated_bits(nonce) <= GUESSABLE;
            self.note(weak, 20, "nonce can be guessed", "OpenID Connect Core section 15.5.2");
            self.note(
                Some(nonce) == state,
                20,
                "nonce is the state",
                "OpenID Connect Core section 15.5.2",
            );
            let used = self.is_used("nonce", nonce);
            self.note(used, 20, "nonce was sent before", "OpenID Connect Core section 15.5.2");
        }
    }

    fn challenge(&mut self, request: &AuthorizeRequest) {
        let wants_code = words(request.response_type.as_deref()).any(|word| word == "code");
        let Some(challenge) = request.code_challenge.as_deref() else {
            self.note(wants_code, 21, "no code_challenge", "RFC 9700 section 2.1.1");
            return;
        };
        let is_plain = request.code_challenge_method.as_deref() != Some("S256");
        self.note(is_plain, 22, "code_challenge_method is not S256", "RFC 9700 section 2.1.1");
        let used = self.is_used("challenge", challenge);
        self.note(used, 23, "code_challenge was sent before", "RFC 7636 section 4.1");
    }

    /// How the rest of the wishes is written, and whose token the hint is.
    fn wishes(&mut self, at: &AppAt, request: &AuthorizeRequest) {
        let core = "OpenID Connect Core section 3.1.2.1";
        let is_display = |value: &str| ["page", "popup", "touch", "wap"].contains(&value);
        let odd = request.display.as_deref().is_some_and(|value| !is_display(value));
        self.note(odd, 26, "display is none of page, popup, touch and wap", core);
        for (locales, what) in [
            (&request.ui_locales, "ui_locales are no language tags"),
            (&request.claims_locales, "claims_locales are no language tags"),
        ] {
            let are_tags = |sent: &str| sent.split(' ').all(is_language_tag);
            let odd = locales.as_deref().is_some_and(|sent| !are_tags(sent));
            self.note(odd, 26, what, core);
        }
        let is_acr = |value: &str| !value.is_empty() && value.bytes().all(|b| b.is_ascii_graphic());
        let are_acrs = |sent: &str| sent.split(' ').all(is_acr);
        let odd = request.acr_values.as_deref().is_some_and(|sent| !are_acrs(sent));
        self.note(odd, 26, "acr_values are no words with single spaces between", core);
        let client_id = request.client_id.as_deref();
        let is_own = |hint: &str| {
            let claims = self.tenant.hint_of(at, hint);
            claims.is_some_and(|claims| claims.get("aud").and_then(Value::as_str) == client_id)
        };
        let odd = request.id_token_hint.as_deref().is_some_and(|hint| !is_own(hint));
        self.note(odd, 26, "id_token_hint is no ID token of this client", core);
    }

    fn rest(&mut self, request: &AuthorizeRequest) {
        let response_type = request.response_type.as_deref().and_then(|sent| sent.parse().ok());
        let response_type: Option<ResponseType> = response_type;
        let prompt =
            Prompt::parse(request.prompt.as_deref().unwrap_or_default()).unwrap_or_default();
        let offline = request.scope.as_deref().is_some_and(|scope| has(scope, "offline_access"));
        let asked = prompt.consent && response_type.is_some_and(|wanted| wanted.code);
        self.note(
            offline && !asked,
            29,
            "offline_access without prompt consent and a code",
            "OpenID Connect Core section 11",
        );
        let implicit = response_type.is_some_and(|wanted| wanted.token && !wanted.code);
        self.note(
            implicit,
            30,
            "an access token in the front channel alone",
            "RFC 9700 section 2.1.2",
        );
    }
}

/// The most unknown names that are told, and the most characters of each.
const MOST_NAMES: usize = 8;
const LONGEST_NAME: usize = 40;

/// A name, fit for a line of the log.
fn shown(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "_-.#".contains(c) { c } else { '?' };
    name.chars().take(LONGEST_NAME).map(plain).collect()
}

/// Whether the text is a language tag by its look
/// ([RFC 5646 §2.1](https://www.rfc-editor.org/rfc/rfc5646#section-2.1)).
fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let is_language = |part: &str| is_part(part) && part.bytes().all(|b| b.is_ascii_alphabetic());
    parts.next().is_some_and(is_language) && parts.all(is_part)
}

fn words(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default().split([' ', ','])
}

fn has(scope: &str, token: &str) -> bool {
    scope.split(' ').any(|own| own == token)
}
