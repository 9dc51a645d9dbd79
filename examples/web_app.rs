//! A small web application that signs its users in, and how its tests use the mock.
//!
//! ```sh
//! cargo run &                                         # the mock, on port 8080
//! cargo run --example web_app                         # the application, on port 3000
//! cargo test --example web_app                        # its tests, which need neither
//! ```

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use actix_web::cookie::Cookie;
use actix_web::http::header::LOCATION;
use actix_web::web::{self, Data, Query, ServiceConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    TokenResponse,
};
use serde::Deserialize;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// The client as discovery leaves it.
type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The application: who signs in, and who has.
struct Shop {
    client: Client,
    /// Sign-ins on their way, by `state`.
    waiting: Mutex<HashMap<String, (Nonce, PkceCodeVerifier)>>,
    /// Names of those who are signed in, by the value of the cookie.
    signed_in: Mutex<HashMap<String, String>>,
}

impl Shop {
    fn discover(issuer: &str, callback: &str) -> Result<Self, Error> {
        let metadata = CoreProviderMetadata::discover(&IssuerUrl::new(issuer.to_owned())?, &http)?;
        let client = CoreClient::from_provider_metadata(
            metadata,
            ClientId::new("bank-client".to_owned()),
            Some(ClientSecret::new("bank-secret".to_owned())),
        )
        .set_redirect_uri(RedirectUrl::new(callback.to_owned())?);
        Ok(Self { client, waiting: Mutex::default(), signed_in: Mutex::default() })
    }

    /// Where the browser goes to sign in.
    fn authorization_url(&self) -> String {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = self
            .client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        locked(&self.waiting).insert(state.into_secret(), (nonce, verifier));
        url.into()
    }

