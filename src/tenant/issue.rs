//! Tokens that have been decided on, and their signing.
//!
//! Deciding takes microseconds and may hold a lock; signing takes half a millisecond and holds none.
//! So the rules return an [`Issuance`], and whoever renders the answer signs it where it disturbs
//! nobody.

use std::sync::Arc;

use super::Tenant;
use super::app::TokenType;
use super::grant::{Family, LiveToken};
use super::keys::{SigningKey, Token};
use super::platform::PLATFORM_APP;
use super::policy::{IdTokenProfileClaims, IdTokenUniqueName};
use super::principal::Principal;
use super::profile::{custom_claims, every_standard_claim, give_requested, standard_claims};
use super::registry::AppAt;
use super::steer::{Changes, TokenChange, TokenKind};
use super::tokens::Use;
use crate::clock::Timestamp;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::claims::Claims;
use crate::protocol::digest::{half_hash, sha256};
use crate::protocol::jwk::SigningAlgorithm;
use crate::protocol::response_type::ResponseType;
use crate::protocol::scope::Scope;
use crate::protocol::token::TokenResponse;

/// Tokens for one grant, decided and not yet signed.
pub struct Issuance {
    pub(super) tenant: Tenant,
    pub(super) at: AppAt,
    pub(super) principal: Principal,
    pub(super) family: Arc<Family>,
    pub(super) scope: Scope,
    /// What is to be issued; `code` stands for the code below.
    pub(super) tokens: ResponseType,
    pub(super) code: Option<String>,
    pub(super) refresh_token: Option<String>,
    /// Whether the tokens take the place of older ones.
    pub(super) is_refresh: bool,
    /// What minting wants beside steering.
    pub(super) more: Option<Box<TokenChange>>,
}

/// Signed tokens, and what goes with them.
pub(super) struct Issued {
    pub(super) code: Option<String>,
    pub(super) id_token: Option<String>,
    pub(super) access_token: Option<String>,
    pub(super) refresh_token: Option<String>,
    /// Seconds that the access token lives.
    pub(super) expires_in: i64,
    pub(super) scope: Scope,
}

impl Issuance {
    /// How many signatures [`Self::respond`] will make.
    pub fn signatures(&self) -> usize {
        let signed_access = self.tokens.token && self.token_type() == TokenType::JwtRS256;
        usize::from(self.tokens.id_token) + usize::from(signed_access)
    }

    /// Signs the tokens and answers a token request with them.
    pub fn respond(self) -> TokenResponse {
        let issued = self.sign();
        TokenResponse {
            id_token: issued.id_token,
            refresh_token: issued.refresh_token,
            access_token: issued.access_token.expect("a token response always carries one"),
            token_type: "Bearer",
            expires_in: issued.expires_in,
            scope: issued.scope,
        }
    }

    /// Signs the tokens and remembers the access token.
    pub(super) fn sign(self) -> Issued {
        let now = self.tenant.0.clock.now();
        let usual = self.at.registered.app.token_lifetime.seconds();
        let changes = self.changes();
        let lifetime = |kind| changes.lifetime(kind).unwrap_or(usual);
        let access_lifetime = lifetime(TokenKind::AccessToken);
        let access_token =
            self.tokens.token.then(|| self.access_token(now, access_lifetime, &changes));
        let id_token = self.tokens.id_token.then(|| {
            let lifetime = lifetime(TokenKind::IdToken);
            let claims = self.id_token_claims(now, lifetime, access_token.as_ref());
            let token = self.signed(TokenKind::IdToken, claims, &changes);
            // CyberArk's SDKs carry the platform's ID token to every service as a bearer token.
            let for_use = if self.is_of_platform() { Use::Access } else { Use::Identity };
            self.remember(&token, for_use, now, lifetime);
            token.text
        });
        let expires_in =
            if access_token.is_some() { access_lifetime } else { lifetime(TokenKind::IdToken) };
        Issued {
            code: self.code,
            id_token,
            access_token: access_token.map(|token| token.text),
            refresh_token: self.refresh_token,
            expires_in,
            scope: self.scope,
        }
    }

