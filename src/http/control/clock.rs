//! The tenant's clock: read, set, advanced, stopped.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use actix_web::HttpResponse;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::call::{Call, shown};
use super::operation::{Operation, Outcome, Run};
use super::problem::Problem;
use crate::clock::{Clock, END_OF_TIME, Timestamp};
use crate::protocol::lifetime::Lifetime;

pub(super) const OPERATIONS: [Operation; 4] = [
    Operation::new("GET", "/clock", "What the clock shows", Run::Show(read)).gives::<ClockView>(),
    Operation::new("PUT", "/clock", "Set, stop or start the clock", Run::Now(set))
        .takes::<ClockChange>()
        .gives::<ClockView>(),
    Operation::new("POST", "/clock/advance", "Move the clock forward", Run::Now(advance))
        .takes::<Advance>()
        .gives::<ClockView>(),
    Operation::new("DELETE", "/clock", "Show the system's time again", Run::Show(reset))
        .gives::<ClockView>(),
];

/// What a clock shows.
#[derive(Debug, Serialize, JsonSchema)]
struct ClockView {
    /// The time in RFC 3339.
    now: String,
    /// Seconds since 1970, as in tokens.
    seconds: i64,
    /// Whether the clock stands still.
    frozen: bool,
}

/// A moment.
#[derive(Debug)]
enum Moment {
    /// Seconds since 1970, as in tokens.
    Seconds(i64),
    /// RFC 3339, like `2026-01-31T23:59:59Z`.
    Text(String),
}

/// RFC 3339, whose months have the days of the calendar, in the years 1970 to 9999.
const MOMENT: &str = "^(\
    (19[7-9][0-9]|[2-9][0-9]{3})-\
    ((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)\
    |02-(0[1-9]|1[0-9]|2[0-8]))\
    |(19(7[26]|8[048]|9[26])|[2-9][0-9](0[48]|[2468][048]|[13579][26])|([2468][048]|[3579][26])00)\
    -02-29)[Tt ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?\
    ([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";

/// The first and the last day where the offset may lead out of those years.
const AT_THE_EDGE: &str = "^(1970-01-01.*[+]|9999-12-31.*-[0-9:]*$)";

impl JsonSchema for Moment {
    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Whole seconds since 1970, as in tokens, or a time in RFC 3339",
            "anyOf": [
                { "type": "integer", "minimum": 0, "maximum": END_OF_TIME.seconds() },
                { "type": "string", "pattern": MOMENT, "not": { "pattern": AT_THE_EDGE } }
            ],
            "examples": [1_769_903_999, "2026-01-31T23:59:59Z"]
        })
    }
}

/// Not derived: an enum without tags is refused behind its value, where its place is lost.
impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl Visitor<'_> for Either {
            type Value = Moment;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time in RFC 3339, or whole seconds since 1970")
            }

            fn visit_i64<E: Error>(self, seconds: i64) -> Result<Moment, E> {
                Ok(Moment::Seconds(seconds))
            }

            fn visit_u64<E: Error>(self, seconds: u64) -> Result<Moment, E> {
                // What is too much for the type is too late for the clock.
                Ok(Moment::Seconds(i64::try_from(seconds).unwrap_or(i64::MAX)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Moment, E> {
                Ok(Moment::Text(text.to_owned()))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

/// How the clock is to stand; what is absent stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ClockChange {
    /// What it is to show, in the years 1970 to 9999.
    now: Option<Moment>,
    /// Whether it is to stand still.
    frozen: Option<bool>,
}

/// How far to move.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Advance {
    /// Seconds, or `d.hh:mm:ss`.
    by: Lifetime,
}

fn view(clock: &Clock) -> HttpResponse {
    let now = clock.now();
    let (seconds, frozen) = (now.seconds(), clock.is_frozen());
    shown(&ClockView { now: now.to_string(), seconds, frozen })
}

fn read(call: &Call) -> HttpResponse {
    view(call.tenant.clock())
}

fn set(call: &Call) -> Outcome {
    let ClockChange { now, frozen } = call.body()?;
    let to = now.map(moment).transpose()?;
    let clock = call.tenant.clock();
    match frozen {
        Some(true) => clock.freeze(),
        Some(false) => clock.unfreeze(),
        None => {}
    }
    if let Some(to) = to {
        clock.set(to);
    }
    Ok(view(clock))
}

fn moment(moment: Moment) -> Result<Timestamp, Problem> {
    let text = "expected a time like 2026-01-31T23:59:59Z, or seconds, of the years 1970 to 9999";
    match moment {
        Moment::Text(time) => time.parse().ok(),
        Moment::Seconds(seconds) => {
            let range = 0..=END_OF_TIME.seconds();
            range.contains(&seconds).then(|| Timestamp::from_seconds(seconds))
        }
    }
    .ok_or_else(|| Problem::bad_request(text).at("/now"))
}

fn advance(call: &Call) -> Outcome {
    let Advance { by } = call.body()?;
    call.tenant.clock().advance(Duration::from_secs(by.seconds().unsigned_abs()));
    Ok(view(call.tenant.clock()))
}

fn reset(call: &Call) -> HttpResponse {
    call.tenant.reset_clock();
    view(call.tenant.clock())
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        // More than usual, so that rare days of the calendar come.
        #![proptest_config(proptest::test_runner::Config::with_cases(2_000))]

        #[test]
        fn what_the_schema_allows_is_read(text in MOMENT.trim_matches(['^', '$'])) {
            let is_at_the_edge = ["1970-01-01", "9999-12-31"].iter().any(|day| text.starts_with(day));
            proptest::prop_assert!(is_at_the_edge || moment(Moment::Text(text)).is_ok());
        }
    }
}
