//! Every operation of the OpenAPI document: each field of its body, each parameter of its query and path, the headers.

use std::collections::HashSet;
use std::sync::Mutex;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderName, Method, StatusCode, header};
use serde_json::{Map, Value, json};
use tonalite_app::Location;
use tonalite_core::party::Feature;
use tonalite_core::portal_user::Role;
use tonalite_core::time::Span;
use tonalite_testkit::{Answer, TestApp, TestPortal, Visitor, Whose, each_engine};

use crate::values::{Extent, encoded, others, texts};

/// An operation, as the document tells of it.
struct Operation {
    id: String,
    method: Method,
    path: String,
    /// Names of the fields of its body.
    fields: Vec<String>,
    /// Names of its parameters, by where they stand.
    query: Vec<String>,
    in_path: Vec<String>,
    in_header: Vec<String>,
}

fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(tonalite_http::openapi_document()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parameters = |place: &str| {
                let all = operation["parameters"].as_array().into_iter().flatten();
                let here = all.filter(|parameter| parameter["in"] == place);
                here.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
            };
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
            let fields = match schema.as_str() {
                None => Vec::new(),
                Some(reference) => {
                    let schema = document.pointer(reference.trim_start_matches('#')).unwrap();
                    schema["properties"].as_object().unwrap().keys().cloned().collect()
                }
            };
            // A file has no fields; what may stand in one is tried where files are read.
            let is_file = !operation["requestBody"]["content"]["text/csv"].is_null();
            assert!(
                operation["requestBody"].is_null() || is_file || !fields.is_empty(),
                "{path}: a body without fields"
            );
            operations.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                fields,
                query: parameters("query"),
                in_path: parameters("path"),
                in_header: parameters("header"),
            });
        }
    }
    operations
}

/// A portal with one of everything, and an administrator's program.
struct Target {
    portal: TestPortal,
    program: Visitor,
    party: String,
    site: String,
    user: String,
    portal_user: String,
    device: String,
    base: String,
    dect_system: String,
    dect_reboot: String,
    on: Extent,
    /// Refusals that were compared in both languages.
    compared: Mutex<HashSet<String>>,
}

impl Target {
    async fn at(location: Location) -> Target {
        let on = Extent::on(&location);
        Target { on, ..Target::over(TestPortal::over(TestApp::start_at(location).await)).await }
    }

    async fn over(portal: TestPortal) -> Target {
        let site = portal.tree.a.sites[0].clone();
        let device = portal.add_device(&site, "yealink-t54w", Some("001565abcdef")).await;
        let user = portal.add_user(&site, "Anne Leroy", "1001").await;
        portal.assign_line(&device, 1, &user).await;
        let program = portal.with_token(Whose::Provider, Role::Admin).await;
        portal.switch(portal.tree.provider.id, Feature::LineStateExport, Some(true)).await;
        let base = portal.add_device(&site, "snom-m700", Some("000413abcdef")).await.id.to_string();
        let system = json!({
            "party_id": portal.tree.a.party.id.to_string(), "name": "Wards", "chain_id": "48213",
            "device_ids": [base],
        });
        let system =
            program.post("/api/v1/dect-systems", system).await.json()["id"].as_str().unwrap().to_owned();
        let run = program.post(&format!("/api/v1/dect-systems/{system}/reboots"), json!({})).await;
        let dect_reboot = run.json()["id"].as_str().unwrap().to_owned();
        Target {
            base,
            dect_system: system,
            dect_reboot,
            party: portal.tree.a.party.id.to_string(),
            site: site.id.to_string(),
            user: user.id.to_string(),
            portal_user: portal.portal_user(Whose::A, Role::Viewer).await.id.to_string(),
            device: device.id.to_string(),
            portal,
            program,
            on: Extent::All,
            compared: Mutex::default(),
        }
    }

    /// The path with ids of things that are there.
    fn path(&self, operation: &Operation) -> String {
        let id = match operation.path.split('/').nth(3).unwrap_or_default() {
            "parties" => &self.party,
            "sites" => &self.site,
            "users" => &self.user,
            "portal-users" => &self.portal_user,
            "dect-systems" => &self.dect_system,
            "dect-reboots" => &self.dect_reboot,
            _ => &self.device,
        };
        operation.path.replace("{id}", id).replace("{device_id}", &self.base).replace("{port}", "2")
    }

