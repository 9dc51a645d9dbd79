//! Tokens that a client gives up.
//!
//! [RFC 7009](https://www.rfc-editor.org/rfc/rfc7009); texts: CyberArk's OpenAPI description of
//! `/OAuth2/Revoke`.

use super::Tenant;
use super::client::refuse_second_secret;
use super::grant::{Bearer, RefreshToken};
use super::introspect::refuse_unknown_hint;
use super::places::{refuse_duplicates, refuse_outside_form};
use super::registry::AppAt;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::error::OAuthError;
use crate::protocol::token::TokenCall;

impl Tenant {
    /// Ends a token of the client. A refresh token takes every token of its family along (RFC 7009
    /// §2.1). A token that is unknown, or another client's, is no error and left alone.
    ///
    /// # Errors
    ///
    /// An unknown application or client, or no token.
    pub fn revoke(
        &self,
        base: &BaseUrl,
        application_id: &str,
        call: &TokenCall,
    ) -> Result<(), OAuthError> {
        let registered = self.app(application_id)?;
        refuse_duplicates(registered.policy, call.duplicated.as_deref())?;
        refuse_outside_form(registered.policy, &call.places)?;
        refuse_unknown_hint(registered.policy, call)?;
        refuse_second_secret(registered.policy, &call.client)?;
        let client = self.client(&AppAt::new(base, registered.clone()), &call.client)?;
        let Some(token) = call.token.as_deref() else {
            return Err(OAuthError::invalid_request("missing token"));
        };
        let now = self.0.clock.now();
        if let Some(Bearer::Access(live) | Bearer::Identity(live)) = self.0.tokens.read(token, now)
            && live.family.grant.is_of(&registered, &client)
        {
            self.0.tokens.end(token, now);
        }
        self.0.refresh_tokens.read(token, now, |state| {
            let (RefreshToken::Live(family) | RefreshToken::Rotated(family)) = state;
            if family.grant.is_of(&registered, &client) {
                family.revoke();
            }
        });
        Ok(())
    }
}
