//! Clients that register themselves, where the application lets them.
//!
//! [RFC 7591 §3](https://www.rfc-editor.org/rfc/rfc7591#section-3),
//! [RFC 7592 §2](https://www.rfc-editor.org/rfc/rfc7592#section-2),
//! [OpenID Connect Dynamic Client Registration §3, §4](https://openid.net/specs/openid-connect-registration-1_0.html#ClientRegistration).
//! The mock's own: the product has nothing like it.

use std::sync::Arc;

use serde_json::Value;

use super::Tenant;
use super::app::{App, AppClient, AuthMethod};
use super::registry::{Registered, RegisteredClient, Registration};
use crate::protocol::base_url::BaseUrl;
use crate::protocol::client_metadata::{
    ApplicationType, ClientGrantType, SubjectType, TokenEndpointAuthMethod,
};
use crate::protocol::digest::format_uuid;
use crate::protocol::error::{ErrorCode, Fault, OAuthError};
use crate::protocol::jwk::SigningAlgorithm;
use crate::protocol::redirect_uri::RedirectPattern;
use crate::protocol::registration::{ClientInformation, ClientMetadata, invalid, invalid_redirect};
use crate::protocol::secret::Secret;

impl Tenant {
    /// Registers a client of the application.
    ///
    /// # Errors
    ///
    /// An unknown application, one that takes no registrations, or metadata that cannot be
    /// registered; `metadata` is an error when it could not be read.
    pub fn register(
        &self,
        base: &BaseUrl,
        application_id: &str,
        metadata: Result<ClientMetadata, OAuthError>,
    ) -> Result<ClientInformation, OAuthError> {
        let registered = self.registering(application_id)?;
        let metadata = metadata?;
        let client_id = format_uuid(self.0.ids.sixteen(), 4);
        let client = self.client_of(&registered.app, client_id, &metadata, None)?;
        let registration = Registration {
            metadata: Arc::new(with_defaults(metadata, &client, registered.app.signing_algorithm)),
            client: Arc::new(RegisteredClient::registered(client)),
            access_token: Secret::new(self.0.ids.opaque()),
            issued_at: self.0.clock.now(),
        };
        registered.registrations.add(registration.clone());
        Ok(information(base, &registered.app, registration))
    }

    /// The registration of a client, which its registration access token opens.
    ///
    /// # Errors
    ///
    /// An unknown application, one that takes no registrations, or a token that opens nothing.
    pub fn registration(
        &self,
        base: &BaseUrl,
        application_id: &str,
        client_id: &str,
        token: Option<&str>,
    ) -> Result<ClientInformation, OAuthError> {
        let registered = self.registering(application_id)?;
        let registration = opened(&registered, client_id, token)?;
        Ok(information(base, &registered.app, registration))
    }

    /// Registers a client anew: what is left out has its default again (RFC 7592 §2.2).
    ///
    /// # Errors
    ///
    /// As [`Self::registration`] and [`Self::register`], another client id or secret, or members
    /// that are the server's own.
    pub fn update_registration(
        &self,
        base: &BaseUrl,
        (application_id, client_id): (&str, &str),
        token: Option<&str>,
        metadata: Result<ClientMetadata, OAuthError>,
    ) -> Result<ClientInformation, OAuthError> {
        let registered = self.registering(application_id)?;
        let before = opened(&registered, client_id, token)?;
        let metadata = metadata?;
        let secret = before.client.settings.client_secret.as_ref();
        check_update(client_id, secret, &metadata)?;
        let client = self.client_of(&registered.app, client_id.to_owned(), &metadata, secret)?;
        let registration = Registration {
            metadata: Arc::new(with_defaults(metadata, &client, registered.app.signing_algorithm)),
            client: Arc::new(RegisteredClient::registered(client)),
            ..before
        };
        // It may have been removed meanwhile, and must not come back.
        if !registered.registrations.replace(registration.clone()) {
            return Err(not_opened());
        }
        Ok(information(base, &registered.app, registration))
    }

    /// Ends the registration of a client, and what it was granted.
    ///
    /// # Errors
    ///
    /// As [`Self::registration`].
    pub fn unregister(
        &self,
        application_id: &str,
        client_id: &str,
        token: Option<&str>,
    ) -> Result<(), OAuthError> {
        let registered = self.registering(application_id)?;
        let is_removed =
            token.is_some_and(|token| registered.registrations.remove(client_id, token));
        if is_removed { Ok(()) } else { Err(not_opened()) }
    }

    fn registering(&self, application_id: &str) -> Result<Arc<Registered>, OAuthError> {
        let registered = self.app(application_id)?;
        if registered.app.dynamic_registration {
            return Ok(registered);
        }
        let text = "the application takes no registrations: its dynamic_registration is false";
        Err(OAuthError::invalid_request(text))
    }

