//! A user signed in at one application, as after a whole code flow.

use super::{Principal, Wanted, unknown_user, wrong};
use crate::protocol::base_url::BaseUrl;
use crate::protocol::client_metadata::ClientGrantType;
use crate::protocol::places::Places;
use crate::protocol::token::TokenRequest;
use crate::tenant::Tenant;
use crate::tenant::app::AuthMethod;
use crate::tenant::asked::Asked;
use crate::tenant::client::Client;
use crate::tenant::document::DocumentError;
use crate::tenant::grant::Grant;
use crate::tenant::issue::Issuance;
use crate::tenant::registry::AppAt;
use crate::tenant::session::Session;

impl Tenant {
    /// Signs a user in and has the client exchange a code of that session: the session id, and the
    /// tokens, which wait to be signed. Redirect URI and PKCE challenge are made for it, whatever is
    /// wanted; the policy of the application and steered tokens are as over HTTP.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when app, user, client or scope are none, or the application does not give
    /// tokens for codes.
    pub fn mint_sign_in(
        &self,
        base: &BaseUrl,
        wanted: Wanted,
    ) -> Result<(String, Issuance), DocumentError> {
        wanted.tokens.check()?;
        let wanted = Wanted {
            redirect_uri: Some(base.to_string()),
            code_challenge: Some(self.0.ids.opaque()),
            code_challenge_method: None,
            ..wanted
        };
        let (at, principal, grant) = self.granted(base, &wanted)?;
        let Principal::User(user) = &principal else {
            return Err(wrong("user", "none: who signs in is a user"));
        };
        let client = client_for_codes(&at, &grant)?;
        let id = self.begin_session(user);
        let session = self.session(std::slice::from_ref(&id));
        let Session { authenticated_at, visits, .. } =
            session.ok_or_else(|| unknown_user(&user.name))?;
        if let Some(visits) = &visits {
            visits.record(&at, &client.id);
        }
        let grant = Grant { authenticated_at, visits, ..grant };
        let code = self.code_for(&principal, grant, &wanted)?;
        let asked = asked_with(code, &client, &wanted);
        let request =
            TokenRequest::new(&asked.parameters.iter().cloned().collect(), None, Places::default());
        let issuance = self.serving(asked.into()).exchange_code_of(at, &client, &request);
        let issuance = issuance.map_err(|error| wrong("client", error.description.to_string()))?;
        let tokens = Some(Box::new(wanted.tokens));
        Ok((id, Issuance { more: tokens, ..issuance }))
    }
}

/// The client of the grant, if the application gives tokens for codes.
fn client_for_codes(at: &AppAt, grant: &Grant) -> Result<Client, DocumentError> {
    let app = &at.registered.app;
    if !app.allows(AuthMethod::AuthorizationCode) {
        let problem = format!("{:?}: its allowed_auth lacks AuthorizationCode", app.application_id);
        return Err(wrong("app", problem));
    }
    let known = at.registered.client(&grant.terms.client_id);
    let client = known.map(|known| Client::known_as(&grant.terms.client_id, known));
    client.filter(|client| client.uses(ClientGrantType::AuthorizationCode)).ok_or_else(|| {
        let id = &grant.terms.client_id;
        wrong("client", format!("{id:?}: its grant_types lack authorization_code"))
    })
}

/// The token request that steering is to see.
fn asked_with(code: String, client: &Client, wanted: &Wanted) -> Asked<'static> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let parameters = [
        ("grant_type", "authorization_code".to_owned()),
        ("code", code),
        ("redirect_uri", text(&wanted.redirect_uri)),
        ("client_id", client.id.clone()),
        ("code_verifier", text(&wanted.code_challenge)),
    ];
    Asked {
        method: "POST".into(),
        path: format!("/oauth2/token/{}", wanted.app).into(),
        parameters: parameters.map(|(name, value)| (name.into(), value.into())).into(),
        ..Asked::default()
    }
}
