//! The values that the fields of [`Policy`](super::Policy) can have.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Declares the values of one field.
macro_rules! choice {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $value_doc:literal])+ $value:ident,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[doc = $value_doc])+ $value,)+ }
    };
}

choice! {
    /// Values of [`super::Policy::hybrid_tokens`].
    HybridTokens {
        /// `code token` brings an access token, `code id_token` an ID token.
        Core,
        /// The two swapped, as CyberArk's hybrid page prints them.
        AsPrinted,
    }
}
choice! {
    /// Values of [`super::Policy::unverified_redirect`].
    UnverifiedRedirect {
        /// Redirect to the URI sent, verified or not.
        Follow,
        /// Show an error page, never redirect.
        Page,
    }
}
choice! {
    /// Values of [`super::Policy::authorize_errors`].
    AuthorizeErrors {
        /// JSON answered to the browser, with status 400 or 500.
        Body,
        /// At the redirect URI once it is verified, else as a page.
        Callback,
    }
}
choice! {
    /// Values of [`super::Policy::error_placement`].
    ErrorPlacement {
        /// In the query, even where the success would use the fragment.
        Query,
        /// Where the success would have been.
        AsResponse,
    }
}
choice! {
    /// Values of [`super::Policy::error_state`].
    ErrorState {
        /// `state` is returned with the error.
        Echoed,
        /// `state` is left out.
        Omitted,
    }
}
choice! {
    /// Values of [`super::Policy::response_extras`].
    ResponseExtras {
        /// `responseType`, and `scope` beside an ID token, are sent.
        Sent,
        /// Only what the specifications define is sent.
        Omitted,
    }
}
choice! {
    /// Values of [`super::Policy::unusable_response_mode`].
    UnusableResponseMode {
        /// The mode that belongs to the response type is used.
        UseDefault,
        /// `invalid_request`.
        Refuse,
    }
}
choice! {
    /// Values of [`super::Policy::front_channel_nonce`].
    FrontChannelNonce {
        /// A request without `nonce` is answered.
        Optional,
        /// It is `invalid_request`.
        Required,
    }
}
choice! {
    /// Values of [`super::Policy::prompt_values`].
    PromptValues {
        /// `none` and `login`; every other is `unsupported_prompt`.
        NoneAndLogin,
        /// Those of OpenID Connect Core.
        All,
    }
}
choice! {
    /// Values of [`super::Policy::duplicate_parameters`].
    DuplicateParameters {
        /// The first one counts.
        FirstCounts,
        /// `invalid_request`.
        Refuse,
    }
}
choice! {
    /// Values of [`super::Policy::id_token_profile_claims`].
    IdTokenProfileClaims {
        /// In every ID token, as far as the scope asks for them.
        Always,
        /// Only when no access token is issued with which `UserInfo` could be asked.
        WithoutAccessToken,
    }
}
choice! {
    /// Values of [`super::Policy::id_token_unique_name`].
    IdTokenUniqueName {
        /// The user's login name.
        Sent,
        /// `sub` alone says who the user is.
        Omitted,
    }
}
choice! {
    /// Values of [`super::Policy::derived_names`].
    DerivedNames {
        /// Both are the display name.
        DisplayName,
        /// The last word is the family name, the words before it the given name.
        Split,
    }
}
choice! {
    /// Values of [`super::Policy::max_age`].
    MaxAge {
        /// It has no meaning.
        Ignored,
        /// An older sign-in has to be repeated.
        Honoured,
    }
}
choice! {
    /// Values of [`super::Policy::acr_values`].
    AcrValues {
        /// It has no meaning.
        Ignored,
        /// The first value is claimed.
        Echoed,
    }
}
choice! {
    /// Values of [`super::Policy::claims_parameter`].
    ClaimsParameter {
        /// It has no meaning.
        Ignored,
        /// The claims asked for are given as far as the user has them.
        Honoured,
    }
}
choice! {
    /// Values of [`super::Policy::id_token_hint`].
    IdTokenHint {
        /// It has no meaning.
        Ignored,
        /// It must be a token of the application, and name the user who is signed in.
        Checked,
    }
}
choice! {
    /// Values of [`super::Policy::request_objects`].
    RequestObjects {
        /// They have no meaning.
        Ignored,
        /// By value; by reference they are refused.
        Read,
    }
}
choice! {
    /// Values of [`super::Policy::offline_access`].
    OfflineAccess {
        /// A scope that the application does not know.
        Unknown,
        /// Known where the application issues refresh tokens.
        Known,
    }
}
choice! {
    /// Values of [`super::Policy::discovery`].
    Discovery {
        /// The product's document, key for key.
        Product,
        /// Everything that works, and nothing else.
        Complete,
    }
}
choice! {
    /// Values of [`super::Policy::issuer_parameter`].
    IssuerParameter {
        /// It is left out.
        Omitted,
        /// It is sent with codes, tokens and errors.
        Sent,
    }
}
choice! {
    /// Values of [`super::Policy::second_client_secret`].
    SecondClientSecret {
        /// It has no meaning.
        Ignored,
        /// `invalid_request`.
        Refused,
    }
}
choice! {
    /// Values of [`super::Policy::client_authentication_error`].
    ClientAuthenticationError {
        /// 400: `invalid_client` for an unknown client, `access_denied` for wrong credentials.
        Product,
        /// 401 `invalid_client`, with a `WWW-Authenticate` header.
        Unauthorized,
    }
}
choice! {
    /// Values of [`super::Policy::client_assertions`].
    ClientAssertions {
        /// They have no meaning.
        Ignored,
        /// A JWT that the client signed authenticates it, once.
        Accepted,
    }
}
choice! {
    /// Values of [`super::Policy::unknown_grant_type_error`].
    UnknownGrantTypeError {
        /// `invalid_grant`, `invalid grant type`.
        InvalidGrant,
        /// `unsupported_grant_type`.
        UnsupportedGrantType,
    }
}
choice! {
    /// Values of [`super::Policy::redirect_mismatch_error`].
    RedirectMismatchError {
        /// `invalid_request`, `mismatched redirect`.
        InvalidRequest,
        /// `invalid_grant`.
        InvalidGrant,
    }
}
choice! {
    /// Values of [`super::Policy::missing_parameter_error`].
    MissingParameterError {
        /// As a parameter with a wrong value.
        AsWrong,
        /// `invalid_request`.
        InvalidRequest,
    }
}
choice! {
    /// Values of [`super::Policy::refresh_tokens`].
    RefreshTokens {
        /// A refresh token stays good until it expires.
        Reusable,
        /// Each use brings a new one; using an old one again ends the family.
        Rotated,
    }
}
choice! {
    /// Values of [`super::Policy::end_session`].
    EndSession {
        /// Nothing: whoever asks is signed out.
        AtOnce,
        /// An ID token of the application, or the user's word.
        HintOrConfirmation,
    }
}
choice! {
    /// Values of [`super::Policy::second_bearer_token`].
    SecondBearerToken {
        /// It has no meaning.
        Ignored,
        /// `invalid_request`.
        Refused,
    }
}
choice! {
    /// Values of [`super::Policy::bearer_error`].
    BearerError {
        /// The product's JSON with `error_message`, and no challenge.
        ErrorMessage,
        /// A `WWW-Authenticate: Bearer` header with the error.
        Challenge,
    }
}
