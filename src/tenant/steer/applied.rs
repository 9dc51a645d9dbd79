//! Where the rules ask what a test wants to happen.

use std::sync::Arc;

use super::super::Tenant;
use super::super::asked::Concerned;
use super::super::document::DocumentError;
use super::super::grant::Grant;
use super::super::platform::PLATFORM_APP;
use super::super::principal::Principal;
use super::super::user::Member;
use super::{Changes, Named, SignInOutcome, Steer, TokenKind};
use crate::protocol::digest::format_uuid;
use crate::protocol::error::{ErrorCode, OAuthError};

impl Tenant {
    /// Adds an entry to the steering under an id of its own, which is returned.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] by the JSON path in the entry.
    pub fn steer(&self, entry: Steer) -> Result<String, DocumentError> {
        let id = format_uuid(self.0.ids.sixteen(), 4);
        self.steering().put(&id, entry)?;
        Ok(id)
    }

    /// The changes for one answer with tokens, or about one. Nothing is looked up while no test
    /// steers.
    pub(in crate::tenant) fn changes(&self, named: Named<'_>, kinds: &[TokenKind]) -> Changes {
        if !self.steering().is_used() {
            return Changes::default();
        }
        let who = Concerned {
            app: Some(named.app.to_owned()),
            client: Some(named.client.to_owned()),
            user: named.user.map(|user| user.name.clone()),
        };
        let fits = |steer: &Steer| Changes::concern(steer, kinds);
        Changes::of(self.steering().take(named.asked, &who, false, fits))
    }

    /// What the texts of changes may name in tokens and claims that stand for a session.
    pub(in crate::tenant) fn named_by_session<'a>(&'a self, user: &'a Member) -> Named<'a> {
        let (client, app) = (PLATFORM_APP, PLATFORM_APP);
        Named { user: Some(user), client, app, asked: self.asked() }
    }

    /// What the texts of changes may name.
    pub(in crate::tenant) fn named<'a>(
        &'a self,
        grant: &'a Grant,
        principal: &'a Principal,
    ) -> Named<'a> {
        Named {
            user: principal.user(),
            client: &grant.terms.client_id,
            app: &grant.terms.application_id,
            asked: self.asked(),
        }
    }

    /// The error that an authorization request is to get at its redirect URI.
    pub(in crate::tenant) fn steered_refusal(&self) -> Option<OAuthError> {
        let asked = self.asked().filter(|asked| asked.endpoint() == "authorize")?;
        let canned = self.steering().refusal(Some(asked), &self.concerned(asked))?;
        let code = ErrorCode::named(canned.error.as_deref()?)?;
        Some(OAuthError::new(code, canned.error_description.unwrap_or_default()))
    }

    /// The user who is signed in without a page.
    pub(in crate::tenant) fn steered_user(&self) -> Option<Arc<Member>> {
        let asked = self.asked()?;
        let hint = asked.parameter("login_hint");
        let who = self.concerned(asked);
        let fits = |steer: &Steer| match steer.sign_in_as.as_deref() {
            Some("*") => hint.is_some_and(|hint| self.user(hint).is_some()),
            Some(name) => self.user(name).is_some(),
            None => false,
        };
        let entry = self.steering().take(Some(asked), &who, true, fits).pop()?;
        match entry.steer.sign_in_as.as_deref()? {
            "*" => self.user(hint?),
            name => self.user(name),
        }
    }

    /// How a user's sign-in ends, whatever the answer.
    pub(in crate::tenant) fn steered_sign_in(&self, user: &Member) -> Option<SignInOutcome> {
        if !self.steering().is_used() {
            return None;
        }
        let asked = self.asked();
        let known = asked.map(|asked| self.concerned(asked)).unwrap_or_default();
        let who = Concerned { user: Some(user.name.clone()), ..known };
        let fits = |steer: &Steer| steer.sign_in.is_some();
        self.steering().take(asked, &who, true, fits).pop()?.steer.sign_in
    }
}
