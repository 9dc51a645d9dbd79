//! Fixtures: a file or folder, an inline document, or the built-in tenant, as one
//! [`TenantDocument`].
//!
//! An error names the file, the JSON path, what was found and what is allowed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::documents;
use crate::protocol::json::{self, JsonError};
use crate::tenant::document::{DocumentError, TenantDocument};

/// The files of the built-in tenant, which stand in the repository under `fixtures/`.
const BUILT_IN: [(&str, &str); 3] = [
    ("fixtures/tenant.json", include_str!("../fixtures/tenant.json")),
    ("fixtures/users.json", include_str!("../fixtures/users.json")),
    ("fixtures/apps.json", include_str!("../fixtures/apps.json")),
];

/// Why a fixture could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum FixtureError {
    /// The file or folder cannot be read.
    #[error("cannot read {}: {error}", file.display())]
    Unreadable {
        /// The file or folder.
        file: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The folder has no fixture in it.
    #[error("{}: the folder has no .json file", .0.display())]
    Empty(PathBuf),
    /// The text is no JSON, or not of the fixture's shape.
    #[error("{file}: at {path}: {problem}")]
    Malformed {
        /// The file, or what stands for it.
        file: String,
        /// JSON path of the member.
        path: String,
        /// What was found and what is allowed.
        problem: String,
    },
    /// Two files of a folder set the tenant's settings.
    #[error("{file}: at tenant: another file of the folder sets the tenant's settings already")]
    SecondTenant {
        /// The second file.
        file: String,
    },
}

/// The tenant that the program has without any configuration.
pub fn built_in() -> TenantDocument {
    let files = BUILT_IN.map(|(file, text)| (file.to_owned(), text.to_owned()));
    merge(files).expect("the fixtures in the repository are well-formed")
}

/// Reads an inline document; `name` stands for the file in errors.
///
/// # Errors
///
/// [`FixtureError::Malformed`].
pub fn from_text(name: &str, text: &str) -> Result<TenantDocument, FixtureError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let malformed = |path: String, problem: String| FixtureError::Malformed {
        file: name.to_owned(),
        path: if path == "." { "the top level".to_owned() } else { path },
        problem,
    };
    // The top level is told with what belongs there.
    if text.trim_start().starts_with('[') {
        let problem = "invalid type: list, expected an object with tenant, users and apps";
        return Err(malformed(".".to_owned(), problem.to_owned()));
    }
    let document: TenantDocument = json::read(text.as_bytes())
        .map_err(|JsonError { path, problem, .. }| malformed(path, problem))?;
    document.check().map_err(|DocumentError { path, problem }| malformed(path, problem))?;
    Ok(document)
}

/// Reads a file, or every `*.json` of a folder in the order of their names (but no
/// `*.schema.json`): lists are joined, and one file may set the tenant's settings.
///
/// # Errors
///
/// [`FixtureError`].
pub fn from_path(path: &Path) -> Result<TenantDocument, FixtureError> {
    let files = if path.is_dir() { files_in(path)? } else { vec![path.to_owned()] };
    let texts = files.into_iter().map(|file| {
        let text = fs::read_to_string(&file)
            .map_err(|error| FixtureError::Unreadable { file: file.clone(), error })?;
        Ok((file.display().to_string(), text))
    });
    merge(texts.collect::<Result<Vec<_>, _>>()?)
}

fn files_in(folder: &Path) -> Result<Vec<PathBuf>, FixtureError> {
    let unreadable = |error| FixtureError::Unreadable { file: folder.to_owned(), error };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let is_json = Path::new(&name).extension().is_some_and(|extension| extension == "json");
        if is_json && !name.ends_with(".schema.json") {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(FixtureError::Empty(folder.to_owned()));
    }
    files.sort();
    Ok(files)
}

fn merge(
    files: impl IntoIterator<Item = (String, String)>,
) -> Result<TenantDocument, FixtureError> {
    let mut whole = TenantDocument::default();
    for (file, text) in files {
        let part = from_text(&file, &text)?;
        if part.tenant.is_some() && whole.tenant.is_some() {
            return Err(FixtureError::SecondTenant { file });
        }
        whole.tenant = whole.tenant.or(part.tenant);
        whole.users.extend(part.users);
        whole.roles.extend(part.roles);
        whole.apps.extend(part.apps);
    }
    Ok(whole)
}

