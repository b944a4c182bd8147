//! A portal in a test: the real router over a real store in a temporary folder, a clock that only the test moves,
//! chance that is the same in every run. Two customers of one provider: what is `a`'s, `b` must never see.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tonalite_app::{App, AppConfig, Location, PartyChange};
use tonalite_core::access::Actor;
use tonalite_core::id::PartyId;
use tonalite_core::party::{Feature, NewParty, Party};
use tonalite_core::portal_user::Role;
use tonalite_core::secret::Secret;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::world::Clock;
use tonalite_http::{HttpConfig, HttpState, PublicUrl, router};
use tonalite_testkit::{SeededEntropy, VirtualClock};
use tower::ServiceExt;

const PASSWORD: &str = "correct horse battery";

/// Who asks.
#[derive(Debug, Clone)]
pub(crate) enum Who {
    Nobody,
    Cookie(String),
    Token(String),
}

pub(crate) struct Portal {
    pub(crate) app: Arc<App>,
    pub(crate) router: Router,
    pub(crate) shutdown: CancellationToken,
    pub(crate) provider: PartyId,
    pub(crate) a: PartyId,
    pub(crate) b: PartyId,
    clock: Arc<VirtualClock>,
    _folder: tempfile::TempDir,
}

/// One answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {:?}", self.text))
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn id(&self) -> String {
        self.json()["id"].as_str().expect("an id").to_owned()
    }

    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).unwrap_or_else(|| panic!("no header {name}"));
        value.to_str().expect("text")
    }

    /// The code of a problem and its wrong fields, in one line.
    #[track_caller]
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        let document = self.json();
        assert_eq!(document["status"], self.status.as_u16());
        assert_eq!(document["request_id"], self.header("x-request-id"));
        let fields = document["errors"].as_array().expect("errors").iter().map(|error| {
            let message = error["message"].as_str().expect("a message");
            assert!(!message.starts_with("error-"), "no text: {message}");
            format!(" {}:{}", error["field"].as_str().unwrap_or("?"), error["code"].as_str().unwrap_or("?"))
        });
        let detail = document["detail"].as_str().expect("a detail");
        assert!(!detail.starts_with("error-"), "no text: {detail}");
        format!(
            "{} {}{}",
            self.status.as_u16(),
            document["code"].as_str().unwrap_or("?"),
            fields.collect::<String>()
        )
    }

    /// Everything of a problem but its request number.
    #[track_caller]
    pub(crate) fn without_request_id(&self) -> String {
        self.text.replace(self.header("x-request-id"), "")
    }

    /// Pretty JSON for a snapshot: ids are numbered in order of appearance.
    #[track_caller]
    pub(crate) fn snapshot(&self) -> String {
        let mut text = serde_json::to_string_pretty(&self.json()).expect("JSON");
        let mut next = 1;
        while let Some(at) = find_uuid(&text) {
            let uuid = text[at..at + 36].to_owned();
            text = text.replace(&uuid, &format!("<id {next}>"));
            next += 1;
        }
        // The domain of a provider that named none begins with the end of its id.
        while let Some(at) = text.find(".sip.internal") {
            text.replace_range(at - 8..at + ".sip.internal".len(), "<domain>");
        }
        text
    }
}

