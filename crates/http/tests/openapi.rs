//! The OpenAPI document is locked: a change of the API is a change of this snapshot, seen in review.

use std::collections::BTreeSet;

use serde_json::Value;
use tonalite_core::text::Language;

fn document() -> Value {
    serde_json::to_value(tonalite_http::openapi_document()).expect("JSON")
}

fn operations(document: &Value) -> Vec<(String, Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let of_path = |(path, item): (&String, &Value)| {
        let item = item.as_object().expect("operations").clone();
        item.into_iter()
            .map(|(method, operation)| (format!("{method} {path}"), operation))
            .collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

#[test]
fn the_document_is_as_it_was() {
    let mut document = document();
    // The version is that of the release.
    document["info"]["version"] = "…".into();
    insta::assert_snapshot!("openapi", lines("", &document, 4));
}

/// One line for each part of an operation and each schema: pretty-printed, the document has 6,700 lines that nobody reads.
fn lines(pointer: &str, value: &Value, depth: usize) -> String {
    match value {
        Value::Object(object) if depth > 0 && !object.is_empty() => {
            let line = |(key, value): (&String, &Value)| lines(&format!("{pointer}/{key}"), value, depth - 1);
            object.iter().map(line).collect()
        }
        _ => format!("{pointer} = {value}\n"),
    }
}

#[test]
fn operations_are_described() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut names = BTreeSet::new();
    let operations = operations(&document);
    assert!(operations.len() >= 30, "{}", operations.len());
    for (what, operation) in &operations {
        let name = operation["operationId"].as_str().expect("an operationId");
        assert!(names.insert(name.to_owned()), "{name} twice");
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!((7..80).contains(&summary.len()) && !summary.ends_with('.'), "{what}: {summary:?}");
        assert!(
            !operation["description"].as_str().unwrap_or_default().is_empty(),
            "{what} has no description"
        );
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{what}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert_eq!(parameter["required"], parameter["in"] == "path", "{what}: {}", parameter["name"]);
            assert_eq!(parameter["description"].as_str().map(str::is_empty), Some(false), "{what}");
        }
        let is_open = name == "create_session";
        assert_eq!(operation["security"].is_null(), is_open, "{what}");
        for (status, response) in operation["responses"].as_object().expect("responses") {
            assert!(!response["description"].as_str().unwrap_or_default().is_empty(), "{what} {status}");
            if status.starts_with(['4', '5']) {
                let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/Problem", "{what} {status}");
            }
        }
        let ways = operation["security"].as_array().map_or(0, Vec::len);
        assert_eq!(
            ways,
            if is_open {
                0
            } else if ["delete_session", "begin_acting", "end_acting"].contains(&name) {
                1
            } else {
                2
            },
            "{what}"
        );
        for status in ["401", "500", "503"] {
            assert!(operation["responses"].get(status).is_some(), "{what} {status}");
        }
    }
}

#[test]
fn the_document_says_what_it_is() {
    let document = document();
    let info = &document["info"];
    for told in [&info["title"], &info["description"], &info["version"], &info["license"]["name"]] {
        assert!(told.as_str().is_some_and(|text| !text.is_empty()), "{info}");
    }
    assert_eq!(info["license"]["identifier"], "Apache-2.0 OR MIT");
    assert_eq!(document["servers"][0]["url"], "/");
    let ways = &document["components"]["securitySchemes"];
    assert_eq!((&ways["cookie"]["in"], &ways["bearer"]["scheme"]), (&"cookie".into(), &"bearer".into()));
    let tags = document["tags"].as_array().expect("tags");
    for (what, operation) in operations(&document) {
        assert!(
            tags.iter().any(|tag| tag["name"] == operation["tags"][0]),
            "{what}: its tag has no description"
        );
    }
}

/// Everything that a reader of the document would miss, by name. What to write is in docs/style.md, "An operation of the API".
#[test]
fn nothing_is_left_unsaid() {
    let document = document();
    let mut missing = Vec::new();
    for (what, operation) in operations(&document) {
        for text in ["summary", "description"] {
            if is_empty(&operation[text]) {
                missing.push(format!(
                    "{what}: no {text}: the handler's doc comment, its first line and the rest"
                ));
            }
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if is_empty(&parameter["description"]) {
                missing.push(format!("{what}: parameter {} has no doc comment", parameter["name"]));
            }
        }
        untold_bodies(&format!("{what}: what is sent"), &operation["requestBody"], &mut missing);
        for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
            match status.starts_with('2') {
                true => untold_bodies(&format!("{what}: answer {status}"), answer, &mut missing),
                false => {
                    untold_codes(&format!("{what}: answer {status}"), &answer["description"], &mut missing)
                }
            }
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        if is_empty(&schema["description"]) {
            missing.push(format!("{name}: the struct has no doc comment"));
        }
        untold_fields(&document, name, schema, &mut missing);
    }
    assert!(missing.is_empty(), "{} things are not said:\n{}", missing.len(), missing.join("\n"));
}

fn is_empty(text: &Value) -> bool {
    text.as_str().is_none_or(str::is_empty)
}

fn untold_bodies(what: &str, body: &Value, missing: &mut Vec<String>) {
    for (media_type, content) in body["content"].as_object().into_iter().flatten() {
        if content.get("example").or_else(|| content.get("examples")).is_none() {
            missing
                .push(format!("{what}: no example of {media_type}: give one to its fields, or to the body"));
        }
    }
}

/// A refusal names its codes between backticks; each is one that people get to read a text about.
fn untold_codes(what: &str, description: &Value, missing: &mut Vec<String>) {
    let text = description.as_str().unwrap_or_default();
    let words = text.split('`').skip(1).step_by(2);
    let codes = words.filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
    let (known, unknown): (Vec<&str>, Vec<&str>) =
        codes.partition(|code| Language::English.locale().has(&format!("error-{code}")));
    if known.is_empty() {
        missing.push(format!("{what}: names no code between backticks: {text}"));
    }
    for code in unknown {
        missing.push(format!("{what}: there is no code `{code}`"));
    }
}

fn untold_fields(document: &Value, what: &str, schema: &Value, missing: &mut Vec<String>) {
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let leads_to =
            field["$ref"].as_str().and_then(|pointer| document.pointer(pointer.strip_prefix('#')?));
        // Where there may be nothing, the comment stands with what there may be.
        let mut choices = field["oneOf"].as_array().into_iter().flatten();
        if choices.any(|choice| !is_empty(&choice["description"])) {
            continue;
        }
        if is_empty(&field["description"]) && leads_to.is_none_or(|schema| is_empty(&schema["description"])) {
            missing.push(format!("{what}.{name}: no doc comment"));
        }
        let kinds = match &field["type"] {
            Value::Array(kinds) => kinds.clone(),
            kind => vec![kind.clone()],
        };
        let speaks_for_itself = ["uuid", "date-time"].iter().any(|format| field["format"] == *format)
            || ["example", "examples", "enum"].iter().any(|key| field.get(key).is_some());
        let is_text = kinds.iter().any(|kind| kind == "string");
        let is_free = kinds.iter().any(|kind| kind == "object") && field.get("properties").is_none();
        let is_texts = field["items"]["type"] == "string" && field["items"].get("enum").is_none();
        if (is_text || is_free || is_texts) && !speaks_for_itself {
            missing.push(format!("{what}.{name}: no example: #[schema(examples(…))], for a list or a map #[schema(example = json!(…))]"));
        }
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        untold_fields(document, what, part, missing);
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 50);
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("within the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            references.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
            object.values().for_each(|value| collect(value, references));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}
