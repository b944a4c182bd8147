//! Examples of bodies, put together from the examples of their fields. A field says what it looks like where it is
//! declared; whatever carries it then has an example, and the document, the page `/api/docs` and the tests that send each
//! one are right by one line. How to write that line is in docs/style.md.

use serde_json::{Map, Value, json};

/// When everything in the examples happened.
const MOMENT: &str = "2026-11-23T09:02:00.000Z";
/// Schemas of ours are three deep; what refers to itself ends here.
const DEEPEST: usize = 12;

/// An id for what a noun names: the same one wherever the noun is spoken of, so that examples belong together.
pub(crate) fn example_id(noun: &str) -> String {
    // FNV-1a, 64 bits; 48 of them fill the last group. `SiteOfDevice` is a site.
    let noun = noun.split("Of").next().unwrap_or_default().to_ascii_lowercase();
    let hash = noun
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    format!("019ac2f0-0000-7000-8000-{:012x}", hash >> 16)
}

/// Says what a body of this schema looks like. `None` when a field within has no example.
pub(crate) fn example(schemas: &Map<String, Value>, schema: &Value) -> Option<Value> {
    Composer { schemas }.compose(schema, "", DEEPEST)
}

struct Composer<'a> {
    /// `components/schemas`.
    schemas: &'a Map<String, Value>,
}

impl Composer<'_> {
    fn compose(&self, schema: &Value, noun: &str, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        if let Some(own) = own_example(schema) {
            return Some(own.clone());
        }
        if let Some(name) = schema["$ref"].as_str().and_then(|pointer| pointer.rsplit('/').next()) {
            return self.compose(self.schemas.get(name)?, name, depth);
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let parts: Option<Vec<Value>> =
                parts.iter().map(|part| self.compose(part, noun, depth)).collect();
            let fields = parts?.into_iter().filter_map(|part| match part {
                Value::Object(fields) => Some(fields),
                _ => None,
            });
            return Some(Value::Object(fields.flatten().collect()));
        }
        if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
            let choices = choices.iter().filter(|choice| choice["type"] != "null");
            return choices.into_iter().find_map(|choice| self.compose(choice, noun, depth));
        }
        match (kind(schema)?, schema["format"].as_str()) {
            ("object", _) => {
                let fields = schema["properties"].as_object()?.iter();
                let fields: Option<Map<String, Value>> = fields
                    .map(|(name, field)| {
                        Some((name.clone(), self.compose(field, noun_of(name, noun), depth)?))
                    })
                    .collect();
                fields.map(Value::Object)
            }
            ("array", _) => Some(json!([self.compose(&schema["items"], noun, depth)?])),
            ("string", Some("uuid")) => Some(example_id(noun).into()),
            ("string", Some("date-time")) => Some(MOMENT.into()),
            ("integer" | "number", _) => Some(schema["minimum"].as_i64().unwrap_or(1).max(1).into()),
            ("boolean", _) => Some(false.into()),
            _ => None,
        }
    }
}

/// What is said of the value itself; the words of an enumeration are examples, too.
fn own_example(schema: &Value) -> Option<&Value> {
    let first = |name: &str| schema[name].as_array().and_then(|values| values.first());
    first("examples")
        .or_else(|| schema.get("example"))
        .or_else(|| schema.get("const"))
        .or_else(|| first("enum"))
}

/// The type, without the `null` that may stand beside it.
pub(crate) fn kind(schema: &Value) -> Option<&str> {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    }
}

/// What the id in this field is the id of.
fn noun_of<'a>(field: &'a str, owner: &'a str) -> &'a str {
    field.strip_suffix("_id").or_else(|| field.strip_suffix("_ids")).unwrap_or(owner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_put_together() {
        let schemas = json!({
            "Site": {"type": "object", "properties": {
                "id": {"type": "string", "format": "uuid"},
                "name": {"type": "string", "examples": ["Lyon"]},
                "code": {"type": ["string", "null"], "examples": [null]},
            }},
            "Named": {"allOf": [{"$ref": "#/components/schemas/Site"}, {"type": "object", "properties": {
                "site_id": {"type": "string", "format": "uuid"},
                "ports": {"type": "integer", "minimum": 0},
                "language": {"enum": ["en", "fr"]},
            }}]},
            "Untold": {"type": "object", "properties": {"name": {"type": "string"}}},
            "Endless": {"type": "array", "items": {"$ref": "#/components/schemas/Endless"}},
        });
        let schemas = schemas.as_object().unwrap();
        let of = |name: &str| example(schemas, &json!({"$ref": format!("#/components/schemas/{name}")}));
        let id = example_id("site");
        let expected =
            json!({"id": id, "name": "Lyon", "code": null, "site_id": id, "ports": 1, "language": "en"});
        assert_eq!(of("Named"), Some(expected));
        assert_eq!((of("Untold"), of("Endless"), of("Absent")), (None, None, None));
        assert_eq!(example_id("SiteOfDevice"), id);
        assert_ne!(example_id("device"), id);
    }
}
