//! Reads the OpenAPI document into what the page of the documentation shows. What is not there is shown as nothing:
//! that nothing is missing is held by the tests of the document.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::api_docs::{Access, Answer, Body, Field, Group, Kind, Object, Operation, Reference, Text};

/// The order in which one tries them.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

impl Reference {
    /// Reads the whole document.
    pub(crate) fn of(document: &Value) -> Reference {
        let nothing = Map::new();
        let schemas = document["components"]["schemas"].as_object().unwrap_or(&nothing);
        let mut times = BTreeMap::new();
        count_references(document, &mut times);
        let mut bodies = BTreeSet::new();
        gather_bodies(&document["paths"], &mut bodies);
        let reader = Reader { schemas, times, bodies };
        let mut groups: Vec<Group> = document["tags"].as_array().into_iter().flatten().map(group).collect();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for method in METHODS {
                let Some(operation) = item.get(method) else { continue };
                let tag = operation["tags"][0].as_str().unwrap_or_default();
                if let Some(group) = groups.iter_mut().find(|group| group.name == tag) {
                    group.operations.push(reader.operation(path, method, operation));
                }
            }
        }
        groups.retain(|group| !group.operations.is_empty());
        let objects = schemas.iter().filter(|(name, _)| !reader.is_told_in_place(name));
        Reference {
            version: document["info"]["version"].as_str().unwrap_or_default().to_owned(),
            groups,
            objects: objects.map(|(name, schema)| reader.object(name, schema)).collect(),
        }
    }
}

fn group(tag: &Value) -> Group {
    let name = tag["name"].as_str().unwrap_or_default().to_owned();
    Group {
        anchor: format!("about-{}", name.replace(' ', "-")),
        about: Text::of_value(&tag["description"]),
        operations: Vec::new(),
        name,
    }
}

/// How often each schema is spoken of.
fn count_references<'a>(value: &'a Value, times: &mut BTreeMap<&'a str, usize>) {
    match value {
        Value::Object(object) => {
            if let Some(name) = referred(value) {
                *times.entry(name).or_default() += 1;
            }
            object.values().for_each(|value| count_references(value, times));
        }
        Value::Array(items) => items.iter().for_each(|value| count_references(value, times)),
        _ => {}
    }
}

/// The schemas of whole bodies: those directly under a media type.
fn gather_bodies<'a>(value: &'a Value, bodies: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(object) => {
            let media_types = object.get("content").and_then(Value::as_object).into_iter().flatten();
            bodies.extend(media_types.filter_map(|(_, content)| referred(&content["schema"])));
            object.values().for_each(|value| gather_bodies(value, bodies));
        }
        Value::Array(items) => items.iter().for_each(|value| gather_bodies(value, bodies)),
        _ => {}
    }
}

fn referred(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

struct Reader<'a> {
    schemas: &'a Map<String, Value>,
    times: BTreeMap<&'a str, usize>,
    /// Those that are a whole body.
    bodies: BTreeSet<&'a str>,
}

