//! How a row is called: its path from the OpenAPI document or the route table, filled with the ids of somebody's things.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{HeaderName, Method, header};
use tonalite_core::portal_user::Role;
use tonalite_testkit::{Answer, Visitor};

use crate::rows::{NOUNS, OPERATIONS, PAGES, Right, Row};
use crate::world::{Of, Things, World};

/// Where the test portal believes to be.
pub(crate) const ORIGIN: &str = "http://portal.test";

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A row, and where it is.
pub(crate) struct Call {
    pub(crate) row: &'static Row,
    pub(crate) method: Method,
    path: String,
    pub(crate) is_page: bool,
}

/// The operations of the document, and the routes of the table: method and path by what rows call them.
pub(crate) fn existing() -> BTreeMap<String, (Method, String)> {
    let document = serde_json::to_value(tonalite_http::openapi_document()).unwrap();
    let mut existing = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            existing.insert(id, (method.to_uppercase().parse().unwrap(), path.clone()));
        }
    }
    for route in tonalite_http::page_routes().unwrap() {
        existing.insert(format!("{} {}", route.method, route.path), (route.method, route.path));
    }
    existing
}

/// All rows that name something.
pub(crate) fn calls() -> Vec<Call> {
    let existing = existing();
    let pages = PAGES.iter().map(|row| (row, true));
    let all = OPERATIONS.iter().map(|row| (row, false)).chain(pages);
    let call = |(row, is_page): (&'static Row, bool)| {
        let (method, path) = existing.get(row.what)?.clone();
        Some(Call { row, method, path, is_page })
    };
    all.filter_map(call).collect()
}

impl Call {
    /// Whether it changes something, once it is allowed.
    pub(crate) fn changes(&self) -> bool {
        self.method != Method::GET
    }

