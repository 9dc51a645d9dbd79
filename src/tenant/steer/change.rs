//! What tokens, `UserInfo` and introspection are to say.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::asked::Asked;
use super::super::document::DocumentError;
use super::super::keys::{Signature, SigningKey, Token};
use super::super::platform::PLATFORM_APP;
use super::super::user::Member;
use super::{Entry, Steer};
use crate::protocol::claims::Claims;

/// Where a claim may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// ID tokens.
    IdToken,
    /// Access tokens.
    AccessToken,
    /// The answer of `UserInfo`.
    Userinfo,
    /// The answer of introspection about a live token.
    Introspection,
    /// The `Token` of a sign-in, and the ID token that refreshing it gives, both of the application
    /// `__idaptive_cybr_user_oidc`. Only entries that name this kind or that application are for it:
    /// else a sign-in would use up what is meant for the tokens that follow.
    SessionToken,
}

const EVERYWHERE: [TokenKind; 4] =
    [TokenKind::IdToken, TokenKind::AccessToken, TokenKind::Userinfo, TokenKind::Introspection];

/// How claims are to differ. In the texts of `claims` and `header`, `${…}` stands for a value:
/// `${user.mail}` or another member of the user, `${client_id}`, `${app}`, `${request.scope}` or
/// another parameter, `${claims.iss}` or another claim as it would have been.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TokenChange {
    /// Where; everywhere but in `session_token` when absent.
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub kinds: Option<Vec<TokenKind>>,
    /// Claims that are added, or replaced.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub claims: Map<String, Value>,
    /// Claims that are left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
    /// Members of the JOSE header that are added or replaced; null takes one out.
    #[serde(rename = "header", skip_serializing_if = "Map::is_empty")]
    pub jose: Map<String, Value>,
    /// Seconds that ID and access tokens live; 0 and less are expired at birth.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -316_224_000, max = 316_224_000))]
    pub lifetime: Option<i64>,
    /// What the signature is worth.
    #[serde(skip_serializing_if = "Signature::is_valid")]
    pub signature: Signature,
}

/// Ten years of 366 days.
const LONGEST: i64 = 316_224_000;

impl TokenChange {
    pub(in crate::tenant) fn check(&self) -> Result<(), DocumentError> {
        let is_absurd = |seconds: i64| !(-LONGEST..=LONGEST).contains(&seconds);
        if self.lifetime.is_some_and(is_absurd) {
            let problem = format!("expected -{LONGEST} to {LONGEST} seconds");
            return Err(DocumentError::new("tokens.lifetime", problem));
        }
        Ok(())
    }

    fn is_in(&self, kind: TokenKind) -> bool {
        self.kinds.as_deref().unwrap_or(&EVERYWHERE).contains(&kind)
    }
}

impl Steer {
    /// What changes in tokens of this kind.
    fn change_in(&self, kind: TokenKind) -> Option<&TokenChange> {
        let names_platform = kind == TokenKind::SessionToken
            && self.when.app.as_deref() == Some(PLATFORM_APP)
            && self.tokens.as_ref().is_some_and(|change| change.kinds.is_none());
        self.tokens.as_ref().filter(|change| change.is_in(kind) || names_platform)
    }
}

/// What the texts of a change may name.
#[derive(Debug, Clone, Copy)]
pub(in crate::tenant) struct Named<'a> {
    pub(in crate::tenant) user: Option<&'a Member>,
    pub(in crate::tenant) client: &'a str,
    pub(in crate::tenant) app: &'a str,
    pub(in crate::tenant) asked: Option<&'a Asked<'a>>,
}

/// The changes for one answer, in the order of their entries.
#[derive(Debug, Default)]
pub(in crate::tenant) struct Changes {
    entries: Vec<Arc<Entry>>,
    more: Option<TokenChange>,
}

impl Changes {
    pub(in crate::tenant) fn of(entries: Vec<Arc<Entry>>) -> Self {
        Self { entries, more: None }
    }

    /// With a last change of all.
    pub(in crate::tenant) fn and(self, more: Option<&TokenChange>) -> Self {
        Self { more: more.cloned(), ..self }
    }

    /// Whether an entry is for tokens in one of these places.
    pub(in crate::tenant) fn concern(steer: &Steer, kinds: &[TokenKind]) -> bool {
        kinds.iter().any(|kind| steer.change_in(*kind).is_some())
    }

    fn in_kind(&self, kind: TokenKind) -> impl Iterator<Item = &TokenChange> {
        let steered = self.entries.iter().filter_map(move |entry| entry.steer.change_in(kind));
        steered.chain(self.more.iter().filter(move |change| change.is_in(kind)))
    }

