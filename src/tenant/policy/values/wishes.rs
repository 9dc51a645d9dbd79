//! Parameters of an authorization request that say what the client wishes for.

choice! {
    /// Values of [`super::super::Policy::prompt_values`].
    PromptValues {
        /// `none` and `login`; every other is `unsupported_prompt`.
        NoneAndLogin,
        /// Those of OpenID Connect Core.
        All,
    }
}
choice! {
    /// Values of [`super::super::Policy::max_age`].
    MaxAge {
        /// It has no meaning.
        Ignored,
        /// An older sign-in has to be repeated.
        Honoured,
    }
}
choice! {
    /// Values of [`super::super::Policy::acr_values`].
    AcrValues {
        /// It has no meaning.
        Ignored,
        /// The first value is claimed.
        Echoed,
    }
}
choice! {
    /// Values of [`super::super::Policy::claims_parameter`].
    ClaimsParameter {
        /// It has no meaning.
        Ignored,
        /// The claims asked for are given as far as the user has them.
        Honoured,
    }
}
choice! {
    /// Values of [`super::super::Policy::id_token_hint`].
    IdTokenHint {
        /// It has no meaning.
        Ignored,
        /// It must be a token of the application, and name the user who is signed in.
        Checked,
    }
}
choice! {
    /// Values of [`super::super::Policy::request_objects`].
    RequestObjects {
        /// They have no meaning.
        Ignored,
        /// By value; by reference from the URIs that the client has registered.
        Read,
    }
}
choice! {
    /// Values of [`super::super::Policy::offline_access`].
    OfflineAccess {
        /// A scope that the application does not know.
        Unknown,
        /// Known where the application issues refresh tokens.
        Known,
    }
}
choice! {
    /// Values of [`super::super::Policy::login_hint`].
    LoginHint {
        /// It has no meaning.
        Ignored,
        /// It stands on the login page, and tells which of several sessions is meant.
        Honoured,
    }
}
choice! {
    /// Values of [`super::super::Policy::advice`].
    Advice {
        /// It is kept to oneself.
        Silent,
        /// A line of the log each.
        Logged,
    }
}
