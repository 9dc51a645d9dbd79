//! Web applications of the tenant, in the language of CyberArk's portal.
//!
//! Sources: docs.cyberark.com (OpenIDAddConfigApp, OAuth2-Client, OAuth2-Server) and the resource
//! `identity_webapp` of cyberark/terraform-provider-idsec.

mod check;
mod client;
mod declare;
mod values;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use self::check::{APPLICATION_ID, reserved_pattern};
pub use self::client::AppClient;
pub(super) use self::client::algorithm_problem;
use self::declare::{settings_struct, with_client_settings};
pub use self::values::{AppScope, AppType, AuthMethod, ClientIdType, TokenType};
use super::policy::PolicyOverrides;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::claims::{Claims, PROTOCOL_CLAIMS};
use crate::protocol::client_metadata::ClientAlgorithm;
use crate::protocol::digest::uuid_of;
use crate::protocol::error::OAuthError;
use crate::protocol::jwk::{ClientKeys, SigningAlgorithm};
use crate::protocol::lifetime::Lifetime;
use crate::protocol::logout::LogoutUri;
use crate::protocol::redirect_uri::RedirectPattern;
use crate::protocol::request_uri::RequestUri;
use crate::protocol::response_type::ResponseType;
use crate::protocol::scope::Scope;
use crate::protocol::secret::Secret;

with_client_settings! { settings_struct {
/// A web application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
// A confidential client has a secret; whether it is one, its secret says when nothing else does.
#[schemars(extend("anyOf" = [
    { "required": ["client_id_type"],
      "properties": { "client_id_type": { "enum": ["anything", "list"] } } },
    { "required": ["client_secret"],
      "properties": { "client_secret": { "type": "string", "minLength": 1 } } },
    { "properties": { "client_id_type": { "type": "null" }, "client_secret": { "type": "null" } } },
]))]
pub struct App {
    /// Application ID: the `{app}` of every URL, compared with its letter case.
    #[schemars(regex(pattern = APPLICATION_ID), extend("not" = { "pattern": reserved_pattern() }))]
    pub application_id: String,
    /// What the application is for.
    #[serde(rename = "type", default)]
    pub app_type: AppType,
    /// For people; the Application ID when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The `client_id`. Derived from the Application ID, a UUID, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub client_id: Option<String>,
    /// Which clients are accepted: `confidential` when absent and there is a secret, else `list`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id_type: Option<ClientIdType>,
    /// More client ids for the type `list`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed_clients: Vec<String>,
    /// Further clients of the application, each with its own credentials and redirect URIs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<AppClient>,
    /// Whether clients may register themselves with the application (RFC 7591).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dynamic_registration: bool,
    /// "Auth methods". When absent: `AuthorizationCode` and `Implicit` for OpenID Connect, all
    /// four for OAuth2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_auth: Option<Vec<AuthMethod>>,
    /// Whether only users marked `oauth_client` may use their credentials as client credentials;
    /// true when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub must_be_oauth_client: Option<bool>,
    /// `iss` of tokens and metadata, instead of the URL under which the server is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// `aud` of access tokens, instead of the client id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// "User must confirm authorization request": the user is asked each time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub requires_consent: bool,
    /// The form of access tokens.
    #[serde(default)]
    pub token_type: TokenType,
    /// How ID and access tokens are signed; the product knows `RS256` only.
    #[serde(default)]
    pub signing_algorithm: SigningAlgorithm,
    /// How long ID and access tokens live: five hours when absent, as in the portal.
    #[serde(default = "five_hours")]
    pub token_lifetime: Lifetime,
    /// Whether refresh tokens are issued.
    #[serde(default)]
    pub issue_refresh_tokens: bool,
    /// How long refresh tokens live: 30 days when absent (inferred; no default is published).
    #[serde(default = "thirty_days")]
    pub refresh_token_lifetime: Lifetime,
    /// Scopes beside `openid`, `profile`, `email`, `address` and `phone`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<AppScope>,
    /// More claims, of any JSON type, for tokens and `UserInfo`, as the app's script would set
    /// them; they go before a user's claims of the same name.
    #[serde(default, skip_serializing_if = "Claims::is_empty")]
    #[schemars(extend("propertyNames" = { "not": { "enum": PROTOCOL_CLAIMS } }))]
    pub claims: Claims,
    /// Departures from the tenant's policy.
    #[serde(default)]
    pub policy: PolicyOverrides,
}
} }

const fn five_hours() -> Lifetime {
    Lifetime::minutes(5 * 60)
}

const fn thirty_days() -> Lifetime {
    Lifetime::minutes(30 * 24 * 60)
}

impl App {
    /// The `client_id`, given or derived.
    pub fn client_id(&self) -> String {
        self.client_id.clone().unwrap_or_else(|| uuid_of(&self.application_id))
    }

    fn has_client_id(&self, client_id: &str) -> bool {
        let given = self.client_id.as_deref();
        given.map_or_else(|| uuid_of(&self.application_id) == client_id, |given| given == client_id)
    }

    /// Which clients are accepted.
    pub fn client_id_type(&self) -> ClientIdType {
        self.client_id_type.unwrap_or(match self.client_secret {
            Some(_) => ClientIdType::Confidential,
            None => ClientIdType::List,
        })
    }

    /// Whether the application's own clients have nothing to prove who they are with.
    pub(super) fn has_public_clients(&self) -> bool {
        self.client_id_type() != ClientIdType::Confidential
    }

    /// Whether client credentials are those of a service user: in the product's "OAuth2 Client"
    /// always, elsewhere when the application has no secret of its own.
    pub(super) fn takes_service_users(&self) -> bool {
        let has_own_secret = self.app_type != AppType::Oauth2Client && !self.has_public_clients();
        self.allows(AuthMethod::ClientCreds) && !has_own_secret
    }

    /// Whether this `client_id` names the application's own client, the one that its own settings
    /// describe.
    pub(super) fn is_own_client(&self, client_id: &str) -> bool {
        match self.client_id_type() {
            ClientIdType::Anything => true,
            ClientIdType::List => {
                self.has_client_id(client_id)
                    || self.allowed_clients.iter().any(|id| id == client_id)
            }
            ClientIdType::Confidential => self.has_client_id(client_id),
        }
    }

    /// Whether the application gives tokens in this way.
    pub fn allows(&self, method: AuthMethod) -> bool {
        match (&self.allowed_auth, self.app_type) {
            (Some(allowed), _) => allowed.contains(&method),
            (None, AppType::OpenidConnect) => {
                matches!(method, AuthMethod::AuthorizationCode | AuthMethod::Implicit)
            }
            (None, AppType::Oauth2Client | AppType::Oauth2Server) => true,
        }
    }

    /// Whether the application gives what the response type asks for.
    pub fn allows_response(&self, wanted: ResponseType) -> bool {
        (!wanted.code || self.allows(AuthMethod::AuthorizationCode))
            && (!wanted.has_token() || self.allows(AuthMethod::Implicit))
    }

    /// The `iss` of the application's tokens when it is reached at `base`.
    pub fn issuer_at(&self, base: &BaseUrl) -> String {
        self.issuer.clone().unwrap_or_else(|| base.issuer(&self.application_id))
    }

    /// Whether only users marked `oauth_client` may be clients.
    pub fn must_be_oauth_client(&self) -> bool {
        self.must_be_oauth_client.unwrap_or(true)
    }

    /// The application's own scopes, all of them.
    pub(super) fn own_scopes(&self) -> Result<Scope, OAuthError> {
        let names: Vec<&str> = self.scopes.iter().map(|scope| scope.name.as_str()).collect();
        names.join(" ").parse()
    }
}
