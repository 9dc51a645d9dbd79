//! An independent relying party: the `openidconnect` crate, unmodified, against the mock.
//!
//! What the crate offers to check is checked by the crate: discovery, signature, issuer, audience,
//! nonce, hashes, the subject at `UserInfo`.

mod code_flow;
mod front_channel;
mod refusals;

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreIdTokenClaims, CoreProviderMetadata,
    CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthType, AuthorizationCode, AuthorizationCodeHash, ClientId,
    ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope, TokenResponse,
};

use crate::harness::{Answer, CALLBACK, Mock, Request};

/// A client as discovery leaves it.
type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The crate's HTTP client: one request, redirects off.
fn http(request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_idle_connections(0)
        .allow_non_standard_methods(true)
        .build()
        .into();
    let (parts, mut body) = agent.run(request)?.into_parts();
    Ok(HttpResponse::from_parts(parts, body.read_to_vec()?))
}

/// The built-in tenant in both presets.
fn presets() -> [(&'static str, Mock); 2] {
    [("cyberark", Mock::start()), ("strict", Mock::strict())]
}

/// A relying party that has discovered one application of a mock.
struct RelyingParty<'m> {
    mock: &'m Mock,
    metadata: CoreProviderMetadata,
    client: Client,
}

/// An authorization response, and what the relying party kept to check it with.
struct Callback {
    answer: Answer,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

impl Callback {
    fn code(&self) -> Option<AuthorizationCode> {
        self.answer.callback_parameter("code").map(AuthorizationCode::new)
    }

    fn access_token(&self) -> Option<AccessToken> {
        self.answer.callback_parameter("access_token").map(AccessToken::new)
    }

    fn id_token(&self) -> Option<CoreIdToken> {
        let sent = self.answer.callback_parameter("id_token")?;
        Some(sent.parse().expect("the crate reads the ID token"))
    }
}

impl<'m> RelyingParty<'m> {
    /// Discovers the application.
    fn discover(mock: &'m Mock, app: &str, secret: Option<&str>) -> Self {
        let issuer = IssuerUrl::new(mock.issuer(app)).expect("an issuer is a URL");
        let metadata = CoreProviderMetadata::discover(&issuer, &http).expect("discovery works");
        let client = CoreClient::from_provider_metadata(
            metadata.clone(),
            ClientId::new(format!("{app}-client")),
            secret.map(|secret| ClientSecret::new(secret.to_owned())),
        )
        .set_redirect_uri(RedirectUrl::new(CALLBACK.to_owned()).expect("it is a URL"));
        Self { mock, metadata, client }
    }

    /// The confidential client of `bank`.
    fn bank(mock: &'m Mock) -> Self {
        Self::discover(mock, "bank", Some("bank-secret"))
    }

    /// The public client of `spa`.
    fn spa(mock: &'m Mock) -> Self {
        Self::discover(mock, "spa", None)
    }

    fn authenticating_by(mut self, auth_type: AuthType) -> Self {
        self.client = self.client.set_auth_type(auth_type);
        self
    }

    /// Sends a browser through the authorization request, the login page and back.
    fn sign_in(&self, flow: &CoreAuthenticationFlow) -> Callback {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = self
            .client
            .authorize_url(flow.clone(), CsrfToken::new_random, Nonce::new_random)
            .add_scopes(["profile", "email", "phone"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        let asked = Request::new("GET", url.into()).send();
        let way_back = format!("{}?bounce={}", self.authorize_path(), asked.bounce());
        let answer = self.mock.request("GET", &way_back).cookie(&self.mock.alice()).send();
        assert_eq!(answer.callback_parameter("state").as_ref(), Some(state.secret()));
        Callback { answer, nonce, verifier }
    }

    fn authorize_path(&self) -> String {
        self.metadata.authorization_endpoint().url().path().to_owned()
    }

    /// Redeems the code of a callback.
    fn exchange(&self, callback: &Callback) -> CoreTokenResponse {
        self.client
            .exchange_code(callback.code().expect("the callback has a code"))
            .expect("discovery found the token endpoint")
            .set_pkce_verifier(PkceCodeVerifier::new(callback.verifier.secret().clone()))
            .request(&http)
            .expect("the code is exchanged")
    }

    /// The claims of an ID token, when signature, issuer, audience, expiry and nonce hold.
    fn verified<'t>(&self, id_token: &'t CoreIdToken, nonce: &Nonce) -> &'t CoreIdTokenClaims {
        id_token
            .claims(&self.client.id_token_verifier(), nonce)
            .expect("the crate verifies the ID token")
    }

    /// What `at_hash` has to be for this access token, by the ID token's algorithm and key.
    fn at_hash(&self, token: &AccessToken, id_token: &CoreIdToken) -> AccessTokenHash {
        let verifier = self.client.id_token_verifier();
        let key = id_token.signing_key(&verifier).expect("the key is published");
        let algorithm = id_token.signing_alg().expect("the token is signed");
        AccessTokenHash::from_token(token, algorithm, key).expect("the algorithm is known")
    }

    /// What `c_hash` has to be for this code.
    fn c_hash(&self, code: &AuthorizationCode, id_token: &CoreIdToken) -> AuthorizationCodeHash {
        let verifier = self.client.id_token_verifier();
        let key = id_token.signing_key(&verifier).expect("the key is published");
        let algorithm = id_token.signing_alg().expect("the token is signed");
        AuthorizationCodeHash::from_code(code, algorithm, key).expect("the algorithm is known")
    }

    /// The ID token of a token answer, verified, its `at_hash` included.
    fn verified_answer<'t>(
        &self,
        tokens: &'t CoreTokenResponse,
        nonce: &Nonce,
    ) -> &'t CoreIdTokenClaims {
        let id_token = tokens.id_token().expect("the answer has an ID token");
        let claims = self.verified(id_token, nonce);
        let hash = self.at_hash(tokens.access_token(), id_token);
        assert_eq!(claims.access_token_hash(), Some(&hash));
        claims
    }

    /// The claims at `UserInfo`, when their subject is the ID token's.
    fn user_info(&self, token: &AccessToken, claims: &CoreIdTokenClaims) -> CoreUserInfoClaims {
        self.client
            .user_info(token.clone(), Some(claims.subject().clone()))
            .expect("discovery found UserInfo")
            .request(&http)
            .expect("UserInfo answers for the same subject")
    }
}
