//! What the program prints once it listens: a word and `key=value` pairs a line, for people and for
//! scripts. A value with anything but letters, digits and the marks of URLs and addresses is quoted.

use std::fmt::Write;
use std::net::SocketAddr;

use cyberark_identity_mock::protocol::base_url::BaseUrl;
use cyberark_identity_mock::tenant::Tenant;

/// The most applications, and the most users, that are listed.
const LISTED: usize = 20;

/// The URL to tell people: the configured one, or the first address listened on.
pub(crate) fn base(public_url: Option<&BaseUrl>, addresses: &[SocketAddr]) -> BaseUrl {
    if let Some(configured) = public_url {
        return configured.clone();
    }
    let address = addresses.first().expect("a server listens somewhere");
    BaseUrl::of_address("http", *address)
}

/// A value that ends where the next space is: quoted and escaped when it would not.
fn value(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-._~:/@+[]%?&".contains(c);
    if text.chars().all(is_plain) { text.to_owned() } else { format!("{text:?}") }
}

/// The lines.
pub(crate) fn text(base: &BaseUrl, tenant: &Tenant) -> String {
    let mut text = format!(
        "listening url={base} tenant={} note=\"mock of CyberArk Identity, for tests only\"\n",
        tenant.settings().id
    );
    let apps = tenant.apps();
    for app in apps.iter().take(LISTED) {
        let (id, issuer) = (&app.application_id, app.issuer_at(base));
        // Writing to a string cannot fail.
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