    /// A body that is right. What is missing here is still tried, alone.
    fn body(&self, operation: &Operation) -> Map<String, Value> {
        let body = match operation.id.as_str() {
            "create_party" => {
                json!({ "kind": "customer", "name": "x", "parent_id": self.portal.tree.operator.id.to_string() })
            }
            "change_parties" => {
                json!({ "below_party_id": self.portal.tree.provider.id.to_string(), "features": { "device_reboot": true } })
            }
            "create_site" => json!({ "party_id": self.party, "name": "Nantes" }),
            "create_device" => {
                json!({ "site_id": self.site, "device_type_id": "yealink-t54w", "mac": "001565000777" })
            }
            "create_user" => json!({ "site_id": self.site, "name": "x", "extension": "555" }),
            "assign_line" => json!({ "user_id": self.user }),
            "assign_lines" => json!({
                "first_port": 3, "last_port": 4, "dry_run": true,
                "users": [{ "name": "x", "extension": "556" }],
            }),
            "create_dect_system" => {
                json!({ "party_id": self.party, "name": "x", "chain_id": "512", "device_ids": [self.base] })
            }
            "update_dect_system" => json!({ "name": "x", "chain_id": "48300" }),
            "create_token" => json!({ "name": "x" }),
            "begin_line_export" => json!({ "party_id": self.party }),
            "begin_acting" => json!({ "party_id": self.party }),
            "create_session" => json!({ "username": "x", "password": "y" }),
            _ => json!({}),
        };
        body.as_object().cloned().unwrap()
    }

