//! Dynamic registration of clients: what a client says of itself, and what it is answered.
//!
//! [RFC 7591 §2, §3](https://www.rfc-editor.org/rfc/rfc7591#section-2),
//! [RFC 7592 §2, §3](https://www.rfc-editor.org/rfc/rfc7592#section-2),
//! [OpenID Connect Dynamic Client Registration §2, §3](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata)

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::client_metadata::{
    ApplicationType, ClientGrantType, SubjectType, TokenEndpointAuthMethod,
};
use super::error::{ErrorCode, OAuthError, echo};
use super::jwk::{ClientKeys, SigningAlgorithm};
use super::logout::LogoutUri;
use super::redirect_uri::RedirectUri;
use super::response_type::ResponseType;
use super::secret::Secret;

/// What a client says of itself, and what it is registered with. A member that is not listed has no
/// meaning and is not registered (RFC 7591 §2).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "each field is the member of its name")]
pub struct ClientMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uris: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<TokenEndpointAuthMethod>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_types: Option<Vec<ClientGrantType>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_types: Option<Vec<ResponseType>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_type: Option<ApplicationType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_type: Option<SubjectType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<SigningAlgorithm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiate_login_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<ClientKeys>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_logout_redirect_uris: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<LogoutUri>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_session_required: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<LogoutUri>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_session_required: Option<bool>,
    #[serde(flatten, skip_serializing)]
    pub sent: Box<SentOnly>,
}

/// Members that are read and never registered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "each field is the member of its name")]
pub struct SentOnly {
    pub jwks_uri: Option<Value>,
    pub sector_identifier_uri: Option<Value>,
    pub software_statement: Option<Value>,
    pub userinfo_signed_response_alg: Option<Value>,
    pub userinfo_encrypted_response_alg: Option<Value>,
    pub id_token_encrypted_response_alg: Option<Value>,
    pub request_object_encryption_alg: Option<Value>,
    pub client_id: Option<Value>,
    pub client_secret: Option<Value>,
    pub registration_access_token: Option<Value>,
    pub registration_client_uri: Option<Value>,
    pub client_secret_expires_at: Option<Value>,
    pub client_id_issued_at: Option<Value>,
}

/// What a client is told about its registration (RFC 7591 §3.2.1, RFC 7592 §3).
#[derive(Debug, Clone, Serialize)]
pub struct ClientInformation {
    /// Its id.
    pub client_id: String,
    /// Its secret, if it authenticates with one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
    /// 0: never. Only beside a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret_expires_at: Option<i64>,
    /// Seconds since 1970.
    pub client_id_issued_at: i64,
    /// What opens its registration.
    pub registration_access_token: Secret,
    /// Where its registration is.
    pub registration_client_uri: String,
    /// What it is registered with.
    #[serde(flatten)]
    pub metadata: ClientMetadata,
}

impl ClientMetadata {
    /// Reads a JSON object.
    ///
    /// # Errors
    ///
    /// `invalid_redirect_uri` or `invalid_client_metadata`, naming the member.
    pub fn parse(body: &[u8]) -> Result<Self, OAuthError> {
        // Serde would take a list for the members of an object in their order.
        if !body.trim_ascii_start().starts_with(b"{") {
            return Err(invalid("the body: expected a JSON object"));
        }
        let mut json = serde_json::Deserializer::from_slice(body);
        let parsed: Result<Self, _> = serde_path_to_error::deserialize(&mut json);
        let parsed = parsed.map_err(|error| {
            let path = error.path().to_string();
            let problem = error.inner().to_string();
            let text = format!("{path}: {}", echo(&problem));
            if path.starts_with("redirect_uris") { invalid_redirect(text) } else { invalid(text) }
        })?;
        json.end().map_err(|error| invalid(format!("the body: {error}")))?;
        Ok(parsed)
    }

    /// Refuses what is wrong whatever the application is.
    ///
    /// # Errors
    ///
    /// `invalid_redirect_uri`, `invalid_client_metadata` or `unapproved_software_statement`.
    pub fn check(&self) -> Result<(), OAuthError> {
        self.refuse_unimitated()?;
        let pages = [
            ("client_uri", &self.client_uri),
            ("logo_uri", &self.logo_uri),
            ("policy_uri", &self.policy_uri),
            ("tos_uri", &self.tos_uri),
            ("initiate_login_uri", &self.initiate_login_uri),
        ];
        for (name, uri) in pages {
            let Some(uri) = uri else { continue };
            // Where a login is initiated has to be https (OpenID Connect Core §4).
            let schemes: &[&str] =
                if name == "initiate_login_uri" { &["https"] } else { &["https", "http"] };
            let url = Url::parse(uri).ok();
            if !url.is_some_and(|url| schemes.contains(&url.scheme())) {
                let schemes = schemes.join(" or ");
                let text = format!("{name}: expected an {schemes} URL, not {}", echo(uri));
                return Err(invalid(text));
            }
        }
        self.check_response_types()
    }

