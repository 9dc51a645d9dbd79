//! An answer, and what a client reads from it.

use url::Url;

/// An answer that was received whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// The first header of that name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(sent, _)| sent.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The `Location` of a redirect.
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, 302, "{self:?}");
        self.header("location").expect("a redirect has a location")
    }

    /// Name and value of each parameter at the redirect URI, in order: `?` pairs of the query,
    /// `#` pairs of the fragment.
    pub(crate) fn callback(&self) -> Vec<(String, String)> {
        let location = Url::parse(self.location()).expect("the location is an absolute URL");
        let pairs = |text: Option<&str>| -> Vec<(String, String)> {
            url::form_urlencoded::parse(text.unwrap_or_default().as_bytes()).into_owned().collect()
        };
        [pairs(location.query()), pairs(location.fragment())].concat()
    }

    /// A parameter at the redirect URI, wherever it stands.
    pub(crate) fn callback_parameter(&self, name: &str) -> Option<String> {
        self.callback().into_iter().find(|(sent, _)| sent == name).map(|(_, value)| value)
    }

    /// The `bounce` key of a redirect to the login page.
    pub(crate) fn bounce(&self) -> String {
        let location = self.location();
        let (_, key) = location.split_once("%3Fbounce%3D").unwrap_or_else(|| panic!("{location}"));
        key.to_owned()
    }

    /// Status, `error` and `error_description` of a JSON error.
    pub(crate) fn error(&self) -> (u16, String, String) {
        let json = self.json();
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        (self.status, text("error"), text("error_description"))
    }
}
