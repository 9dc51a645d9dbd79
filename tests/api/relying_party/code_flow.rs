//! Discovery, code flow with PKCE, refresh, `UserInfo`.

use openidconnect::core::{CoreAuthenticationFlow, CoreResponseType, CoreTokenType};
use openidconnect::{AuthType, OAuth2TokenResponse};

use super::{RelyingParty, http, presets};

#[test]
fn discovery_finds_every_endpoint_and_flow() {
    for (preset, mock) in presets() {
        let metadata = RelyingParty::bank(&mock).metadata;
        assert_eq!(metadata.issuer().as_str(), format!("{}/bank/", mock.url), "{preset}");
        let endpoint = |name| Some(format!("{}/OAuth2/{name}/bank", mock.url));
        let found = [
            Some(metadata.authorization_endpoint().to_string()),
            metadata.token_endpoint().map(ToString::to_string),
            metadata.userinfo_endpoint().map(ToString::to_string),
            Some(metadata.jwks_uri().to_string()),
        ];
        assert_eq!(found, ["Authorize", "Token", "UserInfo", "Keys"].map(endpoint), "{preset}");
        let flows: Vec<Vec<CoreResponseType>> =
            metadata.response_types_supported().iter().map(|flow| flow.to_vec()).collect();
        let [code, id_token, token] =
            [CoreResponseType::Code, CoreResponseType::IdToken, CoreResponseType::Token];
        assert_eq!(
            flows,
            [
                vec![code.clone()],
                vec![id_token.clone()],
                vec![id_token.clone(), token.clone()],
                vec![code.clone(), id_token.clone()],
                vec![code.clone(), token.clone()],
                vec![code, id_token, token],
            ],
            "{preset}"
        );
    }
}

#[test]
fn a_confidential_client_signs_a_user_in() {
    for (preset, mock) in presets() {
        for auth_type in [AuthType::BasicAuth, AuthType::RequestBody] {
            let case = format!("{preset}, {auth_type:?}");
            let party = RelyingParty::bank(&mock).authenticating_by(auth_type);
            let callback = party.sign_in(&CoreAuthenticationFlow::AuthorizationCode);
            assert!(!callback.answer.location().contains('#'), "{case}");
            let tokens = party.exchange(&callback);
            assert_eq!(tokens.token_type(), &CoreTokenType::Bearer, "{case}");
            assert_eq!(tokens.expires_in().map(|life| life.as_secs()), Some(18_000), "{case}");
            let claims = party.verified_answer(&tokens, &callback.nonce);
            assert_eq!(claims.subject().as_str(), "a11ce000-0000-4000-8000-000000000001", "{case}");
            assert_eq!(claims.code_hash(), None, "{case}");

            let user = party.user_info(tokens.access_token(), claims);
            let name = user.name().and_then(|name| name.get(None)).map(|name| name.as_str());
            assert_eq!(name, Some("Alice Adams"), "{case}");
            let email = user.email().map(|email| email.as_str());
            assert_eq!(email, Some("alice@example.com"), "{case}");
            assert_eq!(user.email_verified(), Some(true), "{case}");
            let phone = user.phone_number().map(|phone| phone.as_str());
            assert_eq!(phone, Some("+1 555 0100"), "{case}");
        }
    }
}

#[test]
fn a_public_client_signs_a_user_in_without_a_secret() {
    for (preset, mock) in presets() {
        let party = RelyingParty::spa(&mock);
        let callback = party.sign_in(&CoreAuthenticationFlow::AuthorizationCode);
        let tokens = party.exchange(&callback);
        let claims = party.verified_answer(&tokens, &callback.nonce);
        let audiences: Vec<&str> = claims.audiences().iter().map(|one| one.as_str()).collect();
        assert_eq!(audiences, ["spa-client"], "{preset}");
        let user = party.user_info(tokens.access_token(), claims);
        assert_eq!(user.subject(), claims.subject(), "{preset}");
    }
}

#[test]
fn a_refresh_token_brings_another_access_token() {
    for (preset, mock) in presets() {
        for party in [RelyingParty::bank(&mock), RelyingParty::spa(&mock)] {
            let case = format!("{preset}, {}", party.client.client_id().as_str());
            let callback = party.sign_in(&CoreAuthenticationFlow::AuthorizationCode);
            let tokens = party.exchange(&callback);
            let claims = party.verified_answer(&tokens, &callback.nonce);
            let refresh_token = tokens.refresh_token().expect("the application issues them");
            let refreshed =
                party.client.exchange_refresh_token(refresh_token).unwrap().request(&http).unwrap();
            let [first, second] = [&tokens, &refreshed].map(|one| one.access_token().secret());
            assert_ne!(first, second, "{case}");
            assert_eq!(refreshed.scopes(), tokens.scopes(), "{case}");
            let user = party.user_info(refreshed.access_token(), claims);
            assert_eq!(user.subject(), claims.subject(), "{case}");
        }
    }
}
