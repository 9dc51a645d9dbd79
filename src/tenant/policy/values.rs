//! The values that the fields of [`Policy`](super::Policy) can have, a file for each theme.

/// Declares the values of one field.
macro_rules! choice {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $value_doc:literal])+ $value:ident,)+ }) => {
        $(#[doc = $doc])+
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq,
            serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[doc = $value_doc])+ $value,)+ }
    };
}

mod authorize;
mod claims;
mod session;
mod token;
mod wishes;

pub use self::authorize::*;
pub use self::claims::*;
pub use self::session::*;
pub use self::token::*;
pub use self::wishes::*;