    /// The client that the metadata describe; `secret` is the one that it has already.
    fn client_of(
        &self,
        app: &App,
        client_id: String,
        metadata: &ClientMetadata,
        secret: Option<&Secret>,
    ) -> Result<AppClient, OAuthError> {
        metadata.check()?;
        check_against(app, metadata)?;
        let method = metadata
            .token_endpoint_auth_method
            .unwrap_or(TokenEndpointAuthMethod::ClientSecretBasic);
        if method == TokenEndpointAuthMethod::PrivateKeyJwt && metadata.jwks.is_none() {
            return Err(invalid("jwks: private_key_jwt needs the client's keys"));
        }
        let patterns = |name: &str, sent: Option<&[String]>| {
            let uris = metadata.uris(name, sent)?;
            Ok::<_, OAuthError>(uris.into_iter().map(RedirectPattern::Exact).collect::<Vec<_>>())
        };
        let new_secret = || Secret::new(self.0.ids.opaque());
        Ok(AppClient {
            client_id,
            name: metadata.client_name.clone(),
            client_secret: method
                .needs_secret()
                .then(|| secret.cloned().unwrap_or_else(new_secret)),
            token_endpoint_auth_method: Some(method),
            jwks: metadata.jwks.clone(),
            redirect_uris: patterns("redirect_uris", metadata.redirect_uris.as_deref())?,
            post_logout_redirect_uris: patterns(
                "post_logout_redirect_uris",
                metadata.post_logout_redirect_uris.as_deref(),
            )?,
            frontchannel_logout_uri: metadata.frontchannel_logout_uri.clone(),
            frontchannel_logout_session_required: metadata
                .frontchannel_logout_session_required
                .unwrap_or_default(),
            backchannel_logout_uri: metadata.backchannel_logout_uri.clone(),
            backchannel_logout_session_required: metadata
                .backchannel_logout_session_required
                .unwrap_or_default(),
            grant_types: Some(metadata.grants()),
            response_types: Some(metadata.responses()),
        })
    }
}

/// Refuses what the application would not give to the client.
fn check_against(app: &App, metadata: &ClientMetadata) -> Result<(), OAuthError> {
    let allowed = |grant: ClientGrantType| match grant {
        ClientGrantType::AuthorizationCode => app.allows(AuthMethod::AuthorizationCode),
        ClientGrantType::Implicit => app.allows(AuthMethod::Implicit),
        ClientGrantType::RefreshToken => app.issue_refresh_tokens,
        ClientGrantType::ClientCredentials => app.allows(AuthMethod::ClientCreds),
        ClientGrantType::Password => app.allows(AuthMethod::ResourceCreds),
    };
    let grants = metadata.grants();
    if let Some(refused) = grants.iter().find(|grant| !allowed(**grant)) {
        let text = format!("grant_types: the application does not allow {}", refused.as_str());
        return Err(invalid(text));
    }
    let redirects = [ClientGrantType::AuthorizationCode, ClientGrantType::Implicit]
        .map(|g| grants.contains(&g));
    let has_uris = metadata.redirect_uris.as_ref().is_some_and(|uris| !uris.is_empty());
    if redirects.contains(&true) && !has_uris {
        return Err(invalid_redirect("redirect_uris: expected at least one"));
    }
    match metadata.id_token_signed_response_alg {
        Some(wanted) if wanted != app.signing_algorithm => Err(invalid(format!(
            "id_token_signed_response_alg: the application signs with {:?}",
            app.signing_algorithm
        ))),
        _ => Ok(()),
    }
}

/// Refuses an update that is not of this client, or that brings what the server alone decides
/// (RFC 7592 §2.2).
fn check_update(
    client_id: &str,
    secret: Option<&Secret>,
    metadata: &ClientMetadata,
) -> Result<(), OAuthError> {
    let sent = &metadata.sent;
    let text = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
    if text(&sent.client_id).as_deref() != Some(client_id) {
        return Err(OAuthError::invalid_request("client_id: expected that of the registration"));
    }
    let is_secret = || text(&sent.client_secret).map(Secret::new).as_ref() == secret;
    if sent.client_secret.is_some() && !is_secret() {
        let text = "client_secret: expected that of the registration, or none";
        return Err(OAuthError::invalid_request(text));
    }
    for (name, value) in [
        ("registration_access_token", &sent.registration_access_token),
        ("registration_client_uri", &sent.registration_client_uri),
        ("client_secret_expires_at", &sent.client_secret_expires_at),
        ("client_id_issued_at", &sent.client_id_issued_at),
    ] {
        if value.is_some() {
            let text = format!("{name}: the server decides this, an update does not bring it");
            return Err(OAuthError::invalid_request(text));
        }
    }
    Ok(())
}

/// The metadata with the defaults that hold (RFC 7591 §2, Dynamic Client Registration §2).
fn with_defaults(
    metadata: ClientMetadata,
    client: &AppClient,
    algorithm: SigningAlgorithm,
) -> ClientMetadata {
    ClientMetadata {
        token_endpoint_auth_method: client.token_endpoint_auth_method,
        grant_types: client.grant_types.clone(),
        response_types: client.response_types.clone(),
        application_type: Some(metadata.application_type.unwrap_or(ApplicationType::Web)),
        subject_type: Some(SubjectType::Public),
        id_token_signed_response_alg: Some(algorithm),
        sent: Box::default(),
        ..metadata
    }
}

fn information(base: &BaseUrl, app: &App, registration: Registration) -> ClientInformation {
    let AppClient { client_id, client_secret, .. } = registration.client.settings.clone();
    let endpoint = base.endpoint("Register", &app.application_id);
    ClientInformation {
        registration_client_uri: format!("{endpoint}/{client_id}"),
        client_id,
        client_secret_expires_at: client_secret.is_some().then_some(0),
        client_secret,
        client_id_issued_at: registration.issued_at.seconds(),
        registration_access_token: registration.access_token,
        metadata: (*registration.metadata).clone(),
    }
}

fn opened(
    registered: &Registered,
    client_id: &str,
    token: Option<&str>,
) -> Result<Registration, OAuthError> {
    token.and_then(|token| registered.registrations.open(client_id, token)).ok_or_else(not_opened)
}

/// Whether the client or the token is wrong is not told (RFC 7592 §2.1).
fn not_opened() -> OAuthError {
    let text = "the registration access token is missing, wrong, or of another client";
    OAuthError::new(ErrorCode::InvalidToken, text).blamed_on(Fault::Authentication)
}