impl Reader<'_> {
    /// A body that one operation has is told there, and nowhere else; what stands within another is an object of its own.
    fn is_told_in_place(&self, name: &str) -> bool {
        let is_choice = self.schemas.get(name).is_some_and(|schema| schema.get("oneOf").is_some());
        self.times.get(name) == Some(&1) && self.bodies.contains(name) && !is_choice
    }

    fn operation(&self, path: &str, method: &str, operation: &Value) -> Operation {
        let responses = || operation["responses"].as_object().into_iter().flatten();
        let parameters = operation["parameters"].as_array();
        let example_path = parameters.into_iter().flatten().fold(path.to_owned(), |path, parameter| {
            let name = parameter["name"].as_str().unwrap_or_default();
            path.replace(&format!("{{{name}}}"), plain(&parameter["example"]).as_str())
        });
        Operation {
            id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: Text::of_value(&operation["summary"]),
            about: Text::of_value(&operation["description"]),
            parameters: parameters.into_iter().flatten().map(|parameter| self.parameter(parameter)).collect(),
            request: self.bodies(&operation["requestBody"]["content"]),
            answers: responses()
                .filter(|(status, _)| !status.starts_with(['4', '5']))
                .map(|(status, answer)| self.answer(status, answer))
                .collect(),
            refusals: responses()
                .filter(|(status, _)| status.starts_with(['4', '5']))
                .map(|(status, answer)| (status.clone(), Text::of_value(&answer["description"])))
                .collect(),
            access: match operation["security"].as_array() {
                None => Access::Open,
                Some(ways) if ways.iter().any(|way| way.get("bearer").is_some()) => Access::Any,
                Some(_) => Access::Session,
            },
            example_path,
        }
    }

    fn parameter(&self, parameter: &Value) -> Field {
        Field {
            name: parameter["name"].as_str().unwrap_or_default().to_owned(),
            place: parameter["in"].as_str().unwrap_or_default().to_owned(),
            kind: kind(&parameter["schema"]),
            required: parameter["required"] == true,
            about: Text::of_value(&parameter["description"]),
        }
    }

    fn answer(&self, status: &str, answer: &Value) -> Answer {
        let header = |(name, header): (&String, &Value)| Field {
            name: name.clone(),
            place: "header".to_owned(),
            kind: kind(&header["schema"]),
            required: true,
            about: Text::of_value(&header["description"]),
        };
        Answer {
            status: status.to_owned(),
            about: Text::of_value(&answer["description"]),
            headers: answer["headers"].as_object().into_iter().flatten().map(header).collect(),
            bodies: self.bodies(&answer["content"]),
        }
    }

    fn bodies(&self, content: &Value) -> Vec<Body> {
        let body = |(media_type, content): (&String, &Value)| {
            let schema = &content["schema"];
            let told_here = match referred(schema) {
                Some(name) if self.is_told_in_place(name) => self.schemas.get(name),
                Some(_) => None,
                None => Some(schema),
            };
            let example = content.get("example");
            Body {
                media_type: media_type.clone(),
                kind: kind(schema),
                fields: told_here.map(|schema| self.fields(schema)).unwrap_or_default(),
                example: example.map(|example| match example {
                    Value::String(text) => text.clone(),
                    value => serde_json::to_string_pretty(value).unwrap_or_default(),
                }),
                in_one_line: example.map(plain).unwrap_or_default(),
            }
        };
        content.as_object().into_iter().flatten().map(body).collect()
    }

    fn object(&self, name: &str, schema: &Value) -> Object {
        let parts = schema["oneOf"].as_array();
        Object {
            name: name.to_owned(),
            about: Text::of_value(&schema["description"]),
            parts: parts.into_iter().flatten().filter_map(referred).map(str::to_owned).collect(),
            fields: self.fields(schema),
        }
    }

    /// Fields of an object, those that must be there first.
    fn fields(&self, schema: &Value) -> Vec<Field> {
        let required = schema["required"].as_array();
        let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|own| own == name));
        let own = schema["properties"].as_object().into_iter().flatten().map(|(name, property)| {
            let about = property
                .get("description")
                // Where there may be nothing, the comment stands with what there may be.
                .or_else(|| property["oneOf"].as_array()?.iter().find_map(|choice| choice.get("description")))
                .or_else(|| self.schemas.get(referred(property)?).map(|schema| &schema["description"]));
            Field {
                name: name.clone(),
                place: String::new(),
                kind: kind(property),
                required: is_required(name),
                about: about.map(Text::of_value).unwrap_or_default(),
            }
        });
        let mut fields: Vec<Field> = own.collect();
        for part in schema["allOf"].as_array().into_iter().flatten() {
            let whole = referred(part).and_then(|name| self.schemas.get(name)).unwrap_or(part);
            fields.extend(self.fields(whole));
        }
        fields.sort_by_key(|field| !field.required);
        fields
    }
}

