//! Users, applications and roles, in the fixture's own structs.

use actix_web::HttpResponse;

use super::call::{Call, done, put, shown};
use super::operation::{Operation, Outcome, Run};
use super::problem::Problem;
use crate::tenant::app::App;
use crate::tenant::role::Role;
use crate::tenant::user::User;

pub(super) const OPERATIONS: [Operation; 12] = [
    Operation::new("GET", "/users", "The users", Run::Show(users)).gives::<Vec<User>>(),
    Operation::new("GET", "/users/{user}", "A user", Run::Now(user)).gives::<User>(),
    Operation::new("PUT", "/users/{user}", "Add or change a user", Run::Now(put_user))
        .takes::<User>()
        .gives::<User>()
        .with(&[200, 201]),
    Operation::new("DELETE", "/users/{user}", "Delete a user", Run::Now(delete_user)),
    Operation::new("GET", "/apps", "The applications", Run::Show(apps)).gives::<Vec<App>>(),
    Operation::new("GET", "/apps/{app}", "An application", Run::Now(app)).gives::<App>(),
    Operation::new("PUT", "/apps/{app}", "Add or change an application", Run::Now(put_app))
        .takes::<App>()
        .gives::<App>()
        .with(&[200, 201]),
    Operation::new("DELETE", "/apps/{app}", "Delete an application", Run::Now(delete_app)),
    Operation::new("GET", "/roles", "The roles, and who has them", Run::Show(roles))
        .gives::<Vec<Role>>(),
    Operation::new("GET", "/roles/{role}", "Who has a role", Run::Now(role)).gives::<Role>(),
    Operation::new(
        "PUT",
        "/roles/{role}",
        "Add or change a role, which its members have, and nobody else",
        Run::Now(put_role),
    )
    .takes::<Role>()
    .gives::<Role>()
    .with(&[200, 201]),
    Operation::new(
        "DELETE",
        "/roles/{role}",
        "Delete a role, which nobody has then",
        Run::Now(delete_role),
    ),
];

fn users(call: &Call) -> HttpResponse {
    let users = call.tenant.users();
    shown(&users.iter().map(|user| user.user()).collect::<Vec<&User>>())
}

fn user(call: &Call) -> Outcome {
    let name = call.segment("user");
    call.tenant.user(name).map(|user| shown(user.user())).ok_or_else(|| absent("user", name))
}

fn put_user(call: &Call) -> Outcome {
    let user: User = call.body()?;
    let name = call.segment("user");
    if !user.name.trim().eq_ignore_ascii_case(name) {
        return Err(another(&user.name, name).at("/name"));
    }
    let is_new = call.tenant.put_user(user.clone())?;
    Ok(put(is_new, &user))
}

fn delete_user(call: &Call) -> Outcome {
    let name = call.segment("user");
    if call.tenant.remove_user(name) { Ok(done()) } else { Err(absent("user", name)) }
}

fn apps(call: &Call) -> HttpResponse {
    shown(&call.tenant.apps())
}

fn app(call: &Call) -> Outcome {
    let id = call.segment("app");
    call.tenant.application(id).map(|app| shown(&app)).ok_or_else(|| absent("app", id))
}

fn put_app(call: &Call) -> Outcome {
    let app: App = call.body()?;
    let id = call.segment("app");
    if app.application_id != id {
        return Err(another(&app.application_id, id).at("/application_id"));
    }
    let is_new = call.tenant.put_app(app.clone())?;
    Ok(put(is_new, &app))
}

fn delete_app(call: &Call) -> Outcome {
    let id = call.segment("app");
    if call.tenant.remove_app(id) { Ok(done()) } else { Err(absent("app", id)) }
}

fn roles(call: &Call) -> HttpResponse {
    shown(&call.tenant.roles())
}

fn role(call: &Call) -> Outcome {
    let name = call.segment("role");
    call.tenant.role(name).map(|role| shown(&role)).ok_or_else(|| absent("role", name))
}

fn put_role(call: &Call) -> Outcome {
    let mut role: Role = call.body()?;
    let name = call.segment("role");
    if role.name.is_empty() {
        name.clone_into(&mut role.name);
    }
    if role.name != name {
        return Err(another(&role.name, name).at("/name"));
    }
    let is_new = call.tenant.put_role(role.clone())?;
    Ok(put(is_new, &role))
}

fn delete_role(call: &Call) -> Outcome {
    let name = call.segment("role");
    if call.tenant.remove_role(name) { Ok(done()) } else { Err(absent("role", name)) }
}

fn absent(what: &str, name: &str) -> Problem {
    Problem::not_found(format!("there is no {what} {name:?}")).in_parameter(what)
}

fn another(in_body: &str, in_path: &str) -> Problem {
    Problem::bad_request(format!("{in_body:?}: the path names {in_path:?}"))
}
