//! The token endpoint, and client authentication there and elsewhere.

choice! {
    /// Values of [`super::super::Policy::second_client_secret`].
    SecondClientSecret {
        /// It has no meaning.
        Ignored,
        /// `invalid_request`.
        Refused,
    }
}
choice! {
    /// Values of [`super::super::Policy::client_authentication_error`].
    ClientAuthenticationError {
        /// 400: `invalid_client` for an unknown client, `access_denied` for wrong credentials.
        Product,
        /// 401 `invalid_client`, with a `WWW-Authenticate` header.
        Unauthorized,
    }
}
choice! {
    /// Values of [`super::super::Policy::client_assertions`].
    ClientAssertions {
        /// They have no meaning.
        Ignored,
        /// A JWT that the client signed authenticates it, once.
        Accepted,
    }
}
choice! {
    /// Values of [`super::super::Policy::unknown_grant_type_error`].
    UnknownGrantTypeError {
        /// `invalid_grant`, `invalid grant type`.
        InvalidGrant,
        /// `unsupported_grant_type`.
        UnsupportedGrantType,
    }
}
choice! {
    /// Values of [`super::super::Policy::redirect_mismatch_error`].
    RedirectMismatchError {
        /// `invalid_request`, `mismatched redirect`.
        InvalidRequest,
        /// `invalid_grant`.
        InvalidGrant,
    }
}
choice! {
    /// Values of [`super::super::Policy::missing_parameter_error`].
    MissingParameterError {
        /// As a parameter with a wrong value.
        AsWrong,
        /// `invalid_request`.
        InvalidRequest,
    }
}
choice! {
    /// Values of [`super::super::Policy::refresh_tokens`].
    RefreshTokens {
        /// A refresh token stays good until it expires.
        Reusable,
        /// Each use brings a new one; using an old one again ends the family.
        Rotated,
    }
}
choice! {
    /// Values of [`super::super::Policy::basic_credentials`].
    BasicCredentials {
        /// As they stand, or form-urlencoded.
        EitherReading,
        /// Form-urlencoded.
        Urlencoded,
    }
}
choice! {
    /// Values of [`super::super::Policy::refresh_id_token`].
    RefreshIdToken {
        /// A refresh brings an access token alone.
        Omitted,
        /// With the scope `openid` it brings an ID token too.
        Issued,
    }
}