    fn algorithm(&self, kind: TokenKind) -> SigningAlgorithm {
        let registered = &self.at.registered;
        match kind {
            TokenKind::IdToken => registered.id_token_algorithm(&self.family.grant.terms.client_id),
            _ => registered.app.signing_algorithm,
        }
    }

    fn key(&self, kind: TokenKind) -> Arc<SigningKey> {
        self.tenant.0.keys.signing(self.algorithm(kind))
    }

    fn token_type(&self) -> TokenType {
        self.at.registered.app.token_type
    }

    /// What steering and minting want to be different.
    fn changes(&self) -> Changes {
        let kinds: &[TokenKind] = match (self.tokens.token, self.tokens.id_token) {
            (true, true) => &[TokenKind::AccessToken, TokenKind::IdToken],
            (true, false) => &[TokenKind::AccessToken],
            (false, true) => &[TokenKind::IdToken],
            (false, false) => &[],
        };
        let named = self.tenant.named(&self.family.grant, &self.principal);
        let steered = self.tenant.changes(named, kinds);
        steered.and(self.more.as_deref())
    }

    fn signed(&self, kind: TokenKind, mut claims: Claims, changes: &Changes) -> Token {
        let named = self.tenant.named(&self.family.grant, &self.principal);
        changes.apply(kind, &mut claims, named);
        changes.sign(kind, &self.key(kind), &claims, named)
    }

    fn access_token(&self, now: Timestamp, expires_in: i64, changes: &Changes) -> Token {
        let token = match self.token_type() {
            TokenType::JwtRS256 => {
                let claims = self.access_token_claims(now, expires_in);
                self.signed(TokenKind::AccessToken, claims, changes)
            }
            TokenType::Opaque => Token::of(self.tenant.0.ids.opaque()),
        };
        self.remember(&token, Use::Access, now, expires_in);
        token
    }

    fn remember(&self, token: &Token, for_use: Use, now: Timestamp, expires_in: i64) {
        let is_alone = self.is_of_one();
        let live = LiveToken {
            family: self.family.clone(),
            scope: self.scope.clone(),
            issued_at: now,
            expires: now.plus_seconds(expires_in),
        };
        self.tenant.0.tokens.remember(token, for_use, live, is_alone);
    }

    /// Whether one token is all that is issued, and nobody else knows of the family: no code and no
    /// refresh token.
    fn is_of_one(&self) -> bool {
        let is_one = self.tokens.token != self.tokens.id_token;
        is_one && Arc::strong_count(&self.family) == 1
    }

    /// Claims of every token, in the order of CyberArk's id-token guide.
    fn common_claims(&self, now: Timestamp, expires_in: i64, audience: &str) -> Claims {
        let grant = &self.family.grant;
        let mut claims = Claims::with_capacity(16);
        claims.insert("auth_time".into(), grant.authenticated_at.seconds().into());
        claims.insert("iss".into(), self.at.issuer.as_str().into());
        claims.insert("iat".into(), now.seconds().into());
        claims.insert("aud".into(), audience.into());
        claims.insert("unique_name".into(), self.principal.name().into());
        claims.insert("exp".into(), now.plus_seconds(expires_in).seconds().into());
        claims.insert("sub".into(), self.principal.id().into());
        claims.extend(grant.nonce.iter().map(|nonce| ("nonce".to_owned(), (**nonce).into())));
        claims
    }

