//! The `OpenAPI` 3.1 document of the control API, made of its tables and of the schemas of its
//! structs ([spec.openapis.org](https://spec.openapis.org/oas/v3.1.0)).

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::operation::Operation;
use super::problem::{PROBLEM_JSON, Problem};
use crate::tenant::app::{APPLICATION_ID, reserved_pattern};
use crate::tenant::user::LOGIN_NAME;

/// What [`crate::tenant::tenants::TenantName`] takes.
const TENANT_NAME: &str = "^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$";

/// The document.
pub(super) fn document(operations: &[&Operation]) -> Value {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    for operation in operations {
        let described = described(operation, &mut generator);
        let member = operation.method.to_ascii_lowercase();
        let mut add = |path: String, described: Value| {
            let item = paths.entry(path).or_insert_with(|| json!({}));
            item[&member] = described;
        };
        add(format!("/_mock/v1{}", operation.path), described.clone());
        if !operation.of_process && !operation.path.is_empty() {
            let path = format!("/_mock/v1/tenants/{{tenant}}{}", operation.path);
            add(path, of_named_tenant(described));
        }
    }
    let problem = generator.subschema_for::<Problem>();
    let schemas = generator.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Control API of the CyberArk Identity mock",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {
                "problem": {
                    "description": "What is wrong, and where",
                    "content": { PROBLEM_JSON: { "schema": problem } },
                },
            },
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
        "security": [{}, { "token": [] }],
    })
}

fn described(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let mut parameters: Vec<Value> = operation
        .path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{'))
        .map(|name| in_path(name.trim_end_matches('}')))
        .collect();
    parameters.extend(in_query(operation, generator));
    let mut described = json!({
        "operationId": id(operation),
        "summary": operation.summary,
        "parameters": parameters,
        "responses": responses(operation, generator),
    });
    if let Some(body) = operation.body {
        described["requestBody"] = json!({
            "required": !operation.is_body_optional,
            "content": { "application/json": { "schema": body(generator) } },
        });
    }
    described
}

fn id(operation: &Operation) -> String {
    let words = operation.path.split(['/', '-']).map(|word| word.trim_matches(['{', '}']));
    let words = words.filter(|word| !word.is_empty());
    std::iter::once(operation.method.to_ascii_lowercase().as_str())
        .chain(words)
        .collect::<Vec<_>>()
        .join("_")
}

fn in_path(name: &str) -> Value {
    let schema = match name {
        "tenant" => json!({ "type": "string", "pattern": TENANT_NAME }),
        "user" => json!({ "type": "string", "pattern": LOGIN_NAME }),
        "app" => json!({
            "type": "string",
            "pattern": APPLICATION_ID,
            "not": { "pattern": reserved_pattern() },
        }),
        "role" => json!({ "type": "string", "pattern": r"\S" }),
        _ => json!({ "type": "string", "minLength": 1 }),
    };
    json!({ "name": name, "in": "path", "required": true, "schema": schema })
}

/// A parameter for each member of the struct.
fn in_query(operation: &Operation, generator: &mut SchemaGenerator) -> Vec<Value> {
    let Some(query) = operation.query else {
        return Vec::new();
    };
    // A reference to a definition: the members stand there.
    let schema = query(generator);
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|at| at.rsplit('/').next());
    let definition = name.and_then(|name| generator.definitions_mut().remove(name));
    let members = definition.as_ref().unwrap_or(schema.as_value()).get("properties").cloned();
    let members = members.and_then(|members| members.as_object().cloned()).unwrap_or_default();
    let parameter = |(name, schema): (String, Value)| {
        let description = schema.get("description").cloned().unwrap_or_default();
        json!({ "name": name, "in": "query", "description": description, "schema": schema })
    };
    members.into_iter().map(parameter).collect()
}

fn responses(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let mut responses = Map::new();
    for status in operation.statuses {
        let mut response = json!({ "description": "Done" });
        if let Some(answer) = operation.answer {
            response["content"] = json!({ "application/json": { "schema": answer(generator) } });
        }
        responses.insert(status.to_string(), response);
    }
    responses.insert("default".to_owned(), json!({ "$ref": "#/components/responses/problem" }));
    Value::Object(responses)
}

/// The same operation of a tenant that the path names.
fn of_named_tenant(mut described: Value) -> Value {
    let id = described["operationId"].as_str().unwrap_or_default();
    described["operationId"] = json!(format!("{id}_of_tenant"));
    if let Some(parameters) = described["parameters"].as_array_mut() {
        parameters.insert(0, in_path("tenant"));
    }
    described
}
