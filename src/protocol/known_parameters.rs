//! The parameters of each endpoint that mean something here, or to the product. Every other is ignored
//! ([RFC 6749 §3.1, §3.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.1)).

/// Of an authorization request. `client_secret`, `Auth` and `debug` stand in CyberArk's guides and
/// samples.
pub const AUTHORIZE: [&str; 24] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "prompt",
    "code_challenge",
    "code_challenge_method",
    "max_age",
    "login_hint",
    "id_token_hint",
    "acr_values",
    "claims",
    "request",
    "request_uri",
    "display",
    "ui_locales",
    "claims_locales",
    "client_secret",
    "bounce",
    "Auth",
    "debug",
];

/// Of a token request. `assertion`, `state` and `nonce` stand in CyberArk's guides.
pub const TOKEN: [&str; 15] = [
    "grant_type",
    "code",
    "redirect_uri",
    "client_id",
    "client_secret",
    "client_assertion_type",
    "client_assertion",
    "code_verifier",
    "refresh_token",
    "scope",
    "username",
    "password",
    "assertion",
    "state",
    "nonce",
];

/// Of an introspection or revocation request.
pub const TOKEN_CALL: [&str; 6] = [
    "token",
    "token_type_hint",
    "client_id",
    "client_secret",
    "client_assertion_type",
    "client_assertion",
];

/// Of a sign-out request. `logout_hint` and `ui_locales` are accepted, without effect.
pub const END_SESSION: [&str; 7] = [
    "id_token_hint",
    "client_id",
    "post_logout_redirect_uri",
    "state",
    "confirmed",
    "logout_hint",
    "ui_locales",
];
