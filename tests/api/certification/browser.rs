//! The suite's browser and its client: what they do from the request to the tokens.

use serde_json::Value;

use super::checks::{IdToken, Response, checked_tokens, checked_userinfo};
use super::suite::{Client, FIRST, Flow, NONCE, REDIRECT_URI, STATE, USER};
use crate::harness::{Answer, Mock};
use crate::login::form::Form;

/// The suite's browser, with its cookie, at one client.
pub(super) struct Browser<'a> {
    pub(super) mock: &'a Mock,
    pub(super) client: Client,
    pub(super) flow: Flow,
    pub(super) session: String,
    /// How often a person had to sign in.
    pub(super) sign_ins: u32,
}

impl<'a> Browser<'a> {
    pub(super) fn new(mock: &'a Mock, flow: Flow) -> Self {
        Self::at(mock, flow, FIRST)
    }

    pub(super) fn at(mock: &'a Mock, flow: Flow, client: Client) -> Self {
        Self { mock, client, flow, session: String::new(), sign_ins: 0 }
    }

    /// The suite's request with these parameters changed; an empty value leaves one out.
    pub(super) fn parameters<'p>(&self, more: &[(&'p str, &'p str)]) -> Vec<(&'p str, &'p str)> {
        let defaults = [
            ("client_id", self.client.id),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "openid"),
            ("state", STATE),
            ("nonce", NONCE),
            ("response_type", self.flow.response_type),
            ("response_mode", if self.flow.form_post { "form_post" } else { "" }),
        ];
        let kept = defaults.iter().filter(|(name, _)| !more.iter().any(|(set, _)| set == name));
        kept.chain(more).filter(|(_, value)| !value.is_empty()).copied().collect()
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.mock.request("GET", path).cookie(&self.session).send()
    }

    /// Sends the request; what the provider answers at once.
    pub(super) fn ask(&self, more: &[(&str, &str)]) -> Answer {
        let path = format!("/OAuth2/Authorize/{}", self.client.app);
        self.mock.request("GET", &path).cookie(&self.session).query(&self.parameters(more)).send()
    }

    /// Sends the request and does on the pages what a person would do.
    pub(super) fn authorize(&mut self, more: &[(&str, &str)]) -> Response {
        let answer = self.ask(more);
        self.follow(answer)
    }

    /// Signs in and consents until the provider answers the client.
    pub(super) fn follow(&mut self, mut answer: Answer) -> Response {
        for _ in 0..3 {
            let target = answer.header("location").unwrap_or_default().to_owned();
            if target.starts_with("/login?") {
                answer = self.sign_in(&target);
            } else if target.starts_with("/consent?") {
                answer = self.consent(&target);
            } else {
                return Response::of(&answer, self.flow);
            }
        }
        panic!("the pages go in circles: {answer:?}")
    }

    fn sign_in(&mut self, page: &str) -> Answer {
        self.sign_ins += 1;
        let asked = Form::on(&self.get(page), "username-form");
        let challenge = asked.submit(self.mock, &[("username", USER.0)]);
        let done = Form::on(&challenge, "challenge-form").submit(self.mock, &[("answer", USER.1)]);
        let cookie = done.header("set-cookie").expect("signing in sets the cookie");
        assert!(cookie.contains("; Secure"), "{cookie}");
        let (pair, _) = cookie.split_once(';').expect("it has attributes");
        pair.strip_prefix(".ASPXAUTH=").expect("it is the session").clone_into(&mut self.session);
        self.get(done.location())
    }

    fn consent(&self, page: &str) -> Answer {
        let form = Form::on(&self.get(page), "consent-form");
        let (app, bounce) = (form.value("app"), form.value("bounce"));
        let asked = form.values("asked");
        let mut fields = vec![("app", app), ("bounce", bounce), ("decision", "approve")];
        fields.extend(asked.iter().flat_map(|scope| [("asked", *scope), ("scope", *scope)]));
        self.mock.request("POST", "/consent").cookie(&self.session).form(&fields).send()
    }

    /// Redeems a code with Basic credentials.
    pub(super) fn redeem(&self, code: &str, more: &[(&str, &str)]) -> Answer {
        let form =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", REDIRECT_URI)];
        self.token(&[&form, more].concat())
    }

    pub(super) fn token(&self, form: &[(&str, &str)]) -> Answer {
        let path = format!("/OAuth2/Token/{}", self.client.app);
        self.mock.request("POST", &path).basic(self.client.id, self.client.secret).form(form).send()
    }

    /// Checks the answer of the authorization endpoint, redeems the code, checks what it brings.
    pub(super) fn complete(&self, response: &Response) -> Session {
        self.complete_with(response, &[])
    }

    pub(super) fn complete_with(&self, response: &Response, more: &[(&str, &str)]) -> Session {
        let front = self.check_front(response);
        let Some(code) = response.get("code") else {
            return Session {
                id_token: front,
                access_token: response.owned("token"),
                tokens: None,
            };
        };
        let tokens = checked_tokens(&self.redeem(code, more));
        let id_token = self.checked_id_token(tokens["id_token"].as_str().expect("an ID token"));
        let access_token = tokens["access_token"].as_str().map(str::to_owned);
        id_token.check_hash("at_hash", access_token.as_deref());
        id_token.check_hash("c_hash", Some(code));
        if let Some(front) = front {
            assert_eq!(front.claims["sub"], id_token.claims["sub"]);
        }
        Session { id_token: Some(id_token), access_token, tokens: Some(tokens) }
    }

    /// Sends the request, follows it through, and checks all that comes of it.
    pub(super) fn run(&mut self, more: &[(&str, &str)]) -> Session {
        let response = self.authorize(more);
        self.complete(&response)
    }

    /// What the scopes ask for: at `UserInfo`, or in the ID token of a flow without access token.
    pub(super) fn user_claims(&self, session: Session) -> Value {
        if self.flow.has_access() {
            self.userinfo(&session)
        } else {
            session.id_token.expect("an ID token").claims
        }
    }

    /// `UserInfo` by a bearer header, checked.
    pub(super) fn userinfo(&self, session: &Session) -> Value {
        let path = format!("/OAuth2/UserInfo/{}", self.client.app);
        let token = session.access_token.as_deref().expect("an access token");
        checked_userinfo(&self.mock.request("GET", &path).bearer(token).send())
    }
}

/// What the client has after a flow.
#[derive(Debug)]
pub(super) struct Session {
    /// The last ID token.
    pub(super) id_token: Option<IdToken>,
    pub(super) access_token: Option<String>,
    /// The answer of the token endpoint.
    pub(super) tokens: Option<Value>,
}

impl Session {
    pub(super) fn claim(&self, name: &str) -> Value {
        self.id_token.as_ref().map_or(Value::Null, |token| token.claims[name].clone())
    }
}