    /// How long tokens of this kind live, if that is changed.
    pub(in crate::tenant) fn lifetime(&self, kind: TokenKind) -> Option<i64> {
        self.in_kind(kind).filter_map(|change| change.lifetime).last()
    }

    /// Changes the claims.
    pub(in crate::tenant) fn apply(&self, kind: TokenKind, claims: &mut Claims, named: Named<'_>) {
        for change in self.in_kind(kind) {
            let before = claims.clone();
            for (name, value) in &change.claims {
                claims.insert(name.clone(), filled(value, named, &before));
            }
            for name in &change.remove {
                claims.shift_remove(name);
            }
        }
    }

    /// Signs as the changes want it.
    pub(in crate::tenant) fn sign(
        &self,
        kind: TokenKind,
        key: &SigningKey,
        claims: &Claims,
        named: Named<'_>,
    ) -> Token {
        let mut jose = Map::new();
        let mut signature = Signature::Valid;
        for change in self.in_kind(kind) {
            let members = change.jose.iter();
            jose.extend(members.map(|(name, value)| (name.clone(), filled(value, named, claims))));
            if change.signature != Signature::Valid {
                signature = change.signature;
            }
        }
        if jose.is_empty() && signature == Signature::Valid {
            return key.token(claims);
        }
        key.forged(&jose, signature, claims)
    }
}

/// The value with what its texts name.
fn filled(value: &Value, named: Named<'_>, claims: &Claims) -> Value {
    match value {
        Value::String(text) => fill(text, named, claims),
        Value::Array(values) => values.iter().map(|value| filled(value, named, claims)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), filled(value, named, claims)))
            .collect(),
        other => other.clone(),
    }
}

/// A text that is one name alone becomes the value with its type; what nobody knows is nothing.
fn fill(text: &str, named: Named<'_>, claims: &Claims) -> Value {
    let whole = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    if let Some(name) = whole.filter(|name| !name.contains("${")) {
        return value_of(name, named, claims);
    }
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        filled.push_str(before);
        match value_of(name, named, claims) {
            Value::String(text) => filled.push_str(&text),
            Value::Null => {}
            other => filled.push_str(&other.to_string()),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled.into()
}

fn value_of(name: &str, named: Named<'_>, claims: &Claims) -> Value {
    let Named { user, client, app, asked } = named;
    let (first, member) = name.split_once('.').unwrap_or((name, ""));
    match (first, member) {
        ("client_id", "") => client.into(),
        ("app", "") => app.into(),
        ("request", name) => asked.and_then(|asked| asked.parameter(name)).into(),
        ("claims", name) => claims.get(name).cloned().unwrap_or_default(),
        ("user", "uuid") => user.map(Member::uuid).into(),
        ("user", "display_name") => user.map(|user| user.display_name()).into(),
        // The password is nobody's claim.
        ("user", member) if !member.starts_with("password") => {
            let fields = |user: &Member| serde_json::to_value(user.user()).ok();
            let user = user.and_then(fields).unwrap_or_default();
            let pointer = format!("/{}", member.replace('.', "/"));
            user.pointer(&pointer).cloned().unwrap_or_default()
        }
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_are_filled_with_what_they_name() {
        let user = json!({
            "name": "alice@example.com", "mail": "a@x", "password": "p", "roles": ["r"],
            "claims": { "level": 3 },
        });
        let user = Member::new(serde_json::from_value(user).unwrap());
        let asked =
            Asked { parameters: vec![("scope".into(), "openid".into())], ..Asked::default() };
        let named = Named { user: Some(&user), client: "c", app: "bank", asked: Some(&asked) };
        let claims = Claims::from_iter([("iss".to_owned(), json!("https://x/"))]);
        for (text, expected) in [
            ("${user.mail}", json!("a@x")),
            ("${user.roles}", json!(["r"])),
            ("${user.claims.level}", json!(3)),
            ("mail ${user.mail}, ${client_id} at ${app}", json!("mail a@x, c at bank")),
            ("${claims.iss}1", json!("https://x/1")),
            ("${request.scope}", json!("openid")),
            ("${request.nothing}", json!(null)),
            ("<${user.phone}>", json!("<>")),
            ("${user.password}", json!(null)),
            ("${open", json!("${open")),
            ("$5 {x}", json!("$5 {x}")),
        ] {
            assert_eq!(filled(&json!(text), named, &claims), expected, "{text}");
        }
        assert_eq!(filled(&json!([{"a": "${app}"}]), named, &claims), json!([{"a": "bank"}]));
    }
}
