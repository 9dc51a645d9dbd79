//! The sign-out request of a client.
//!
//! [OpenID Connect RP-Initiated Logout §2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout);
//! CyberArk: docs.cyberark.com (oidc-logout), identity-developer.cyberark.com/docs/end-a-session.

use super::parameters::Parameters;
use super::places::Places;

/// The parameters that are read.
#[derive(Clone, Default)]
#[expect(missing_docs, reason = "each field is the parameter of its name")]
pub struct EndSessionRequest {
    pub id_token_hint: Option<String>,
    pub client_id: Option<String>,
    pub post_logout_redirect_uri: Option<String>,
    pub state: Option<String>,
    /// The name of a parameter that was sent more than once.
    pub duplicated: Option<String>,
    /// Where the parameters stood.
    pub places: Places,
    /// The mock's own: the user pressed the button of the confirmation page.
    pub confirmed: bool,
}

impl EndSessionRequest {
    /// Reads the parameters. Whether the user `confirmed` stands in the body alone, where the
    /// confirmation page puts it: a link cannot sign anybody out.
    pub fn new(sent: &Parameters, confirmed: bool, places: Places) -> Self {
        Self {
            id_token_hint: sent.owned("id_token_hint"),
            client_id: sent.owned("client_id"),
            post_logout_redirect_uri: sent.owned("post_logout_redirect_uri"),
            state: sent.owned("state"),
            duplicated: sent.duplicated().map(str::to_owned),
            places,
            confirmed,
        }
    }
}

impl EndSessionRequest {
    /// What the confirmation page sends on: whatever says who asks, and with it where to go then.
    pub fn carried(&self) -> Vec<(&'static str, &str)> {
        let who = [("id_token_hint", &self.id_token_hint), ("client_id", &self.client_id)];
        let then =
            [("post_logout_redirect_uri", &self.post_logout_redirect_uri), ("state", &self.state)];
        let names_somebody = who.iter().any(|(_, value)| value.is_some());
        let then = then.into_iter().filter(|_| names_somebody);
        who.into_iter()
            .chain(then)
            .filter_map(|(name, value)| Some((name, value.as_deref()?)))
            .collect()
    }
}

impl std::fmt::Debug for EndSessionRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EndSessionRequest")
            .field("post_logout_redirect_uri", &self.post_logout_redirect_uri)
            .finish_non_exhaustive()
    }
}
