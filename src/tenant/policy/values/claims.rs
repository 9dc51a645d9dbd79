//! What tokens, `UserInfo` and the discovery document say.

choice! {
    /// Values of [`super::super::Policy::id_token_profile_claims`].
    IdTokenProfileClaims {
        /// In every ID token, as far as the scope asks for them.
        Always,
        /// Only when no access token is issued with which `UserInfo` could be asked.
        WithoutAccessToken,
    }
}
choice! {
    /// Values of [`super::super::Policy::id_token_unique_name`].
    IdTokenUniqueName {
        /// The user's login name.
        Sent,
        /// `sub` alone says who the user is.
        Omitted,
    }
}
choice! {
    /// Values of [`super::super::Policy::derived_names`].
    DerivedNames {
        /// Both are the display name.
        DisplayName,
        /// The last word is the family name, the words before it the given name.
        Split,
    }
}
choice! {
    /// Values of [`super::super::Policy::discovery`].
    Discovery {
        /// The product's document, key for key.
        Product,
        /// Everything that works, and nothing else.
        Complete,
    }
}
