//! What an authorization request is checked for, and how it is answered.

choice! {
    /// Values of [`super::super::Policy::hybrid_tokens`].
    HybridTokens {
        /// `code token` brings an access token, `code id_token` an ID token.
        Core,
        /// The two swapped, as CyberArk's hybrid page prints them.
        AsPrinted,
    }
}
choice! {
    /// Values of [`super::super::Policy::unverified_redirect`].
    UnverifiedRedirect {
        /// Redirect to the URI sent, verified or not.
        Follow,
        /// Show an error page, never redirect.
        Page,
    }
}
choice! {
    /// Values of [`super::super::Policy::authorize_errors`].
    AuthorizeErrors {
        /// JSON answered to the browser, with status 400 or 500.
        Body,
        /// At the redirect URI once it is verified, else as a page.
        Callback,
    }
}
choice! {
    /// Values of [`super::super::Policy::error_placement`].
    ErrorPlacement {
        /// In the query, even where the success would use the fragment.
        Query,
        /// Where the success would have been.
        AsResponse,
    }
}
choice! {
    /// Values of [`super::super::Policy::error_state`].
    ErrorState {
        /// `state` is returned with the error.
        Echoed,
        /// `state` is left out.
        Omitted,
    }
}
choice! {
    /// Values of [`super::super::Policy::response_extras`].
    ResponseExtras {
        /// `responseType`, and `scope` beside an ID token, are sent.
        Sent,
        /// Only what the specifications define is sent.
        Omitted,
    }
}
choice! {
    /// Values of [`super::super::Policy::unusable_response_mode`].
    UnusableResponseMode {
        /// The mode that belongs to the response type is used.
        UseDefault,
        /// `invalid_request`.
        Refuse,
    }
}
choice! {
    /// Values of [`super::super::Policy::front_channel_nonce`].
    FrontChannelNonce {
        /// A request without `nonce` is answered.
        Optional,
        /// It is `invalid_request`.
        Required,
    }
}
choice! {
    /// Values of [`super::super::Policy::issuer_parameter`].
    IssuerParameter {
        /// It is left out.
        Omitted,
        /// It is sent with codes, tokens and errors.
        Sent,
    }
}
choice! {
    /// Values of [`super::super::Policy::duplicate_parameters`].
    DuplicateParameters {
        /// The first one counts.
        FirstCounts,
        /// `invalid_request`.
        Refuse,
    }
}
choice! {
    /// Values of [`super::super::Policy::misplaced_parameters`].
    MisplacedParameters {
        /// They have no meaning, or the meaning that they have elsewhere.
        Ignored,
        /// `invalid_request`.
        Refused,
    }
}
choice! {
    /// Values of [`super::super::Policy::pkce`].
    Pkce {
        /// Nobody; a public client gets no tokens for a code without it.
        Optional,
        /// Public clients.
        PublicClients,
        /// Every client.
        Required,
    }
}
choice! {
    /// Values of [`super::super::Policy::openid_scope`].
    OpenidScope {
        /// Only for an ID token.
        Optional,
        /// Without it `invalid_scope`, and at `UserInfo` `insufficient_scope`.
        Required,
    }
}
choice! {
    /// Values of [`super::super::Policy::insecure_redirect_uris`].
    InsecureRedirectUris {
        /// Like any other.
        Accepted,
        /// `invalid_request`, on a page.
        Refused,
    }
}
choice! {
    /// Values of [`super::super::Policy::plain_http`].
    PlainHttp {
        /// Like https.
        Accepted,
        /// To the machine itself; elsewhere `invalid_request`.
        Loopback,
        /// `invalid_request`.
        Refused,
    }
}
