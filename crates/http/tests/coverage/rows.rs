//! What there is, row by row: each operation of the OpenAPI document by its id, each page by its method and path. Whoever
//! adds one describes it here, once; a missing row fails the build, and so does one that names nothing.

use tonalite_core::portal_user::Role;

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    /// Whoever asks, signed in or not.
    Anyone,
    /// Whoever is signed in: it is about oneself, or a list of what one sees.
    SignedIn,
    /// This role and those above it, of the party itself and of the parties above it.
    Least(Role),
    /// This role and those above it, of the parties above alone: nobody does it to themselves.
    FromAbove(Role),
    /// One role at home, a lesser one in the parties above.
    AtHomeOrAbove(Role, Role),
}

/// An operation or a page, how it is called, and what it answers who may.
pub(crate) struct Row {
    /// `find_device`, or `GET /devices/{id}`.
    pub(crate) what: &'static str,
    pub(crate) right: Right,
    /// The status that answers who may.
    pub(crate) answer: u16,
    /// The status that answers who sees the thing and may not.
    pub(crate) refusal: u16,
    /// The status that answers the thing's own people, where it is another: what is done from above.
    pub(crate) at_home: u16,
    /// The status that answers who is not signed in, where it is another.
    pub(crate) unknown: u16,
    /// The status that answers for a thing of others: 404, but where the thing is not looked up.
    pub(crate) foreign: u16,
    /// JSON for an operation, a form for a page. `{site}` and the like are ids of things, `{n}`, `{mac}` and `{version}`
    /// are what makes it right.
    pub(crate) body: &'static str,
    /// Always sent: for whom, where one sees several.
    pub(crate) query: &'static str,
    /// Parameters that narrow it to a thing, each tried alone.
    pub(crate) narrows: &'static [&'static str],
    /// The parameter that searches.
    pub(crate) search: &'static str,
    /// Made anew for each call that shall succeed, since it takes the thing away or changes what may be done next.
    pub(crate) fresh: &'static str,
    /// It changes nothing that the audit log is about.
    pub(crate) unaudited: bool,
    /// It waits for a window of time to end.
    pub(crate) waits: bool,
    /// The port in its path.
    pub(crate) port: &'static str,
    /// Its form has a file in it.
    pub(crate) file: &'static str,
}

const fn row(what: &'static str, right: Right, answer: u16) -> Row {
    Row {
        what,
        right,
        answer,
        refusal: 403,
        at_home: 0,
        unknown: 0,
        foreign: 404,
        body: "",
        query: "",
        narrows: &[],
        search: "",
        fresh: "",
        unaudited: false,
        waits: false,
        port: "1",
        file: "",
    }
}

impl Row {
    const fn body(self, body: &'static str) -> Row {
        Row { body, ..self }
    }
    const fn refusal(self, refusal: u16) -> Row {
        Row { refusal, ..self }
    }
    const fn at_home(self, at_home: u16) -> Row {
        Row { at_home, ..self }
    }
    const fn unknown(self, unknown: u16) -> Row {
        Row { unknown, ..self }
    }
    const fn foreign(self, foreign: u16) -> Row {
        Row { foreign, ..self }
    }
    const fn query(self, query: &'static str) -> Row {
        Row { query, ..self }
    }
    const fn narrows(self, narrows: &'static [&'static str]) -> Row {
        Row { narrows, ..self }
    }
    const fn search(self, search: &'static str) -> Row {
        Row { search, ..self }
    }
    const fn fresh(self, fresh: &'static str) -> Row {
        Row { fresh, ..self }
    }
    const fn unaudited(self) -> Row {
        Row { unaudited: true, ..self }
    }
    const fn waits(self) -> Row {
        Row { waits: true, ..self }
    }
    const fn port(self, port: &'static str) -> Row {
        Row { port, ..self }
    }
    const fn file(self, file: &'static str) -> Row {
        Row { file, ..self }
    }
}

/// What stands for `{id}`, by the part of the path before it.
pub(crate) const NOUNS: [(&str, &str); 11] = [
    ("devices", "device"),
    ("parties", "party"),
    ("party-manager", "party"),
    ("sites", "site"),
    ("users", "user"),
    ("reboots", "reboot"),
    ("dect-systems", "dect_system"),
    ("dect-reboots", "dect_reboot"),
    ("imports", "import"),
    ("exports", "export"),
    ("portal-users", "portal_user"),
];

