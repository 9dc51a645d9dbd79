//! What each field of the policy that the authorization endpoint knows changes on its own.

use cyberark_identity_mock::tenant::policy::Policy;

use super::ask::Change;

/// A request, what comes of it under the preset, and with the field set. Each request goes to an
/// application with `state=xyz`, by a signed-in user.
pub(super) struct Probe {
    pub(super) changes: &'static [Change<'static>],
    pub(super) before: &'static str,
    pub(super) after: &'static str,
}

/// A field that is set beside a preset.
pub(super) struct Field {
    pub(super) preset: fn() -> Policy,
    pub(super) name: &'static str,
    pub(super) value: &'static str,
    pub(super) probes: &'static [Probe],
}

const fn probe(
    changes: &'static [Change<'static>],
    before: &'static str,
    after: &'static str,
) -> Probe {
    Probe { changes, before, after }
}

const fn product(name: &'static str, value: &'static str, probes: &'static [Probe]) -> Field {
    Field { preset: Policy::cyberark, name, value, probes }
}

const fn strict(name: &'static str, value: &'static str, probes: &'static [Probe]) -> Field {
    Field { preset: Policy::strict, name, value, probes }
}

const NOBODY: &[Change] = &[("client_id", Some("nobody"))];
const NOBODY_HYBRID: &[Change] =
    &[("client_id", Some("nobody")), ("response_type", Some("code token"))];
const NO_URI: &[Change] = &[("redirect_uri", Some("cb"))];
const FOREIGN: &[Change] = &[("redirect_uri", Some("https://elsewhere.example/cb"))];
const ID: &[Change] = &[("response_type", Some("id"))];
const NO_TYPE: &[Change] = &[("response_type", None)];
const CONSENT: &[Change] = &[("prompt", Some("consent"))];
const MAYBE: &[Change] = &[("prompt", Some("maybe"))];
const BOUNCE: &[Change] = &[("bounce", Some("oRun"))];
const SCOPE: &[Change] = &[("scope", Some("nothing"))];
const SCOPE_HYBRID: &[Change] =
    &[("scope", Some("nothing")), ("response_type", Some("code token"))];
const SCOPE_FORM: &[Change] = &[("scope", Some("nothing")), ("response_mode", Some("form_post"))];
const ID_TOKEN: &[Change] = &[("response_type", Some("id_token")), ("nonce", Some("n"))];
const NO_NONCE: &[Change] = &[("response_type", Some("id_token"))];
const TOKEN_IN_QUERY: &[Change] =
    &[("response_type", Some("code token")), ("response_mode", Some("query"))];
const SMOKE: &[Change] = &[("response_mode", Some("smoke"))];
const TWICE: &[Change] = &[("login_hint", Some("a")), ("login_hint", Some("b"))];

const BAD_SCOPE: &str = "?error=invalid_scope&error_description=unknown scope requested&state=xyz";
const BAD_SCOPE_FRAGMENT: &str =
    "#error=invalid_scope&error_description=unknown scope requested&state=xyz";
const BAD_SCOPE_FORM: &str =
    "=error=invalid_scope&error_description=unknown scope requested&state=xyz";
const BAD_SCOPE_STATELESS: &str = "?error=invalid_scope&error_description=unknown scope requested";
const BAD_CLIENT: &str = "?error=invalid_client&error_description=invalid client creds&state=xyz";
const BAD_CLIENT_FRAGMENT: &str =
    "#error=invalid_client&error_description=invalid client creds&state=xyz";
const BAD_CLIENT_STATELESS: &str = "?error=invalid_client&error_description=invalid client creds";
const CODE_AND_EXTRAS: &str = "?state=xyz&responseType=code&code=*";
const CODE: &str = "?state=xyz&code=*";
const ID_TOKEN_AND_EXTRAS: &str =
    "#state=xyz&responseType=id_token&id_token=*&scope=openid profile";
const ID_TOKEN_ALONE: &str = "#state=xyz&id_token=*";
const TOKENS_AND_EXTRAS: &str = "#state=xyz&responseType=code, token&code=*&access_token=*&token_type=Bearer&expires_in=18000\
     &scope=openid profile";
