//! Which exchanges of the journal are wanted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Exchange;

/// Every member that is there has to fit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// Application ID.
    pub app: Option<String>,
    /// The `client_id`.
    pub client: Option<String>,
    /// Login name, in any letter case.
    pub user: Option<String>,
    /// The endpoint: `authorize`, `token` and so on.
    pub endpoint: Option<String>,
    /// The HTTP method.
    pub method: Option<String>,
    /// The path below the tenant's, in canonical form.
    pub path: Option<String>,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    /// The error code that the answer tells; `*` stands for any.
    pub error: Option<String>,
    /// A parameter, as `name` or `name=value`.
    pub parameter: Option<String>,
    /// Exchanges after the one of this number only.
    #[schemars(range(max = u64::MAX))]
    pub after: Option<u64>,
    /// The last so many only; when waiting, how many have to come.
    #[schemars(range(max = usize::MAX))]
    pub limit: Option<usize>,
    /// When waiting, how many milliseconds at most: 5,000 when absent, 60,000 at most.
    #[schemars(range(max = u64::MAX))]
    pub timeout: Option<u64>,
}

impl Filter {
    /// Whether an exchange is wanted.
    pub fn lets(&self, exchange: &Exchange) -> bool {
        let same = |wanted: &Option<String>, found: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| {
                found.is_some_and(|found| found.to_lowercase() == wanted.to_lowercase())
            })
        };
        let exactly =
            |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;
        let error = || match self.error.as_deref() {
            Some("*") => exchange.error.is_some(),
            _ => exactly(&self.error, &exchange.error),
        };
        exactly(&self.app, &exchange.app)
            && exactly(&self.client, &exchange.client)
            && same(&self.user, exchange.user.as_deref())
            && same(&self.endpoint, Some(&exchange.endpoint))
            && same(&self.method, Some(&exchange.method))
            && same(&self.path, Some(&exchange.path))
            && self.status.is_none_or(|status| status == exchange.status)
            && error()
            && self.parameter.as_deref().is_none_or(|wanted| has(exchange, wanted))
            && self.after.is_none_or(|after| exchange.number > after)
    }
}

fn has(exchange: &Exchange, wanted: &str) -> bool {
    let (name, value) = match wanted.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (wanted, None),
    };
    let mut pairs = exchange.parameters.iter();
    pairs.any(|pair| pair.name == name && value.is_none_or(|value| pair.value == value))
}
