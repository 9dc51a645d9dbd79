//! Every route of the mock, for tests that walk all of them.

/// A route and what it answers to a request without parameters, body and session.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    /// As the product's metadata spells it; `{app}` stands for the application.
    pub(crate) path: &'static str,
    /// The status of the plain request, for the application `bank`.
    pub(crate) plain: u16,
    /// Whether scripts of other origins may call it.
    pub(crate) cross_origin: bool,
}

impl Route {
    /// The path for an application.
    pub(crate) fn at(self, app: &str) -> String {
        self.path.replace("{app}", app)
    }

    /// The path for the application `bank`, the fixed segments spelled anew.
    pub(crate) fn spelled(self, spell: impl Fn(&str) -> String) -> String {
        let segments = self.path.split('/').map(|segment| match segment {
            "{app}" => "bank".to_owned(),
            fixed => spell(fixed),
        });
        segments.collect::<Vec<_>>().join("/")
    }
}

const fn own(method: &'static str, path: &'static str, plain: u16) -> Route {
    Route { method, path, plain, cross_origin: false }
}

const fn shared(method: &'static str, path: &'static str, plain: u16) -> Route {
    Route { method, path, plain, cross_origin: true }
}

pub(crate) const ROUTES: [Route; 43] = [
    own("GET", "/OAuth2/Authorize/{app}", 400),
    own("POST", "/OAuth2/Authorize/{app}", 400),
    shared("POST", "/OAuth2/Token/{app}", 400),
    shared("GET", "/OAuth2/UserInfo/{app}", 401),
    shared("POST", "/OAuth2/UserInfo/{app}", 401),
    shared("GET", "/OAuth2/Keys/{app}", 200),
    shared("POST", "/OAuth2/Keys/{app}", 200),
    shared("POST", "/OAuth2/GetMeta", 400),
    shared("POST", "/OAuth2/Register/{app}", 400),
    shared("GET", "/OAuth2/Register/{app}/a-client", 400),
    shared("PUT", "/OAuth2/Register/{app}/a-client", 400),
    shared("DELETE", "/OAuth2/Register/{app}/a-client", 400),
    own("GET", "/OAuth2/Keys", 400),
    shared("GET", "/{app}/.well-known/openid-configuration", 200),
    shared("GET", "/{app}/.well-known/oauth-authorization-server", 200),
    shared("GET", "/.well-known/oauth-authorization-server/{app}", 200),
    shared("POST", "/Security/StartAuthentication", 200),
    shared("POST", "/Security/AdvanceAuthentication", 200),
    shared("POST", "/Security/OobAuthStatus", 200),
    shared("POST", "/Security/StartSocialAuthentication", 200),
    shared("POST", "/Security/ResumeFromExtIdpAuth", 200),
    shared("POST", "/Security/ChallengeUser", 200),
    shared("POST", "/Security/StartChallenge", 200),
    shared("POST", "/Security/SubmitOathOtpCode", 200),
    shared("POST", "/Security/SubmitQRCode", 200),
    shared("POST", "/Security/StartQRCodeAuthentication", 200),
    shared("POST", "/Security/GetQRCodeStatus", 200),
    shared("POST", "/U2f/AnswerRegistrationChallenge", 200),
    shared("POST", "/Security/ForgotUsername", 200),
    shared("POST", "/Security/StartForgotUsername", 200),
    shared("POST", "/Security/AdvanceForgotUsername", 200),
    own("GET", "/_mock/idp", 404),
    own("POST", "/_mock/idp", 404),
    shared("GET", "/Security/whoami", 200),
    shared("POST", "/Security/whoami", 200),
    shared("POST", "/Security/logout", 200),
    own("GET", "/login", 200),
    own("POST", "/login", 200),
    own("GET", "/my", 302),
    own("GET", "/", 302),
    own("GET", "/health", 200),
    own("GET", "/people/GetUserInfo", 404),
    own("POST", "/a/path/that/nobody/knows", 404),
];
