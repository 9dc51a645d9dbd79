//! The successful authorization response: the code is issued, the tokens wait to be signed.

use super::Tenant;
use super::authorize::SignedIn;
use super::callback::{Callback, Redirection};
use super::client::Client;
use super::grant::{ClaimWishes, Code, Family, Grant, IssuedCode};
use super::issue::Issuance;
use super::policy::ResponseExtras;
use super::principal::Principal;
use super::registry::AppAt;
use super::request_check::Checked;
use super::terms::{Subject, Terms};
use crate::protocol::authorize::{AuthorizeResponse, ResponseParameters};
use crate::protocol::response_type::ResponseType;

/// An authorization response that has been decided on, its tokens not yet signed.
pub struct Delivery {
    to: Callback,
    response_type: ResponseType,
    extras: ResponseExtras,
    issuance: Issuance,
}

impl Delivery {
    /// How many signatures [`Self::respond`] will make.
    pub fn signatures(&self) -> usize {
        self.issuance.signatures()
    }

    /// Signs the tokens and puts the response together.
    pub fn respond(self) -> Redirection {
        let issued = self.issuance.sign();
        let has_access_token = issued.access_token.is_some();
        let with_scope = match self.extras {
            ResponseExtras::Sent => self.response_type.has_token(),
            ResponseExtras::Omitted => has_access_token,
        };
        let parameters = AuthorizeResponse {
            state: self.to.state(),
            response_type: (self.extras == ResponseExtras::Sent).then_some(self.response_type),
            code: issued.code,
            expires_in: has_access_token.then_some(issued.expires_in),
            access_token: issued.access_token,
            id_token: issued.id_token,
            scope: with_scope.then_some(issued.scope),
            iss: self.to.iss(),
        };
        self.to.deliver(ResponseParameters::from(parameters))
    }
}

impl Tenant {
    /// Issues the code, if one is wanted, and decides on the tokens.
    pub(super) fn deliver(
        &self,
        at: AppAt,
        checked: Checked,
        SignedIn { user, since, visits }: SignedIn,
    ) -> Delivery {
        if let Some(visits) = &visits {
            visits.record(&at, &checked.client_id);
        }
        let client = Client::known_as(&checked.client_id, checked.client);
        let subject = Subject::User(user.shared_uuid());
        let grant = Grant {
            terms: Terms::of(&at.registered, &client, subject, &checked.scope),
            authenticated_at: since,
            nonce: checked.nonce.map(Into::into),
            wishes: ClaimWishes::of(checked.wishes.acr, checked.wishes.claims),
            visits,
        };
        let code = checked.response_type.code.then(|| {
            self.issue_code(IssuedCode {
                grant: grant.clone(),
                redirect_uri: checked.redirect_uri,
                code_challenge: checked.code_challenge,
            })
        });
        Delivery {
            to: checked.callback,
            response_type: checked.response_type,
            extras: at.registered.policy.response_extras,
            issuance: Issuance {
                tenant: self.clone(),
                at,
                principal: Principal::User(user),
                family: Family::of(grant),
                scope: checked.scope,
                tokens: checked.front_channel,
                code,
                refresh_token: None,
                is_refresh: false,
                more: None,
            },
        }
    }

    pub(super) fn issue_code(&self, issued: IssuedCode) -> String {
        let code = self.0.ids.opaque();
        let lifetime = self.0.settings.authorization_code_lifetime.seconds();
        let expires = self.0.clock.now().plus_seconds(lifetime);
        self.0.codes.insert(&code, Code::Issued(issued.into()), expires);
        code
    }
}

impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery")
            .field("response_type", &self.response_type)
            .finish_non_exhaustive()
    }
}
