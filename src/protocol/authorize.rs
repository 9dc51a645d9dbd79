//! The authorization request and the parameters of its answer.
//!
//! [RFC 6749 §4.1.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1),
//! [OpenID Connect Core §3.1.2.1, §3.2.2.5, §3.3.2.5](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::OAuthError;
use super::parameters::Parameters;
use super::places::Places;
use super::response_type::ResponseType;
use super::scope::Scope;

/// The parameters of an authorization request that the tenant reads, as they were sent.
///
/// What CyberArk's guides send beside them (`client_secret` in the query, `debug`) is accepted
/// and has no meaning.
#[derive(Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is the parameter of its name")]
pub struct AuthorizeRequest {
    pub client_id: Option<String>,
    pub redirect_uri: Option<String>,
    pub response_type: Option<String>,
    pub response_mode: Option<String>,
    pub scope: Option<String>,
    pub state: Option<String>,
    pub nonce: Option<String>,
    pub prompt: Option<String>,
    pub code_challenge: Option<String>,
    pub code_challenge_method: Option<String>,
    pub max_age: Option<String>,
    pub login_hint: Option<String>,
    pub id_token_hint: Option<String>,
    pub acr_values: Option<String>,
    pub claims: Option<String>,
    pub request: Option<String>,
    pub request_uri: Option<String>,
    pub display: Option<String>,
    pub ui_locales: Option<String>,
    pub claims_locales: Option<String>,
    /// What stands at `request_uri`, once somebody has looked.
    pub fetched: Option<Result<String, OAuthError>>,
    /// The name of a parameter that was sent more than once.
    pub duplicated: Option<String>,
    /// Where the parameters stood.
    pub places: Places,
}

/// What arrives at the authorization endpoint.
#[derive(Clone)]
pub enum AuthorizeCall {
    /// A client's request.
    Request(Box<AuthorizeRequest>),
    /// CyberArk: the key of a request that waited for the user to sign in. It replaces every
    /// other parameter.
    Bounced(String),
}

impl std::fmt::Debug for AuthorizeCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Request(request) => request.fmt(f),
            Self::Bounced(_) => f.write_str("Bounced"),
        }
    }
}

impl AuthorizeCall {
    /// Reads the parameters, which stood in these places.
    pub fn new(sent: &Parameters, places: Places) -> Self {
        match sent.owned("bounce") {
            Some(key) => Self::Bounced(key),
            None => Self::Request(Box::new(AuthorizeRequest { places, ..sent.into() })),
        }
    }

    /// Brings what stands at the `request_uri`, or why it could not be had.
    pub fn bring(&mut self, object: Result<String, OAuthError>) {
        if let Self::Request(request) = self {
            request.fetched = Some(object);
        }
    }
}

impl From<&Parameters> for AuthorizeRequest {
    fn from(sent: &Parameters) -> Self {
        Self {
            client_id: sent.owned("client_id"),
            redirect_uri: sent.owned("redirect_uri"),
            response_type: sent.owned("response_type"),
            response_mode: sent.owned("response_mode"),
            scope: sent.owned("scope"),
            state: sent.owned("state"),
            nonce: sent.owned("nonce"),
            prompt: sent.owned("prompt"),
            code_challenge: sent.owned("code_challenge"),
            code_challenge_method: sent.owned("code_challenge_method"),
            max_age: sent.owned("max_age"),
            login_hint: sent.owned("login_hint"),
            id_token_hint: sent.owned("id_token_hint"),
            acr_values: sent.owned("acr_values"),
            claims: sent.owned("claims"),
            request: sent.owned("request"),
            request_uri: sent.owned("request_uri"),
            display: sent.owned("display"),
            ui_locales: sent.owned("ui_locales"),
            claims_locales: sent.owned("claims_locales"),
            fetched: None,
            duplicated: sent.duplicated().map(str::to_owned),
            places: Places::default(),
        }
    }
}

impl std::fmt::Debug for AuthorizeRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthorizeRequest")
            .field("client_id", &self.client_id)
            .field("redirect_uri", &self.redirect_uri)
            .field("response_type", &self.response_type)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// The `prompt` parameter
/// ([OpenID Connect Core §3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the parameter is a set of four words")]
pub struct Prompt {
    /// No page may be shown.
    pub none: bool,
    /// The user must sign in again.
    pub login: bool,
    /// The user must be asked for consent.
    pub consent: bool,
    /// The user must be offered a choice of accounts.
    pub select_account: bool,
}

impl Prompt {
    /// Reads the space-separated values; the error is the first unknown one.
    ///
    /// # Errors
    ///
    /// The value that is not one of the four.
    pub fn parse(sent: &str) -> Result<Self, &str> {
        let mut prompt = Self::default();
        for value in sent.split(' ').filter(|value| !value.is_empty()) {
            match value {
                "none" => prompt.none = true,
                "login" => prompt.login = true,
                "consent" => prompt.consent = true,
                "select_account" => prompt.select_account = true,
                unknown => return Err(unknown),
            }
        }
        Ok(prompt)
    }
}

