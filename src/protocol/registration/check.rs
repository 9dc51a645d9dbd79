//! What a client cannot register, whatever the application is.

use serde_json::Value;
use url::Url;

use super::super::client_metadata::{ApplicationType, ClientGrantType};
use super::super::error::{ErrorCode, OAuthError, echo};
use super::super::redirect_uri::RedirectUri;
use super::super::response_type::ResponseType;
use super::{ClientMetadata, SentOnly, invalid, invalid_redirect};

impl ClientMetadata {
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
            check_page(name, uri, schemes)?;
        }
        self.check_localized()?;
        self.check_response_types()
    }

    /// Refuses what the client would rely on and this server does not do: to leave it out of the answer
    /// would be too quiet.
    fn refuse_unimitated(&self) -> Result<(), OAuthError> {
        let sent = &*self.sent;
        if sent.jwks_uri.is_some() && self.jwks.is_some() {
            return Err(invalid("jwks_uri: not beside jwks"));
        }
        let keys = "this mock fetches no keys; send them as jwks";
        let sectors = "this mock fetches none: every subject is public";
        for (name, value, why) in [
            ("jwks_uri", &sent.jwks_uri, keys),
            ("sector_identifier_uri", &sent.sector_identifier_uri, sectors),
        ] {
            if value.is_some() {
                return Err(invalid(format!("{name}: {why}")));
            }
        }
        let is_no = |value: &Value| *value == Value::Bool(false);
        for (name, value) in unimitated(sent) {
            if value.as_ref().is_some_and(|value| !is_no(value)) {
                return Err(invalid(format!("{name}: not imitated by this mock")));
            }
        }
        if sent.software_statement.is_some() {
            let text = "software_statement: this mock trusts no issuer of those";
            return Err(OAuthError::new(ErrorCode::UnapprovedSoftwareStatement, text));
        }
        Ok(())
    }

    /// Names and pages in other languages are texts and URLs as those without a language are.
    fn check_localized(&self) -> Result<(), OAuthError> {
        for (name, value) in &self.rest {
            let Some(base) = localized(name) else { continue };
            let Some(text) = value.as_str() else {
                return Err(invalid(format!("{}: expected a string", echo(name))));
            };
            if base != "client_name" {
                check_page(name, text, &["https", "http"])?;
            }
        }
        Ok(())
    }

    /// The members that have no meaning here, and are not registered.
    pub fn unknown(&self) -> impl Iterator<Item = &str> {
        self.rest.keys().map(String::as_str).filter(|name| localized(name).is_none())
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

/// Members with which a client relies on something that this server does not do.
fn unimitated(sent: &SentOnly) -> [(&'static str, &Option<Value>); 13] {
    [
        ("userinfo_signed_response_alg", &sent.userinfo_signed_response_alg),
        ("userinfo_encrypted_response_alg", &sent.userinfo_encrypted_response_alg),
        ("userinfo_encrypted_response_enc", &sent.userinfo_encrypted_response_enc),
        ("id_token_encrypted_response_alg", &sent.id_token_encrypted_response_alg),
        ("id_token_encrypted_response_enc", &sent.id_token_encrypted_response_enc),
        ("request_object_encryption_alg", &sent.request_object_encryption_alg),
        ("request_object_encryption_enc", &sent.request_object_encryption_enc),
        ("introspection_signed_response_alg", &sent.introspection_signed_response_alg),
        ("authorization_signed_response_alg", &sent.authorization_signed_response_alg),
        ("require_signed_request_object", &sent.require_signed_request_object),
        ("require_pushed_authorization_requests", &sent.require_pushed_authorization_requests),
        (
            "tls_client_certificate_bound_access_tokens",
            &sent.tls_client_certificate_bound_access_tokens,
        ),
        ("dpop_bound_access_tokens", &sent.dpop_bound_access_tokens),
    ]
}

/// The member that this one says in another language, if it is one for people (RFC 7591 §2.2).
fn localized(name: &str) -> Option<&str> {
    let (base, language) = name.split_once('#')?;
    let is_for_people =
        ["client_name", "client_uri", "logo_uri", "policy_uri", "tos_uri"].contains(&base);
    (is_for_people && !language.is_empty()).then_some(base)
}

fn check_page(name: &str, uri: &str, schemes: &[&str]) -> Result<(), OAuthError> {
    let url = Url::parse(uri).ok();
    if url.is_some_and(|url| schemes.contains(&url.scheme())) {
        return Ok(());
    }
    let schemes = schemes.join(" or ");
    Err(invalid(format!("{}: expected an {schemes} URL, not {}", echo(name), echo(uri))))
}

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
