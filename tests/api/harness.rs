//! A mock on a free port for each test, and a verb for each thing that a user or client does.

mod answer;
mod client_keys;
mod hints;
mod jwt;
#[cfg(feature = "cli")]
mod program;
mod raw;
mod receiver;
mod request;
mod routes;
mod service;
mod shelf;
mod trust;

use std::ops::Deref;
use std::sync::mpsc;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use cyberark_identity_mock::clock::Clock;
use cyberark_identity_mock::fixtures;
use cyberark_identity_mock::ids::Ids;
use cyberark_identity_mock::server::{ControlAccess, Server, ServerOptions, Timeouts};
use cyberark_identity_mock::tenant::document::TenantDocument;
use cyberark_identity_mock::tenant::keys::SigningKey;
use cyberark_identity_mock::tenant::policy::Policy;
use cyberark_identity_mock::tenant::tenants::Tenants;
use cyberark_identity_mock::tenant::{Tenant, TenantParts};

pub(crate) use self::answer::Answer;
pub(crate) use self::client_keys::{
    CLIENT_ALGORITHMS, ClientKeys, hs256, jwt, signed_under, unsigned, with_signing_client,
};
pub(crate) use self::hints::forged_hints;
pub(crate) use self::jwt::{Jwt, decoded, half_hash};
#[cfg(feature = "cli")]
pub(crate) use self::program::{Program, clean_command};
pub(crate) use self::raw::{Wire, request_bytes};
pub(crate) use self::receiver::{Receiver, Reply};
pub(crate) use self::request::Request;
pub(crate) use self::routes::{ROUTES, Route};
pub(crate) use self::service::{API, BANK, SERVICE, text, with_api};
pub(crate) use self::shelf::{Kept, Shelf};
pub(crate) use self::trust::{Trust, provider};

/// The redirect URI that tests use; the built-in applications allow it.
pub(crate) const CALLBACK: &str = "http://localhost:3000/callback";

/// Where a tenant is reached: every verb of a test starts here.
pub(crate) struct Place {
    /// `http://127.0.0.1:PORT`, `https:` after [`Setup::over_https`], and the path in front of a
    /// named tenant's own.
    pub(crate) url: String,
    /// Whom clients trust over https.
    pub(crate) trust: Option<Trust>,
}

/// A running mock; it stops when it is dropped.
pub(crate) struct Mock {
    place: Place,
    /// `http://127.0.0.1:PORT`.
    pub(crate) plain_url: String,
    /// The clock of the tenant.
    pub(crate) clock: Clock,
    pub(crate) tenant: Tenant,
    pub(crate) tenants: Tenants,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

/// How a mock is made.
pub(crate) struct Setup {
    pub(crate) document: TenantDocument,
    pub(crate) policy: Policy,
    pub(crate) public_url: Option<&'static str>,
    /// The same ids in each run, for whole documents.
    pub(crate) seed: Option<u64>,
    pub(crate) workers: usize,
    /// HTTPS beside HTTP; every verb of the mock then goes over https.
    pub(crate) https: bool,
    pub(crate) control: ControlAccess,
    pub(crate) timeouts: Timeouts,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            document: fixtures::built_in(),
            policy: Policy::cyberark(),
            public_url: None,
            seed: None,
            workers: 1,
            https: false,
            control: ControlAccess::default(),
            timeouts: Timeouts::default(),
        }
    }
}

impl Setup {
    /// The built-in tenant with more users, applications or settings: `json` is a fixture whose
    /// lists are added and whose tenant replaces the built-in one.
    pub(crate) fn with(mut self, json: &serde_json::Value) -> Self {
        let more = fixtures::from_text("test", &json.to_string()).expect("a fixture of a test");
        self.document.users.extend(more.users);
        self.document.roles.extend(more.roles);
        self.document.apps.extend(more.apps);
        self.document.tenant = more.tenant.or(self.document.tenant);
        self
    }

    pub(crate) fn start(self) -> Mock {
        let clock = Clock::default();
        let parts = TenantParts {
            policy: self.policy,
            key: SigningKey::development(),
            clock: clock.clone(),
            ids: self.seed.map_or_else(Ids::default, Ids::seeded),
        };
        let tenant = Tenant::new(self.document, parts).expect("the fixture holds together");
        let (socket, plain_url) = trust::socket("http");
        let (https, url, trust) = if self.https {
            let (socket, url) = trust::socket("https");
            let (https, trust) = trust::https(&tenant, socket);
            (Some(https), url, Some(trust))
        } else {
            (None, plain_url.clone(), None)
        };
        let options = ServerOptions {
            public_url: self.public_url.map(|url| url.parse().expect("a base URL")),
            workers: Some(self.workers),
            https,
            control: self.control,
            timeouts: self.timeouts,
        };
        let tenants = Tenants::from(tenant.clone());
        let shared = tenants.clone();
        let (send, receive) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = Server::listen(shared, socket, options).expect("the socket listens");
                send.send(server.handle()).expect("the test waits for the handle");
                server.run().await.expect("the server runs until it is stopped");
            });
        });
        let handle = receive.recv().expect("the server starts");
        let place = Place { url, trust };
        Mock { place, plain_url, clock, tenant, tenants, handle, thread: Some(thread) }
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        let ended = self.thread.take().map(JoinHandle::join);
        if !std::thread::panicking() {
            assert!(ended.is_some_and(|ended| ended.is_ok()), "the server thread panicked");
        }
    }
}

