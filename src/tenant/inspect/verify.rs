//! What is wrong with a token.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::super::Tenant;
use super::super::asked::Concerned;
use super::super::grant::Bearer;
use super::super::keys::SigningKey;
use super::jose::Judged;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::jwk::Jwk;

/// A token, taken apart.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Verdict {
    /// Whether nothing is wrong.
    pub valid: bool,
    /// What is wrong, in sentences.
    pub problems: Vec<String>,
    /// `access_token`, `id_token`, `session_token` or `refresh_token`, when the tenant issued it.
    pub kind: Option<&'static str>,
    /// The JOSE header, when it is a JWT.
    #[serde(rename = "header")]
    pub jose: Option<Map<String, Value>>,
    /// The claims, when it is a JWT.
    pub claims: Option<Map<String, Value>>,
    /// Application ID that it was issued for.
    pub app: Option<String>,
    /// The `client_id` that it was issued to.
    pub client: Option<String>,
    /// Login name of the user whom it is about.
    pub user: Option<String>,
}

impl Tenant {
    /// Takes a token apart, and says what is wrong with it as the tenant sees it now.
    pub fn verdict(&self, base: &BaseUrl, token: &str) -> Verdict {
        let mut verdict = Verdict::default();
        self.look_up(token, &mut verdict);
        if token.matches('.').count() == 2 {
            self.take_apart(base, token, &mut verdict);
        } else if verdict.kind.is_none() {
            verdict.problems.push("no JWT, and no opaque token of this tenant".to_owned());
        }
        verdict.valid = verdict.problems.is_empty();
        verdict
    }

    /// Whether the tenant remembers having issued it.
    fn look_up(&self, token: &str, verdict: &mut Verdict) {
        let now = self.0.clock.now();
        let bearer = self.0.tokens.read(token, now);
        let (kind, is_alive) = match &bearer {
            Some(Bearer::Access(live)) => (Some("access_token"), live.family.is_alive()),
            Some(Bearer::Identity(live)) => (Some("id_token"), live.family.is_alive()),
            Some(Bearer::Session(id)) => {
                let is_alive = self.0.sessions.read(id, now, |_| ()).is_some();
                (Some("session_token"), is_alive)
            }
            None => {
                let family = self.0.refresh_tokens.read(token, now, |token| token.family().clone());
                let is_alive = family.as_ref().is_none_or(|family| family.is_alive());
                (family.map(|_| "refresh_token"), is_alive)
            }
        };
        verdict.kind = kind;
        if kind.is_none() {
            verdict.problems.push("the tenant knows no such live token".to_owned());
        }
        if !is_alive {
            verdict.problems.push("it was revoked, or its session is over".to_owned());
        }
        let Concerned { app, client, user } = self.proved_by(token);
        (verdict.app, verdict.client, verdict.user) = (app, client, user);
    }

    fn take_apart(&self, base: &BaseUrl, token: &str, verdict: &mut Verdict) {
        let part = |part: &str| -> Option<Map<String, Value>> {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
        };
        let mut parts = token.split('.');
        verdict.jose = parts.next().and_then(part);
        verdict.claims = parts.next().and_then(part);
        let (Some(jose), Some(claims)) = (&verdict.jose, &verdict.claims) else {
            verdict.problems.push("no JWT: its parts are no JSON objects in base64url".to_owned());
            return;
        };
        let now = self.0.clock.now();
        let keys: Vec<Jwk> = self.all_keys().into_iter().map(|(jwk, _)| jwk).collect();
        let signer = self.0.keys.signer(token, now);
        let signer = signer.as_deref().map(SigningKey::jwk);
        let signature = parts.next().unwrap_or_default();
        let problems = &mut verdict.problems;
        problems.extend(Judged { jose, signature, signer, keys: &keys }.problems());
        let number = |name: &str| claims.get(name).and_then(Value::as_i64);
        match number("exp") {
            None => problems.push("exp: none, or no number".to_owned()),
            Some(exp) if exp <= now.seconds() => {
                problems.push(format!("exp: it expired {} seconds ago", now.seconds() - exp));
            }
            Some(_) => {}
        }
        for name in ["iat", "nbf"] {
            if let Some(ahead) = number(name).map(|at| at - now.seconds()).filter(|by| *by > 0) {
                problems.push(format!("{name}: {ahead} seconds in the future"));
            }
        }
        let app = verdict.app.as_deref().and_then(|app| self.0.apps.get(app));
        if let Some(registered) = app {
            let issuer = registered.app.issuer_at(base);
            if claims.get("iss").is_none_or(|iss| *iss != issuer) {
                problems.push(format!("iss: expected {issuer:?}, as the app is reached here"));
            }
        }
    }
}
