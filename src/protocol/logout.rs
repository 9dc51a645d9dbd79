//! Notices to applications that a session is over.
//!
//! [OpenID Connect Front-Channel Logout 1.0](https://openid.net/specs/openid-connect-frontchannel-1_0.html),
//! [OpenID Connect Back-Channel Logout 1.0](https://openid.net/specs/openid-connect-backchannel-1_0.html)

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use url::form_urlencoded::Serializer as Form;

use super::json::parsed;
use super::redirect_uri::RedirectUri;

/// `typ` in the header of a logout token
/// ([Back-Channel Logout §2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)).
pub const LOGOUT_TOKEN_TYPE: &str = "logout+jwt";

/// How long a logout token lives, in seconds: the two minutes that §2.4 recommends.
pub const LOGOUT_TOKEN_LIFETIME: i64 = 120;

/// Where an application wants to hear that a session is over: an absolute http or https URI without
/// a fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutUri(RedirectUri);

/// The text is no URI that a notice can be sent to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("logout URI {0:?}: expected an absolute http or https URI in ASCII, without fragment")]
pub struct LogoutUriError(String);

impl LogoutUri {
    /// The URI as it was registered.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The URI that a browser loads for a front-channel notice: `iss` and `sid` in its query
    /// ([Front-Channel Logout §2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout)).
    pub fn naming_session(&self, iss: &str, sid: &str) -> String {
        let mut form = Form::new(String::new());
        form.append_pair("iss", iss).append_pair("sid", sid);
        self.0.with_query(&form.finish())
    }
}

impl FromStr for LogoutUri {
    type Err = LogoutUriError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Option<RedirectUri> = text.parse().ok();
        uri.filter(RedirectUri::is_web).map(Self).ok_or_else(|| LogoutUriError(text.to_owned()))
    }
}

impl fmt::Display for LogoutUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for LogoutUri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for LogoutUri {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, |text| text.parse().map_err(|error: LogoutUriError| error.to_string()))
    }
}

impl schemars::JsonSchema for LogoutUri {
    fn schema_name() -> Cow<'static, str> {
        "LogoutUri".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "format": "uri",
            "pattern": "^[hH][tT][tT][pP][sS]?://[^#]*$",
            "description": "An absolute http or https URI without a fragment",
            "examples": ["https://app.example/signed-out"]
        })
    }
}

/// The claims of a logout token, in the order of the example in Back-Channel Logout §2.4. There is
/// no `nonce`: it would make the token look like an ID token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "each field is the claim of its name")]
pub struct LogoutToken {
    pub iss: String,
    pub sub: String,
    pub aud: String,
    pub iat: i64,
    pub exp: i64,
    pub jti: String,
    pub sid: String,
    pub events: Events,
}

/// The event that a logout token tells of: its name with an empty object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Events;

impl Serialize for Events {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let events: Value = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
        events.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_names_issuer_and_session_beside_the_query_of_the_uri() {
        for (registered, expected) in [
            ("https://a/out", "https://a/out?iss=http%3A%2F%2Fmock%2Fx%2F&sid=s"),
            ("https://a/out?from=x", "https://a/out?from=x&iss=http%3A%2F%2Fmock%2Fx%2F&sid=s"),
        ] {
            let uri: LogoutUri = registered.parse().unwrap();
            assert_eq!(uri.naming_session("http://mock/x/", "s"), expected);
        }
    }

    #[test]
    fn other_uris_are_refused() {
        for text in [
            "",
            "/out",
            "app:/out",
            "https://a/out#f",
            "javascript:alert(1)",
            "https://a/\"onload=x",
            "https://a/<b>",
        ] {
            assert!(text.parse::<LogoutUri>().is_err(), "{text}");
        }
    }
}