/// Name and value of each parameter of an authorization response, in wire order.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ResponseParameters(Vec<(&'static str, String)>);

/// What a successful authorization response carries.
#[derive(Default)]
#[expect(missing_docs, reason = "each field is the parameter of its name")]
#[expect(missing_debug_implementations, reason = "its values are secrets")]
pub struct AuthorizeResponse {
    pub state: Option<String>,
    /// CyberArk: `responseType`, a parameter of its own beside the specifications.
    pub response_type: Option<ResponseType>,
    pub code: Option<String>,
    pub access_token: Option<String>,
    /// Seconds until the access token expires.
    pub expires_in: Option<i64>,
    pub id_token: Option<String>,
    pub scope: Option<Scope>,
    /// [RFC 9207](https://www.rfc-editor.org/rfc/rfc9207)
    pub iss: Option<String>,
}

impl std::fmt::Debug for ResponseParameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl From<AuthorizeResponse> for ResponseParameters {
    /// The product's order: `state` first, then `responseType`, the code, the tokens, `scope`.
    ///
    /// Source: CyberArk's OpenAPI description (`Authentication-and-Authorization`, `/OAuth2/Authorize`).
    fn from(answer: AuthorizeResponse) -> Self {
        let token_type = answer.access_token.is_some().then(|| "Bearer".to_owned());
        Self(
            [
                ("state", answer.state),
                ("responseType", answer.response_type.map(ResponseType::comma_list)),
                ("code", answer.code),
                ("access_token", answer.access_token),
                ("token_type", token_type),
                ("expires_in", answer.expires_in.map(|seconds| seconds.to_string())),
                ("id_token", answer.id_token),
                ("scope", answer.scope.map(|scope| scope.to_string())),
                ("iss", answer.iss),
            ]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect(),
        )
    }
}

impl ResponseParameters {
    /// An error answer: `error`, `error_description`, then `state`
    /// ([RFC 6749 §4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1)).
    pub fn error(error: &OAuthError, state: Option<&str>, iss: Option<&str>) -> Self {
        let mut pairs = vec![
            ("error", error.code.as_str().to_owned()),
            ("error_description", error.description.to_string()),
        ];
        pairs.extend(state.map(|state| ("state", state.to_owned())));
        pairs.extend(iss.map(|iss| ("iss", iss.to_owned())));
        Self(pairs)
    }

    /// Nothing but the `state`, if there is one.
    pub fn state(state: Option<String>) -> Self {
        Self(state.map(|state| ("state", state)).into_iter().collect())
    }

    /// The pairs in wire order.
    pub fn pairs(&self) -> &[(&'static str, String)] {
        &self.0
    }

    /// The pairs percent-encoded and joined: spaces as `%20`, never `+`.
    ///
    /// Source: the examples of CyberArk's OpenAPI description and hybrid-flow guide.
    pub fn encode(&self) -> String {
        let mut encoded = String::with_capacity(64);
        for (name, value) in &self.0 {
            if !encoded.is_empty() {
                encoded.push('&');
            }
            encoded.push_str(name);
            encoded.push('=');
            encoded.extend(utf8_percent_encode(value, ALL_BUT_UNRESERVED));
        }
        encoded
    }
}

/// Everything but the unreserved characters of RFC 3986 §2.3.
pub const ALL_BUT_UNRESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_written_in_the_products_order_and_encoding() {
        let answer = AuthorizeResponse {
            state: Some("a b&c".into()),
            response_type: "token code".parse().ok(),
            code: Some("C".into()),
            access_token: Some("A".into()),
            expires_in: Some(18_000),
            scope: "openid profile".parse().ok(),
            ..AuthorizeResponse::default()
        };
        assert_eq!(
            ResponseParameters::from(answer).encode(),
            "state=a%20b%26c&responseType=code%2C%20token&code=C&access_token=A\
             &token_type=Bearer&expires_in=18000&scope=openid%20profile"
        );
    }

    #[test]
    fn a_prompt_names_its_unknown_value() {
        assert_eq!(Prompt::parse("none maybe"), Err("maybe"));
        assert!(Prompt::parse("login consent").unwrap().consent);
    }

    proptest::proptest! {
        #[test]
        fn a_state_comes_back_as_it_was_sent(state in "\\PC{1,80}") {
            let answer = AuthorizeResponse { state: Some(state.clone()), ..AuthorizeResponse::default() };
            let encoded = ResponseParameters::from(answer).encode();
            let back = Parameters::parse(encoded.as_bytes()).unwrap();
            proptest::prop_assert_eq!(back.get("state"), Some(state.as_str()));
        }
    }
}
