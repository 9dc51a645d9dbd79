//! Where an authorization response arrives, and what came of a request in one line.

use std::fmt;

use crate::harness::Answer;

/// Where the parameters of a response stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Query,
    Fragment,
    Form,
}

/// A response at a redirect URI.
#[derive(Debug)]
pub(super) struct Landing {
    pub(super) place: Place,
    /// The redirect URI without what the response added.
    pub(super) target: String,
    pub(super) parameters: Vec<(String, String)>,
}

impl Landing {
    pub(super) fn of(answer: &Answer) -> Self {
        if answer.status == 200 {
            return Self::of_form(answer);
        }
        let location = answer.location();
        let (place, (target, encoded)) = match location.split_once('#') {
            Some(halves) => (Place::Fragment, halves),
            None => (Place::Query, location.split_once('?').expect("parameters")),
        };
        let pairs = url::form_urlencoded::parse(encoded.as_bytes());
        Self { place, target: target.to_owned(), parameters: pairs.into_owned().collect() }
    }

    /// The self-submitting form of OAuth 2.0 Form Post Response Mode.
    fn of_form(answer: &Answer) -> Self {
        let page = &answer.body;
        let after = |text: &str, mark: &str| -> Option<String> {
            let (_, rest) = text.split_once(mark)?;
            rest.split_once('"').map(|(value, _)| unescape(value))
        };
        let target = after(page, r#"<form id="form-post" method="post" action=""#)
            .unwrap_or_else(|| panic!("no form: {answer:?}"));
        let inputs = page.split("<input type=\"hidden\" ").skip(1);
        let parameters = inputs
            .filter_map(|input| Some((after(input, "name=\"")?, after(input, "value=\"")?)))
            .collect();
        Self { place: Place::Form, target, parameters }
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.parameters.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The value of a parameter that the response must carry.
    pub(super) fn value(&self, name: &str) -> &str {
        self.get(name).unwrap_or_else(|| panic!("no {name}: {self}"))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.parameters.iter().find(|(sent, _)| sent == name)?;
        Some(value)
    }
}

/// The place, then the decoded parameters; codes and tokens are `*`, and of the issuer the path.
impl fmt::Display for Landing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.place {
            Place::Query => '?',
            Place::Fragment => '#',
            Place::Form => '=',
        };
        let pairs: Vec<String> = self
            .parameters
            .iter()
            .map(|(name, value)| match name.as_str() {
                "code" | "access_token" | "id_token" => format!("{name}=*"),
                "iss" => format!("iss={}", path_of(value)),
                _ => format!("{name}={value}"),
            })
            .collect();
        write!(f, "{place}{}", pairs.join("&"))
    }
}

/// An issuer of a mock without scheme, host and port.
fn path_of(issuer: &str) -> &str {
    let after = issuer.strip_prefix("http://127.0.0.1:").unwrap_or_else(|| panic!("{issuer}"));
    after.trim_start_matches(|c: char| c.is_ascii_digit())
}

/// The same outcome at a redirect URI of `bank` with the `iss` that strict answers end with
/// (RFC 9207 §2).
pub(super) fn by_policy(policy: &str, outcome: &str) -> String {
    if policy == "strict" { with_issuer("bank", outcome) } else { outcome.to_owned() }
}

/// The outcome with the issuer of the application behind it, if it stands at a redirect URI.
pub(super) fn with_issuer(app: &str, outcome: &str) -> String {
    let iss =
        if outcome.starts_with(['?', '#', '=']) { format!("&iss=/{app}/") } else { String::new() };
    format!("{outcome}{iss}")
}

/// What came of a request, in one line: `login`, `consent`, `page 400 invalid_client`, `400 {"error":…}`, or
/// the parameters at the redirect URI behind `?` (query), `#` (fragment) or `=` (form).
pub(super) fn outcome(answer: &Answer) -> String {
    let content_type = answer.header("content-type").unwrap_or_default();
    if content_type.starts_with("application/json") {
        return format!("{} {}", answer.status, answer.body);
    }
    if answer.header("location").is_some_and(|location| location.starts_with("/consent?")) {
        return "consent".to_owned();
    }
    if answer.body.contains("id=\"error-heading\"") {
        assert_eq!(answer.header("location"), None, "a page never redirects: {answer:?}");
        let (_, rest) = answer.body.split_once("<code id=\"error-code\">").expect("a code");
        let (code, _) = rest.split_once('<').expect("an end tag");
        return format!("page {} {code}", answer.status);
    }
    if answer.header("location").is_some_and(|location| location.starts_with("/login?")) {
        assert_eq!(answer.status, 302);
        return "login".to_owned();
    }
    Landing::of(answer).to_string()
}

/// The text behind the character references that the page's escaping writes.
fn unescape(html: &str) -> String {
    // The ampersand last, so that nothing is unescaped twice.
    let references =
        [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    references.iter().fold(html.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The body of a redirect as ASP.NET writes it; identity-developer.cyberark.com/docs/hybrid-flow
/// prints title, heading and link.
pub(super) fn object_moved(location: &str) -> String {
    let link = location.replace('&', "&amp;");
    format!(
        "<html><head><title>Object moved</title></head><body>\r\n\
         <h2>Object moved to <a href=\"{link}\">here</a>.</h2>\r\n</body></html>\r\n"
    )
}

/// 43 characters of base64url and the number of stripped `=`, as in recorded codes and bounce keys.
pub(super) fn is_opaque_id(id: &str) -> bool {
    let base64url = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    id.len() == 44 && id.ends_with('1') && id.bytes().all(base64url)
}
