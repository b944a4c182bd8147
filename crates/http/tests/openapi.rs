//! The OpenAPI document is locked: a change of the API is a change of this snapshot, seen in review.

use std::collections::BTreeSet;

use serde_json::Value;

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
        for status in ["401", "500", "503"] {
            assert!(operation["responses"].get(status).is_some(), "{what} {status}");
        }
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
