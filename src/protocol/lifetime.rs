//! Lifetimes of tokens and sessions, in seconds or in the notation of CyberArk's portal.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};

/// Whole seconds: at least one, at most ten years of 366 days.
///
/// Written as a number of seconds, or as `[d.]hh:mm:ss` like the `TokenLifetimeString` of CyberArk's
/// web-app API (`"0.05:00:00"` is five hours; source: cyberark/terraform-provider-idsec,
/// `identity_webapp`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lifetime(i64);

const LONGEST: i64 = 10 * 366 * 24 * 3600;

/// The lifetime is out of range or not in the notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 1 to {LONGEST} seconds, as a number or as \"[d.]hh:mm:ss\"")]
pub struct LifetimeError;

impl Lifetime {
    /// A lifetime of so many seconds.
    ///
    /// # Errors
    ///
    /// When the number is out of range.
    pub const fn from_seconds(seconds: i64) -> Result<Self, LifetimeError> {
        if seconds >= 1 && seconds <= LONGEST { Ok(Self(seconds)) } else { Err(LifetimeError) }
    }

    /// Whole minutes, for defaults written in the source.
    pub(crate) const fn minutes(minutes: i64) -> Self {
        Self(minutes * 60)
    }

    /// The lifetime in seconds.
    pub const fn seconds(self) -> i64 {
        self.0
    }
}

impl FromStr for Lifetime {
    type Err = LifetimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (days, clock) = text.split_once('.').unwrap_or(("0", text));
        let fields: Vec<&str> = clock.split(':').collect();
        let [hours, minutes, seconds] = fields[..] else {
            return Err(LifetimeError);
        };
        let number = |field: &str, below: i64| {
            let digits =
                (1..=5).contains(&field.len()) && field.bytes().all(|b| b.is_ascii_digit());
            field.parse::<i64>().ok().filter(|value| digits && *value < below).ok_or(LifetimeError)
        };
        let hours = number(days, 4000)? * 24 + number(hours, 24)?;
        Self::from_seconds((hours * 60 + number(minutes, 60)?) * 60 + number(seconds, 60)?)
    }
}

impl fmt::Display for Lifetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (minutes, seconds) = (self.0 / 60, self.0 % 60);
        let (hours, minutes) = (minutes / 60, minutes % 60);
        write!(f, "{}.{:02}:{minutes:02}:{seconds:02}", hours / 24, hours % 24)
    }
}

impl Serialize for Lifetime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<'de> Deserialize<'de> for Lifetime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LifetimeVisitor)
    }
}

/// The notation: at most 3,659 days, each field within its range.
const TEXT: &str = "^(([0-2]?[0-9]{1,3}|3[0-5][0-9]{2}|36[0-5][0-9])\\.)?([01]?[0-9]|2[0-3]):\
                    [0-5]?[0-9]:[0-5]?[0-9]$";

struct LifetimeVisitor;

impl Visitor<'_> for LifetimeVisitor {
    type Value = Lifetime;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a lifetime in seconds or as \"[d.]hh:mm:ss\"")
    }

    fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Lifetime, E> {
        Lifetime::from_seconds(seconds)
            .map_err(|error| E::custom(format!("lifetime {seconds}: {error}")))
    }

    fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Lifetime, E> {
        self.visit_i64(i64::try_from(seconds).unwrap_or(i64::MAX))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Lifetime, E> {
        text.parse().map_err(|error| E::custom(format!("lifetime {text:?}: {error}")))
    }
}

impl schemars::JsonSchema for Lifetime {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Lifetime".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "Seconds, or [d.]hh:mm:ss as in CyberArk's TokenLifetimeString",
            "oneOf": [
                { "type": "integer", "minimum": 1, "maximum": LONGEST },
                { "type": "string", "pattern": TEXT, "not": { "pattern": "^[0.:]*$" } }
            ],
            "examples": [18000, "0.05:00:00"]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_portals_notation_is_read_and_written() {
        let five_hours: Lifetime = "0.05:00:00".parse().unwrap();
        assert_eq!((five_hours.seconds(), five_hours.to_string().as_str()), (18_000, "0.05:00:00"));
        assert_eq!("00:00:05".parse::<Lifetime>().unwrap().seconds(), 5);
        assert_eq!("1.02:03:04".parse::<Lifetime>().unwrap().seconds(), 93_784);
    }

    #[test]
    fn out_of_range_and_malformed_lifetimes_are_refused() {
        for json in [
            "0",
            "-5",
            "9223372036854775807",
            "18446744073709551615",
            "1.5",
            "\"\"",
            "\"5h\"",
            "\"0.25:00:00\"",
            "\"00:60:00\"",
            "\"+1:00:00\"",
            "\"1:2\"",
            "null",
            "\"0.00:00:00\"",
        ] {
            assert!(serde_json::from_str::<Lifetime>(json).is_err(), "{json}");
        }
    }
}
