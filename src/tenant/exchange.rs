//! The rules of the token endpoint, a file for each grant.
//!
//! [RFC 6749 §4, §6](https://www.rfc-editor.org/rfc/rfc6749#section-4); error texts: recorded traffic
//! of a tenant (cyberark/conjur, authn-oidc cassettes) and CyberArk's OpenAPI description of
//! `/OAuth2/Token`.

mod authorization_code;
mod client_credentials;
mod password;
mod refresh_token;

use std::sync::Arc;

use super::Tenant;
use super::app::AuthMethod;
use super::client::{Client, refuse_second_secret};
use super::grant::{Family, RefreshToken};
use super::issue::Issuance;
use super::places::{refuse_duplicates, refuse_outside_form};
use super::policy::{
    ClientAuthenticationError, MisplacedParameters, MissingParameterError, Policy,
    UnknownGrantTypeError,
};
use super::principal::Principal;
use super::registry::{AppAt, Registered};
use crate::protocol::base_url::BaseUrl;
use crate::protocol::client_metadata::ClientGrantType;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::response_type::ResponseType;
use crate::protocol::scope::Scope;
use crate::protocol::token::{GrantType, TokenRequest};

/// What a grant brings: for whom, of which family, in which scope.
struct Granted {
    principal: Principal,
    family: Arc<Family>,
    scope: Scope,
    id_token: bool,
    refresh_token: Option<String>,
}

impl Tenant {
    /// Exchanges what the client holds (a code, a refresh token, credentials) for tokens, which
    /// wait to be signed.
    ///
    /// # Errors
    ///
    /// The OAuth error in the words of the application's policy.
    pub fn exchange(
        &self,
        base: &BaseUrl,
        application_id: &str,
        request: &TokenRequest,
    ) -> Result<Issuance, OAuthError> {
        let at = AppAt::new(base, self.app(application_id)?);
        let registered = &*at.registered;
        let policy = registered.policy;
        refuse_duplicates(policy, request.duplicated.as_deref())?;
        refuse_outside_form(policy, &request.places)?;
        refuse_second_secret(policy, &request.client)?;
        let grant_type = request.grant_type.as_deref().and_then(GrantType::named);
        refuse_incomplete(policy, grant_type, request)?;
        let grant_type = grant_type.ok_or_else(|| unknown_grant_type(policy))?;
        refuse_foreign_parameters(policy, grant_type, request)?;
        let client = self.client(&at, &request.client);
        // Who did not prove who it is hears that first.
        if let Ok(client) = &client {
            check_allowed(registered, client, grant_type)?;
        }
        let granted = match grant_type {
            GrantType::AuthorizationCode => self.redeem_code(registered, &client?, request)?,
            GrantType::RefreshToken => self.refresh(registered, &client?, request)?,
            GrantType::ClientCredentials => self.client_credentials(registered, client, request)?,
            GrantType::Password => self.password(registered, &client?, request)?,
        };
        let is_refresh = grant_type == GrantType::RefreshToken;
        Ok(Issuance { is_refresh, ..self.issuance(at, granted) })
    }

    /// Exchanges a code of a client that need not prove who it is, and may use codes.
    pub(super) fn exchange_code_of(
        &self,
        at: AppAt,
        client: &Client,
        request: &TokenRequest,
    ) -> Result<Issuance, OAuthError> {
        let granted = self.redeem_code(&at.registered, client, request)?;
        Ok(self.issuance(at, granted))
    }

    fn issuance(&self, at: AppAt, granted: Granted) -> Issuance {
        Issuance {
            tenant: self.clone(),
            at,
            principal: granted.principal,
            family: granted.family,
            scope: granted.scope,
            tokens: ResponseType { code: false, id_token: granted.id_token, token: true },
            code: None,
            is_refresh: false,
            refresh_token: granted.refresh_token,
            more: None,
        }
    }

    /// A first refresh token of the family, if the application issues them and the client uses them.
    fn first_refresh_token(
        &self,
        registered: &Registered,
        client: &Client,
        family: &Arc<Family>,
    ) -> Option<String> {
        let issues =
            registered.app.issue_refresh_tokens && client.uses(ClientGrantType::RefreshToken);
        issues.then(|| self.new_refresh_token(registered, family.clone()))
    }

    fn new_refresh_token(&self, registered: &Registered, family: Arc<Family>) -> String {
        let token = self.0.ids.opaque();
        let lifetime = registered.app.refresh_token_lifetime.seconds();
        let expires = self.0.clock.now().plus_seconds(lifetime);
        self.0.refresh_tokens.insert(&token, RefreshToken::Live(family), expires);
        token
    }
}

