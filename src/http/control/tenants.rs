//! Tenants as a whole: reset, snapshot, restore; named ones, put and deleted.

use actix_web::HttpResponse;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::call::{Call, done, put, shown};
use super::operation::{Operation, Outcome, Run};
use super::problem::Problem;
use crate::protocol::base_url::BaseUrl;
use crate::tenant::document::TenantDocument;
use crate::tenant::tenants::{DEFAULT, PutError, TenantName};

pub(super) const OPERATIONS: [Operation; 8] = [
    Operation::new("DELETE", "", "Reset the tenant to what it began with", Run::Show(reset)),
    Operation::new("POST", "/reset", "Reset the tenant to what it began with", Run::Show(reset)),
    Operation::new(
        "GET",
        "/snapshot",
        "The tenant as a fixture document, without sessions, codes and tokens",
        Run::Show(snapshot),
    )
    .gives::<TenantDocument>(),
    Operation::new(
        "PUT",
        "/snapshot",
        "Make the tenant what a document says; nobody is signed in then",
        Run::Now(restore),
    )
    .takes::<TenantDocument>(),
    Operation::new("GET", "/tenants", "The tenants of the process", Run::Show(list))
        .gives::<Vec<TenantView>>()
        .of_process(),
    Operation::new("GET", "/tenants/{tenant}", "A tenant", Run::Now(show))
        .gives::<TenantView>()
        .of_process(),
    Operation::new(
        "PUT",
        "/tenants/{tenant}",
        "Add a tenant, or put a new one in its place",
        Run::Now(put_tenant),
    )
    .takes_if_any::<NewTenant>()
    .gives::<TenantView>()
    .with(&[200, 201])
    .of_process(),
    Operation::new("DELETE", "/tenants/{tenant}", "Delete a named tenant", Run::Now(delete))
        .of_process(),
];

/// A tenant to be.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct NewTenant {
    /// What the tenant is made of, as in a fixture; a copy of the default tenant when absent.
    document: Option<TenantDocument>,
    /// Host names that lead to the tenant, beside `{name}.localhost`.
    hosts: Vec<String>,
}

/// A tenant.
#[derive(Debug, Serialize, JsonSchema)]
struct TenantView {
    /// The name.
    name: String,
    /// Where its endpoints are.
    url: String,
    /// Host names that lead to it too.
    hosts: Vec<String>,
}

fn view(root: &BaseUrl, name: String, hosts: Vec<String>) -> TenantView {
    let url = match name.as_str() {
        DEFAULT => root.to_string(),
        name => root.below(&format!("/_tenant/{name}")).to_string(),
    };
    TenantView { name, url, hosts }
}

fn reset(call: &Call) -> HttpResponse {
    call.tenants.exchange(&call.name, call.tenant.renewed());
    done()
}

fn snapshot(call: &Call) -> HttpResponse {
    shown(&call.tenant.snapshot())
}

fn restore(call: &Call) -> Outcome {
    let tenant = call.tenant.made_of(call.body()?)?;
    call.tenants.exchange(&call.name, tenant);
    Ok(done())
}

fn list(call: &Call) -> HttpResponse {
    let tenants = call.tenants.list().into_iter();
    let tenants = tenants.map(|(name, hosts)| view(&call.root, name, hosts));
    shown(&tenants.collect::<Vec<_>>())
}

fn show(call: &Call) -> Outcome {
    let wanted = call.segment("tenant");
    let found = call.tenants.list().into_iter().find(|(name, _)| name == wanted);
    let (name, hosts) = found.ok_or_else(|| absent(wanted))?;
    Ok(shown(&view(&call.root, name, hosts)))
}

fn put_tenant(call: &Call) -> Outcome {
    let name = name_of(call)?;
    let NewTenant { document, hosts } = call.body_if_any()?;
    let default = call.tenants.default_tenant();
    let tenant = match document {
        Some(document) => {
            default.beside(document).map_err(|error| Problem::from(error).below("/document"))?
        }
        None => default.beside(default.snapshot())?,
    };
    let hosts = hosts.into_iter().enumerate().map(host).collect::<Result<Vec<_>, _>>()?;
    let is_new = call.tenants.put(&name, tenant, hosts.clone()).map_err(|error| {
        let problem = Problem::conflict(error.to_string());
        match error {
            PutError::HostTaken(_) => problem.at("/hosts"),
            PutError::Full => problem,
        }
    })?;
    Ok(put(is_new, &view(&call.root, name.to_string(), hosts)))
}

/// The host as requests name it.
fn host((index, text): (usize, String)) -> Result<String, Problem> {
    let base: Option<BaseUrl> = format!("http://{text}").parse().ok();
    // A port, a path or a user would not come back as the same text.
    let host = base.filter(|base| base.host().eq_ignore_ascii_case(text.as_str()));
    host.map(|base| base.host().to_owned()).ok_or_else(|| {
        let problem = format!("{text:?}: expected a host name without port, like idp.example");
        Problem::bad_request(problem).at(format!("/hosts/{index}"))
    })
}

fn delete(call: &Call) -> Outcome {
    let name = name_of(call)?;
    if call.tenants.remove(&name) { Ok(done()) } else { Err(absent(name.as_str())) }
}

fn name_of(call: &Call) -> Result<TenantName, Problem> {
    let name = call.segment("tenant");
    if name == DEFAULT {
        let text = "the default tenant is always there: reset it, or restore a document";
        return Err(Problem::conflict(text).in_parameter("tenant"));
    }
    name.parse().map_err(|error: String| Problem::bad_request(error).in_parameter("tenant"))
}

fn absent(name: &str) -> Problem {
    Problem::not_found(format!("there is no tenant {name:?}")).in_parameter("tenant")
}