    fn id_token_claims(
        &self,
        now: Timestamp,
        expires_in: i64,
        access_token: Option<&Token>,
    ) -> Claims {
        let client_id = &self.family.grant.terms.client_id;
        let mut claims = self.common_claims(now, expires_in, client_id);
        let algorithm = self.algorithm(TokenKind::IdToken);
        let grant = &self.family.grant;
        claims.extend(grant.acr().map(|acr| ("acr".to_owned(), acr.into())));
        let at_hash = access_token.map(|token| half_hash(algorithm, &token.text, &token.sha256));
        let c_hash = self.code.as_deref().map(|code| half_hash(algorithm, code, &sha256(code)));
        claims.extend(at_hash.map(|hash| ("at_hash".to_owned(), hash.into())));
        claims.extend(c_hash.map(|hash| ("c_hash".to_owned(), hash.into())));
        claims.extend(self.sid().map(|sid| ("sid".to_owned(), sid.into())));
        if self.is_refresh {
            // It was for the first ID token alone (OpenID Connect Core §12.2).
            claims.shift_remove("nonce");
        }
        let policy = self.at.registered.policy;
        if policy.id_token_unique_name == IdTokenUniqueName::Omitted {
            claims.shift_remove("unique_name");
        }
        let with_profile = match policy.id_token_profile_claims {
            IdTokenProfileClaims::Always => true,
            // A code will bring an access token too (OpenID Connect Core §5.4).
            IdTokenProfileClaims::WithoutAccessToken => {
                access_token.is_none() && self.code.is_none()
            }
        };
        if with_profile {
            claims.extend(standard_claims(&self.principal, &self.at.registered, &self.scope));
        }
        if self.is_of_platform() {
            // It is carried as a bearer token, so it is told from others as access tokens are.
            claims.insert("jti".into(), self.tenant.0.ids.opaque().into());
        }
        claims.extend(self.platform_claims());
        claims.extend(custom_claims(&self.principal, &self.at.registered.app));
        if let Some(requested) = self.family.grant.requested_claims() {
            let all = every_standard_claim(&self.principal, &self.at.registered);
            give_requested(&mut claims, &requested.id_token, &all);
        }
        claims
    }

    /// How logout notices will name the session, for clients that want those; no token of the
    /// product is seen to have it.
    fn sid(&self) -> Option<String> {
        let grant = &self.family.grant;
        let client = self.at.registered.client(&grant.terms.client_id)?;
        let visits = grant.visits.as_ref().filter(|_| client.wants_logout_notices());
        visits.map(|visits| visits.sid())
    }

    /// What tokens of the platform's application tell beside.
    fn platform_claims(&self) -> Claims {
        let Some(user) = self.principal.user().filter(|_| self.is_of_platform()) else {
            return Claims::new();
        };
        // SDKs take the address of later calls from the issuer.
        let base = self.at.issuer.parse::<BaseUrl>();
        base.map_or_else(|_| Claims::new(), |base| self.tenant.platform_claims(base.host(), user))
    }

    fn is_of_platform(&self) -> bool {
        self.at.registered.app.application_id == PLATFORM_APP
    }

    /// The claims of CyberArk's access-token guide, `app_id` as in a published decoded token, and
    /// `jti`: no source shows one, but without it two tokens of the same second would be the same
    /// token, and revoking one would revoke both.
    fn access_token_claims(&self, now: Timestamp, expires_in: i64) -> Claims {
        let app = &self.at.registered.app;
        let audience = app.audience.as_deref().unwrap_or(&self.family.grant.terms.client_id);
        let mut claims = self.common_claims(now, expires_in, audience);
        claims.insert("scope".into(), self.scope.as_str().into());
        claims.insert("app_id".into(), app.application_id.as_str().into());
        claims.insert("jti".into(), self.tenant.0.ids.opaque().into());
        claims.extend(self.platform_claims());
        claims.extend(custom_claims(&self.principal, &self.at.registered.app));
        claims
    }
}

impl std::fmt::Debug for Issuance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issuance")
            .field("scope", &self.scope)
            .field("tokens", &self.tokens)
            .finish_non_exhaustive()
    }
}