    /// Nouns of the things that its path names; `{id}` stands for what is before it.
    pub(crate) fn nouns_of_path(&self) -> Vec<&'static str> {
        let mut before = "";
        let mut nouns = Vec::new();
        for part in self.path.split('/') {
            match part {
                "{id}" if self.row.what == "delete_token" => nouns.push("token"),
                "{id}" => {
                    let noun = NOUNS.iter().find(|(segment, _)| *segment == before);
                    nouns.push(
                        noun.unwrap_or_else(|| panic!("{}: no noun for {{id}}: see NOUNS", self.row.what)).1,
                    );
                }
                "{device_id}" => nouns.push("base"),
                other => before = other,
            }
        }
        nouns
    }

    /// The path with these things in it.
    pub(crate) fn path(&self, things: &Things) -> String {
        let mut path = self.path.clone();
        for noun in self.nouns_of_path() {
            let name = if noun == "base" { "{device_id}" } else { "{id}" };
            path = path.replace(name, &things.0[noun]);
        }
        path.replace("{port}", self.row.port)
            .replace("{article}", "states")
            .replace("{*name}", "help/en/reboot-done.png")
    }

    /// Nouns of the things that a body or query names.
    pub(crate) fn nouns_in(&self, text: &str, things: &Things) -> Vec<&'static str> {
        things.0.keys().copied().filter(|noun| text.contains(&format!("{{{noun}}}"))).collect()
    }

    /// The query that is always sent.
    pub(crate) fn query(&self, things: &Things) -> String {
        fill(self.row.query, things, 0)
    }

    pub(crate) async fn body(&self, world: &World, things: &Things, n: u32) -> String {
        let text = fill(self.row.body, things, n) + &file_part(&fill(self.row.file, things, n));
        match text.contains("{version}") {
            true => text.replace("{version}", &self.version(world, things).await),
            false => text,
        }
    }

    async fn version(&self, world: &World, things: &Things) -> String {
        let noun = self.nouns_of_path()[0];
        let (segment, _) = NOUNS.iter().find(|(_, of)| *of == noun).unwrap();
        let admin = world.person(Of::Platform, Role::Admin);
        let found = admin.get(&format!("/api/v1/{segment}/{}", things.0[noun])).await;
        // Of what does not exist, any version is as good.
        if found.status.is_success() { found.json()["version"].to_string() } else { "1".to_owned() }
    }

    /// Asks with the headers of a browser that is on the portal itself.
    pub(crate) async fn ask(&self, who: &Visitor, path: &str, query: &str, body: &str) -> Answer {
        let who = match self.changes() {
            true => who.with(header::ORIGIN, ORIGIN).with(SEC_FETCH_SITE, "same-origin"),
            false => who.clone(),
        };
        self.ask_as_is(&who, path, query, body).await
    }

    /// Asks with the visitor's own headers.
    pub(crate) async fn ask_as_is(&self, who: &Visitor, path: &str, query: &str, body: &str) -> Answer {
        let who = if self.is_page { who.with(header::ACCEPT, "text/html") } else { who.clone() };
        let address = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        let is_file = self.row.what == "create_import";
        let kind = match (self.is_page, body.is_empty()) {
            (true, _) if !self.row.file.is_empty() => Some("multipart/form-data; boundary=edge"),
            (true, _) if self.changes() => Some("application/x-www-form-urlencoded"),
            (_, true) | (true, _) => None,
            (false, false) if is_file => Some("text/csv"),
            (false, false) => Some("application/json"),
        };
        let body = if self.row.file.is_empty() { body.to_owned() } else { multipart(body) };
        let response = who.open(self.method.clone(), &address, kind, Body::from(body)).await;
        let (parts, body) = response.into_parts();
        // A stream of events has no end: its head tells enough.
        let is_stream = self.row.what == "stream_events" && parts.status.is_success();
        let body = match is_stream {
            true => axum::body::Bytes::new(),
            false => axum::body::to_bytes(body, 16 << 20).await.unwrap(),
        };
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// The status that answers somebody who is not signed in.
    pub(crate) fn unknown_status(&self) -> u16 {
        match (self.row.unknown, self.row.right, self.is_page) {
            (0, Right::Anyone, _) => self.row.answer,
            (0, _, true) => 303,
            (0, _, false) => 401,
            (unknown, ..) => unknown,
        }
    }

    /// The status that answers this role of these people, who see the thing.
    pub(crate) fn expected(&self, of: Of, role: Role) -> u16 {
        let row = self.row;
        let is_home = matches!(of, Of::A | Of::B | Of::C);
        let allowed = match row.right {
            Right::Anyone | Right::SignedIn => true,
            Right::Least(least) => role.includes(least),
            Right::FromAbove(_) if is_home => {
                return if row.at_home == 0 { row.refusal } else { row.at_home };
            }
            Right::FromAbove(least) => role.includes(least),
            Right::AtHomeOrAbove(home, above) => role.includes(if is_home { home } else { above }),
        };
        match (allowed, is_home && row.at_home != 0) {
            (true, true) => row.at_home,
            (true, false) => row.answer,
            (false, _) => row.refusal,
        }
    }
}

/// The text with ids of these things, and a number that makes it unique.
pub(crate) fn fill(text: &str, things: &Things, n: u32) -> String {
    let mut filled = text.replace("{n}", &n.to_string()).replace("{mac}", &format!("0015659{n:05}"));
    filled = filled.replace("{site_name}", "Amaranth site 1");
    for (noun, id) in &things.0 {
        filled = filled.replace(&format!("{{{noun}}}"), id);
    }
    filled
}

/// What stands between the fields of a form and its file.
const FILE_AFTER: &str = "\u{1}";

fn file_part(file: &str) -> String {
    if file.is_empty() { String::new() } else { format!("{FILE_AFTER}{file}") }
}

/// A form with a file as a browser sends it: the fields first.
fn multipart(body: &str) -> String {
    let (fields, file) = body.split_once(FILE_AFTER).unwrap_or((body, ""));
    let mut text = String::new();
    for (name, value) in fields.split('&').filter_map(|field| field.split_once('=')) {
        text += &format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    text + &format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\
         Content-Type: text/csv\r\n\r\n{file}\r\n--edge--\r\n"
    )
}

/// Everything of an answer but the number of its request and an id that was sent.
pub(crate) fn told(answer: &Answer, but: &str) -> String {
    let request_id = answer.header("x-request-id").to_owned();
    let mut text = format!("{}\n", answer.status);
    // Its length is that of the text, which is compared; ids differ in theirs.
    for (name, value) in answer.headers.iter().filter(|(name, _)| *name != header::CONTENT_LENGTH) {
        text += &format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()));
    }
    text += &answer.text();
    text.replace(&request_id, "<request>").replace(but, "<id>")
}
