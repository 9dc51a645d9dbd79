//! What the JSON Schema of an entry says beside its members.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

/// `NQSCHAR` of [RFC 6749 Appendix A](https://www.rfc-editor.org/rfc/rfc6749#appendix-A).
pub(super) const ERROR_TEXT: &str = r"^[ !#-\[\]-~]*$";

/// Names are tokens ([RFC 9110 §5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2)), values
/// printable ASCII.
pub(super) fn fields(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "propertyNames": { "pattern": "^[A-Za-z0-9_.!#$%&'*+^`|~-]+$" },
        "additionalProperties": { "type": "string", "pattern": "^[ -~]*$" }
    })
}

/// The members of which an entry has one, or one group; null is as good as absent.
const GROUPS: [&[&str]; 4] =
    [&["tokens"], &["sign_in"], &["sign_in_as"], &["answer", "delay", "fault"]];

/// Says that one of the groups is there and no other.
pub(super) fn one_group(schema: &mut Schema) {
    let others = |own: &[&str]| -> Value {
        let others = GROUPS.iter().copied().flatten().filter(|name| !own.contains(name));
        others.map(|name| ((*name).to_owned(), json!({ "type": "null" }))).collect()
    };
    let is_there = |name: &&str| json!({ "required": [name], "properties": { *name: { "not": { "type": "null" } } } });
    let alternatives = GROUPS.map(|group| {
        let some: Vec<Value> = group.iter().map(is_there).collect();
        json!({ "anyOf": some, "properties": others(group) })
    });
    schema.insert("oneOf".to_owned(), json!(alternatives));
}
