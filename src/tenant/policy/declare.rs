//! How the fields of a policy are declared: one list makes the struct, its presets, what a fixture
//! may set, and the table of departures.

use serde::Serialize;

/// One row of the table of departures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// The field's name, as in a fixture's `policy`.
    pub field: &'static str,
    /// Its value in the `cyberark` preset.
    pub cyberark: String,
    /// Its value in the `strict` preset.
    pub strict: String,
}

/// Declares [`Policy`], its presets and [`PolicyOverrides`] from one list.
macro_rules! policy {
    ($($(#[doc = $doc:literal])+ $field:ident: $kind:ident = $cyberark:ident | $strict:ident;)+) => {
        /// How the tenant behaves where product and specifications part. See the module.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Policy {
            $($(#[doc = $doc])+ pub $field: $kind,)+
        }

        /// Fields of [`Policy`] that a fixture sets on its own; the others keep the preset's value.
        #[derive(
            Debug, Clone, Copy, Default, PartialEq, Eq,
            serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        #[serde(default, deny_unknown_fields)]
        pub struct PolicyOverrides {
            $($(#[doc = $doc])+ #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$kind>,)+
        }

        impl Policy {
            /// What the product does.
            pub const fn cyberark() -> Self {
                Self { $($field: $kind::$cyberark,)+ }
            }

            /// What the specifications and certification demand.
            pub const fn strict() -> Self {
                Self { $($field: $kind::$strict,)+ }
            }

            /// This policy with the fields that `overrides` sets.
            #[must_use]
            pub fn with(self, overrides: &PolicyOverrides) -> Self {
                Self { $($field: overrides.$field.unwrap_or(self.$field),)+ }
            }

            /// Every field with its value in both presets, in the order of the source.
            pub fn departures() -> Vec<Departure> {
                let (cyberark, strict) = (Self::cyberark(), Self::strict());
                vec![$($crate::tenant::policy::Departure {
                    field: stringify!($field),
                    cyberark: $crate::tenant::policy::declare::wire_name(cyberark.$field),
                    strict: $crate::tenant::policy::declare::wire_name(strict.$field),
                },)+]
            }
        }
    };
}
pub(super) use policy;

/// The value's name as a fixture writes it.
pub(super) fn wire_name(value: impl Serialize) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|name| name.as_str().map(str::to_owned))
        .expect("every policy value is an enum without data")
}