const TOKENS: &str =
    "#state=xyz&code=*&access_token=*&token_type=Bearer&expires_in=18000&scope=openid profile";
const FOREIGN_SHOWN: &str =
    r#"400 {"error":"invalid_request","error_description":"invalid redirect"}"#;
const NO_URI_SHOWN: &str = r#"500 {"error":"invalid_request","error_description":"Invalid URI: The format of the URI could not be determined."}"#;
const ID_SHOWN: &str =
    r#"400 {"error":"unsupported_response_type","error_description":"invalid response_type: id"}"#;
const NO_TYPE_SHOWN: &str =
    r#"500 {"error":"invalid_request","error_description":"missing response_type"}"#;
const CONSENT_SHOWN: &str = r#"400 {"error":"unsupported_prompt","error_description":"Unsupported prompt value: 'consent'.  Supported prompt values: 'none' and 'login'."}"#;
const BOUNCE_SHOWN: &str =
    r#"500 {"error":"500","error_description":"State not found for type OAuthBounce, key oRun"}"#;
const MAYBE_SHOWN: &str = r#"400 {"error":"unsupported_prompt","error_description":"Unsupported prompt value: 'maybe'.  Supported prompt values: 'none' and 'login'."}"#;
const UNSUPPORTED_TYPE: &str = "?error=unsupported_response_type\
                                &error_description=invalid response_type: id&state=xyz";
const MISSING_TYPE: &str =
    "?error=invalid_request&error_description=missing response_type&state=xyz";
const UNSUPPORTED_PROMPT: &str = "?error=unsupported_prompt\
     &error_description=Unsupported prompt value: 'consent'.  Supported prompt values: 'none' and 'login'.&state=xyz";
const NONCE_MISSING: &str = "?error=invalid_request&error_description=missing nonce&state=xyz";
const NONCE_MISSING_FRAGMENT: &str =
    "#error=invalid_request&error_description=missing nonce&state=xyz";
const IN_QUERY: &str =
    "?error=invalid_request&error_description=response_mode query cannot carry tokens&state=xyz";
const IN_QUERY_FRAGMENT: &str =
    "#error=invalid_request&error_description=response_mode query cannot carry tokens&state=xyz";
const NO_MODE: &str =
    "?error=invalid_request&error_description=unsupported response_mode&state=xyz";
const SAID_TWICE: &str = "?error=invalid_request\
     &error_description=parameter login_hint is sent more than once&state=xyz";
const PAGE: &str = "page 400 invalid_request";
const CLIENT_PAGE: &str = "page 400 invalid_client";