/// The JSON Schema (draft 2020-12) of a fixture, generated from the structs that read it. Optimised
/// builds have the committed text instead of what makes it, which is ten times the size.
pub fn json_schema() -> String {
    if !cfg!(debug_assertions) {
        return documents::fixture_schema();
    }
    let schema = schemars::schema_for!(TenantDocument);
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::{Tenant, TenantParts};

    #[test]
    fn the_built_in_tenant_holds_together() {
        let tenant = Tenant::new(built_in(), TenantParts::default()).unwrap();
        assert_eq!(tenant.settings().id, "ABC1234");
        assert!(tenant.users().iter().any(|user| user.name == "alice@example.com"));
    }

    #[test]
    fn the_folder_in_the_repository_can_be_served_whole() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let mut apps = from_path(&folder).unwrap().apps.into_iter();
        assert!(apps.any(|app| app.application_id == "certification"));
    }

    #[test]
    fn the_committed_schema_is_fresh() {
        let committed = include_str!("../fixtures/fixture.schema.json");
        assert!(
            committed == json_schema(),
            "make it anew: cargo run -- schema > fixtures/fixture.schema.json"
        );
    }

    #[test]
    fn an_error_names_file_path_finding_and_choice() {
        for (text, path, problem) in [
            (
                r#"{"users":[{"name":"a","pass":"b"}]}"#,
                "users[0].pass",
                "unknown field `pass`, expected one of `name`",
            ),
            (
                r#"{"apps":[{"application_id":"a","type":"saml"}]}"#,
                "apps[0].type",
                "unknown variant `saml`",
            ),
            (
                r#"{"apps":[{"application_id":"a","token_lifetime":-1}]}"#,
                "apps[0].token_lifetime",
                "lifetime -1: expected 1 to",
            ),
            (
                r#"{"apps":[{"application_id":"a","redirect_uris":["/cb"]}]}"#,
                "apps[0].redirect_uris[0]",
                "expected an absolute URI",
            ),
            (
                r#"{"tenant":{"policy":{"prompt_values":"some"}}}"#,
                "tenant.policy.prompt_values",
                "unknown variant `some`",
            ),
            ("[]", "the top level", "invalid type: list"),
            (r#"{"users":[["a"]]}"#, "users[0]", "invalid type: list, expected an object"),
            (r#"{"tenant":{"policy":[null]}}"#, "tenant.policy", "expected an object"),
            (
                r#"{"tenant":{"authentication":{"lockout":[3,60]}}}"#,
                "tenant.authentication.lockout",
                "expected an object",
            ),
            ("{} {}", "the top level", "trailing characters"),
            ("", "the top level", "EOF"),
        ] {
            let message = from_text("x.json", text).unwrap_err().to_string();
            assert!(message.starts_with(&format!("x.json: at {path}: ")), "{message}");
            assert!(message.contains(problem), "{message}");
        }
    }

    #[test]
    fn rules_that_a_document_breaks_are_named() {
        for (text, expected) in [
            (r#"{"users":[{"name":" a"}]}"#, r#"x.json: at users[0].name: " a": expected a login"#),
            (
                r#"{"users":[{"name":"a","claims":{"iss":"x"}}]}"#,
                "x.json: at users[0].claims.iss: the server computes",
            ),
            (
                r#"{"apps":[{"application_id":"a/b"}]}"#,
                r#"x.json: at apps[0].application_id: "a/b": expected letters"#,
            ),
            (r#"{"apps":[{"application_id":"OAuth2"}]}"#, "a path of its own"),
            (
                r#"{"apps":[{"application_id":"a","issuer":"https://x/?y"}]}"#,
                "x.json: at apps[0].issuer: ",
            ),
            (
                r#"{"apps":[{"application_id":"a","client_id_type":"confidential"}]}"#,
                "x.json: at apps[0].client_secret: none",
            ),
            (
                r#"{"apps":[{"application_id":"a","scopes":[{"name":"b c"}]}]}"#,
                r#"x.json: at apps[0].scopes: "b c": no scope token"#,
            ),
            (r#"{"tenant":{"live_limit":0}}"#, "x.json: at tenant.live_limit: 0: expected"),
            (r#"{"tenant":{"id":"<b>"}}"#, r#"x.json: at tenant.id: "<b>": expected letters"#),
        ] {
            let message = from_text("x.json", text).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn what_two_members_may_not_have_in_common_is_named() {
        for (text, expected) in [
            (
                r#"{"users":[{"name":"a"},{"name":"A"}]}"#,
                r#"users[1].name: "A": another user has it"#,
            ),
            (
                r#"{"users":[{"name":"a","uuid":"u"},{"name":"b","uuid":"u"}]}"#,
                r#"users[1].uuid: another user has the uuid of "b""#,
            ),
            (
                r#"{"apps":[{"application_id":"a"},{"application_id":"a"}]}"#,
                r#"apps[1].application_id: "a": another application has it"#,
            ),
        ] {
            let document = from_text("x.json", text).unwrap();
            let message = Tenant::new(document, TenantParts::default()).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
        }
    }
}
