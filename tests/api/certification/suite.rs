//! What the suite brings: its flows, its browser, and the checks that every module makes.

use cyberark_identity_mock::fixtures;
use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::Value;

use crate::harness::{Answer, Jwt, Mock, Setup, half_hash};
use crate::login::form::{Form, attribute};

pub(super) const BASE: &str = "https://op.example";
pub(super) const REDIRECT_URI: &str = "https://localhost:8443/test/a/a1/callback";
pub(super) const USER: (&str, &str) = ("carol@example.com", "carol-password");
pub(super) const SUBJECT: &str = "ca401000-0000-4000-8000-000000000003";
pub(super) const NONCE: &str = "nonce-0123456789";
pub(super) const STATE: &str = "state-0123456789";

/// A client of the fixture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client {
    pub(super) app: &'static str,
    pub(super) id: &'static str,
    pub(super) secret: &'static str,
}

pub(super) const FIRST: Client = Client {
    app: "certification",
    id: "certification-client",
    secret: "certification-secret-0123456789abcdef0123456789",
};
pub(super) const SECOND: Client = Client {
    app: "certification2",
    id: "certification2-client",
    secret: "certification2-secret-0123456789abcdef0123456789",
};
pub(super) const POST: Client = Client {
    app: "certification-post",
    id: "certification-post-client",
    secret: "certification-post-secret-0123456789abcdef0123456789",
};

/// A response type in a response mode: a row of a plan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flow {
    pub(super) response_type: &'static str,
    pub(super) form_post: bool,
}

pub(super) const BASIC: &[&str] = &["code"];
pub(super) const HYBRID: &[&str] = &["code id_token", "code token", "code id_token token"];
pub(super) const IMPLICIT: &[&str] = &["id_token", "id_token token"];
pub(super) const ALL: &[&[&str]] = &[BASIC, HYBRID, IMPLICIT];
/// Whose module runs in the hybrid plan for `code id_token` alone.
pub(super) const ALL_HYBRID_ONCE: &[&[&str]] = &[BASIC, &["code id_token"], IMPLICIT];
pub(super) const WITH_CODE: &[&[&str]] = &[BASIC, HYBRID];

/// The flows of these plans and of their `form_post` twins.
pub(super) fn flows(plans: &[&[&'static str]]) -> Vec<Flow> {
    let types = plans.iter().flat_map(|plan| plan.iter().copied());
    types
        .flat_map(|response_type| [false, true].map(|form_post| Flow { response_type, form_post }))
        .collect()
}

impl Flow {
    pub(super) fn has(self, word: &str) -> bool {
        self.response_type.split(' ').any(|own| own == word)
    }

    /// Whether an access token comes at all.
    pub(super) fn has_access(self) -> bool {
        self.has("code") || self.has("token")
    }
}

/// The provider under test.
pub(super) fn provider() -> Mock {
    let text = include_str!("../../../fixtures/certification/tenant.json");
    let document = fixtures::from_text("fixtures/certification/tenant.json", text).unwrap();
    Setup { document, policy: Policy::strict(), public_url: Some(BASE), ..Setup::default() }.start()
}

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

    fn check_front(&self, response: &Response) -> Option<IdToken> {
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
            assert!(response.get("expires_in").unwrap().parse::<u32>().unwrap() > 0);
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

    /// `UserInfo` by a bearer header, checked.
    pub(super) fn userinfo(&self, session: &Session) -> Value {
        let path = format!("/OAuth2/UserInfo/{}", self.client.app);
        let token = session.access_token.as_deref().expect("an access token");
        checked_userinfo(&self.mock.request("GET", &path).bearer(token).send())
    }
}

/// What an ID token may carry beside the claims of scopes; `unique_name` is the product's.
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
    "unique_name",
];

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

#[derive(Debug)]
pub(super) struct IdToken {
    pub(super) text: String,
    pub(super) claims: Value,
}

impl IdToken {
    /// At the token endpoint the hash may be missing, but not wrong.
    fn check_hash(&self, name: &str, of: Option<&str>) {
        if let Some(hash) = self.claims[name].as_str() {
            assert_eq!(Some(hash.to_owned()), of.map(half_hash), "{name}");
        }
    }
}

/// What arrived at the redirect URI, where the flow's response mode has it.
#[derive(Debug)]
pub(super) struct Response(Vec<(String, String)>);

impl Response {
    fn of(answer: &Answer, flow: Flow) -> Self {
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

    fn owned(&self, name: &str) -> Option<String> {
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

fn checked_tokens(answer: &Answer) -> Value {
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