/// The product's preset with one field of the other.
const ON_PRODUCT: [Field; 9] = [
    product(
        "unverified_redirect",
        "page",
        &[
            probe(NOBODY, BAD_CLIENT, CLIENT_PAGE),
            probe(NOBODY_HYBRID, BAD_CLIENT, CLIENT_PAGE),
            probe(SCOPE, BAD_SCOPE, BAD_SCOPE),
        ],
    ),
    product(
        "authorize_errors",
        "callback",
        &[
            probe(FOREIGN, FOREIGN_SHOWN, PAGE),
            probe(NO_URI, NO_URI_SHOWN, PAGE),
            probe(ID, ID_SHOWN, UNSUPPORTED_TYPE),
            probe(NO_TYPE, NO_TYPE_SHOWN, MISSING_TYPE),
            probe(CONSENT, CONSENT_SHOWN, UNSUPPORTED_PROMPT),
            probe(BOUNCE, BOUNCE_SHOWN, PAGE),
            probe(NOBODY, BAD_CLIENT, BAD_CLIENT),
        ],
    ),
    product(
        "error_placement",
        "as_response",
        &[
            probe(SCOPE, BAD_SCOPE, BAD_SCOPE),
            probe(SCOPE_HYBRID, BAD_SCOPE, BAD_SCOPE_FRAGMENT),
            probe(NOBODY_HYBRID, BAD_CLIENT, BAD_CLIENT_FRAGMENT),
            probe(SCOPE_FORM, BAD_SCOPE_FORM, BAD_SCOPE_FORM),
        ],
    ),
    product(
        "error_state",
        "omitted",
        &[
            probe(SCOPE, BAD_SCOPE, BAD_SCOPE_STATELESS),
            probe(NOBODY, BAD_CLIENT, BAD_CLIENT_STATELESS),
            probe(&[], CODE_AND_EXTRAS, CODE_AND_EXTRAS),
        ],
    ),
    product(
        "response_extras",
        "omitted",
        &[probe(&[], CODE_AND_EXTRAS, CODE), probe(ID_TOKEN, ID_TOKEN_AND_EXTRAS, ID_TOKEN_ALONE)],
    ),
    product(
        "unusable_response_mode",
        "refuse",
        &[
            probe(TOKEN_IN_QUERY, TOKENS_AND_EXTRAS, IN_QUERY),
            probe(SMOKE, CODE_AND_EXTRAS, NO_MODE),
        ],
    ),
    product(
        "front_channel_nonce",
        "required",
        &[
            probe(NO_NONCE, ID_TOKEN_AND_EXTRAS, NONCE_MISSING),
            probe(ID_TOKEN, ID_TOKEN_AND_EXTRAS, ID_TOKEN_AND_EXTRAS),
            probe(&[], CODE_AND_EXTRAS, CODE_AND_EXTRAS),
        ],
    ),
    product(
        "prompt_values",
        "all",
        &[
            probe(CONSENT, CONSENT_SHOWN, "consent"),
            probe(
                MAYBE,
                MAYBE_SHOWN,
                r#"400 {"error":"invalid_request","error_description":"unknown prompt value: maybe"}"#,
            ),
        ],
    ),
    product("duplicate_parameters", "refuse", &[probe(TWICE, CODE_AND_EXTRAS, SAID_TWICE)]),
];

/// The specifications' preset with one field of the other.
const ON_STRICT: [Field; 9] = [
    strict(
        "unverified_redirect",
        "follow",
        &[
            probe(NOBODY, CLIENT_PAGE, BAD_CLIENT),
            probe(NOBODY_HYBRID, CLIENT_PAGE, BAD_CLIENT_FRAGMENT),
            probe(FOREIGN, PAGE, PAGE),
        ],
    ),
    strict(
        "authorize_errors",
        "body",
        &[
            probe(FOREIGN, PAGE, FOREIGN_SHOWN),
            probe(NO_URI, PAGE, NO_URI_SHOWN),
            probe(ID, UNSUPPORTED_TYPE, ID_SHOWN),
            probe(NO_TYPE, MISSING_TYPE, NO_TYPE_SHOWN),
            probe(BOUNCE, PAGE, BOUNCE_SHOWN),
            probe(NOBODY, CLIENT_PAGE, CLIENT_PAGE),
        ],
    ),
    strict(
        "error_placement",
        "query",
        &[
            probe(SCOPE_HYBRID, BAD_SCOPE_FRAGMENT, BAD_SCOPE),
            probe(SCOPE_FORM, BAD_SCOPE_FORM, BAD_SCOPE_FORM),
        ],
    ),
    strict("error_state", "omitted", &[probe(SCOPE, BAD_SCOPE, BAD_SCOPE_STATELESS)]),
    strict(
        "response_extras",
        "sent",
        &[probe(&[], CODE, CODE_AND_EXTRAS), probe(ID_TOKEN, ID_TOKEN_ALONE, ID_TOKEN_AND_EXTRAS)],
    ),
    strict(
        "unusable_response_mode",
        "use_default",
        &[probe(TOKEN_IN_QUERY, IN_QUERY_FRAGMENT, TOKENS), probe(SMOKE, NO_MODE, CODE)],
    ),
    strict(
        "front_channel_nonce",
        "optional",
        &[probe(NO_NONCE, NONCE_MISSING_FRAGMENT, ID_TOKEN_ALONE)],
    ),
    strict("prompt_values", "none_and_login", &[probe(CONSENT, "consent", UNSUPPORTED_PROMPT)]),
    strict("duplicate_parameters", "first_counts", &[probe(TWICE, SAID_TWICE, CODE)]),
];

pub(super) fn every_field() -> impl Iterator<Item = Field> {
    ON_PRODUCT.into_iter().chain(ON_STRICT)
}