/// A text as it is, everything else as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The type in the words of JSON Schema, with format and bounds.
fn kind(schema: &Value) -> Kind {
    if let Some(name) = referred(schema) {
        return Kind { object: Some(name.to_owned()), ..Kind::default() };
    }
    if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        let mut whole = Kind::default();
        for choice in choices {
            match referred(choice) {
                Some(name) => whole.object = Some(name.to_owned()),
                None => whole.after = " or null".to_owned(),
            }
        }
        return whole;
    }
    let (name, may_be_null) = match &schema["type"] {
        Value::Array(_) => (crate::examples::kind(schema).unwrap_or_default(), true),
        name => (name.as_str().unwrap_or_default(), false),
    };
    let mut whole = match name {
        "array" => {
            let items = kind(&schema["items"]);
            Kind { before: format!("array of {}", items.before), ..items }
        }
        name => Kind { before: name.to_owned(), ..Kind::default() },
    };
    let mut remarks: Vec<String> = Vec::new();
    remarks.extend(schema["format"].as_str().filter(|format| !format.starts_with("int")).map(str::to_owned));
    let (least, most) = (schema.get("minimum"), schema.get("maximum"));
    match (least, most) {
        (Some(least), Some(most)) => remarks.push(format!("{least} to {most}")),
        (Some(least), None) => remarks.push(format!("{least} or more")),
        (None, Some(most)) => remarks.push(format!("at most {most}")),
        (None, None) => {}
    }
    remarks.extend(schema.get("maxLength").map(|most| format!("at most {most} characters")));
    if !remarks.is_empty() {
        whole.after.push_str(&format!(" ({})", remarks.join(", ")));
    }
    if may_be_null {
        whole.after.push_str(" or null");
    }
    whole
}

#[cfg(test)]
mod tests {
    use askama::Template;
    use serde_json::json;
    use tonalite_core::text::Language;

    use super::*;
    use crate::web::view::api_docs::ApiDocsPage;
    use crate::web::view::sample;

    fn document() -> Value {
        json!({
            "tags": [{"name": "sites", "description": "Places <b>."}],
            "components": {"schemas": {
                "NewSite": {"description": "One.", "required": ["name"], "properties": {
                    "code": {"type": ["string", "null"], "maxLength": 32, "description": "`code` & <i>"},
                    "name": {"type": "string", "description": "Its name."},
                }},
                "Site": {"description": "A site.", "properties": {}},
            }},
            "paths": {"/sites/{id}": {"put": {
                "operationId": "set_site", "tags": ["sites"], "summary": "Set <script>", "security": [{"cookie": []}],
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer", "minimum": 1}, "example": 7}],
                "requestBody": {"content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/NewSite"}, "example": {"name": "L'Isle"},
                }}},
                "responses": {
                    "200": {"description": "Set.", "content": {"application/json": {
                        "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Site"}},
                    }}},
                    "409": {"description": "Taken: `taken`."},
                },
            }}},
        })
    }

    #[test]
    fn the_document_is_read() {
        let reference = Reference::of(&document());
        let operation = &reference.groups[0].operations[0];
        assert_eq!((operation.method.as_str(), operation.access), ("PUT", Access::Session));
        let body = &operation.request[0];
        let names: Vec<&str> = body.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["name", "code"], "what must be there comes first");
        assert_eq!(
            format!("{}{}", body.fields[1].kind.before, body.fields[1].kind.after),
            "string (at most 32 characters) or null"
        );
        let answer = &operation.answers[0].bodies[0].kind;
        assert_eq!((answer.before.as_str(), answer.object.as_deref()), ("array of ", Some("Site")));
        assert_eq!(operation.refusals[0].0, "409");
        let line = operation.curl("http://portal.test").replace(" \\\n ", "");
        assert_eq!(
            line,
            concat!(
                "curl -X PUT 'http://portal.test/sites/7' -b cookies.txt ",
                "-H 'Content-Type: application/json' --data-binary '{\"name\":\"L'\\''Isle\"}'"
            )
        );
        let objects: Vec<&str> = reference.objects.iter().map(|object| object.name.as_str()).collect();
        assert_eq!(objects, ["Site"], "what one operation sends is told there");
    }

    #[test]
    fn what_the_document_says_is_text() {
        let reference = Reference::of(&document());
        let page = ApiDocsPage {
            t: Language::French.locale(),
            frame: sample::frame(Language::French, "/api/docs"),
            reference: &reference,
            origin: "http://portal.test".to_owned(),
        };
        let page = page.render().unwrap();
        assert!(page.contains("Set &#60;script&#62;") && !page.contains("Set <script>"));
        assert!(page.contains("<code>code</code> &#38; &#60;i&#62;") && page.contains("Places &#60;b&#62;."));
        assert!(page.contains("<a href=\"#object-Site\">Site</a>") && page.contains("id=\"object-Site\""));
        assert!(!page.contains(" style=") && !page.contains("<style"));
        assert_eq!(page.matches("<script").count(), 1);
    }
}
