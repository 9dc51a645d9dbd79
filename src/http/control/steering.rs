//! Steering: entries that say what happens to which requests.

use actix_web::HttpResponse;
use schemars::JsonSchema;
use serde::Serialize;

use super::call::{Call, done, put, shown};
use super::operation::{Operation, Outcome, Run};
use super::problem::Problem;
use crate::tenant::steer::Steer;

pub(super) const OPERATIONS: [Operation; 6] = [
    Operation::new("GET", "/steering", "The entries, with what is left of them", Run::Show(list))
        .gives::<Vec<SteerView>>(),
    Operation::new("POST", "/steering", "Add an entry under an id of its own", Run::Now(add))
        .takes::<Steer>()
        .gives::<SteerView>()
        .with(&[201]),
    Operation::new("DELETE", "/steering", "Remove every entry", Run::Show(clear)),
    Operation::new("GET", "/steering/{id}", "An entry", Run::Now(show)).gives::<SteerView>(),
    Operation::new("PUT", "/steering/{id}", "Add or change an entry", Run::Now(put_entry))
        .takes::<Steer>()
        .gives::<SteerView>()
        .with(&[200, 201]),
    Operation::new("DELETE", "/steering/{id}", "Remove an entry", Run::Now(remove)),
];

/// An entry under its id.
#[derive(Debug, Serialize, JsonSchema)]
struct SteerView {
    /// The id.
    id: String,
    /// What happens, when; `times` is what is left.
    entry: Steer,
}

fn views(call: &Call) -> Vec<SteerView> {
    let entries = call.tenant.steering().list().into_iter();
    entries.map(|(id, entry)| SteerView { id, entry }).collect()
}

fn list(call: &Call) -> HttpResponse {
    shown(&views(call))
}

fn clear(call: &Call) -> HttpResponse {
    call.tenant.steering().clear();
    done()
}

fn show(call: &Call) -> Outcome {
    let id = call.segment("id");
    let found = call.tenant.steering().get(id);
    found.map(|entry| shown(&SteerView { id: id.to_owned(), entry })).ok_or_else(|| absent(id))
}

fn add(call: &Call) -> Outcome {
    let entry: Steer = call.body()?;
    let id = call.tenant.steer(entry.clone())?;
    Ok(put(true, &SteerView { id, entry }))
}

fn put_entry(call: &Call) -> Outcome {
    let entry: Steer = call.body()?;
    let id = call.segment("id").to_owned();
    let is_new = call.tenant.steering().put(&id, entry.clone())?;
    Ok(put(is_new, &SteerView { id, entry }))
}

fn remove(call: &Call) -> Outcome {
    let id = call.segment("id");
    if call.tenant.steering().remove(id) { Ok(done()) } else { Err(absent(id)) }
}

fn absent(id: &str) -> Problem {
    Problem::not_found(format!("there is no entry {id:?}: it was used up, or never there"))
        .in_parameter("id")
}
