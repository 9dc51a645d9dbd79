//! Who a token is about.

use std::sync::Arc;

use super::Tenant;
use super::grant::Grant;
use super::terms::Subject;
use super::user::Member;

/// Who a token is about: a user of the directory, or the client itself.
#[derive(Debug, Clone)]
pub(super) enum Principal {
    User(Arc<Member>),
    Client(Arc<str>),
}

impl Principal {
    /// The claim `sub`.
    pub(super) fn id(&self) -> &str {
        match self {
            Self::User(user) => user.uuid(),
            Self::Client(client_id) => client_id,
        }
    }

    /// The claim `unique_name`.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::User(user) => &user.name,
            Self::Client(client_id) => client_id,
        }
    }

    /// The user, if it is one.
    pub(super) fn user(&self) -> Option<&Member> {
        match self {
            Self::User(user) => Some(user),
            Self::Client(_) => None,
        }
    }
}

impl Tenant {
    /// Who the grant is about; `None` when that user is gone, or the client's registration
    /// ([RFC 7592 §2.3](https://www.rfc-editor.org/rfc/rfc7592#section-2.3)).
    pub(super) fn principal(&self, grant: &Grant) -> Option<Principal> {
        let terms = &grant.terms;
        if terms.ends_with_client {
            self.0.apps.get(&terms.application_id)?.registrations.client(&terms.client_id)?;
        }
        match &terms.subject {
            Subject::User(uuid) => self.0.users.by_uuid(uuid).map(Principal::User),
            Subject::Client => Some(Principal::Client(terms.client_id.clone())),
        }
    }
}
