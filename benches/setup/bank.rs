//! The built-in tenant with alice signed in, and the requests of its application `bank`.

use cyberark_identity_mock::fixtures;
use cyberark_identity_mock::protocol::authorize::{AuthorizeCall, AuthorizeRequest};
use cyberark_identity_mock::protocol::base_url::BaseUrl;
use cyberark_identity_mock::protocol::secret::Secret;
use cyberark_identity_mock::protocol::security::authentication::{
    AdvanceAuthenticationRequest, Answer, Operation, StartAuthenticationRequest,
};
use cyberark_identity_mock::tenant::authorize::Decision;
use cyberark_identity_mock::tenant::delivery::Delivery;
use cyberark_identity_mock::tenant::login::{Advance, Start};
use cyberark_identity_mock::tenant::{Tenant, TenantParts};

/// Where codes and tokens go.
pub(crate) const CALLBACK: &str = "http://localhost:3000/callback";

/// A tenant and a session in it.
pub(crate) struct Bank {
    pub(crate) tenant: Tenant,
    pub(crate) base: BaseUrl,
    credentials: [String; 1],
}

impl Bank {
    pub(crate) fn open() -> Self {
        let tenant = Tenant::new(fixtures::built_in(), TenantParts::default())
            .expect("the built-in tenant holds together");
        let base = "http://localhost:8080".parse().expect("a base URL");
        let credentials = [sign_in(&tenant, &base)];
        Self { tenant, base, credentials }
    }

    /// An authorization request with every parameter that a careful client sends.
    pub(crate) fn request(response_type: &str) -> AuthorizeCall {
        AuthorizeCall::Request(Box::new(AuthorizeRequest {
            client_id: Some("bank-client".to_owned()),
            redirect_uri: Some(CALLBACK.to_owned()),
            response_type: Some(response_type.to_owned()),
            scope: Some("openid profile email".to_owned()),
            state: Some("af0ifjsldkj".to_owned()),
            nonce: Some("n-0S6_WzA2Mj".to_owned()),
            ..AuthorizeRequest::default()
        }))
    }

    /// Authorizes with alice's session; the response is not signed yet.
    pub(crate) fn authorize(&self, call: AuthorizeCall) -> Box<Delivery> {
        match self.tenant.authorize(&self.base, "bank", call, &self.credentials) {
            Decision::Deliver(delivery) => delivery,
            other => panic!("alice is signed in: {other:?}"),
        }
    }
}

fn sign_in(tenant: &Tenant, base: &BaseUrl) -> String {
    let start = StartAuthenticationRequest {
        user: Some("alice@example.com".to_owned()),
        ..StartAuthenticationRequest::default()
    };
    let Start::NewPackage(mut package) = tenant.start_authentication(base, &start, &[]) else {
        panic!("alice gets a package");
    };
    let mechanism = package.challenges.remove(0).mechanisms.remove(0);
    let answer = AdvanceAuthenticationRequest {
        session_id: Some(package.session_id),
        operation: Operation {
            mechanism_id: Some(mechanism.mechanism_id),
            action: Some("Answer".to_owned()),
            answer: Some(Answer::Text(Secret::new("alice-password"))),
        },
        ..AdvanceAuthenticationRequest::default()
    };
    match tenant.advance_authentication(base, &answer) {
        Advance::Success(login) => login.session_id().to_owned(),
        other => panic!("alice's password is right: {other:?}"),
    }
}
