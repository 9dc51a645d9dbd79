//! What the crate refuses, and the mock: without these the other tests could not fail.

use openidconnect::core::{
    CoreAuthenticationFlow, CoreErrorResponseType, CoreIdToken, CoreIdTokenVerifier,
    CoreJsonWebKeySet, CoreProviderMetadata,
};
use openidconnect::{
    AccessToken, ClaimsVerificationError, ClientId, DiscoveryError, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeVerifier, RequestTokenError, SignatureVerificationError,
    SubjectIdentifier, TokenResponse, UserInfoError,
};

use super::{RelyingParty, http};
use crate::harness::Mock;

/// An ID token of `bank` and the nonce that it was asked with.
fn id_token(party: &RelyingParty<'_>) -> (CoreIdToken, Nonce) {
    let callback = party.sign_in(&CoreAuthenticationFlow::Implicit(false));
    (callback.id_token().expect("the implicit flow brings one"), callback.nonce)
}

/// A verifier that differs from the right one in what the caller says.
fn verifier(
    client: &str,
    issuer: String,
    keys: &CoreJsonWebKeySet,
) -> CoreIdTokenVerifier<'static> {
    CoreIdTokenVerifier::new_public_client(
        ClientId::new(client.to_owned()),
        IssuerUrl::new(issuer).expect("an issuer is a URL"),
        keys.clone(),
    )
}

#[test]
fn a_wrong_nonce_is_refused() {
    let mock = Mock::start();
    let party = RelyingParty::bank(&mock);
    let (id_token, nonce) = id_token(&party);
    let verifier = party.client.id_token_verifier();
    assert!(id_token.claims(&verifier, &nonce).is_ok());
    let refused = id_token.claims(&verifier, &Nonce::new("another".to_owned())).unwrap_err();
    assert!(matches!(refused, ClaimsVerificationError::InvalidNonce(_)), "{refused}");
}

#[test]
fn a_wrong_issuer_is_refused() {
    let mock = Mock::start();
    let party = RelyingParty::bank(&mock);
    let (id_token, nonce) = id_token(&party);
    let keys = party.metadata.jwks();
    let right = verifier("bank-client", mock.issuer("bank"), keys);
    assert!(id_token.claims(&right, &nonce).is_ok());
    for issuer in [mock.issuer("spa"), format!("{}/bank", mock.url)] {
        let refused =
            id_token.claims(&verifier("bank-client", issuer.clone(), keys), &nonce).unwrap_err();
        assert!(
            matches!(refused, ClaimsVerificationError::InvalidIssuer(_)),
            "{issuer}: {refused}"
        );
    }
}

#[test]
fn a_wrong_audience_is_refused() {
    let mock = Mock::start();
    let party = RelyingParty::bank(&mock);
    let (id_token, nonce) = id_token(&party);
    let other = verifier("spa-client", mock.issuer("bank"), party.metadata.jwks());
    let refused = id_token.claims(&other, &nonce).unwrap_err();
    assert!(matches!(refused, ClaimsVerificationError::InvalidAudience(_)), "{refused}");
}

#[test]
fn a_signature_of_other_claims_or_an_unknown_key_is_refused() {
    let mock = Mock::start();
    let party = RelyingParty::bank(&mock);
    let (one, nonce) = id_token(&party);
    let (other, _) = id_token(&party);
    let [one_text, other_text] = [&one, &other].map(ToString::to_string);
    let (signed, _) = one_text.rsplit_once('.').unwrap();
    let (_, signature) = other_text.rsplit_once('.').unwrap();
    let forged: CoreIdToken = format!("{signed}.{signature}").parse().unwrap();
    let refused = forged.claims(&party.client.id_token_verifier(), &nonce).unwrap_err();
    let ClaimsVerificationError::SignatureVerification(cause) = refused else {
        panic!("{refused}");
    };
    assert!(matches!(cause, SignatureVerificationError::CryptoError(_)), "{cause}");

    let keyless = verifier("bank-client", mock.issuer("bank"), &CoreJsonWebKeySet::default());
    let refused = one.claims(&keyless, &nonce).unwrap_err();
    assert_eq!(
        refused,
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)
    );
}

#[test]
fn an_issuer_without_its_slash_is_not_discovered() {
    let mock = Mock::start();
    let issuer = IssuerUrl::new(format!("{}/bank", mock.url)).unwrap();
    let refused = CoreProviderMetadata::discover(&issuer, &http).unwrap_err();
    assert!(matches!(refused, DiscoveryError::Validation(_)), "{refused}");
}

#[test]
fn the_hash_of_another_access_token_is_another_hash() {
    let mock = Mock::start();
    let party = RelyingParty::bank(&mock);
    let callback = party.sign_in(&CoreAuthenticationFlow::Implicit(true));
    let id_token = callback.id_token().unwrap();
    let claims = party.verified(&id_token, &callback.nonce);
    let other = AccessToken::new(format!("{}x", callback.access_token().unwrap().secret()));
    assert_ne!(claims.access_token_hash(), Some(&party.at_hash(&other, &id_token)));
}

#[test]
fn a_wrong_verifier_and_a_wrong_secret_are_told_as_the_preset_tells_them() {
    let access_denied = CoreErrorResponseType::Extension("access_denied".to_owned());
    for (preset, mock, wrong_secret) in [
        ("cyberark", Mock::start(), access_denied),
        ("strict", Mock::strict(), CoreErrorResponseType::InvalidClient),
    ] {
        for (secret, verifier, error) in [
            ("bank-secret", "w".repeat(43), CoreErrorResponseType::InvalidGrant),
            ("other-secret", String::new(), wrong_secret),
        ] {
            let party = RelyingParty::discover(&mock, "bank", Some(secret));
            let callback = party.sign_in(&CoreAuthenticationFlow::AuthorizationCode);
            let refused = party
                .client
                .exchange_code(callback.code().unwrap())
                .unwrap()
                .set_pkce_verifier(PkceCodeVerifier::new(verifier))
                .request(&http)
                .unwrap_err();
            let RequestTokenError::ServerResponse(answer) = refused else {
                panic!("{preset}: {refused}");
            };
            assert_eq!(answer.error(), &error, "{preset}, {secret}");
        }
    }
}

#[test]
fn the_claims_of_another_subject_are_refused() {
    let mock = Mock::start();
    let party = RelyingParty::bank(&mock);
    let callback = party.sign_in(&CoreAuthenticationFlow::AuthorizationCode);
    let tokens = party.exchange(&callback);
    assert!(tokens.id_token().is_some());
    let bob = SubjectIdentifier::new("b0b00000-0000-4000-8000-000000000002".to_owned());
    let asked = party.client.user_info(tokens.access_token().clone(), Some(bob)).unwrap();
    let refused: Result<openidconnect::core::CoreUserInfoClaims, _> = asked.request(&http);
    let refused = refused.unwrap_err();
    assert!(
        matches!(
            refused,
            UserInfoError::ClaimsVerification(ClaimsVerificationError::InvalidSubject(_))
        ),
        "{refused}"
    );
}
