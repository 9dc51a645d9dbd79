//! What a user sees and does in the portal: their applications, themselves, the end of their sessions.
//!
//! Who may see and sign out whom: the help of pspete/IdentityCommand on `Clear-IDUserSession` (the user, or an
//! administrator). Texts of refusals: CyberArk's OpenAPI description.

use std::sync::Arc;

use super::Tenant;
use super::app::AppType;
use super::notices::Notices;
use super::platform::PLATFORM_APP;
use super::session::Session;
use super::user::Member;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::claims::Claims;
use crate::protocol::digest::uuid_of;
use crate::protocol::local_path::LocalPath;
use crate::protocol::portal::{DirectoryUser, PortalApp, SecuredItems, UpData};
use crate::protocol::redirect_uri::RedirectUri;

/// The role that may see and sign out other users.
const ADMINISTRATORS: &str = "System Administrator";

/// Why a call of the portal is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortalRefusal {
    /// Nobody is signed in, or somebody who may not do this.
    NotAuthorized,
    /// There is no such user.
    UnknownUser,
}

impl Tenant {
    /// The applications of the user: every one but the platform's, as the mock knows no permissions.
    ///
    /// # Errors
    ///
    /// [`PortalRefusal::NotAuthorized`].
    pub fn up_data(&self, credentials: &[String]) -> Result<UpData, PortalRefusal> {
        self.signed_in(credentials)?;
        let apps = self.apps().into_iter().filter(|app| app.application_id != PLATFORM_APP);
        let shown = apps.map(|app| PortalApp {
            display_name: app.name.unwrap_or_else(|| app.application_id.clone()),
            description: "",
            app_key: uuid_of(&format!("app {}", app.application_id)),
            app_type: "Web",
            web_app_type: match app.app_type {
                AppType::OpenidConnect => "OpenIDConnect",
                AppType::Oauth2Client | AppType::Oauth2Server => "OAuth",
            },
            template_name: match app.app_type {
                AppType::OpenidConnect => "OpenIDConnect",
                AppType::Oauth2Client => "OAuth2ServerClient",
                AppType::Oauth2Server => "OAuth2Server",
            },
            icon: "",
            url: None,
            name: app.application_id,
        });
        Ok(UpData { apps: shown.collect(), default_tag: None, tags: Vec::new() })
    }

    /// The secured items of the user.
    ///
    /// # Errors
    ///
    /// [`PortalRefusal::NotAuthorized`].
    pub fn secured_items(&self, credentials: &[String]) -> Result<SecuredItems, PortalRefusal> {
        self.signed_in(credentials).map(|_| SecuredItems::default())
    }

    /// The user of this UUID, or who is signed in when there is none.
    ///
    /// # Errors
    ///
    /// [`PortalRefusal`].
    pub fn directory_user(
        &self,
        credentials: &[String],
        id: Option<&str>,
    ) -> Result<DirectoryUser, PortalRefusal> {
        let user = self.reachable(credentials, id)?;
        Ok(DirectoryUser {
            uuid: user.uuid().to_string(),
            name: user.name.clone(),
            display_name: user.display_name().to_owned(),
            mail: user.mail.clone(),
            mobile_number: user.phone.clone(),
            oauth_client: user.oauth_client,
        })
    }

    /// Signs out whom the credentials name.
    ///
    /// # Errors
    ///
    /// [`PortalRefusal::NotAuthorized`] when that is nobody.
    pub fn sign_out_current(&self, credentials: &[String]) -> Result<Notices, PortalRefusal> {
        self.signed_in(credentials)?;
        Ok(self.sign_out(credentials))
    }

    /// Ends every session of the user of this UUID, or of who is signed in when there is none.
    /// Tokens of applications live on.
    ///
    /// # Errors
    ///
    /// [`PortalRefusal`].
    pub fn sign_out_everywhere(
        &self,
        credentials: &[String],
        id: Option<&str>,
    ) -> Result<Notices, PortalRefusal> {
        let user = self.reachable(credentials, id)?;
        let is_theirs = |session: &Session| *session.user == *user.uuid();
        let ended = self.0.sessions.take_all(self.0.clock.now(), is_theirs);
        Ok(self.notices(&ended))
    }

    /// Where a sign-out leads that names a URL: a path of this server, or a post-logout URI of an
    /// application; nowhere else (inferred: the product documents no check).
    pub fn sign_out_target(&self, base: &BaseUrl, url: &str) -> Option<String> {
        let path = url.strip_prefix(&*base.to_string()).unwrap_or(url);
        if path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\") {
            let path = path.strip_prefix(base.path_prefix()).unwrap_or(path);
            return Some(LocalPath::below(base.path_prefix(), path).as_str().to_owned());
        }
        let uri: RedirectUri = url.parse().ok()?;
        let lists = self.0.apps.list().iter().any(|candidate| {
            candidate.clients().any(|client| client.allows_post_logout_redirect(&uri))
        });
        lists.then(|| uri.as_str().to_owned())
    }

    /// What CyberArk's SDK reads from the `UserInfo` of the platform beside the standard claims
    /// (cyberark/idsec-sdk-golang, `services/identity/users`).
    pub(super) fn platform_profile(user: &Member) -> Claims {
        let role = |name: &String| serde_json::json!({ "name": name });
        let members = [
            ("first_name", user.given_name.as_deref().unwrap_or(user.display_name()).into()),
            ("last_name", user.family_name.as_deref().unwrap_or(user.display_name()).into()),
            ("home_number", user.phone.as_deref().unwrap_or_default().into()),
            ("manager", "".into()),
            ("username", user.name.as_str().into()),
            ("groups", serde_json::Value::Array(Vec::new())),
            ("rights", serde_json::Value::Array(Vec::new())),
            ("roles", user.roles.iter().map(role).collect()),
        ];
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn signed_in(&self, credentials: &[String]) -> Result<(Session, Arc<Member>), PortalRefusal> {
        let session = self.session(credentials).ok_or(PortalRefusal::NotAuthorized)?;
        let user = self.0.users.by_uuid(&session.user).ok_or(PortalRefusal::NotAuthorized)?;
        Ok((session, user))
    }

    /// The user whom the caller means, and may: themselves, or anybody for an administrator.
    fn reachable(
        &self,
        credentials: &[String],
        id: Option<&str>,
    ) -> Result<Arc<Member>, PortalRefusal> {
        let (_, caller) = self.signed_in(credentials)?;
        match id {
            None => Ok(caller),
            Some(id) if caller.uuid() == id => Ok(caller),
            Some(id) if caller.roles.iter().any(|role| role == ADMINISTRATORS) => {
                self.0.users.by_uuid(id).ok_or(PortalRefusal::UnknownUser)
            }
            Some(_) => Err(PortalRefusal::NotAuthorized),
        }
    }
}
