//! Tokens, codes and sessions without a flow, for tests that begin in the middle.

mod sign_in;

use schemars::{JsonSchema, Schema};
use serde::Deserialize;

use super::Tenant;
use super::app::{APPLICATION_ID, reserved_pattern};
use super::client::Client;
use super::document::DocumentError;
use super::grant::{Family, Grant, IssuedCode};
use super::issue::Issuance;
use super::principal::Principal;
use super::registry::AppAt;
use super::steer::TokenChange;
use super::terms::{Subject, Terms};
use super::user::LOGIN_NAME;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::pkce::CodeChallenge;
use crate::protocol::redirect_uri::RedirectUri;
use crate::protocol::response_type::ResponseType;
use crate::protocol::scope::{SCOPE, Scope};

/// For whom something is minted.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["app"]))]
pub struct Wanted {
    /// Application ID.
    #[schemars(
        regex(pattern = APPLICATION_ID),
        extend("not" = { "pattern": reserved_pattern() }),
        transform = without_default
    )]
    pub app: String,
    /// Login name of the user; the client itself when absent.
    #[schemars(regex(pattern = LOGIN_NAME))]
    pub user: Option<String>,
    /// The `client_id`; the application's own when absent.
    pub client: Option<String>,
    /// The scope; `openid` when absent.
    #[schemars(regex(pattern = SCOPE))]
    pub scope: Option<String>,
    /// The `nonce`.
    pub nonce: Option<String>,
    /// How the tokens are to differ from what the tenant would issue.
    pub tokens: TokenChange,
    /// Of a code: the redirect URI that the client will name.
    pub redirect_uri: Option<String>,
    /// Of a code: the PKCE challenge.
    pub code_challenge: Option<String>,
    /// Of a code: how the challenge was made, `plain` when absent.
    pub code_challenge_method: Option<String>,
}

/// An absent application is none.
fn without_default(schema: &mut Schema) {
    schema.remove("default");
}

/// A token to be signed.
#[derive(Debug)]
pub struct Minting(Issuance);

impl Minting {
    /// Signs it: the token, and the seconds that it lives.
    pub fn sign(self) -> (String, i64) {
        let issued = self.0.sign();
        let token = issued.id_token.or(issued.access_token).unwrap_or_default();
        (token, issued.expires_in)
    }
}

fn wrong(path: &str, problem: impl Into<String>) -> DocumentError {
    DocumentError::new(path, problem)
}

impl Tenant {
    /// Prepares an ID token.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when app, user or scope are none.
    pub fn mint_id_token(&self, base: &BaseUrl, wanted: Wanted) -> Result<Minting, DocumentError> {
        self.mint(base, wanted, ResponseType { code: false, id_token: true, token: false })
    }

    /// Prepares an access token.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when app, user or scope are none.
    pub fn mint_access_token(
        &self,
        base: &BaseUrl,
        wanted: Wanted,
    ) -> Result<Minting, DocumentError> {
        self.mint(base, wanted, ResponseType { code: false, id_token: false, token: true })
    }

    fn mint(
        &self,
        base: &BaseUrl,
        wanted: Wanted,
        tokens: ResponseType,
    ) -> Result<Minting, DocumentError> {
        wanted.tokens.check()?;
        let (at, principal, grant) = self.granted(base, &wanted)?;
        let scope = grant.terms.scope.clone();
        Ok(Minting(Issuance {
            tenant: self.clone(),
            at,
            principal,
            family: Family::of(grant),
            scope,
            tokens,
            code: None,
            refresh_token: None,
            is_refresh: false,
            more: Some(Box::new(wanted.tokens)),
        }))
    }

    /// Makes an authorization code.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when app, user, scope, redirect URI or challenge are none.
    pub fn mint_code(&self, base: &BaseUrl, wanted: &Wanted) -> Result<String, DocumentError> {
        let (_, principal, grant) = self.granted(base, wanted)?;
        self.code_for(&principal, grant, wanted)
    }

    fn code_for(
        &self,
        principal: &Principal,
        grant: Grant,
        wanted: &Wanted,
    ) -> Result<String, DocumentError> {
        if principal.user().is_none() {
            return Err(wrong("user", "none: a code is a user's"));
        }
        let uri = wanted.redirect_uri.as_deref().unwrap_or_default();
        let redirect_uri: RedirectUri = uri
            .parse()
            .map_err(|_| wrong("redirect_uri", format!("{uri:?}: expected an absolute URI")))?;
        let method = wanted.code_challenge_method.as_deref();
        let challenge = wanted.code_challenge.as_deref();
        let code_challenge = challenge
            .map(|value| CodeChallenge::parse(value, method))
            .transpose()
            .map_err(|error| wrong("code_challenge", error.description.to_string()))?;
        Ok(self.issue_code(IssuedCode { grant, redirect_uri, code_challenge }))
    }

    /// Signs a user in; returns the session id.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when there is no such user.
    pub fn mint_session(&self, user: &str) -> Result<String, DocumentError> {
        let user = self.user(user).ok_or_else(|| unknown_user(user))?;
        Ok(self.begin_session(&user))
    }

    fn granted(
        &self,
        base: &BaseUrl,
        wanted: &Wanted,
    ) -> Result<(AppAt, Principal, Grant), DocumentError> {
        let registered =
            self.0.apps.get(&wanted.app).ok_or_else(|| {
                wrong("app", format!("{:?}: expected an Application ID", wanted.app))
            })?;
        let client_id = wanted.client.clone().unwrap_or_else(|| registered.app.client_id());
        let client = registered
            .client(&client_id)
            .ok_or_else(|| wrong("client", format!("{client_id:?}: the app has no such client")))?;
        let scope: Scope = wanted
            .scope
            .as_deref()
            .unwrap_or("openid")
            .parse()
            .map_err(|_| wrong("scope", "expected scope tokens (RFC 6749 section 3.3)"))?;
        let (principal, subject) = match wanted.user.as_deref() {
            Some(name) => {
                let user = self.user(name).ok_or_else(|| unknown_user(name))?;
                let subject = Subject::User(user.shared_uuid());
                (Principal::User(user), subject)
            }
            None => (Principal::Client(client_id.as_str().into()), Subject::Client),
        };
        let client = Client::known_as(&client_id, client);
        let terms = Terms::of(&registered, &client, subject, &scope);
        let nonce = wanted.nonce.as_deref().map(Into::into);
        let grant = Grant { nonce, ..Grant::plain(terms, self.0.clock.now()) };
        Ok((AppAt::new(base, registered), principal, grant))
    }
}

fn unknown_user(name: &str) -> DocumentError {
    wrong("user", format!("{name:?}: expected the login name of a user"))
}
