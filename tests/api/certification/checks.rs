//! The checks that every module makes.

use serde_json::Value;

use super::browser::Browser;
use super::suite::{BASE, Flow, NONCE, REDIRECT_URI, STATE, SUBJECT};
use crate::harness::{Answer, half_hash};
use crate::login::form::attribute;

impl Browser<'_> {
    /// The checks of what arrives at the redirect URI.
    pub(super) fn check_front(&self, response: &Response) -> Option<IdToken> {
        let flow = self.flow;
        assert_eq!(response.get("error"), None, "{response:?}");
        assert_eq!(response.get("state"), Some(STATE), "{response:?}");
        let issuer = format!("{BASE}/{}/", self.client.app);
        assert_eq!(response.get("iss"), Some(&*issuer), "{response:?}");
        assert_eq!(response.get("code").is_some(), flow.has("code"), "{response:?}");
        assert_eq!(response.get("access_token").is_some(), flow.has("token"), "{response:?}");
        assert_eq!(response.get("id_token").is_some(), flow.has("id_token"), "{response:?}");
        if let Some(code) = response.get("code") {
            assert!(code.len() >= 16 && entropy(code) >= 96.0, "{code}");
        }
        if flow.has("token") {
            assert_eq!(response.get("token_type"), Some("Bearer"), "{response:?}");
            let seconds = response.get("expires_in").and_then(|text| text.parse::<u32>().ok());
            assert!(seconds.is_some_and(|seconds| seconds > 0), "{response:?}");
        }
        let id_token = self.checked_id_token(response.get("id_token")?);
        for (name, of) in
            [("c_hash", response.get("code")), ("at_hash", response.get("access_token"))]
        {
            let expected = of.map_or(Value::Null, |value| half_hash(value).into());
            assert_eq!(id_token.claims[name], expected, "{name}");
        }
        Some(id_token)
    }

    /// The checks of every ID token.
    pub(super) fn checked_id_token(&self, token: &str) -> IdToken {
        let jwt = self.mock.verified(self.client.app, token);
        assert!(jwt.header["kid"].is_string(), "{jwt:?}");
        let now = self.mock.clock.now().seconds();
        let number = |name: &str| jwt.claims[name].as_i64().unwrap_or_else(|| panic!("{jwt:?}"));
        assert_eq!(jwt.claims["iss"], format!("{BASE}/{}/", self.client.app));
        assert_eq!(jwt.claims["aud"], self.client.id);
        assert_eq!(jwt.claims["sub"], SUBJECT);
        assert!(number("exp") > now && number("iat") <= now && number("auth_time") <= now);
        assert!(jwt.claims.get("nonce").is_none_or(|nonce| nonce == NONCE), "{jwt:?}");
        let allowed = |name: &&str| ID_TOKEN_CLAIMS.contains(name);
        if self.flow.response_type != "id_token" {
            assert_eq!(jwt.names().into_iter().find(|name| !allowed(name)), None, "{jwt:?}");
        }
        IdToken { text: token.to_owned(), claims: jwt.claims }
    }
}

/// What an ID token may carry beside the claims of scopes.
const ID_TOKEN_CLAIMS: [&str; 13] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "at_hash",
    "c_hash",
    "sid",
];

/// An ID token that was checked.
#[derive(Debug)]
pub(super) struct IdToken {
    pub(super) text: String,
    pub(super) claims: Value,
}

impl IdToken {
    /// At the token endpoint the hash may be missing, but not wrong.
    pub(super) fn check_hash(&self, name: &str, of: Option<&str>) {
        if let Some(hash) = self.claims[name].as_str() {
            assert_eq!(Some(hash.to_owned()), of.map(half_hash), "{name}");
        }
    }
}

/// What arrived at the redirect URI, where the flow's response mode has it.
#[derive(Debug)]
pub(super) struct Response(Vec<(String, String)>);

impl Response {
    pub(super) fn of(answer: &Answer, flow: Flow) -> Self {
        if flow.form_post {
            assert_eq!(answer.status, 200, "{answer:?}");
            let (_, form) = answer.body.split_once("<form id=\"form-post\"").expect("a form");
            assert_eq!(attribute(form, "action").as_deref(), Some(REDIRECT_URI));
            assert!(!form.contains("enctype"), "{form}");
            let inputs = form.split("<input").skip(1);
            let pair = |tag: &str| Some((attribute(tag, "name")?, attribute(tag, "value")?));
            return Self(inputs.filter_map(pair).collect());
        }
        let location = answer.location();
        let mark = if flow.response_type == "code" { '?' } else { '#' };
        let start = format!("{REDIRECT_URI}{mark}");
        assert!(location.starts_with(&start), "{flow:?}: {location}");
        assert_eq!(location.matches(['?', '#']).count(), 1, "{location}");
        Self(answer.callback())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn owned(&self, name: &str) -> Option<String> {
        let name = if name == "token" { "access_token" } else { name };
        self.get(name).map(str::to_owned)
    }

    /// An error as the specifications want it, with no other parameters than theirs.
    pub(super) fn assert_error(&self, allowed: &[&str], state: &str) {
        let error = self.get("error").unwrap_or_else(|| panic!("no error: {self:?}"));
        assert!(allowed.contains(&error), "{self:?}");
        assert_eq!(self.get("state"), Some(state), "{self:?}");
        let known = ["error", "error_description", "state", "iss"];
        assert!(self.0.iter().all(|(name, _)| known.contains(&name.as_str())), "{self:?}");
        let text = self.get("error_description").unwrap_or_default();
        let is_allowed = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
        assert!(text.chars().all(is_allowed), "{text}");
    }
}

/// The checks of every success of the token endpoint.
pub(super) fn checked_tokens(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let tokens = answer.json();
    assert_eq!(tokens["token_type"], "Bearer", "{tokens}");
    assert!(tokens["access_token"].is_string(), "{tokens}");
    assert!(tokens["expires_in"].as_i64().is_some_and(|seconds| seconds > 0), "{tokens}");
    tokens
}

/// The checks of every `UserInfo` answer.
pub(super) fn checked_userinfo(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{answer:?}");
    let kind = answer.header("content-type").expect("a content type");
    assert!(kind.starts_with("application/json"), "{kind}");
    let claims = answer.json();
    assert_eq!(claims["sub"], SUBJECT);
    let is_typed = |(name, value): (&String, &Value)| match name.as_str() {
        "updated_at" | "auth_time" => value.is_i64(),
        "email_verified" | "phone_number_verified" => value.is_boolean(),
        "address" => value.is_object(),
        _ => value.is_string(),
    };
    assert!(claims.as_object().expect("an object").iter().all(is_typed), "{claims}");
    claims
}

/// Shannon's, of the whole text in bits.
fn entropy(text: &str) -> f64 {
    let length = f64::from(u32::try_from(text.len()).expect("short"));
    let count = |byte: u8| u32::try_from(text.bytes().filter(|own| *own == byte).count());
    let bits = |byte: u8| (length / f64::from(count(byte).expect("short"))).log2();
    text.bytes().map(bits).sum()
}