const VIEWER: Right = Right::Least(Role::Viewer);
const SUPPORT: Right = Right::Least(Role::Support);
const MANAGER: Right = Right::Least(Role::Manager);
/// Chain IDs are not for everybody who manages phones at a customer.
const TRUSTED: Right = Right::AtHomeOrAbove(Role::Admin, Role::Manager);
const ADMIN: Right = Right::Least(Role::Admin);
use Right::{Anyone, FromAbove, SignedIn};

const OF_PARTY: &[&str] = &["party_id={party}"];
const OF_SITE: &[&str] = &["site_id={site}"];
const OF_PARTY_AND_SITE: &[&str] = &["party_id={party}", "site_id={site}"];
const FILE: &str = "mac,device_type,site\n{mac},Yealink T54W,{site_name}\n";

/// The API.
pub(crate) const OPERATIONS: &[Row] = &[
    // What is refused is written down behind, folded.
    row("create_session", Anyone, 401)
        .unaudited()
        .body(r#"{"username":"nobody{n}","password":"nothing at all"}"#),
    row("delete_session", SignedIn, 204).fresh("session"),
    row("begin_acting", FromAbove(Role::Viewer), 200)
        .at_home(403)
        .fresh("session")
        .body(r#"{"party_id":"{party}"}"#),
    // Nobody acts: there is nothing to write down.
    row("end_acting", SignedIn, 204).unaudited(),
    row("find_me", SignedIn, 200),
    row("update_me", SignedIn, 200).unaudited().body(r#"{"language":"en"}"#),
    row("list_tokens", SignedIn, 200),
    row("create_token", SignedIn, 201).body(r#"{"name":"x{n}"}"#),
    row("delete_token", SignedIn, 204).fresh("token"),
    row("list_parties", SignedIn, 200).narrows(&["parent_id={party}"]).search("q"),
    row("find_party", VIEWER, 200),
    // At home, what it would hang below is not to be seen.
    row("create_party", FromAbove(Role::Admin), 201)
        .at_home(422)
        .body(r#"{"kind":"customer","name":"x{n}","parent_id":"{parent}"}"#),
    row("update_party", FromAbove(Role::Admin), 200).body(r#"{"features":{"device_reboot":true}}"#),
    // Set already: nothing changes, and nothing is written down.
    row("change_parties", FromAbove(Role::Admin), 200)
        .unaudited()
        .body(r#"{"party_ids":["{party}"],"features":{"device_reboot":null}}"#),
    row("find_approved_for_party", VIEWER, 200),
    row("set_approved_for_party", FromAbove(Role::Admin), 200).body(r#"{"device_type_ids":[]}"#),
    row("list_sites", SignedIn, 200).narrows(OF_PARTY).search("q"),
    row("find_site", VIEWER, 200),
    row("create_site", MANAGER, 201).body(r#"{"party_id":"{party}","name":"x{n}"}"#),
    row("update_site", MANAGER, 200).body(r#"{"name":"Amaranth site 1"}"#),
    row("delete_site", MANAGER, 204).fresh("site"),
    row("find_approved_at_site", VIEWER, 200),
    row("set_approved_at_site", ADMIN, 200).body(r#"{"device_type_ids":[]}"#),
    row("list_device_types", SignedIn, 200),
    row("list_devices", SignedIn, 200).narrows(OF_PARTY_AND_SITE).search("q"),
    row("find_device", VIEWER, 200),
    row("create_device", MANAGER, 201)
        .body(r#"{"site_id":"{site}","device_type_id":"yealink-t54w","mac":"{mac}"}"#),
    row("update_device", MANAGER, 200).body(r#"{"note":"x{n}"}"#),
    row("delete_device", MANAGER, 204).fresh("device"),
    row("find_device_status", VIEWER, 200),
    row("create_status_check", SUPPORT, 200).unaudited().fresh("device"),
    row("create_reboot", SUPPORT, 202).fresh("device"),
    row("find_reboot", VIEWER, 200),
    row("list_users", SignedIn, 200).narrows(OF_SITE).search("q"),
    row("find_user", VIEWER, 200),
    row("update_user", MANAGER, 200).fresh("user").body(r#"{"name":"x{n}"}"#),
    row("delete_user", MANAGER, 204).fresh("user"),
    row("find_user_personal_data", MANAGER, 200),
    row("erase_user", MANAGER, 204).fresh("user"),
    row("find_portal_user_personal_data", ADMIN, 200),
    row("erase_portal_user", ADMIN, 204).fresh("portal_user"),
    row("create_user", MANAGER, 201).body(r#"{"site_id":"{site}","name":"x{n}","extension":"{n}"}"#),
    row("assign_line", MANAGER, 200).fresh("device").port("2").body(r#"{"user_id":"{user}"}"#),
    row("unassign_line", MANAGER, 204).fresh("device"),
    row("create_line_credentials", MANAGER, 201).body("{}"),
    // There are none beside those in force.
    row("revoke_old_credentials", MANAGER, 409).fresh("device").unaudited(),
    row("assign_lines", MANAGER, 201)
        .fresh("device")
        .body(r#"{"first_port":2,"last_port":2,"users":[{"user_id":"{user}"}]}"#),
    row("create_site_credentials", MANAGER, 200),
    row("list_line_states", SignedIn, 200).narrows(OF_PARTY_AND_SITE).search("q"),
    row("list_dect_systems", SignedIn, 200).narrows(OF_PARTY),
    row("find_dect_system", VIEWER, 200),
    row("create_dect_system", MANAGER, 201)
        .fresh("base")
        .body(r#"{"party_id":"{party}","name":"x{n}","device_ids":["{base}"]}"#),
    row("update_dect_system", MANAGER, 200).body(r#"{"name":"x{n}"}"#),
    row("delete_dect_system", TRUSTED, 204).fresh("dect_system"),
    row("add_dect_base", MANAGER, 204).fresh("base"),
    row("remove_dect_base", MANAGER, 204).fresh("dect_system"),
    row("create_dect_reboot", SUPPORT, 202).fresh("dect_system"),
    row("find_dect_reboot", VIEWER, 200),
    row("export_devices", SignedIn, 200).narrows(OF_PARTY_AND_SITE).search("q"),
    row("export_line_states", SUPPORT, 200).query("party_id={party}").narrows(OF_SITE).search("q").waits(),
    row("begin_line_export", SUPPORT, 202).body(r#"{"party_id":"{party}"}"#).waits(),
    // One's own export: whoever may not begin one has none.
    row("find_line_export", SUPPORT, 200).refusal(404).fresh("export").waits(),
    row("fetch_line_export", SUPPORT, 200).refusal(404).fresh("export").waits(),
    row("list_imports", MANAGER, 200).query("party_id={party}").narrows(OF_PARTY),
    row("find_import_template", MANAGER, 200).query("party_id={party}").narrows(OF_PARTY),
    row("create_import", MANAGER, 202).query("party_id={party}").narrows(OF_PARTY).body(FILE),
    row("find_import", MANAGER, 200),
    row("list_import_rows", MANAGER, 200),
    row("export_import_rows", MANAGER, 200),
    row("apply_import", MANAGER, 202).fresh("import").body("{}"),
    row("undo_import", MANAGER, 202).fresh("applied_import"),
    row("delete_import", MANAGER, 204).fresh("import"),
    // Not searched: what one searched for oneself is in it.
    row("list_audit", ADMIN, 200).narrows(OF_PARTY),
    row("export_audit", ADMIN, 200).narrows(OF_PARTY),
    row("stream_events", SignedIn, 200),
];

/// The pages, and what is for who runs the installation.
pub(crate) const PAGES: &[Row] = &[
    row("GET /healthz", Anyone, 200),
    row("GET /readyz", Anyone, 200),
    // For the addresses that may: the tests' is none of them.
    row("GET /metrics", Anyone, 404),
    row("GET /assets/{*name}", Anyone, 200),
    row("GET /api/openapi.json", Anyone, 200),
    row("GET /api/docs", Anyone, 200),
    row("GET /help", Anyone, 200),
    row("GET /help/{article}", Anyone, 200),
    row("POST /language", Anyone, 303).unaudited().body("language=fr&return_to=/help"),
    row("GET /sign-in", Anyone, 303).unknown(200),
    row("POST /sign-in", Anyone, 422).unaudited().body("username=nobody{n}&password=nothing"),
    row("POST /sign-out", SignedIn, 303).fresh("session"),
    row("GET /", Anyone, 303),
    row("GET /acting", FromAbove(Role::Viewer), 200).at_home(404).search("q"),
    row("POST /acting", FromAbove(Role::Viewer), 303).at_home(403).fresh("session").body("customer={party}"),
    row("POST /acting/end", SignedIn, 303).unaudited(),
    row("GET /devices", SignedIn, 200).narrows(&["site={site}"]).search("q"),
    // What it cannot find is not chosen yet.
    row("GET /devices/new", MANAGER, 200).narrows(OF_SITE).foreign(200),
    row("POST /devices/new", MANAGER, 303).body("site_id={site}&device_type_id=yealink-t54w&mac={mac}"),
    row("GET /devices/export", SignedIn, 200).narrows(&["site={site}"]).search("q"),
    row("GET /devices/{id}", VIEWER, 200),
    row("GET /devices/{id}/remove", MANAGER, 200),
    row("POST /devices/{id}/remove", MANAGER, 303).fresh("device"),
    row("GET /devices/{id}/assign", MANAGER, 200),
    row("POST /devices/{id}/assign", MANAGER, 303).fresh("device").body("port=2&user_id={user}"),
    row("GET /devices/{id}/lines/{port}/unassign", MANAGER, 200),
    row("POST /devices/{id}/lines/{port}/unassign", MANAGER, 303).fresh("device"),
    row("GET /devices/{id}/lines/{port}/credentials", MANAGER, 200),
    row("POST /devices/{id}/lines/{port}/credentials", MANAGER, 200),
    row("GET /devices/{id}/lines/{port}/credentials/old", MANAGER, 200),
    row("POST /devices/{id}/lines/{port}/credentials/old", MANAGER, 303).unaudited(),
    row("GET /devices/{id}/assign-range", MANAGER, 200),
    row("POST /devices/{id}/assign-range", MANAGER, 303)
        .fresh("device")
        .body("first_port=2&last_port=2&users={n};x{n}&act=assign"),
    row("GET /users", SignedIn, 200).narrows(&["site={site}"]).search("q"),
    row("GET /users/new", MANAGER, 200),
    row("POST /users/new", MANAGER, 303)
        .body("step=save&site_id={site}&name=x{n}&extension={n}&device_id=none"),
    row("GET /users/{id}", VIEWER, 200),
    row("GET /users/{id}/edit", MANAGER, 200),
    row("POST /users/{id}/edit", MANAGER, 303)
        .fresh("user")
        .body("name=x{n}&extension={n}&version={version}"),
    row("GET /users/{id}/delete", MANAGER, 200),
    row("POST /users/{id}/delete", MANAGER, 303).fresh("user").query("version=1&lines=0"),
    row("GET /users/{id}/assign", MANAGER, 200),
    row("POST /users/{id}/assign", MANAGER, 303).fresh("device").body("device_id={device}&port=2&use=shared"),
    row("GET /sites", SignedIn, 200).narrows(OF_PARTY).search("q"),
    row("GET /sites/new", MANAGER, 200).query("party_id={party}").narrows(OF_PARTY),
    row("POST /sites/new", MANAGER, 303)
        .body("party_id={party}&name=x{n}&time_zone=Europe/Paris&language=fr"),
    row("GET /sites/{id}", VIEWER, 200),
    row("GET /sites/{id}/edit", MANAGER, 200),
    row("POST /sites/{id}/edit", MANAGER, 303)
        .fresh("site")
        .body("name=x{n}&time_zone=Europe/Paris&language=fr&version={version}"),
    row("GET /sites/{id}/delete", MANAGER, 200).fresh("site"),
    row("POST /sites/{id}/delete", MANAGER, 303).fresh("site").body("version={version}"),
    row("GET /sites/{id}/credentials", MANAGER, 200),
    row("POST /sites/{id}/credentials", MANAGER, 200),
    row("GET /parties", SignedIn, 200).at_home(303).search("q"),
    row("GET /parties/new", FromAbove(Role::Admin), 200)
        .at_home(404)
        .query("below={parent}")
        .narrows(&["below={parent}"]),
    row("POST /parties/new", FromAbove(Role::Admin), 303)
        .at_home(404)
        .body("below={parent}&kind=customer&name=x{n}"),
    row("GET /parties/{id}", VIEWER, 200),
    row("GET /parties/{id}/edit", ADMIN, 200),
    row("POST /parties/{id}/edit", ADMIN, 303).body("name=Amaranth party&version={version}"),
    row("GET /parties/{id}/close", FromAbove(Role::Admin), 200),
    // Something lives below, and it is not closed.
    row("POST /parties/{id}/close", FromAbove(Role::Admin), 409).unaudited().body("version={version}"),
    row("POST /parties/{id}/reopen", FromAbove(Role::Admin), 412).unaudited().body("version={version}"),
    row("GET /party-manager/features", ADMIN, 200).search("q"),
    // It asks first.
    row("POST /party-manager/features", FromAbove(Role::Admin), 200)
        .unaudited()
        .body("which=ticked&party={party}&set=device_reboot%3Dinherit&act=ask"),
    row("GET /audit", ADMIN, 200),
    row("GET /audit/export", ADMIN, 200),
    row("GET /devices/{id}/reboot", SUPPORT, 200),
    row("POST /devices/{id}/reboot", SUPPORT, 303).fresh("device"),
    row("GET /devices/{id}/status", VIEWER, 200),
    row("POST /devices/{id}/status", SUPPORT, 200).unaudited().fresh("device"),
    row("GET /reboots/{id}", VIEWER, 200),
    row("GET /line-states", SignedIn, 200).narrows(&["site={site}"]).search("q"),
    row("GET /line-states/export", SUPPORT, 200).query("party={party}").narrows(&["site={site}"]).waits(),
    row("GET /dect-systems", SignedIn, 200),
    row("GET /dect-systems/new", MANAGER, 200).narrows(&["device={base}"]).query("device={base}"),
    row("POST /dect-systems/new", MANAGER, 303)
        .fresh("base")
        .body("device={base}&name=x{n}&device_ids={base}"),
    row("GET /dect-systems/{id}", VIEWER, 200),
    row("GET /dect-systems/{id}/edit", MANAGER, 200),
    row("POST /dect-systems/{id}/edit", MANAGER, 303).body("name=x{n}&version={version}"),
    row("GET /dect-systems/{id}/delete", TRUSTED, 200),
    row("POST /dect-systems/{id}/delete", TRUSTED, 303).fresh("dect_system"),
    row("GET /dect-systems/{id}/bases", MANAGER, 200),
    row("POST /dect-systems/{id}/bases", MANAGER, 303).fresh("base").body("device_id={base}"),
    row("GET /dect-systems/{id}/bases/{device_id}/remove", MANAGER, 200),
    row("POST /dect-systems/{id}/bases/{device_id}/remove", MANAGER, 303).fresh("dect_system"),
    row("GET /dect-systems/{id}/reboot", SUPPORT, 200),
    row("POST /dect-systems/{id}/reboot", SUPPORT, 303).fresh("dect_system"),
    row("GET /dect-reboots/{id}", VIEWER, 200),
    row("GET /imports", MANAGER, 200).query("party_id={party}").narrows(OF_PARTY),
    row("GET /imports/new", MANAGER, 200).query("party_id={party}").narrows(OF_PARTY),
    row("GET /imports/instructions", SignedIn, 200),
    row("GET /imports/template.csv", MANAGER, 200).query("party_id={party}").narrows(OF_PARTY),
    row("POST /imports", MANAGER, 303).body("party_id={party}&mode=add").file(FILE),
    row("POST /imports/typed", MANAGER, 303)
        .body("party_id={party}&paste_site_id={site}&device_type_id=yealink-t54w&macs={mac}"),
    row("GET /imports/{id}", MANAGER, 200),
    row("GET /imports/{id}/rows.csv", MANAGER, 200),
    row("POST /imports/{id}/apply", MANAGER, 303).fresh("import").body("on_error=abort"),
    row("POST /imports/{id}/cancel", MANAGER, 303).fresh("import"),
    row("GET /imports/{id}/undo", MANAGER, 200).fresh("applied_import"),
    row("POST /imports/{id}/undo", MANAGER, 303).fresh("applied_import"),
    row("GET /imports/{id}/told", MANAGER, 200).fresh("applied_import"),
    // It is about a cookie: nothing is looked up.
    row("POST /imports/{id}/seen", SignedIn, 303).unaudited().foreign(303).body("return_to=/devices"),
    // Who has one party is sent to it.
    row("GET /party-manager", ADMIN, 200).at_home(303).search("q"),
    row("GET /party-manager/{id}", ADMIN, 200),
    row("POST /party-manager/{id}", FromAbove(Role::Admin), 303).body("version={version}&device_reboot=on"),
    row("POST /party-manager/{id}/contact", ADMIN, 303).body("version={version}&contact=x{n}"),
    row("GET /party-manager/{id}/device-types", FromAbove(Role::Admin), 200),
    row("POST /party-manager/{id}/device-types", FromAbove(Role::Admin), 303)
        .body("version={version}&mode=inherit&act=save"),
    row("GET /party-manager/sites/{id}/device-types", ADMIN, 200),
    row("POST /party-manager/sites/{id}/device-types", ADMIN, 303)
        .body("version={version}&mode=inherit&act=save"),
];