/// Refuses a request without a parameter that its grant needs, if the policy tells a missing one
/// from a wrong one.
fn refuse_incomplete(
    policy: Policy,
    grant_type: Option<GrantType>,
    request: &TokenRequest,
) -> Result<(), OAuthError> {
    if policy.missing_parameter_error == MissingParameterError::AsWrong {
        return Ok(());
    }
    let needed: &[(&str, bool)] = match grant_type {
        None => &[("grant_type", request.grant_type.is_some())],
        Some(GrantType::AuthorizationCode) => {
            &[("code", request.code.is_some()), ("redirect_uri", request.redirect_uri.is_some())]
        }
        Some(GrantType::RefreshToken) => &[("refresh_token", request.refresh_token.is_some())],
        Some(GrantType::Password) => {
            &[("username", request.username.is_some()), ("password", request.password.is_some())]
        }
        Some(GrantType::ClientCredentials) => &[],
    };
    match needed.iter().find(|(_, is_sent)| !is_sent) {
        Some((name, _)) => Err(OAuthError::invalid_request(format!("missing {name}"))),
        None => Ok(()),
    }
}

/// Refuses a refresh request with what belongs to a code, if the policy does.
fn refuse_foreign_parameters(
    policy: Policy,
    grant_type: GrantType,
    request: &TokenRequest,
) -> Result<(), OAuthError> {
    let is_foreign = request.code.is_some() || request.redirect_uri.is_some();
    let is_refused = policy.misplaced_parameters == MisplacedParameters::Refused;
    if is_refused && is_foreign && grant_type == GrantType::RefreshToken {
        let text = "code and redirect_uri do not belong to grant_type refresh_token";
        return Err(OAuthError::invalid_request(text));
    }
    Ok(())
}

/// Refuses a grant that the application's "Auth methods" leave out, or that the client is not
/// registered for.
fn check_allowed(
    registered: &Registered,
    client: &Client,
    grant_type: GrantType,
) -> Result<(), OAuthError> {
    let (method, of_client) = match grant_type {
        // What these two redeem was given in an allowed way.
        GrantType::AuthorizationCode => (None, ClientGrantType::AuthorizationCode),
        GrantType::RefreshToken => (None, ClientGrantType::RefreshToken),
        GrantType::ClientCredentials => {
            (Some(AuthMethod::ClientCreds), ClientGrantType::ClientCredentials)
        }
        GrantType::Password => (Some(AuthMethod::ResourceCreds), ClientGrantType::Password),
    };
    let text = if !method.is_none_or(|method| registered.app.allows(method)) {
        "the application does not allow this grant type"
    } else if !client.uses(of_client) {
        "the client is not registered for this grant type"
    } else {
        return Ok(());
    };
    Err(match registered.policy.client_authentication_error {
        ClientAuthenticationError::Product => {
            OAuthError::new(ErrorCode::AccessDenied, "invalid client creds or client not allowed")
        }
        ClientAuthenticationError::Unauthorized => {
            OAuthError::new(ErrorCode::UnauthorizedClient, text)
        }
    })
}

/// The scope that a request without a user's consent gets: what it names, as far as the application
/// knows it; every scope of the application's own when it names none.
fn requested_scope(
    registered: &Registered,
    client: &Client,
    sent: Option<&str>,
) -> Result<Scope, OAuthError> {
    let of_client = client.registered_scope();
    let Some(sent) = sent else {
        let own = registered.app.own_scopes()?;
        return Ok(of_client.map_or(own.clone(), |registered| own.shared_with(registered)));
    };
    let scope: Scope = sent.parse()?;
    if !registered.knows_scope(&scope) {
        Err(OAuthError::invalid_scope("unknown scope requested"))
    } else if of_client.is_some_and(|registered| !scope.is_within(registered)) {
        Err(OAuthError::invalid_scope("the client is not registered for this scope"))
    } else {
        Ok(scope)
    }
}

fn unknown_grant_type(policy: Policy) -> OAuthError {
    let code = match policy.unknown_grant_type_error {
        UnknownGrantTypeError::InvalidGrant => ErrorCode::InvalidGrant,
        UnknownGrantTypeError::UnsupportedGrantType => ErrorCode::UnsupportedGrantType,
    };
    OAuthError::new(code, "invalid grant type")
}
