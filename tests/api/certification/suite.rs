//! What the suite brings: its clients, its flows, and the provider that it tests.

use cyberark_identity_mock::fixtures;
use cyberark_identity_mock::tenant::document::TenantDocument;
use cyberark_identity_mock::tenant::policy::Policy;

use crate::harness::{Mock, Setup};

pub(super) const BASE: &str = "https://op.example";
pub(super) const REDIRECT_URI: &str = "https://localhost:8443/test/a/a1/callback";
pub(super) const USER: (&str, &str) = ("carol@example.com", "carol-password");
pub(super) const SUBJECT: &str = "ca401000-0000-4000-8000-000000000003";
pub(super) const NONCE: &str = "nonce-0123456789";
pub(super) const STATE: &str = "state-0123456789";

/// A client of the fixture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client {
    pub(super) app: &'static str,
    pub(super) id: &'static str,
    pub(super) secret: &'static str,
}

pub(super) const FIRST: Client = Client {
    app: "certification",
    id: "certification-client",
    secret: "certification-secret-0123456789abcdef0123456789",
};
pub(super) const SECOND: Client = Client {
    app: "certification",
    id: "certification2-client",
    secret: "certification2-secret-0123456789abcdef0123456789",
};
pub(super) const POST: Client = Client {
    app: "certification",
    id: "certification-post-client",
    secret: "certification-post-secret-0123456789abcdef0123456789",
};

pub(super) const FRONT_CHANNEL: Client = Client {
    app: "certification",
    id: "certification-frontchannel-client",
    secret: "certification-frontchannel-secret-0123456789abcdef0123456789",
};
pub(super) const BACK_CHANNEL: Client = Client {
    app: "certification",
    id: "certification-backchannel-client",
    secret: "certification-backchannel-secret-0123456789abcdef0123456789",
};

/// A response type in a response mode: a row of a plan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flow {
    pub(super) response_type: &'static str,
    pub(super) form_post: bool,
}

pub(super) const BASIC: &[&str] = &["code"];
pub(super) const HYBRID: &[&str] = &["code id_token", "code token", "code id_token token"];
pub(super) const IMPLICIT: &[&str] = &["id_token", "id_token token"];
pub(super) const ALL: &[&[&str]] = &[BASIC, HYBRID, IMPLICIT];
/// Whose module runs in the hybrid plan for `code id_token` alone.
pub(super) const ALL_HYBRID_ONCE: &[&[&str]] = &[BASIC, &["code id_token"], IMPLICIT];
pub(super) const WITH_CODE: &[&[&str]] = &[BASIC, HYBRID];

/// The flows of these plans and of their `form_post` twins.
pub(super) fn flows(plans: &[&[&'static str]]) -> Vec<Flow> {
    let types = plans.iter().flat_map(|plan| plan.iter().copied());
    types
        .flat_map(|response_type| [false, true].map(|form_post| Flow { response_type, form_post }))
        .collect()
}

impl Flow {
    pub(super) fn has(self, word: &str) -> bool {
        self.response_type.split(' ').any(|own| own == word)
    }

    /// Whether an access token comes at all.
    pub(super) fn has_access(self) -> bool {
        self.has("code") || self.has("token")
    }
}

/// The fixture of certification.
pub(super) fn fixture() -> TenantDocument {
    let text = include_str!("../../../fixtures/certification.json");
    fixtures::from_text("fixtures/certification.json", text).expect("it is well-formed")
}

/// The provider under test.
pub(super) fn provider() -> Mock {
    provider_of(fixture())
}

pub(super) fn provider_of(document: TenantDocument) -> Mock {
    Setup { document, policy: Policy::strict(), public_url: Some(BASE), ..Setup::default() }.start()
}