fn find_uuid(text: &str) -> Option<usize> {
    let is_uuid = |window: &[u8]| {
        window.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    text.as_bytes().windows(36).position(is_uuid)
}

impl Portal {
    pub(crate) async fn start() -> Portal {
        Portal::start_at("http://portal.example").await
    }

    pub(crate) async fn start_at(public_url: &str) -> Portal {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = VirtualClock::new();
        let entropy = SeededEntropy::new(1);
        let config = AppConfig {
            retention: tonalite_core::audit::Retention::default(),
            location: Location::Folder(folder.path().to_owned()),
            sealing_key: Secret::new([7; 32]),
            registrar_address: "sip.example.net:5060".to_owned(),
            spool_folder: folder.path().join("spool"),
            exports: tonalite_app::ExportSettings::default(),
        };
        let app = App::open(config, entropy.clone(), clock.now()).await.expect("the store opens");
        let shutdown = CancellationToken::new();
        let config = HttpConfig {
            public_url: PublicUrl::parse(public_url).expect("an origin"),
            trusted_proxies: Vec::new(),
            metrics_allowed: vec!["192.0.2.9".parse().expect("an address")],
        };
        let metrics = Arc::new(|| "tonalite_bindings 0\n".to_owned());
        let state = HttpState::new(app.clone(), clock.clone(), entropy, config, metrics, shutdown.clone());
        let router = router(state).expect("a router");
        let mut portal = Portal {
            app,
            router,
            shutdown,
            provider: PartyId::PLATFORM,
            a: PartyId::PLATFORM,
            b: PartyId::PLATFORM,
            clock,
            _folder: folder,
        };
        portal.provider = portal.party("provider", "Provider One", PartyId::PLATFORM).await.id;
        portal.a = portal.party("customer", "Customer A", portal.provider).await.id;
        portal.b = portal.party("customer", "Customer B", portal.provider).await.id;
        portal
    }

    pub(crate) async fn party(&self, kind: &str, name: &str, parent: PartyId) -> Party {
        let actor = Actor::command_line();
        let parent = self.app.find_party(&actor, parent).await.expect("the party above").into_inner();
        let parent = actor.administer(parent).expect("all rights");
        let new = NewParty::parse(kind, name, None).expect("a party");
        self.app.create_party(&actor, parent, new, self.now()).await.expect("made")
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn advance(&self, span: Span) {
        self.clock.advance(span);
    }

    /// Makes a portal user and signs it in.
    pub(crate) async fn sign_in(&self, party: PartyId, username: &str, role: Role) -> Who {
        let actor = Actor::command_line();
        let party = self.app.find_party(&actor, party).await.expect("the party").into_inner();
        let party = actor.administer(party).expect("all rights");
        let password = Secret::new(PASSWORD.to_owned());
        let now = self.now();
        self.app
            .create_portal_user(&actor, party, username, password, role, None, now)
            .await
            .expect("a portal user");
        let body = format!(r#"{{"username":"{username}","password":"{PASSWORD}"}}"#);
        let answer = self.post(&Who::Nobody, "/api/v1/session", &body).await.expect(204);
        let cookie = answer.header("set-cookie").split(';').next().expect("a cookie");
        Who::Cookie(cookie.to_owned())
    }

    pub(crate) fn request(who: &Who, method: Method, path: &str, body: &str) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(path);
        match who {
            Who::Nobody => {}
            Who::Cookie(cookie) => request = request.header(header::COOKIE, cookie),
            Who::Token(token) => request = request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        }
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        request.body(Body::from(body.to_owned())).expect("a request")
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 22).await.expect("a body");
        let text = String::from_utf8(bytes.to_vec()).expect("text");
        Answer { status: parts.status, headers: parts.headers, text }
    }

    pub(crate) async fn ask(&self, who: &Who, method: Method, path: &str, body: &str) -> Answer {
        self.send(Portal::request(who, method, path, body)).await
    }

    pub(crate) async fn get(&self, who: &Who, path: &str) -> Answer {
        self.ask(who, Method::GET, path, "").await
    }

    pub(crate) async fn post(&self, who: &Who, path: &str, body: &str) -> Answer {
        self.ask(who, Method::POST, path, body).await
    }

    pub(crate) async fn patch(&self, who: &Who, path: &str, body: &str) -> Answer {
        self.ask(who, Method::PATCH, path, body).await
    }

    pub(crate) async fn put(&self, who: &Who, path: &str, body: &str) -> Answer {
        self.ask(who, Method::PUT, path, body).await
    }

    pub(crate) async fn delete(&self, who: &Who, path: &str) -> Answer {
        self.ask(who, Method::DELETE, path, "").await
    }

    /// An import of this file, carried on until it waits for somebody or is over.
    pub(crate) async fn import(&self, who: &Who, query: &str, file: &str) -> String {
        let mut request = Portal::request(who, Method::POST, &format!("/api/v1/imports?{query}"), file);
        request.headers_mut().insert(header::CONTENT_TYPE, "text/csv".parse().expect("a type"));
        let id = self.send(request).await.expect(202).id();
        self.carry_on(&id).await;
        id
    }

    /// Carries an import on until it waits for somebody or is over.
    pub(crate) async fn carry_on(&self, id: &str) {
        let id = id.parse().expect("an id");
        self.app.drive_import(id, self.clock.as_ref()).await.expect("carried on");
    }

    /// A site, a user and a device of a customer, made by its manager.
    pub(crate) async fn fleet(&self, who: &Who, party: PartyId, mac: &str) -> Fleet {
        let body =
            format!(r#"{{"party_id":"{party}","name":"Lyon","time_zone":"Europe/Paris","language":"fr"}}"#);
        let site = self.post(who, "/api/v1/sites", &body).await.expect(201).id();
        let body = format!(r#"{{"site_id":"{site}","name":"Accueil","extension":"100"}}"#);
        let user = self.post(who, "/api/v1/users", &body).await.expect(201).id();
        let body = format!(r#"{{"site_id":"{site}","device_type_id":"yealink-t54w","mac":"{mac}"}}"#);
        let device = self.post(who, "/api/v1/devices", &body).await.expect(201).id();
        let me = self.get(who, "/api/v1/me").await.expect(200).json();
        let portal_user = me["user"]["id"].as_str().or(me["id"].as_str()).unwrap_or_default().to_owned();
        Fleet { site, user, portal_user, device, ..Fleet::default() }
    }

    /// Begins an export of the customer's line states, which the provider allows from now on.
    pub(crate) async fn export(&self, who: &Who, party: PartyId) -> String {
        let actor = Actor::command_line();
        let provider = self.app.find_party(&actor, self.provider).await.expect("the provider").into_inner();
        let provider = actor.administer_from_above(provider).expect("all rights");
        let features = vec![(Feature::LineStateExport, Some(true))];
        let change = PartyChange { features, ..PartyChange::default() };
        self.app.update_party(&actor, provider, None, change, self.now()).await.expect("switched on");
        let body = format!(r#"{{"party_id":"{party}"}}"#);
        let id = self.post(who, "/api/v1/exports/line-states", &body).await.expect(202).id();
        // The next one need not wait for its window to end.
        self.advance(Span::from_secs(10));
        id
    }

    /// PATCH of who last saw this version.
    pub(crate) async fn request_if_match(&self, who: &Who, path: &str, body: &str, tag: &str) -> Answer {
        let mut request = Portal::request(who, Method::PATCH, path, body);
        request.headers_mut().insert(header::IF_MATCH, tag.parse().expect("a header"));
        self.send(request).await
    }

    /// A DECT system with a chain ID and one base at the fleet's site, and a reboot of it, which is over at once.
    pub(crate) async fn add_dect(&self, who: &Who, party: PartyId, mac: &str, fleet: &mut Fleet) {
        let site = &fleet.site;
        let body = format!(r#"{{"site_id":"{site}","device_type_id":"snom-m700","mac":"{mac}"}}"#);
        fleet.base = self.post(who, "/api/v1/devices", &body).await.expect(201).id();
        let body = format!(
            r#"{{"party_id":"{party}","name":"Wards","chain_id":"48213","device_ids":["{}"]}}"#,
            fleet.base
        );
        fleet.dect_system = self.post(who, "/api/v1/dect-systems", &body).await.expect(201).id();
        let reboots = format!("/api/v1/dect-systems/{}/reboots", fleet.dect_system);
        fleet.dect_reboot = self.post(who, &reboots, "").await.expect(202).id();
    }
}

/// Ids of one customer's things.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fleet {
    pub(crate) site: String,
    pub(crate) user: String,
    /// The portal user whose fleet it is.
    pub(crate) portal_user: String,
    pub(crate) device: String,
    /// A reboot of the device, where a test asked for one.
    pub(crate) reboot: String,
    /// An export of the customer's line states, where a test asked for one.
    pub(crate) export: String,
    /// A DECT system of one base, and its reboot, where a test made them.
    pub(crate) base: String,
    pub(crate) dect_system: String,
    pub(crate) dect_reboot: String,
    /// An import, where a test began one.
    pub(crate) import: String,
}
