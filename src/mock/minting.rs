//! Sessions, codes and tokens of a mock without a flow, for tests that begin in the middle.

use std::fmt;

use super::Place;
use crate::protocol::token::TokenResponse;
use crate::server::SESSION_COOKIE;
use crate::tenant::document::DocumentError;
use crate::tenant::mint::Wanted;

/// A user who is signed in at an application.
///
/// ```
/// # use cyberark_identity_mock::mock::{MockTenant, SignIn};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mock = MockTenant::start();
/// let SignIn { cookie, tokens } = mock.sign_in("alice@example.com", "bank")?;
/// assert!(cookie.starts_with(".ASPXAUTH="));
/// assert_eq!(tokens.scope.as_str(), "openid");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SignIn {
    /// The value of a `Cookie` field that proves the session.
    pub cookie: String,
    /// What the token endpoint has for the application's client
    /// ([OpenID Connect Core §3.1.3.3](https://openid.net/specs/openid-connect-core-1_0.html#TokenResponse)).
    pub tokens: TokenResponse,
}

/// Without the cookie, which is a secret, and the tokens.
impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").field("tokens", &self.tokens).finish_non_exhaustive()
    }
}

fn cookie(session: &str) -> String {
    format!("{SESSION_COOKIE}={session}")
}

impl Place {
    /// Signs a user in at an application, as after a whole code flow of the application's own client
    /// with the scope `openid`: a session, and tokens of one family for a code of it. No request is
    /// made: nothing is in the journal, and of steering `tokens` alone has an effect.
    /// [`Tenant::mint_sign_in`](crate::tenant::Tenant::mint_sign_in) makes sign-ins that are to be
    /// different.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when there is no such user or application, or the application gives no
    /// tokens for codes. Who may use an application the mock does not know: every user may.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = MockTenant::start();
    /// let alice = mock.sign_in("alice@example.com", "bank")?;
    /// let answer = ureq::get(format!("{}/OAuth2/UserInfo/bank", mock.url()))
    ///     .header("Authorization", format!("Bearer {}", alice.tokens.access_token))
    ///     .call()?;
    /// assert_eq!(answer.status(), 200);
    /// assert!(alice.tokens.id_token.is_some() && alice.tokens.refresh_token.is_some());
    /// # Ok(())
    /// # }
    /// ```
    pub fn sign_in(&self, user: &str, app: &str) -> Result<SignIn, DocumentError> {
        let (user, app) = (Some(user.to_owned()), app.to_owned());
        let wanted = Wanted { app, user, ..Wanted::default() };
        let (session, issuance) = self.tenant().mint_sign_in(self.base(), wanted)?;
        Ok(SignIn { cookie: cookie(&session), tokens: issuance.respond() })
    }

    /// Signs a user in without a page and at no application; returns the value of a `Cookie` field
    /// that proves it. [`Place::sign_in`] has an application's tokens beside.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when there is no such user.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = MockTenant::start();
    /// let config = ureq::Agent::config_builder().max_redirects(0).build();
    /// let agent = ureq::Agent::new_with_config(config);
    /// let callback = "http://localhost:3000/callback";
    /// let answer = agent
    ///     .get(mock.authorization_url("bank", callback).to_string())
    ///     .header("Cookie", mock.session("alice@example.com")?)
    ///     .call()?;
    /// let location = answer.headers()["location"].to_str()?;
    /// assert!(location.starts_with(callback) && location.contains("code="), "{location}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn session(&self, user: &str) -> Result<String, DocumentError> {
        Ok(cookie(&self.tenant().mint_session(user)?))
    }

    /// An authorization code of the application's own client with the scope `openid`, as if the
    /// user had just signed in. [`Tenant::mint_code`](crate::tenant::Tenant::mint_code) makes those
    /// that are to be different.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when user, application or redirect URI are none.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// let mock = MockTenant::start();
    /// assert!(mock.code("alice@example.com", "bank", "http://localhost:3000/callback").is_ok());
    /// assert!(mock.code("nobody", "bank", "http://localhost:3000/callback").is_err());
    /// ```
    pub fn code(&self, user: &str, app: &str, redirect_uri: &str) -> Result<String, DocumentError> {
        let wanted = Wanted {
            app: app.to_owned(),
            user: Some(user.to_owned()),
            redirect_uri: Some(redirect_uri.to_owned()),
            ..Wanted::default()
        };
        self.tenant().mint_code(self.base(), &wanted)
    }

    /// An ID token as the tenant would issue it.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when application, user or scope are none.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// # use cyberark_identity_mock::tenant::mint::Wanted;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = MockTenant::start();
    /// let wanted = Wanted {
    ///     app: "bank".to_owned(),
    ///     user: Some("alice@example.com".to_owned()),
    ///     ..Wanted::default()
    /// };
    /// let verdict = mock.tenant().verdict(mock.base(), &mock.id_token(wanted)?);
    /// assert!(verdict.valid, "{:?}", verdict.problems);
    /// # Ok(())
    /// # }
    /// ```
    pub fn id_token(&self, wanted: Wanted) -> Result<String, DocumentError> {
        Ok(self.tenant().mint_id_token(self.base(), wanted)?.sign().0)
    }

    /// An access token as the tenant would issue it; of the client itself when no user is named.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when application, user or scope are none.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// # use cyberark_identity_mock::tenant::mint::Wanted;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = MockTenant::start();
    /// let token = mock.access_token(Wanted { app: "bank".to_owned(), ..Wanted::default() })?;
    /// let verdict = mock.tenant().verdict(mock.base(), &token);
    /// assert_eq!(verdict.client.as_deref(), Some("bank-client"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn access_token(&self, wanted: Wanted) -> Result<String, DocumentError> {
        Ok(self.tenant().mint_access_token(self.base(), wanted)?.sign().0)
    }
}
