//! Clients that register themselves, where the application lets them.
//!
//! [RFC 7591 §3](https://www.rfc-editor.org/rfc/rfc7591#section-3),
//! [RFC 7592 §2](https://www.rfc-editor.org/rfc/rfc7592#section-2),
//! [OpenID Connect Dynamic Client Registration §3, §4](https://openid.net/specs/openid-connect-registration-1_0.html#ClientRegistration).
//! The mock's own: the product has nothing like it.

mod client;

use std::sync::Arc;

use serde_json::Value;

use self::client::with_defaults;
use super::Tenant;
use super::app::{App, AppClient};
use super::registry::{Registered, RegisteredClient, Registration};
use crate::protocol::base_url::BaseUrl;
use crate::protocol::digest::format_uuid;
use crate::protocol::error::{ErrorCode, Fault, OAuthError};
use crate::protocol::registration::{ClientInformation, ClientMetadata};
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
        let client = self.client_of(&registered, client_id, &metadata, None)?;
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
        let client = self.client_of(&registered, client_id.to_owned(), &metadata, secret)?;
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
