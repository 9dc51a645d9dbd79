//! The user's word on a request, as `/OAuth2/Confirm/{app}` takes it.
//!
//! Source: CyberArk's OpenAPI description.

use super::parameters::Parameters;

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// `result=1`.
    Approve,
    /// `result=0`, or none.
    Deny,
}

/// The parameters that are read. The product wants `scopes` too, the granted ones; what is not
/// denied is granted.
#[derive(Clone)]
pub struct ConfirmRequest {
    /// The key of the waiting request.
    pub bounce: Option<String>,
    /// What the user said.
    pub word: Word,
    /// Scopes that the user denied one by one: a comma list in `deniedScopes`.
    pub denied_scopes: Vec<String>,
}

impl ConfirmRequest {
    /// Reads the mock's own page: each `asked` scope that is not among the ticked ones (`scope`) is
    /// denied, and `decision` names the button.
    pub fn of_page(sent: &Parameters) -> Self {
        let granted: Vec<&str> = sent.all("scope").collect();
        let denied = sent.all("asked").filter(|asked| !granted.contains(asked));
        Self {
            bounce: sent.owned("bounce"),
            word: if sent.get("decision") == Some("approve") { Word::Approve } else { Word::Deny },
            denied_scopes: denied.map(str::to_owned).collect(),
        }
    }
}

impl From<&Parameters> for ConfirmRequest {
    fn from(sent: &Parameters) -> Self {
        let denied = sent.get("deniedScopes").unwrap_or_default().split(',').map(str::trim);
        Self {
            bounce: sent.owned("bounce"),
            word: if sent.get("result") == Some("1") { Word::Approve } else { Word::Deny },
            denied_scopes: denied.filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        }
    }
}

impl std::fmt::Debug for ConfirmRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfirmRequest").field("word", &self.word).finish_non_exhaustive()
    }
}