impl Mock {
    /// The built-in tenant as the product behaves.
    pub(crate) fn start() -> Self {
        Setup::default().start()
    }

    /// The built-in tenant as the specifications demand.
    pub(crate) fn strict() -> Self {
        Setup { policy: Policy::strict(), ..Setup::default() }.start()
    }

    /// The place of a named tenant.
    pub(crate) fn at(&self, tenant: &str) -> Place {
        Place { url: format!("{}/_tenant/{tenant}", self.url), trust: self.trust.clone() }
    }
}

impl Deref for Mock {
    type Target = Place;

    fn deref(&self) -> &Place {
        &self.place
    }
}

impl Place {
    /// A request; `path` may carry a query.
    pub(crate) fn request(&self, method: &str, path: &str) -> Request {
        Request::new(method, format!("{}{path}", self.url)).trusting(self.trust.as_ref())
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send()
    }

    /// Puts JSON.
    pub(crate) fn put(&self, path: &str, json: &serde_json::Value) -> Answer {
        self.request("PUT", path).json(json).send()
    }

    /// Posts a form.
    pub(crate) fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.request("POST", path).form(form).send()
    }

    /// The issuer of an application as this mock is reached.
    pub(crate) fn issuer(&self, app: &str) -> String {
        format!("{}/{app}/", self.url)
    }

    /// Signs in by the JSON API; returns the session: the value of `Auth` and `.ASPXAUTH`.
    pub(crate) fn sign_in(&self, user: &str, password: &str) -> String {
        let answer = self.sign_in_answer(user, password);
        assert_eq!(answer["Result"]["Summary"], "LoginSuccess", "{answer}");
        answer["Result"]["Auth"].as_str().expect("Auth is a string").to_owned()
    }

    /// Alice's session.
    pub(crate) fn alice(&self) -> String {
        self.sign_in("alice@example.com", "alice-password")
    }

    /// Starts and answers by the JSON API; returns the last envelope.
    pub(crate) fn sign_in_answer(&self, user: &str, password: &str) -> serde_json::Value {
        let started = self
            .request("POST", "/Security/StartAuthentication")
            .json(&serde_json::json!({ "User": user, "Version": "1.0" }))
            .send()
            .json();
        let package = &started["Result"];
        self.request("POST", "/Security/AdvanceAuthentication")
            .json(&serde_json::json!({
                "SessionId": package["SessionId"],
                "MechanismId": package["Challenges"][0]["Mechanisms"][0]["MechanismId"],
                "Action": "Answer",
                "Answer": password,
            }))
            .send()
            .json()
    }

    /// Asks the authorization endpoint with a session cookie; `more` goes before the defaults:
    /// the application's client, [`CALLBACK`], `openid profile`, `state=xyz`, `nonce=n-0S6`.
    pub(crate) fn authorize(
        &self,
        app: &str,
        session: Option<&str>,
        more: &[(&str, &str)],
    ) -> Answer {
        let client = format!("{app}-client");
        let defaults = [
            ("client_id", client.as_str()),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid profile"),
            ("state", "xyz"),
            ("nonce", "n-0S6"),
        ];
        let kept = defaults.iter().filter(|(name, _)| !more.iter().any(|(set, _)| set == name));
        let query: Vec<(&str, &str)> = more.iter().chain(kept).copied().collect();
        let mut request = self.request("GET", &format!("/OAuth2/Authorize/{app}")).query(&query);
        if let Some(session) = session {
            request = request.cookie(session);
        }
        request.send()
    }

    /// A fresh code for alice at the confidential application `bank`.
    pub(crate) fn code(&self, more: &[(&str, &str)]) -> String {
        let answer = self.authorize("bank", Some(&self.alice()), more);
        answer.callback_parameter("code").unwrap_or_else(|| panic!("no code: {answer:?}"))
    }

    /// Exchanges a code of `bank` with Basic credentials; `more` goes before the defaults.
    pub(crate) fn exchange(&self, code: &str, more: &[(&str, &str)]) -> Answer {
        let defaults =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
        let kept = defaults.iter().filter(|(name, _)| !more.iter().any(|(set, _)| set == name));
        let form: Vec<(&str, &str)> = more.iter().chain(kept).copied().collect();
        self.request("POST", "/OAuth2/Token/bank")
            .basic("bank-client", "bank-secret")
            .form(&form)
            .send()
    }

    /// Signs alice in at `bank` and returns the token endpoint's answer; `more` goes to the
    /// authorization request.
    pub(crate) fn tokens(&self, more: &[(&str, &str)]) -> serde_json::Value {
        let answer = self.exchange(&self.code(more), &[]);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Alice's access token for `bank`; `more` goes to the authorization request.
    pub(crate) fn access_token(&self, more: &[(&str, &str)]) -> String {
        self.tokens(more)["access_token"].as_str().expect("a string").to_owned()
    }

    /// Asks `UserInfo` of `bank` with a bearer token.
    pub(crate) fn userinfo(&self, access_token: &str) -> Answer {
        self.request("GET", "/OAuth2/UserInfo/bank").bearer(access_token).send()
    }

    /// The claims of a token of `app` whose signature the published keys verify.
    pub(crate) fn verified(&self, app: &str, token: &str) -> Jwt {
        let keys = self.get(&format!("/OAuth2/Keys/{app}")).json();
        Jwt::verified(token, &keys)
    }
}
