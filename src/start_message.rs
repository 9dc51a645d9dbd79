//! What the program prints once it listens: a word and `key=value` pairs a line, for people and for
//! scripts. A value with anything but letters, digits and the marks of URLs and addresses is quoted.

use std::fmt::Write;

use cyberark_identity_mock::protocol::base_url::BaseUrl;
use cyberark_identity_mock::server::Server;
use cyberark_identity_mock::tenant::Tenant;

/// The most applications, and the most users, that are listed.
const LISTED: usize = 20;

/// Where the server is reached.
pub(crate) struct Reached {
    /// The configured URL, or the first address listened on.
    base: BaseUrl,
    https: Option<BaseUrl>,
    /// The certificate of the authority behind https, when the mock made one.
    authority: Option<String>,
}

impl Reached {
    pub(crate) fn of(server: &Server, public_url: Option<&BaseUrl>) -> Self {
        let address = server.addresses().first().expect("a server listens somewhere");
        let plain = BaseUrl::of_address("http", *address);
        let https = server.https_addresses().first();
        Self {
            https: https.map(|address| BaseUrl::of_address("https", *address)),
            authority: server.has_authority().then(|| format!("{plain}/_mock/ca.pem")),
            base: public_url.cloned().unwrap_or(plain),
        }
    }
}

/// A value that ends where the next space is: quoted and escaped when it would not.
fn value(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-._~:/@+[]%?&".contains(c);
    if text.chars().all(is_plain) { text.to_owned() } else { format!("{text:?}") }
}

/// The lines.
pub(crate) fn text(reached: &Reached, tenant: &Tenant) -> String {
    let base = &reached.base;
    let mut text = format!(
        "listening url={base} tenant={} note=\"mock of CyberArk Identity, for tests only\"\n",
        tenant.settings().id
    );
    // Writing to a string cannot fail.
    if let Some(https) = &reached.https {
        let _ = write!(text, "https url={https}");
        let _ = match &reached.authority {
            Some(url) => writeln!(text, " ca={url}"),
            None => writeln!(text),
        };
    }
    let apps = tenant.apps();
    for app in apps.iter().take(LISTED) {
        let (id, issuer) = (&app.application_id, app.issuer_at(base));
        let _ = writeln!(
            text,
            "app id={id} client_id={} issuer={} discovery={base}/{id}/.well-known/openid-configuration",
            value(&app.client_id()),
            value(&issuer)
        );
    }
    let users = tenant.users();
    for user in users.iter().take(LISTED) {
        let _ = writeln!(text, "user name={}", value(&user.name));
    }
    let unlisted = apps.len().saturating_sub(LISTED) + users.len().saturating_sub(LISTED);
    if unlisted > 0 {
        let _ = writeln!(text, "more count={unlisted}");
    }
    text
}
