//! The settings that an application has in common with each of its further clients, declared once:
//! those of the application describe its own client.
//!
//! `#[serde(flatten)]` would say the same without macros, but serde supports it beside
//! `deny_unknown_fields` on neither side, and an error inside a flattened struct loses its JSON path.

/// Calls a macro with `$input` and the list of common members.
macro_rules! with_client_settings {
    ($then:ident $input:tt) => {
        $then! { $input
            /// The secret of a confidential client.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            client_secret: Option<Secret>,
            /// Public keys of the client, with which it signs request objects and client assertions.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            jwks: Option<ClientKeys>,
            /// The one algorithm of the client's assertions; any that it has a key for when absent.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schemars(extend("not" = { "const": "none" }))]
            token_endpoint_auth_signing_alg: Option<ClientAlgorithm>,
            /// The one algorithm of the client's request objects, `none` for unsigned ones; any that
            /// it has a key for when absent.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            request_object_signing_alg: Option<ClientAlgorithm>,
            /// Where the client keeps request objects for `request_uri`: https, or http on the
            /// loopback interface. No others are fetched.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            request_uris: Vec<RequestUri>,
            /// `max_age` of a request that names none, in seconds. The mock's own, so it holds under
            /// every policy.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schemars(range(max = u32::MAX))]
            default_max_age: Option<u32>,
            /// Whether ID tokens have to have `auth_time`; they always have.
            #[serde(default, skip_serializing_if = "std::ops::Not::not")]
            require_auth_time: bool,
            /// `acr_values` of a request that names none: the first comes back as `acr`.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            default_acr_values: Vec<String>,
            /// Where authorization responses may go.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            redirect_uris: Vec<RedirectPattern>,
            /// Where a user may be sent after signing out.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            post_logout_redirect_uris: Vec<RedirectPattern>,
            /// Where the user's browser tells the client that the session is over.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            frontchannel_logout_uri: Option<LogoutUri>,
            /// Whether `iss` and `sid` have to be told there; they always are.
            #[serde(default, skip_serializing_if = "std::ops::Not::not")]
            frontchannel_logout_session_required: bool,
            /// Where the server posts a logout token when the session is over.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            backchannel_logout_uri: Option<LogoutUri>,
            /// Whether the logout token has to have `sid`; it always has.
            #[serde(default, skip_serializing_if = "std::ops::Not::not")]
            backchannel_logout_session_required: bool,
        }
    };
}

/// Declares a struct with members of its own and the common ones.
macro_rules! settings_struct {
    (
        { $(#[$attribute:meta])* pub struct $name:ident { $($own:tt)* } }
        $($(#[$of_member:meta])+ $member:ident: $kind:ty,)+
    ) => {
        $(#[$attribute])*
        pub struct $name {
            $($own)*
            $($(#[$of_member])+ pub $member: $kind,)+
        }
    };
}

/// An `AppClient` with members of its own and the common ones of an application.
macro_rules! client_like_app {
    (
        { $app:ident, $($own:ident: $value:expr,)+ }
        $($(#[$of_member:meta])+ $member:ident: $kind:ty,)+
    ) => {
        AppClient {
            $($own: $value,)+
            $($member: $app.$member.clone(),)+
        }
    };
}

pub(super) use {client_like_app, settings_struct, with_client_settings};