    fn refuse_unimitated(&self) -> Result<(), OAuthError> {
        let sent = &self.sent;
        if sent.jwks_uri.is_some() && self.jwks.is_some() {
            return Err(invalid("jwks_uri: not beside jwks"));
        }
        let fetched = "this mock fetches nothing";
        for (name, value, why) in [
            ("jwks_uri", &sent.jwks_uri, "this mock fetches nothing; send the keys as jwks"),
            ("sector_identifier_uri", &sent.sector_identifier_uri, fetched),
            ("userinfo_signed_response_alg", &sent.userinfo_signed_response_alg, NOT_IMITATED),
            (
                "userinfo_encrypted_response_alg",
                &sent.userinfo_encrypted_response_alg,
                NOT_IMITATED,
            ),
            (
                "id_token_encrypted_response_alg",
                &sent.id_token_encrypted_response_alg,
                NOT_IMITATED,
            ),
            ("request_object_encryption_alg", &sent.request_object_encryption_alg, NOT_IMITATED),
        ] {
            if value.is_some() {
                return Err(invalid(format!("{name}: {why}")));
            }
        }
        if sent.software_statement.is_some() {
            let text = "software_statement: this mock trusts no issuer of those";
            return Err(OAuthError::new(ErrorCode::UnapprovedSoftwareStatement, text));
        }
        Ok(())
    }

    /// Each response type needs its grant types (RFC 7591 §2.1).
    fn check_response_types(&self) -> Result<(), OAuthError> {
        let grants = self.grants();
        for wanted in self.responses() {
            for (needs, grant, name) in [
                (wanted.code, ClientGrantType::AuthorizationCode, "authorization_code"),
                (wanted.has_token(), ClientGrantType::Implicit, "implicit"),
            ] {
                if needs && !grants.contains(&grant) {
                    let text = format!("response_types: {wanted} needs the grant type {name}");
                    return Err(invalid(text));
                }
            }
        }
        Ok(())
    }

    /// The grant types, `authorization_code` when none are sent.
    pub fn grants(&self) -> Vec<ClientGrantType> {
        self.grant_types.clone().unwrap_or_else(|| vec![ClientGrantType::AuthorizationCode])
    }

    /// The response types. When none are sent: `code` for a client that redeems codes.
    pub fn responses(&self) -> Vec<ResponseType> {
        let code = ResponseType { code: true, id_token: false, token: false };
        let redeems = self.grants().contains(&ClientGrantType::AuthorizationCode);
        self.response_types.clone().unwrap_or_else(|| redeems.then_some(code).into_iter().collect())
    }

    /// The redirect URIs of a member, checked.
    ///
    /// # Errors
    ///
    /// `invalid_redirect_uri` or `invalid_client_metadata`, naming the member and what is wrong.
    pub fn uris(
        &self,
        name: &str,
        sent: Option<&[String]>,
    ) -> Result<Vec<RedirectUri>, OAuthError> {
        let native = self.application_type == Some(ApplicationType::Native);
        let checked = sent.unwrap_or_default().iter().enumerate().map(|(index, uri)| {
            registrable(uri, native).map_err(|problem| {
                let text = format!("{name}[{index}]: {problem}: {}", echo(uri));
                if name == "redirect_uris" { invalid_redirect(text) } else { invalid(text) }
            })
        });
        checked.collect()
    }
}

const NOT_IMITATED: &str = "not imitated by this mock";

/// A redirect URI that a client may register by itself: exact, and with nothing in it that reads in
/// two ways.
fn registrable(text: &str, native: bool) -> Result<RedirectUri, &'static str> {
    let uri: RedirectUri = text
        .parse()
        .map_err(|_| "expected an absolute URI in ASCII, without fragment or backslash")?;
    if text.contains('*') {
        return Err("a client cannot register a wildcard");
    }
    if !uri.is_web() {
        return if native {
            Ok(uri)
        } else {
            Err("expected http or https, or application_type native")
        };
    }
    let rest = text.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if authority.is_empty() {
        return Err("expected a host after ://");
    }
    if authority.contains('@') {
        return Err("user information has no place in it");
    }
    Ok(uri)
}

/// `invalid_client_metadata` with this description.
pub fn invalid(description: impl Into<Cow<'static, str>>) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClientMetadata, description)
}

/// `invalid_redirect_uri` with this description.
pub fn invalid_redirect(description: impl Into<Cow<'static, str>>) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRedirectUri, description)
}
