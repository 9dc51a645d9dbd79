//! Every point in which the product departs from the specifications, or in which they leave a
//! choice: one field each, with the value of both presets.
//!
//! `cyberark` is what the product does (the default); `strict` is what the specifications and
//! certification demand. A fixture may set any field on its own, for the tenant or for one
//! application. Sources are CyberArk's OpenAPI description and guides unless a field says other;
//! *inferred* marks what no source states.

mod declare;
mod values;

pub use self::declare::Departure;
use self::declare::policy;
pub use self::values::*;

policy! {
    /// Which tokens `code token` and `code id_token` bring.
    ///
    /// CyberArk: the table of identity-developer.cyberark.com/docs/hybrid-flow has the two swapped;
    /// its sample and the API description agree with OpenID Connect Core §3.3.2.5, so both presets
    /// do. `as_printed` serves a client that was written from the table.
    hybrid_tokens: HybridTokens = Core | Core;

    /// Where an unknown application or client is reported.
    ///
    /// CyberArk: redirects to the `redirect_uri` sent, for an unknown application without any
    /// check (an open redirect). RFC 6749 §4.1.2.1 forbids it.
    unverified_redirect: UnverifiedRedirect = Follow | Page;

    /// How mistakes in an authorization request are reported (redirect URI, response type,
    /// prompt, bounce key).
    ///
    /// CyberArk: JSON in the browser, with 500 for a missing `response_type`, a redirect URI that
    /// is no URI and an unknown bounce key. RFC 6749 §4.1.2.1 and OpenID Connect Core §3.1.2.6
    /// want the client told at its redirect URI.
    authorize_errors: AuthorizeErrors = Body | Callback;

    /// Where error parameters stand when the request names no response mode.
    ///
    /// CyberArk: every documented example has them in the query. Multiple Response Types §5 wants
    /// the fragment for everything but `code`.
    error_placement: ErrorPlacement = Query | AsResponse;

    /// Whether an error redirect returns `state`.
    ///
    /// CyberArk: no example shows it; RFC 6749 §4.1.2.1 demands it. Both presets send it (inferred).
    error_state: ErrorState = Echoed | Echoed;

    /// Parameters of an authorization response that no specification defines.
    ///
    /// CyberArk: `responseType` always, `scope` beside an ID token too.
    response_extras: ResponseExtras = Sent | Omitted;

    /// A `response_mode` that is unknown, or `query` with a token.
    ///
    /// CyberArk: undocumented; the official demo sends `form_post` (inferred). Multiple Response
    /// Types §3 and §5 forbid tokens in the query.
    unusable_response_mode: UnusableResponseMode = UseDefault | Refuse;

    /// `nonce` in a request for a front-channel ID token.
    ///
    /// CyberArk: its own SDK sends none and gets a token (cyberark/idsec-sdk-golang). OpenID
    /// Connect Core §3.2.2.1 and §3.3.2.11 require it.
    front_channel_nonce: FrontChannelNonce = Optional | Required;

    /// Who must send a `code_challenge` for a code.
    ///
    /// CyberArk: a setting of public clients, noticed at the token endpoint only (inferred). RFC 9700
    /// §2.1.1 wants it of public clients; `required` wants it of every client.
    pkce: Pkce = Optional | PublicClients;

    /// The scope `openid`: at the authorization endpoint of an OpenID Connect application, and in
    /// the token that `UserInfo` takes.
    ///
    /// CyberArk: needed for an ID token only. OpenID Connect Core §3.1.2.1 and §5.3.1 require it.
    openid_scope: OpenidScope = Optional | Required;

    /// A registered redirect URI that is http and not on the loopback interface.
    ///
    /// CyberArk: any URI in the list will do (inferred). RFC 9700 §2.6 forbids it.
    insecure_redirect_uris: InsecureRedirectUris = Accepted | Refused;

    /// OAuth and OpenID Connect endpoints that are asked by http, where no proxy says that it took
    /// https.
    ///
    /// CyberArk: has tenants at https only; the mock answers as it is asked (inferred). RFC 6749 §3.1
    /// and §3.2 and OpenID Connect Core §16.17 demand TLS. `loopback` takes http to the machine itself,
    /// where it crosses no network: the URL names `localhost`, a name below it, 127.0.0.0/8 or `[::1]`.
    plain_http: PlainHttp = Accepted | Loopback;

    /// The `prompt` values that are understood.
    ///
    /// CyberArk: `unsupported_prompt`, no registered code, for `consent` and others. OpenID
    /// Connect Core §3.1.2.1 has four values.
    prompt_values: PromptValues = NoneAndLogin | All;

    /// A parameter that is sent twice.
    ///
    /// CyberArk: undocumented, the first one counts (inferred). RFC 6749 §3.1 and §3.2 forbid it.
    duplicate_parameters: DuplicateParameters = FirstCounts | Refuse;

    /// Parameters that stand where they do not belong: secrets in any query, anything in the query
    /// of the token, introspection and revocation endpoints, a body that is no declared form, a
    /// code or redirect URI beside a refresh token.
    ///
    /// CyberArk: the guides put `client_secret` into the query of the authorization request; the
    /// rest is documented nowhere, so ignored (inferred). RFC 6749 §2.3.1 and §3.2, RFC 9700 §4.3.2
    /// and OpenID Connect Core §12.1 forbid them.
    misplaced_parameters: MisplacedParameters = Ignored | Refused;

    /// Profile claims in an ID token.
    ///
    /// CyberArk: a published decoded token carries them beside everything else
    /// (cyberark/identity-aws-verified-permissions-demo). OpenID Connect Core §5.4 has them at
    /// `UserInfo` when there is an access token.
    id_token_profile_claims: IdTokenProfileClaims = Always | WithoutAccessToken;

    /// The claim `unique_name` in an ID token.
    ///
    /// CyberArk: in every ID token (identity-developer.cyberark.com, id-token guide). OpenID Connect
    /// Core does not know it, and certification warns of a claim that nobody asked for.
    id_token_unique_name: IdTokenUniqueName = Sent | Omitted;

    /// `given_name` and `family_name` of a user whose fixture has only a display name.
    ///
    /// CyberArk: identity-developer.cyberark.com/docs/claims maps both to the full display name.
    derived_names: DerivedNames = DisplayName | Split;

    /// The `max_age` parameter.
    ///
    /// CyberArk: documented nowhere, so ignored (inferred). OpenID Connect Core §3.1.2.1 wants a new
    /// sign-in when the last is older.
    max_age: MaxAge = Ignored | Honoured;

    /// The `acr_values` parameter.
    ///
    /// CyberArk: documented nowhere, so ignored (inferred). OpenID Connect Core §3.1.2.1: the first
    /// value comes back as the claim `acr`.
    acr_values: AcrValues = Ignored | Echoed;

    /// The `claims` parameter.
    ///
    /// CyberArk: documented nowhere, so ignored (inferred). OpenID Connect Core §5.5.
    claims_parameter: ClaimsParameter = Ignored | Honoured;

    /// The `id_token_hint` parameter of an authorization request.
    ///
    /// CyberArk: documented nowhere, so ignored (inferred). OpenID Connect Core §3.1.2.2: the user
    /// that it names must be the one who is signed in.
    id_token_hint: IdTokenHint = Ignored | Checked;

    /// Request objects: the `request` and `request_uri` parameters.
    ///
    /// CyberArk: documented nowhere, so ignored (inferred). OpenID Connect Core §6: `request` is
    /// read, unsigned or signed, and so is what stands at a `request_uri` that the client has
    /// registered; without any it is `request_uri_not_supported`.
    request_objects: RequestObjects = Ignored | Read;

    /// The `login_hint` parameter.
    ///
    /// CyberArk: nowhere documented, so it is ignored (inferred). OpenID Connect Core §3.1.2.1 lets
    /// the server use it.
    login_hint: LoginHint = Ignored | Honoured;

    /// What the specifications say a client SHOULD do and it does not.
    ///
    /// CyberArk: tells nobody. Under `strict` each is a line of the log, with a number that the README
    /// explains; nothing is refused for it.
    advice: Advice = Silent | Logged;

    /// The scope `offline_access`.
    ///
    /// CyberArk: not in the metadata, so `unknown scope requested`. OpenID Connect Core §11: known
    /// where refresh tokens are issued.
    offline_access: OfflineAccess = Unknown | Known;

    /// The discovery document.
    ///
    /// CyberArk: without revocation, grant types, response modes and authentication methods.
    /// OpenID Connect Discovery §3 and RFC 8414 §2 have a member for each.
    discovery: Discovery = Product | Complete;

    /// The `iss` parameter of authorization responses.
    ///
    /// CyberArk: no example shows it. RFC 9207 §2.
    issuer_parameter: IssuerParameter = Omitted | Sent;

    /// A `client_secret` in the body beside Basic credentials.
    ///
    /// CyberArk: undocumented, the header counts (inferred). RFC 6749 §2.3 forbids two ways at once.
    second_client_secret: SecondClientSecret = Ignored | Refused;

    /// How `Authorization: Basic` is read.
    ///
    /// CyberArk: undocumented; clients send both halves as they stand or form-urlencoded, so either
    /// reading counts (inferred). RFC 6749 §2.3.1 has them form-urlencoded.
    basic_credentials: BasicCredentials = EitherReading | Urlencoded;

    /// A client that is unknown or fails to authenticate at the token endpoint.
    ///
    /// CyberArk: 400 with `wrong clientid` or `invalid client creds or client not allowed`.
    /// RFC 6749 §5.2 wants `invalid_client` and, after Basic, 401 with a challenge.
    client_authentication_error: ClientAuthenticationError = Product | Unauthorized;

    /// Client assertions: `client_secret_jwt` and `private_key_jwt`.
    ///
    /// CyberArk: documented nowhere, so ignored (inferred). OpenID Connect Core §9, RFC 7523 §3.
    client_assertions: ClientAssertions = Ignored | Accepted;

    /// A grant type that the server does not know.
    ///
    /// CyberArk: `invalid_grant`. RFC 6749 §5.2: `unsupported_grant_type`.
    unknown_grant_type_error: UnknownGrantTypeError = InvalidGrant | UnsupportedGrantType;

    /// A `redirect_uri` at the token endpoint that differs from the authorization request's.
    ///
    /// CyberArk: `invalid_request`. RFC 6749 §5.2: `invalid_grant`.
    redirect_mismatch_error: RedirectMismatchError = InvalidRequest | InvalidGrant;

    /// A token request without a parameter that its grant needs, or without a grant type.
    ///
    /// CyberArk: no text is published for a missing one; as for a wrong one (inferred). RFC 6749
    /// §5.2: `invalid_request`.
    missing_parameter_error: MissingParameterError = AsWrong | InvalidRequest;

    /// Whether using a refresh token brings a new one in its place.
    ///
    /// CyberArk: the documented answer has none, so the old one stays good (inferred). RFC 9700
    /// §4.14.2 wants rotation, and the family ended when a spent one is used again.
    refresh_tokens: RefreshTokens = Reusable | Rotated;

    /// The ID token of a refresh.
    ///
    /// CyberArk: the documented answer has none (identity-developer.cyberark.com/docs/refresh-tokens).
    /// OpenID Connect Core §12.2 lets the server send one, about the same sign-in and without `nonce`.
    refresh_id_token: RefreshIdToken = Omitted | Issued;

    /// The `token_type_hint` of an introspection or revocation request.
    ///
    /// CyberArk: documented without a rule, so ignored (inferred). RFC 7662 §2.1 and RFC 7009 §2.1
    /// have registered values.
    token_type_hint: TokenTypeHint = Ignored | Checked;

    /// What it takes to sign a user out at the wish of a client.
    ///
    /// CyberArk: an older guide says that `id_token_hint` is accepted and not used; an unlisted
    /// URI leads to the portal (inferred). RP-Initiated Logout §2 and §3 want the hint verified, the
    /// user asked without one, and no redirect to an unlisted URI.
    end_session: EndSession = AtOnce | HintOrConfirmation;

    /// An `access_token` in the form beside a bearer token in the header.
    ///
    /// CyberArk: undocumented, the header counts (inferred). RFC 6750 §2 forbids two ways at once.
    second_bearer_token: SecondBearerToken = Ignored | Refused;

    /// The 401 of `UserInfo`.
    ///
    /// CyberArk: a JSON body with `error_message`. RFC 6750 §3 wants `WWW-Authenticate`.
    bearer_error: BearerError = ErrorMessage | Challenge;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_field_can_be_set() {
        let overrides: PolicyOverrides =
            serde_json::from_str(r#"{"front_channel_nonce":"required"}"#).unwrap();
        let policy = Policy::cyberark().with(&overrides);
        assert_eq!(policy.front_channel_nonce, FrontChannelNonce::Required);
        assert_eq!(policy.bearer_error, BearerError::ErrorMessage);
        assert!(serde_json::from_str::<PolicyOverrides>(r#"{"nonce":"required"}"#).is_err());
    }

    #[test]
    fn the_readme_has_a_row_for_each_departure_and_no_other() {
        let readme = include_str!("../../README.md");
        let table = readme.split("| field | `cyberark` | `strict` |").nth(1).unwrap();
        let rows: Vec<&str> =
            table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
        let departures = Policy::departures();
        assert_eq!(rows.len(), departures.len());
        for (row, Departure { field, cyberark, strict }) in rows.into_iter().zip(departures) {
            assert!(
                row.starts_with(&format!("| `{field}` | `{cyberark}` | `{strict}` |")),
                "{row}"
            );
        }
    }
}
