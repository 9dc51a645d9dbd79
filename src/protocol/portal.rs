//! The user portal's and the directory's JSON.
//!
//! Only members that public clients read, by the names under which they read them
//! (cyberark/ark-sdk-python, pspete/IdentityCommand, cyberark/identity-demo-java, the Centrify
//! samples); the values of those that a mock has nothing for are inferred.

use serde::{Deserialize, Serialize};

/// Body of a call about one user.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct UserCall {
    /// UUID of the user.
    #[serde(rename = "ID", alias = "Id", alias = "id")]
    pub id: Option<String>,
}

/// `Result` of `/UPRest/GetUPData`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "each field is the member of its name")]
pub struct UpData {
    pub apps: Vec<PortalApp>,
    pub default_tag: Option<&'static str>,
    pub tags: Vec<&'static str>,
}

/// An application as the portal shows it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "each field is the member of its name")]
pub struct PortalApp {
    pub name: String,
    pub display_name: String,
    pub description: &'static str,
    pub app_key: String,
    pub app_type: &'static str,
    pub web_app_type: &'static str,
    pub template_name: &'static str,
    pub icon: &'static str,
    pub url: Option<&'static str>,
}

/// `Result` of `/UPRest/GetSecuredItemsData`.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecuredItems {
    /// Always empty: the mock keeps nobody's secrets.
    pub secured_items: Vec<&'static str>,
}

/// `Result` of `/CDirectoryService/GetUser`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "each field is the member of its name")]
pub struct DirectoryUser {
    pub uuid: String,
    pub name: String,
    pub display_name: String,
    pub mail: Option<String>,
    pub mobile_number: Option<String>,
    pub oauth_client: bool,
}
