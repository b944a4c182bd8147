//! The examples of the OpenAPI document are true: what it says to send is accepted as it says, what comes back is of the
//! schema it names, and so are its own examples of answers.

use axum::body::Body;
use axum::http::header;
use serde_json::Value;
use tonalite_core::portal_user::Role;
use tonalite_testkit::eventually;

use crate::portal::{Fleet, Portal, Who};
use crate::schema::faults;

/// Operations whose examples are not sent here, and where they are tried instead.
const TRIED_ELSEWHERE: [(&str, &str); 4] = [
    ("stream_events", "events.rs: its answer has no end"),
    ("erase_portal_user", "../audit.rs: nobody forgets themselves"),
    ("erase_user", "../audit.rs: the lines go first"),
    ("export_line_states", "../line_exports: a provider has to name a customer"),
];

/// A portal with one of everything that an example may speak of. The ids of the examples are replaced by these.
struct Setting {
    portal: Portal,
    who: Who,
    fleet: Fleet,
    empty_site: String,
    token: String,
    reboot: String,
    export: String,
    import: String,
}

impl Setting {
    async fn of(operation: &str) -> Setting {
        let portal = Portal::start().await;
        let who = portal.sign_in(portal.provider, "marie.dupont", Role::Admin).await;
        let mut fleet = portal.fleet(&who, portal.a, "001565000001").await;
        if operation != "assign_line" {
            let line = format!("/api/v1/devices/{}/lines/1/user", fleet.device);
            portal.put(&who, &line, &format!(r#"{{"user_id":"{}"}}"#, fleet.user)).await.expect(200);
        }
        if operation == "revoke_old_credentials" {
            let credentials = format!("/api/v1/devices/{}/lines/1/credentials", fleet.device);
            portal.post(&who, &credentials, "").await.expect(201);
        }
        if operation == "delete_user" {
            let line = format!("/api/v1/devices/{}/lines/1/user", fleet.device);
            portal.delete(&who, &line).await.expect(204);
        }
        let body = format!(r#"{{"party_id":"{}","name":"Empty"}}"#, portal.a);
        let empty_site = portal.post(&who, "/api/v1/sites", &body).await.expect(201).id();
        let token = portal.post(&who, "/api/v1/tokens", r#"{"name":"x"}"#).await.expect(201).id();
        let reboots = format!("/api/v1/devices/{}/reboots", fleet.device);
        let reboot = portal.post(&who, &reboots, "").await.expect(202).id();
        portal.add_dect(&who, portal.a, "000413000001", &mut fleet).await;
        if ["create_dect_system", "update_dect_system"].contains(&operation) {
            // Its chain ID is that of the example.
            let system = format!("/api/v1/dect-systems/{}", fleet.dect_system);
            portal.patch(&who, &system, r#"{"chain_id":null}"#).await.expect(200);
        }
        let export = portal.export(&who, portal.a).await;
        eventually("the file is ready", async || {
            let found = portal.get(&who, &format!("/api/v1/exports/{export}")).await;
            (found.json()["state"] == "ready").then_some(())
        })
        .await;
        let apply = if operation == "undo_import" { "all_or_nothing" } else { "no" };
        let file = "mac,device_type,site\n001565000009,Yealink T54W,Lyon\n";
        let import = portal.import(&who, &format!("party_id={}&apply={apply}", portal.a), file).await;
        Setting { portal, who, fleet, empty_site, token, reboot, export, import }
    }

    /// The path, with ids of this portal. A noun that is new needs a line here.
    fn path(&self, operation: &str, path: &str) -> Option<String> {
        let party = self.portal.a.to_string();
        let id = match path.split('/').nth(3)? {
            _ if !path.contains("{id}") => "",
            "parties" => &party,
            "sites" if operation == "delete_site" => &self.empty_site,
            "sites" => &self.fleet.site,
            "devices" => &self.fleet.device,
            "users" => &self.fleet.user,
            "portal-users" => &self.fleet.portal_user,
            "tokens" => &self.token,
            "reboots" => &self.reboot,
            "exports" => &self.export,
            "dect-systems" => &self.fleet.dect_system,
            "dect-reboots" => &self.fleet.dect_reboot,
            "imports" => &self.import,
            _ => return None,
        };
        // Somebody who has several customers says for which.
        let of_customer = ["create_import", "list_imports", "find_import_template"].contains(&operation);
        let query = if of_customer { format!("?party_id={party}") } else { String::new() };
        let path = path.replace("{id}", id).replace("{device_id}", &self.fleet.base).replace("{port}", "1");
        Some(path + &query)
    }

    /// The example, with ids of this portal in place of its own.
    fn body(&self, example: &Value) -> Value {
        let mut body = example.clone();
        if let Some(field) = body.get_mut("party_ids") {
            *field = serde_json::json!([self.portal.a.to_string()]);
        }
        if let Some(field) = body.get_mut("device_ids") {
            *field = serde_json::json!([self.fleet.base]);
        }
        for (name, id) in [
            ("party_id", self.portal.a.to_string()),
            ("parent_id", self.portal.provider.to_string()),
            ("site_id", self.fleet.site.clone()),
            ("user_id", self.fleet.user.clone()),
        ] {
            if let Some(field) = body.get_mut(name) {
                *field = id.into();
            }
        }
        body
    }

    /// What is wrong with what the document says of an operation.
    async fn try_out(&self, document: &Value, method: &str, path: &str, operation: &Value) -> Vec<String> {
        let id = operation["operationId"].as_str().expect("an id");
        let Some(path) = self.path(id, path) else {
            return vec![format!("say in tests/api/examples.rs what `{{id}}` stands for in {path}")];
        };
        let mut request =
            Portal::request(&self.who, method.to_uppercase().parse().expect("a method"), &path, "");
        let sent = operation["requestBody"]["content"].as_object().and_then(|content| content.iter().next());
        if let Some((media_type, content)) = sent {
            request.headers_mut().insert(header::CONTENT_TYPE, media_type.parse().expect("a media type"));
            *request.body_mut() = match &content["example"] {
                Value::String(text) => Body::from(text.clone()),
                example => Body::from(self.body(example).to_string()),
            };
        }
        let answer = self.portal.send(request).await;
        let documented = &operation["responses"][answer.status.as_str()];
        if !answer.status.is_success() || documented.is_null() {
            return vec![format!(
                "what the document says to send is answered {}: {}",
                answer.status, answer.text
            )];
        }
        match documented["content"].get("application/json") {
            Some(content) => faults(document, &content["schema"], &answer.json()),
            None if documented["content"].is_null() && !answer.text.is_empty() => {
                vec![format!("the document knows of no body: {}", answer.text)]
            }
            None => Vec::new(),
        }
    }
}

fn document() -> Value {
    serde_json::to_value(tonalite_http::openapi_document()).expect("JSON")
}

fn each_operation(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().expect("paths").iter();
    paths.flat_map(|(path, item)| {
        let item = item.as_object().expect("operations").iter();
        item.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

#[tokio::test]
async fn what_the_document_says_to_send_is_accepted() {
    let document = document();
    let (mut wrong, mut tried) = (Vec::new(), 0);
    // Reading changes nothing: one portal does for all of it.
    let unchanged = Setting::of("read").await;
    for (path, method, operation) in each_operation(&document) {
        let id = operation["operationId"].as_str().expect("an id");
        if TRIED_ELSEWHERE.iter().any(|(other, _)| *other == id) {
            continue;
        }
        let faults = match method {
            "get" => unchanged.try_out(&document, method, path, operation).await,
            _ => Setting::of(id).await.try_out(&document, method, path, operation).await,
        };
        wrong.extend(faults.into_iter().map(|fault| format!("{id}: {fault}")));
        tried += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried >= 30, "{tried}");
}

#[test]
fn what_the_document_says_is_answered_is_of_its_schema() {
    let document = document();
    let (mut wrong, mut read) = (Vec::new(), 0);
    for (_, _, operation) in each_operation(&document) {
        let id = operation["operationId"].as_str().expect("an id");
        let answers = operation["responses"].as_object().expect("responses");
        let answers = answers.iter().filter(|(status, _)| status.starts_with('2')).map(|(_, answer)| answer);
        for body in answers.chain([&operation["requestBody"]]) {
            for (media_type, content) in body["content"].as_object().into_iter().flatten() {
                if media_type == "application/json" {
                    let faults = faults(&document, &content["schema"], &content["example"]);
                    wrong.extend(faults.into_iter().map(|fault| format!("{id}: {fault}")));
                    read += 1;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(read >= 30, "{read}");
}
