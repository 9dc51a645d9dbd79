//! An operation of the control API: what serves it and what describes it, in one place.

use std::future::Future;
use std::pin::Pin;

use actix_web::HttpResponse;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::call::Call;
use super::problem::Problem;

/// What comes of a call.
pub(super) type Outcome = Result<HttpResponse, Problem>;

/// What serves an operation.
#[derive(Debug, Clone, Copy)]
pub(super) enum Run {
    /// Always has an answer.
    Show(fn(&Call) -> HttpResponse),
    /// Answers at once.
    Now(fn(&Call) -> Outcome),
    /// Waits for something, or signs elsewhere.
    Later(fn(Call) -> Pin<Box<dyn Future<Output = Outcome>>>),
}

/// Describes a type in a document that is being made.
pub(super) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// Nothing in optimised builds: they carry the finished document, a tenth of what makes it.
const fn described<T: JsonSchema>() -> Option<SchemaOf> {
    if cfg!(debug_assertions) { Some(schema_of::<T>) } else { None }
}

/// A method at a path below `/_mock/v1`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operation {
    pub(super) method: &'static str,
    /// `{name}` stands for a segment.
    pub(super) path: &'static str,
    pub(super) summary: &'static str,
    /// A struct with the parameters of the query.
    pub(super) query: Option<SchemaOf>,
    pub(super) body: Option<SchemaOf>,
    /// Whether the body may be left out.
    pub(super) is_body_optional: bool,
    /// Statuses of success, each with the same body if there is one.
    pub(super) statuses: &'static [u16],
    pub(super) answer: Option<SchemaOf>,
    /// Whether it is about the process and not about one tenant.
    pub(super) of_process: bool,
    pub(super) run: Run,
}

impl Operation {
    pub(super) const fn new(
        method: &'static str,
        path: &'static str,
        summary: &'static str,
        run: Run,
    ) -> Self {
        let statuses = &[204];
        Self {
            method,
            path,
            summary,
            query: None,
            body: None,
            is_body_optional: false,
            statuses,
            answer: None,
            of_process: false,
            run,
        }
    }

    /// It takes these parameters in the query.
    pub(super) const fn query<T: JsonSchema>(mut self) -> Self {
        self.query = described::<T>();
        self
    }

    /// It takes this body.
    pub(super) const fn takes<T: JsonSchema>(mut self) -> Self {
        self.body = described::<T>();
        self
    }

    /// It takes this body, or none.
    pub(super) const fn takes_if_any<T: JsonSchema>(self) -> Self {
        Self { is_body_optional: true, ..self.takes::<T>() }
    }

    /// It answers 200 with this body.
    pub(super) const fn gives<T: JsonSchema>(mut self) -> Self {
        self.statuses = &[200];
        self.answer = described::<T>();
        self
    }

    /// It answers these statuses.
    pub(super) const fn with(mut self, statuses: &'static [u16]) -> Self {
        self.statuses = statuses;
        self
    }

    /// It is about the process and not about one tenant.
    pub(super) const fn of_process(mut self) -> Self {
        self.of_process = true;
        self
    }

    /// The segments that stand for `{…}`, when the path is this operation's.
    pub(super) fn matches(&self, path: &str) -> Option<Vec<(&'static str, String)>> {
        let (mut own, mut sent) = (self.path.split('/'), path.split('/'));
        let mut named = Vec::new();
        loop {
            match (own.next(), sent.next()) {
                (None, None) => return Some(named),
                (Some(own), Some(sent)) => match own.strip_prefix('{') {
                    Some(name) => named.push((name.trim_end_matches('}'), decoded(sent)?)),
                    None if own == sent => {}
                    None => return None,
                },
                _ => return None,
            }
        }
    }
}

fn decoded(segment: &str) -> Option<String> {
    let text = percent_encoding::percent_decode_str(segment).decode_utf8().ok()?;
    Some(text.into_owned())
}