    async fn send(&self, language: &str, operation: &Operation, path: &str, body: Option<&Value>) -> Answer {
        // No limit of tries per time is what is tried here.
        self.portal.advance(Span::from_secs(120));
        let visitor = self.program.with(header::ACCEPT_LANGUAGE, language);
        let kind = body.map(|_| "application/json");
        let bytes = body.map(Value::to_string).unwrap_or_default();
        let response = visitor.open(operation.method.clone(), path, kind, Body::from(bytes)).await;
        let (parts, body) = response.into_parts();
        // A stream of events has no end: its head tells enough.
        let body = match operation.id == "stream_events" && parts.status.is_success() {
            true => Bytes::new(),
            false => to_bytes(body, 16 << 20).await.unwrap(),
        };
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Sends it in French, and in English where it is refused: the same refusal, in other words.
    async fn try_it(
        &self,
        what: &str,
        operation: &Operation,
        path: &str,
        body: Option<&Value>,
    ) -> StatusCode {
        let what = format!("{} {} with {:.200}", operation.method, operation.path, what);
        let french = self.send("fr", operation, path, body).await;
        let status = french.status;
        if status.is_success() {
            return status;
        }
        check_problem(&what, &french);
        let refusal: Vec<String> = french.json()["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|error| format!("{}:{}", error["field"], error["code"]))
            .collect();
        let refusal = format!("{} {status} {} {refusal:?}", operation.id, french.json()["code"]);
        if !self.compared.lock().unwrap().insert(refusal) {
            return status;
        }
        let english = self.send("en", operation, path, body).await;
        check_problem(&what, &english);
        let (french, english) = (french.json(), english.json());
        if french["code"] == english["code"] {
            assert_ne!(french["detail"], english["detail"], "{what}: one language for both");
            for (one, other) in
                french["errors"].as_array().unwrap().iter().zip(english["errors"].as_array().unwrap())
            {
                assert_eq!((&one["field"], &one["code"]), (&other["field"], &other["code"]), "{what}");
                assert_ne!(one["message"], other["message"], "{what}: one language for both");
            }
        }
        status
    }

    /// Whatever was stored meanwhile, everything can still be read.
    async fn check_readable(&self) {
        for operation in operations() {
            let readable = operation.method == Method::GET && operation.id != "stream_events";
            if readable && !operation.path.contains("{id}") {
                // Who has several customers says for which.
                let of_customer =
                    operation.path.starts_with("/api/v1/imports") || operation.id == "export_line_states";
                let query = if of_customer { format!("?party_id={}", self.party) } else { String::new() };
                let path = format!("{}{query}", operation.path);
                let answer = self.send("fr", &operation, &path, None).await;
                assert_eq!(answer.status, StatusCode::OK, "{}: {}", operation.path, answer.text());
            }
        }
        let all = self.program.get("/api/v1/exports/devices.csv?columns=all").await;
        assert_eq!(all.status, StatusCode::OK, "{}", all.text());
    }
}

fn check_problem(what: &str, answer: &Answer) {
    let status = answer.status;
    assert!(status.is_client_error(), "{what}: {status} {}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
    let document = answer.json();
    assert_eq!(document["status"], status.as_u16(), "{what}");
    for member in ["title", "code", "detail", "request_id"] {
        assert!(document[member].as_str().is_some_and(|text| !text.is_empty()), "{what}: no {member}");
    }
    let told = document["errors"].as_array().unwrap_or_else(|| panic!("{what}: no errors"));
    let is_invalid = document["code"] == "invalid";
    assert!(!is_invalid || !told.is_empty(), "{what}: invalid, but no field");
    for error in told {
        let message = error["message"].as_str().unwrap_or_default();
        assert!(!message.is_empty() && !message.starts_with("error-"), "{what}: {error}");
        assert!(!message.contains("{ $"), "{what}: an argument is missing: {error}");
    }
    let detail = document["detail"].as_str().unwrap_or_default();
    assert!(!detail.starts_with("error-"), "{what}: {detail}");
    assert!(answer.body.len() < 20_000, "{what}: what was sent is sent back, {} bytes", answer.body.len());
    for (name, value) in &answer.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        assert!(!value.contains("evil") && name != "set-cookie", "{what}: {name}: {value}");
    }
}

#[tokio::test]
async fn every_field_of_every_body() {
    each_engine(async |location| {
        let target = Target::at(location).await;
        let (mut refused, mut accepted) = (0, 0);
        for operation in operations() {
            let path = target.path(&operation);
            for field in &operation.fields {
                for value in texts(target.on).into_iter().map(Value::from).chain(others(target.on)) {
                    let mut body = target.body(&operation);
                    body.insert(field.clone(), value.clone());
                    let what = format!("{field} = {value}");
                    match target.try_it(&what, &operation, &path, Some(&Value::Object(body))).await {
                        status if status.is_success() => accepted += 1,
                        _ => refused += 1,
                    }
                }
                let mut body = target.body(&operation);
                body.remove(field);
                target.try_it(&format!("no {field}"), &operation, &path, Some(&Value::Object(body))).await;
            }
        }
        assert!(refused > 100 && accepted > 10, "{refused} refused, {accepted} accepted");
        target.check_readable().await;
    })
    .await;
}

#[tokio::test]
async fn every_parameter_of_every_query_and_path() {
    each_engine(async |location| {
        let target = Target::at(location).await;
        let mut refused = 0;
        for operation in operations() {
            let path = target.path(&operation);
            let body = Value::Object(target.body(&operation));
            let body = (!operation.fields.is_empty()).then_some(&body);
            for name in &operation.query {
                for text in texts(target.on) {
                    let address = format!("{path}?{name}={}", encoded(&text));
                    let status = target.try_it(&format!("{name}={text:?}"), &operation, &address, body).await;
                    refused += usize::from(!status.is_success());
                }
                for address in [
                    format!("{path}?{name}=a&{name}=b"),
                    format!("{path}?{name}"),
                    format!("{path}?{name}=%ff%fe"),
                    format!("{path}?{name}=%"),
                    format!("{path}?{}=x", encoded("<script>alert(1)</script>")),
                    format!("{path}?&&=&=="),
                    format!("{path}?{}", "a=b&".repeat(2_000)),
                ] {
                    target.try_it(&address, &operation, &address, body).await;
                }
            }
            for name in &operation.in_path {
                for text in texts(target.on).iter().filter(|text| !text.is_empty()) {
                    let pattern = operation.path.replace(&format!("{{{name}}}"), &encoded(text));
                    let address = pattern.replace("{device_id}", &target.base).replace("{port}", "2");
                    let address = match operation.path.split('/').nth(3) {
                        Some("dect-systems") => address.replace("{id}", &target.dect_system),
                        _ => address.replace("{id}", &target.device),
                    };
                    // The word of the platform, and the port 0 or 65536 of something, are refused in their own ways.
                    let status =
                        target.try_it(&format!("{name} = {text:?}"), &operation, &address, body).await;
                    assert!(!status.is_success() || text == "platform", "{address}: {status}");
                    refused += usize::from(!status.is_success());
                }
            }
        }
        assert!(refused > 100, "{refused}");
        target.check_readable().await;
    })
    .await;
}

#[tokio::test]
async fn bodies_that_are_none() {
    each_engine(async |location| {
        let target = Target::at(location).await;
        let deep = format!("{{\"name\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
        let bodies: Vec<(Option<&str>, Vec<u8>)> = vec![
            (Some("application/json"), b"".to_vec()),
            (Some("application/json"), b"null".to_vec()),
            (Some("application/json"), b"[]".to_vec()),
            (Some("application/json"), b"{".to_vec()),
            (Some("application/json"), b"{\"a\":\xff}".to_vec()),
            (Some("application/json"), b"{\"name\":\"\\ud800\"}".to_vec()),
            (Some("application/json"), b"\xef\xbb\xbf{}".to_vec()),
            (Some("application/json"), deep.into_bytes()),
            (Some("application/json"), vec![b' '; 2 << 20]),
            (Some("application/json"), b"<script>alert(1)</script>".to_vec()),
            (Some("text/csv"), b"a;b".to_vec()),
            (Some("multipart/form-data; boundary=x"), b"--x--".to_vec()),
            (Some("nonsense"), b"{}".to_vec()),
            (None, b"{}".to_vec()),
        ];
        for operation in operations().iter().filter(|operation| !operation.fields.is_empty()) {
            let path = target.path(operation);
            for (kind, body) in &bodies {
                target.portal.advance(Span::from_secs(120));
                let what = format!("{} {kind:?} {:.60}", operation.id, String::from_utf8_lossy(body));
                let body = Body::from(body.clone());
                let answer = target.program.send(operation.method.clone(), &path, *kind, body).await;
                if !answer.status.is_success() {
                    check_problem(&what, &answer);
                }
            }
        }
        target.check_readable().await;
    })
    .await;
}

#[tokio::test]
async fn headers() {
    let target = Target::over(TestPortal::start().await).await;
    let mut names: Vec<HeaderName> = [
        "authorization",
        "cookie",
        "accept",
        "accept-language",
        "accept-encoding",
        "content-type",
        "if-match",
        "origin",
        "host",
        "range",
        "x-forwarded-for",
        "forwarded",
        "last-event-id",
        "user-agent",
        "hx-request",
        "x-request-id",
        "if-none-match",
        "expect",
        "te",
        "sec-fetch-site",
    ]
    .map(HeaderName::from_static)
    .into();
    for operation in operations() {
        names.extend(operation.in_header.iter().map(|name| name.to_lowercase().parse().unwrap()));
    }
    names.sort_by_key(HeaderName::to_string);
    names.dedup();
    let body = json!({ "name": "x" });
    for name in names {
        for text in texts(target.on) {
            // What no header can hold cannot be sent.
            if axum::http::HeaderValue::from_str(&text).is_err() {
                continue;
            }
            target.portal.advance(Span::from_secs(120));
            let visitor = target.program.with(name.clone(), &text);
            let what = format!("{name}: {text:.60}");
            for answer in [
                visitor.get("/api/v1/devices").await,
                visitor.patch(&format!("/api/v1/devices/{}", target.device), body.clone()).await,
            ] {
                if !answer.status.is_success() {
                    check_problem(&what, &answer);
                }
            }
        }
    }
    target.check_readable().await;
}