    /// Exchanges the code, checks the ID token, and returns a cookie for the user whom it names.
    fn sign_in(&self, state: &str, code: String) -> Result<String, Error> {
        let waiting = locked(&self.waiting).remove(state);
        let (nonce, verifier) = waiting.ok_or("nobody waits for this answer")?;
        let request = self.client.exchange_code(AuthorizationCode::new(code))?;
        let tokens = request.set_pkce_verifier(verifier).request(&http)?;
        let id_token = tokens.id_token().ok_or("the answer has no ID token")?;
        let claims = id_token.claims(&self.client.id_token_verifier(), &nonce)?;
        let name = claims.name().and_then(|name| name.get(None));
        let name = name.map_or_else(|| claims.subject().to_string(), |name| name.to_string());
        let cookie = CsrfToken::new_random().into_secret();
        locked(&self.signed_in).insert(cookie.clone(), name);
        Ok(cookie)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One call of the client's: redirects are not followed.
fn http(request: openidconnect::HttpRequest) -> Result<openidconnect::HttpResponse, ureq::Error> {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
    let agent: ureq::Agent = config.build().into();
    let (parts, mut body) = agent.run(request)?.into_parts();
    Ok(openidconnect::HttpResponse::from_parts(parts, body.read_to_vec()?))
}

fn routes(config: &mut ServiceConfig) {
    config
        .route("/", web::get().to(home))
        .route("/sign-in", web::get().to(sign_in))
        .route("/callback", web::get().to(callback));
}

async fn home(shop: Data<Shop>, request: HttpRequest) -> HttpResponse {
    let cookie = request.cookie("shop");
    let name = cookie.and_then(|cookie| locked(&shop.signed_in).get(cookie.value()).cloned());
    HttpResponse::Ok()
        .body(name.map_or("Please sign in.".to_owned(), |name| format!("Hello {name}!")))
}

async fn sign_in(shop: Data<Shop>) -> HttpResponse {
    HttpResponse::Found().insert_header((LOCATION, shop.authorization_url())).finish()
}

/// The authorization response.
#[derive(Debug, Deserialize)]
struct Response {
    state: String,
    code: Option<String>,
    error: Option<String>,
}

async fn callback(shop: Data<Shop>, sent: Query<Response>) -> actix_web::Result<HttpResponse> {
    let Response { state, code, error } = sent.into_inner();
    let Some(code) = code else {
        let error = error.unwrap_or_default();
        return Ok(HttpResponse::Forbidden().body(format!("You are not signed in: {error}")));
    };
    // The client waits for the mock: not on the worker.
    Ok(match web::block(move || shop.sign_in(&state, code)).await? {
        Ok(cookie) => HttpResponse::Found()
            .cookie(Cookie::build("shop", cookie).http_only(true).finish())
            .insert_header((LOCATION, "/"))
            .finish(),
        Err(_) => HttpResponse::BadGateway().body("We cannot sign you in now."),
    })
}

#[actix_web::main]
async fn main() -> Result<(), Error> {
    let shop = web::block(|| {
        Shop::discover("http://localhost:8080/bank/", "http://localhost:3000/callback")
    });
    let shop = Data::new(shop.await??);
    let server = HttpServer::new(move || App::new().app_data(shop.clone()).configure(routes));
    Ok(server.bind(("127.0.0.1", 3000))?.run().await?)
}

#[cfg(test)]
mod tests {
    use std::thread::{self, JoinHandle};

    use actix_web::dev::ServerHandle;
    use actix_web::rt::System;
    use cyberark_identity_mock::mock::{Expectation, MockTenant};
    use cyberark_identity_mock::tenant::steer::{Canned, Steer, TokenChange, When};
    use serde_json::{Map, json};

    use super::*;

    /// The application on a free port, and the browser of its user, who is alice at the mock.
    struct Browser {
        app: String,
        session: String,
        handle: ServerHandle,
        thread: Option<JoinHandle<std::io::Result<()>>>,
    }

    impl Browser {
        fn open(mock: &MockTenant) -> Self {
            let shop = Shop::discover(&mock.issuer("bank"), "http://localhost:3000/callback");
            let shop = Data::new(shop.expect("discovery works"));
            let (send, receive) = std::sync::mpsc::channel();
            let thread = thread::spawn(move || {
                System::new().block_on(async move {
                    let app = move || App::new().app_data(shop.clone()).configure(routes);
                    let server = HttpServer::new(app).workers(1).bind(("127.0.0.1", 0))?;
                    let address = server.addrs()[0];
                    let server = server.run();
                    send.send((address, server.handle())).expect("the test waits");
                    server.await
                })
            });
            let (address, handle) = receive.recv().expect("the application starts");
            let session = mock.session("alice@example.com").expect("alice is there");
            Self { app: format!("http://{address}"), session, handle, thread: Some(thread) }
        }

        /// Asks; returns where the answer leads, its cookie and its text.
        fn get(url: &str, cookie: &str) -> (Option<String>, Option<String>, String) {
            let config = ureq::Agent::config_builder().http_status_as_error(false);
            let agent: ureq::Agent = config.max_redirects(0).build().into();
            let mut answer = agent.get(url).header("cookie", cookie).call().expect("an answer");
            let field = |name| answer.headers().get(name)?.to_str().ok().map(str::to_owned);
            let (location, cookie) = (field("location"), field("set-cookie"));
            (location, cookie, answer.body_mut().read_to_string().expect("a text"))
        }

        /// Signs in as people do; returns what the application shows at the end.
        fn sign_in(&self) -> String {
            let (to_mock, ..) = Self::get(&format!("{}/sign-in", self.app), "");
            let (back, ..) = Self::get(&to_mock.expect("a redirect"), &self.session);
            let back = back.expect("a redirect").replace("http://localhost:3000", &self.app);
            match Self::get(&back, "") {
                (Some(home), Some(cookie), _) => {
                    Self::get(&format!("{}{home}", self.app), &cookie).2
                }
                (_, _, text) => text,
            }
        }
    }

    impl Drop for Browser {
        fn drop(&mut self) {
            drop(self.handle.stop(false));
            drop(self.thread.take().map(JoinHandle::join));
        }
    }

    #[test]
    fn a_user_signs_in() {
        let mock = MockTenant::start();
        let token = || Expectation::any().endpoint("token").app("bank").client("bank-client");
        mock.expect(token().any_parameter("code_verifier").status(200).times(1));
        let browser = Browser::open(&mock);
        assert_eq!(Browser::get(&browser.app, "").2, "Please sign in.");
        assert_eq!(browser.sign_in(), "Hello Alice Adams!");
    }

    #[test]
    fn a_user_is_called_what_the_token_says() {
        let mock = MockTenant::start();
        let claims = Map::from_iter([("name".to_owned(), json!("${user.display_name} the First"))]);
        let tokens = TokenChange { claims, ..TokenChange::default() };
        let entry = Steer { tokens: Some(tokens), ..Steer::default() };
        mock.tenant().steer(entry).expect("a good entry");
        assert_eq!(Browser::open(&mock).sign_in(), "Hello Alice Adams the First!");
    }

    #[test]
    fn a_token_endpoint_that_is_down_is_told() {
        let mock = MockTenant::start();
        let answer = Canned { status: Some(503), ..Canned::default() };
        let when = When { endpoint: Some("token".to_owned()), ..When::default() };
        let entry = Steer { when, times: Some(1), answer: Some(answer), ..Steer::default() };
        let browser = Browser::open(&mock);
        mock.tenant().steer(entry).expect("a good entry");
        assert_eq!(browser.sign_in(), "We cannot sign you in now.");
        assert_eq!(browser.sign_in(), "Hello Alice Adams!");
    }

    #[test]
    fn a_user_who_is_refused_is_told_so() {
        let mock = MockTenant::start();
        let answer = Canned { error: Some("access_denied".to_owned()), ..Canned::default() };
        let when = When { endpoint: Some("authorize".to_owned()), ..When::default() };
        let entry = Steer { when, answer: Some(answer), ..Steer::default() };
        mock.tenant().steer(entry).expect("a good entry");
        mock.expect(Expectation::any().endpoint("token").times(0));
        assert_eq!(Browser::open(&mock).sign_in(), "You are not signed in: access_denied");
    }

    #[test]
    fn a_forged_token_is_refused() {
        use cyberark_identity_mock::tenant::keys::Signature;
        let mock = MockTenant::start();
        for signature in [Signature::Broken, Signature::Foreign, Signature::None] {
            let tokens = TokenChange { signature, ..TokenChange::default() };
            let entry = Steer { tokens: Some(tokens), ..Steer::default() };
            mock.tenant().steering().put("forged", entry).expect("a good entry");
            let shown = Browser::open(&mock).sign_in();
            assert_eq!(shown, "We cannot sign you in now.", "{signature:?}");
        }
    }
}
