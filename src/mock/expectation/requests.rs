//! Which requests are expected.

use super::Expectation;

impl Expectation {
    /// Of this method; a HEAD is told as the GET that it is answered like.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::{Expectation, MockTenant};
    /// let mock = MockTenant::start();
    /// mock.expect(Expectation::any().method("POST").times(0));
    /// mock.expect(Expectation::any().method("GET").times(2));
    /// ureq::get(mock.discovery_url("bank")).call()?;
    /// ureq::head(mock.discovery_url("bank")).call()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.filter.method = Some(method.into());
        self
    }

    /// To this path, without query.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::{Expectation, MockTenant};
    /// let mock = MockTenant::start();
    /// mock.expect(Expectation::any().path("/spa/.well-known/openid-configuration").times(0));
    /// mock.expect(Expectation::any().path("/bank/.well-known/openid-configuration").times(1));
    /// ureq::get(mock.discovery_url("bank")).call()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.filter.path = Some(path.into());
        self
    }

    /// To this endpoint of any application: `authorize`, `token`, `userinfo`, `discovery` and so
    /// on.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::{Expectation, MockTenant};
    /// let mock = MockTenant::start();
    /// mock.expect(Expectation::any().endpoint("discovery").times(2));
    /// for app in ["bank", "spa"] {
    ///     ureq::get(mock.discovery_url(app)).call()?;
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.filter.endpoint = Some(endpoint.into());
        self
    }

    /// Concerning this application.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::{Expectation, MockTenant};
    /// let mock = MockTenant::start();
    /// mock.expect(Expectation::any().app("bank").times(1));
    /// for app in ["bank", "spa"] {
    ///     ureq::get(mock.discovery_url(app)).call()?;
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn app(mut self, app: impl Into<String>) -> Self {
        self.filter.app = Some(app.into());
        self
    }

    /// Concerning this `client_id`.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::{Expectation, MockTenant};
    /// let mock = MockTenant::start();
    /// mock.expect(Expectation::any().endpoint("authorize").client("spa-client").times(1));
    /// ureq::get(mock.authorization_url("spa", "http://localhost:3000/callback").to_string()).call()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn client(mut self, client: impl Into<String>) -> Self {
        self.filter.client = Some(client.into());
        self
    }

    /// Concerning the user of this login name.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::{Expectation, MockTenant};
    /// let mock = MockTenant::start();
    /// mock.expect(Expectation::any().endpoint("userinfo").user("alice@example.com").times(1));
    /// let token = mock.sign_in("alice@example.com", "bank")?.tokens.access_token;
    /// let asked = ureq::get(format!("{}/OAuth2/UserInfo/bank", mock.url()));
    /// asked.header("Authorization", format!("Bearer {token}")).call()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.filter.user = Some(user.into());
        self
    }

    /// With this parameter in query or body; said several times, all of them.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::{Expectation, MockTenant};
    /// let mock = MockTenant::start();
    /// let asked = || Expectation::any().endpoint("authorize");
    /// mock.expect(asked().parameter("response_type", "code").parameter("scope", "openid").times(1));
    /// mock.expect(asked().parameter("scope", "openid email").times(0));
    /// ureq::get(mock.authorization_url("spa", "http://localhost:3000/callback").to_string()).call()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), Some(value.into())));
        self
    }

    /// With a parameter of this name, whatever its value.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::{Expectation, MockTenant};
    /// let mock = MockTenant::start();
    /// mock.expect(Expectation::any().endpoint("authorize").any_parameter("state").times(1));
    /// let url = mock.authorization_url("spa", "http://localhost:3000/callback");
    /// ureq::get(url.to_string()).call()?;
    /// ureq::get(url.state("xyz").to_string()).call()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn any_parameter(mut self, name: impl Into<String>) -> Self {
        self.parameters.push((name.into(), None));
        self
    }

    /// Answered with this HTTP status.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::{Expectation, MockTenant};
    /// let mock = MockTenant::start();
    /// mock.expect(Expectation::any().endpoint("userinfo").status(401).times(1));
    /// let refused = ureq::get(format!("{}/OAuth2/UserInfo/bank", mock.url())).call();
    /// assert!(refused.is_err(), "no token, no claims");
    /// ```
    pub fn status(mut self, status: u16) -> Self {
        self.filter.status = Some(status);
        self
    }

    /// Answered with this error code; `*` stands for any.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::{Expectation, MockTenant};
    /// let mock = MockTenant::start();
    /// mock.expect(Expectation::any().error("*").times(2));
    /// mock.expect(Expectation::any().error("unsupported_grant_type").times(0));
    /// mock.expect(Expectation::any().error("invalid_grant").times(2));
    /// for grant_type in ["authorization_code", "made up"] {
    ///     let form = [("grant_type", grant_type), ("client_id", "spa-client"), ("code", "x")];
    ///     assert!(ureq::post(mock.token_url("spa")).send_form(form).is_err());
    /// }
    /// ```
    pub fn error(mut self, code: impl Into<String>) -> Self {
        self.filter.error = Some(code.into());
        self
    }
}
