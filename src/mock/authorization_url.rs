//! The URL of an authorization request.

use std::fmt;

use url::form_urlencoded::Serializer;

/// An authorization request to be; its text is the URL
/// ([RFC 6749 §4.1.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1)).
///
/// ```
/// # use cyberark_identity_mock::mock::MockTenant;
/// let mock = MockTenant::start();
/// let url = mock
///     .authorization_url("spa", "http://localhost:3000/callback")
///     .response_type("code id_token")
///     .scope("openid profile")
///     .state("xyz")
///     .nonce("n-0S6")
///     .parameter("response_mode", "form_post")
///     .without("client_id")
///     .to_string();
/// assert!(url.contains("response_type=code+id_token") && !url.contains("client_id"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationUrl {
    endpoint: String,
    parameters: Vec<(String, String)>,
}

impl AuthorizationUrl {
    pub(super) fn new(endpoint: String, client_id: Option<String>, redirect_uri: &str) -> Self {
        let url = Self { endpoint, parameters: Vec::new() };
        let url = match client_id {
            Some(client_id) => url.parameter("client_id", &client_id),
            None => url,
        };
        url.response_type("code").scope("openid").parameter("redirect_uri", redirect_uri)
    }

    /// Sets `response_type`.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// # let mock = MockTenant::start();
    /// let url = mock
    ///     .authorization_url("bank", "http://localhost:3000/callback")
    ///     .response_type("id_token token");
    /// assert!(url.to_string().contains("response_type=id_token+token"));
    /// ```
    #[must_use]
    pub fn response_type(self, value: &str) -> Self {
        self.parameter("response_type", value)
    }

    /// Sets `scope`.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// # let mock = MockTenant::start();
    /// let url = mock
    ///     .authorization_url("bank", "http://localhost:3000/callback")
    ///     .scope("openid email");
    /// assert!(url.to_string().contains("scope=openid+email"), "in the place of openid");
    /// ```
    #[must_use]
    pub fn scope(self, value: &str) -> Self {
        self.parameter("scope", value)
    }

    /// Sets `state`.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// # let mock = MockTenant::start();
    /// let url = mock
    ///     .authorization_url("bank", "http://localhost:3000/callback")
    ///     .state("a&b");
    /// assert!(url.to_string().ends_with("&state=a%26b"), "it is encoded");
    /// ```
    #[must_use]
    pub fn state(self, value: &str) -> Self {
        self.parameter("state", value)
    }

    /// Sets `nonce`.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// # let mock = MockTenant::start();
    /// let url = mock
    ///     .authorization_url("bank", "http://localhost:3000/callback")
    ///     .nonce("n-0S6");
    /// assert!(url.to_string().ends_with("&nonce=n-0S6"));
    /// ```
    #[must_use]
    pub fn nonce(self, value: &str) -> Self {
        self.parameter("nonce", value)
    }

    /// Sets any parameter, in the place of one that has the name.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// # let mock = MockTenant::start();
    /// let url = mock
    ///     .authorization_url("bank", "http://localhost:3000/callback")
    ///     .parameter("prompt", "login")
    ///     .parameter("prompt", "none");
    /// let signed_out = url.to_string();
    /// assert!(signed_out.contains("prompt=none") && !signed_out.contains("prompt=login"));
    /// ```
    #[must_use]
    pub fn parameter(mut self, name: &str, value: &str) -> Self {
        match self.parameters.iter_mut().find(|(own, _)| own == name) {
            Some((_, own)) => value.clone_into(own),
            None => self.parameters.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// Leaves a parameter out.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// # let mock = MockTenant::start();
    /// let url = mock.authorization_url("bank", "http://localhost:3000/callback");
    /// assert_eq!(ureq::get(url.to_string()).call()?.status(), 200); // the login page
    /// assert!(ureq::get(url.without("redirect_uri").to_string()).call().is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.parameters.retain(|(own, _)| own != name);
        self
    }
}

impl fmt::Display for AuthorizationUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query = Serializer::new(String::new()).extend_pairs(&self.parameters).finish();
        write!(f, "{}?{query}", self.endpoint)
    }
}
