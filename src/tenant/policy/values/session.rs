//! What bearer tokens open, and how a session ends.

choice! {
    /// Values of [`super::super::Policy::end_session`].
    EndSession {
        /// Nothing: whoever asks is signed out.
        AtOnce,
        /// An ID token of the application, or the user's word.
        HintOrConfirmation,
    }
}
choice! {
    /// Values of [`super::super::Policy::second_bearer_token`].
    SecondBearerToken {
        /// It has no meaning.
        Ignored,
        /// `invalid_request`.
        Refused,
    }
}
choice! {
    /// Values of [`super::super::Policy::bearer_error`].
    BearerError {
        /// The product's JSON with `error_message`, and no challenge.
        ErrorMessage,
        /// A `WWW-Authenticate: Bearer` header with the error.
        Challenge,
    }
}
choice! {
    /// Values of [`super::super::Policy::token_type_hint`].
    TokenTypeHint {
        /// It has no meaning.
        Ignored,
        /// It must name an access, refresh or ID token.
        Checked,
    }
}
