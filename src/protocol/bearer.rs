//! How a client sends its access token to a resource.
//!
//! [RFC 6750 §2](https://www.rfc-editor.org/rfc/rfc6750#section-2)

use super::places::Places;

/// The access tokens of one request; the query is no place for one
/// ([RFC 9700 §4.3.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.3.2)).
#[derive(Clone, Copy)]
pub struct BearerTokens<'a> {
    /// Where the parameters stood.
    pub places: &'a Places,
    /// Of the `Authorization` header.
    pub header: Option<&'a str>,
    /// `access_token` of the form.
    pub form: Option<&'a str>,
    /// The name of a parameter of the form that was sent more than once.
    pub duplicated: Option<&'a str>,
}

impl<'a> BearerTokens<'a> {
    /// The token that counts: the header's, else the form's.
    pub fn first(self) -> Option<&'a str> {
        self.header.or(self.form)
    }

    /// Whether tokens were sent in both ways.
    pub fn are_two(self) -> bool {
        self.header.is_some() && self.form.is_some()
    }
}

/// Only where they are: tokens are secrets.
impl std::fmt::Debug for BearerTokens<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BearerTokens")
            .field("header", &self.header.is_some())
            .field("form", &self.form.is_some())
            .finish()
    }
}
