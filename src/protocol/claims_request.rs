//! The `claims` request parameter.
//!
//! [OpenID Connect Core §5.5](https://openid.net/specs/openid-connect-core-1_0.html#ClaimsParameter)

use std::str::FromStr;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::error::OAuthError;

/// Single claims that a client asks for, beside those of its scopes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaimsRequest {
    /// For the ID token.
    pub id_token: Vec<ClaimRequest>,
    /// For `UserInfo`.
    pub userinfo: Vec<ClaimRequest>,
}

/// One claim that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRequest {
    /// The claim.
    pub name: String,
    /// Whether the client says that it needs the claim; a claim that is not there is left out all
    /// the same (§5.5.1).
    pub essential: bool,
    /// The values that it may have; any when empty.
    pub values: Vec<Value>,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    id_token: Option<Map<String, Value>>,
    #[serde(default)]
    userinfo: Option<Map<String, Value>>,
}

#[derive(Deserialize, Default)]
struct WireClaim {
    #[serde(default)]
    essential: bool,
    value: Option<Value>,
    #[serde(default)]
    values: Vec<Value>,
}

impl FromStr for ClaimsRequest {
    type Err = OAuthError;

    fn from_str(sent: &str) -> Result<Self, Self::Err> {
        let object: Map<String, Value> = serde_json::from_str(sent).map_err(|_| malformed())?;
        let wire: Wire = serde_json::from_value(object.into()).map_err(|_| malformed())?;
        Ok(Self { id_token: members(wire.id_token)?, userinfo: members(wire.userinfo)? })
    }
}

fn members(wire: Option<Map<String, Value>>) -> Result<Vec<ClaimRequest>, OAuthError> {
    let claims = wire.unwrap_or_default().into_iter();
    claims
        .map(|(name, value)| {
            // serde would take a list for the members in their order.
            if value.is_array() {
                return Err(malformed());
            }
            let claim: Option<WireClaim> =
                serde_json::from_value(value).map_err(|_| malformed())?;
            let WireClaim { essential, value, values } = claim.unwrap_or_default();
            Ok(ClaimRequest { name, essential, values: value.into_iter().chain(values).collect() })
        })
        .collect()
}

fn malformed() -> OAuthError {
    OAuthError::invalid_request(
        "claims: expected a JSON object with the members id_token and userinfo",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_the_specification_are_read() {
        let sent = r#"{"userinfo":{"name":{"essential":true},"nickname":null,"x":{"other":1}},
                       "id_token":{"acr":{"values":["a","b"]},"sub":{"value":"s"}}}"#;
        let claims: ClaimsRequest = sent.parse().unwrap();
        let names = |list: &[ClaimRequest]| -> Vec<String> {
            list.iter().map(|claim| claim.name.clone()).collect()
        };
        assert_eq!(names(&claims.userinfo), ["name", "nickname", "x"]);
        assert!(claims.userinfo[0].essential && !claims.userinfo[1].essential);
        assert_eq!(claims.id_token[0].values, ["a", "b"]);
        assert_eq!(claims.id_token[1].values, ["s"]);
    }

    #[test]
    fn other_json_is_refused() {
        for sent in [
            "",
            "1",
            "\"x\"",
            "[]",
            r#"{"userinfo":[]}"#,
            r#"{"userinfo":{"a":[true]}}"#,
            r#"{"id_token":{"a":1}}"#,
            r#"{"userinfo":{"a":{"essential":"yes"}}}"#,
        ] {
            assert!(sent.parse::<ClaimsRequest>().is_err(), "{sent}");
        }
    }
}
