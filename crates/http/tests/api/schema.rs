//! Whether a value is what its schema says: the part of JSON Schema that the OpenAPI document uses. Stricter than the
//! standard in one thing: a field that the schema does not name is a fault, too.

use serde_json::{Map, Value};

/// What is wrong with the value, each with its place.
pub(crate) fn faults(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    check(document, schema, value, "", &mut faults);
    faults
}

fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|pointer| document.pointer(pointer.trim_start_matches('#'))) {
        Some(schema) => resolve(document, schema),
        None => schema,
    }
}

fn check(document: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let schema = resolve(document, schema);
    let mut say = |text: String| faults.push(format!("{at}: {text}: {value}"));
    if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        let fits = |choice: &Value| {
            let mut faults = Vec::new();
            check(document, choice, value, at, &mut faults);
            faults.is_empty()
        };
        if !choices.iter().any(fits) {
            say("is none of the choices".to_owned());
        }
        return;
    }
    let is_object = schema.get("properties").is_some() || schema.get("allOf").is_some();
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        Value::String(kind) => vec![kind],
        _ if is_object => vec!["object"],
        _ => Vec::new(),
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let fits = kinds.iter().any(|own| *own == kind || (*own == "number" && kind == "integer"));
    if !kinds.is_empty() && !fits {
        return say(format!("is no {}", kinds.join(" or ")));
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        say("is not one of the words".to_owned());
    }
    match value {
        Value::String(text) => {
            let is_right = match schema["format"].as_str() {
                Some("uuid") => uuid::Uuid::parse_str(text).is_ok(),
                Some("date-time") => text.parse::<jiff::Timestamp>().is_ok(),
                _ => true,
            };
            let length = u64::try_from(text.chars().count()).expect("a length");
            if !is_right || schema["maxLength"].as_u64().is_some_and(|most| length > most) {
                say("is not of its format".to_owned());
            }
        }
        Value::Number(number) => {
            let number = number.as_i64().expect("a whole number");
            let (least, most) = (schema["minimum"].as_i64(), schema["maximum"].as_i64());
            if least.is_some_and(|least| number < least) || most.is_some_and(|most| number > most) {
                say("is out of bounds".to_owned());
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                check(document, &schema["items"], item, &format!("{at}/{n}"), faults);
            }
        }
        Value::Object(object) if is_object => {
            let (mut properties, mut required) = (Map::new(), Vec::new());
            gather(document, schema, &mut properties, &mut required);
            for name in required.iter().filter(|name| !object.contains_key(*name)) {
                faults.push(format!("{at}/{name}: is missing"));
            }
            for (name, value) in object {
                match properties.get(name) {
                    Some(schema) => check(document, schema, value, &format!("{at}/{name}"), faults),
                    None => faults.push(format!("{at}/{name}: is not in the schema")),
                }
            }
        }
        Value::Object(object) if schema["additionalProperties"].is_object() => {
            for (name, value) in object {
                check(document, &schema["additionalProperties"], value, &format!("{at}/{name}"), faults);
            }
        }
        _ => {}
    }
}

/// The fields of an object that is put together of several.
fn gather(document: &Value, schema: &Value, properties: &mut Map<String, Value>, required: &mut Vec<String>) {
    let schema = resolve(document, schema);
    properties.extend(schema["properties"].as_object().cloned().unwrap_or_default());
    let names = schema["required"].as_array().into_iter().flatten();
    required.extend(names.filter_map(Value::as_str).map(str::to_owned));
    for part in schema["allOf"].as_array().into_iter().flatten() {
        gather(document, part, properties, required);
    }
}

#[test]
fn faults_are_found() {
    let document = serde_json::json!({"Site": {"type": "object", "required": ["id"], "properties": {
        "id": {"type": "string", "format": "uuid"},
        "name": {"type": ["string", "null"], "maxLength": 4},
        "ports": {"type": "integer", "minimum": 1},
    }}});
    let schema = serde_json::json!({"type": "array", "items": {"$ref": "#/Site"}});
    let id = "019b0000-0000-7000-8000-000000000000";
    for (value, expected) in [
        (serde_json::json!([{"id": id, "name": null, "ports": 1}]), ""),
        (serde_json::json!({}), ": is no array: {}"),
        (serde_json::json!([{}]), "/0/id: is missing"),
        (serde_json::json!([{"id": "x"}]), "/0/id: is not of its format: \"x\""),
        (serde_json::json!([{"id": id, "name": "Paris"}]), "/0/name: is not of its format: \"Paris\""),
        (serde_json::json!([{"id": id, "ports": 0}]), "/0/ports: is out of bounds: 0"),
        (serde_json::json!([{"id": id, "secret": 1}]), "/0/secret: is not in the schema"),
    ] {
        assert_eq!(faults(&document, &schema, &value).join("\n"), expected);
    }
}
