//! The client that registered metadata describe.

use super::super::Tenant;
use super::super::app::{App, AppClient, AuthMethod, algorithm_problem};
use super::super::registry::Registered;
use crate::protocol::client_metadata::{
    ApplicationType, ClientGrantType, SubjectType, TokenEndpointAuthMethod,
};
use crate::protocol::error::{OAuthError, echo};
use crate::protocol::jwk::SigningAlgorithm;
use crate::protocol::redirect_uri::RedirectPattern;
use crate::protocol::registration::{ClientMetadata, invalid, invalid_redirect};
use crate::protocol::scope::Scope;
use crate::protocol::secret::Secret;

impl Tenant {
    /// The client that the metadata describe; `secret` is the one that it has already.
    pub(super) fn client_of(
        &self,
        registered: &Registered,
        client_id: String,
        metadata: &ClientMetadata,
        secret: Option<&Secret>,
    ) -> Result<AppClient, OAuthError> {
        metadata.check()?;
        check_against(&registered.app, metadata)?;
        let method = metadata
            .token_endpoint_auth_method
            .unwrap_or(TokenEndpointAuthMethod::ClientSecretBasic);
        if method == TokenEndpointAuthMethod::PrivateKeyJwt && metadata.jwks.is_none() {
            return Err(invalid("jwks: private_key_jwt needs the client's keys"));
        }
        let algorithm = metadata.token_endpoint_auth_signing_alg;
        if let Some(problem) = algorithm_problem(algorithm, Some(method)) {
            return Err(invalid(format!("token_endpoint_auth_signing_alg: {problem}")));
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
            token_endpoint_auth_signing_alg: metadata.token_endpoint_auth_signing_alg,
            request_object_signing_alg: metadata.request_object_signing_alg,
            request_uris: metadata.request_uris.clone().unwrap_or_default(),
            default_max_age: metadata.default_max_age,
            require_auth_time: metadata.require_auth_time.unwrap_or_default(),
            default_acr_values: metadata.default_acr_values.clone().unwrap_or_default(),
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
            scope: scope_of(registered, metadata)?,
            id_token_signed_response_alg: metadata.id_token_signed_response_alg,
        })
    }
}

/// The scopes that the client may ask for: what it registers, as far as the application knows it.
fn scope_of(
    registered: &Registered,
    metadata: &ClientMetadata,
) -> Result<Option<Scope>, OAuthError> {
    let Some(sent) = metadata.scope.as_deref() else { return Ok(None) };
    let malformed = || invalid("scope: expected scope tokens (RFC 6749 section 3.3)");
    let scope: Scope = sent.parse().map_err(|_| malformed())?;
    if let Some(unknown) = scope.tokens().find(|token| !registered.knows_scope_token(token)) {
        let text = format!("scope: the application does not know {}", echo(unknown));
        return Err(invalid(text));
    }
    Ok(Some(scope))
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
    Ok(())
}

/// The metadata with the defaults that hold (RFC 7591 §2, Dynamic Client Registration §2).
pub(super) fn with_defaults(
    metadata: ClientMetadata,
    client: &AppClient,
    algorithm: SigningAlgorithm,
) -> ClientMetadata {
    let unknown: Vec<String> = metadata.unknown().map(str::to_owned).collect();
    ClientMetadata {
        token_endpoint_auth_method: client.token_endpoint_auth_method,
        grant_types: client.grant_types.clone(),
        response_types: client.response_types.clone(),
        application_type: Some(metadata.application_type.unwrap_or(ApplicationType::Web)),
        subject_type: Some(SubjectType::Public),
        id_token_signed_response_alg: metadata.id_token_signed_response_alg.or(Some(algorithm)),
        scope: client.scope.as_ref().map(ToString::to_string),
        sent: Box::default(),
        rest: metadata.rest.into_iter().filter(|(name, _)| !unknown.contains(name)).collect(),
        ..metadata
    }
}
