//! What a phone says of itself, over a real socket, and where it is shown: list, device, timeline, API, export.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::time::Duration;

use axum::http::{StatusCode, header};
use tokio::net::UdpSocket;
use tonalite_core::csv::guard;
use tonalite_core::portal_user::Role;
use tonalite_sip::digest::{Answer, Challenge};
use tonalite_sip::{Message, Name};
use tonalite_testkit::{TestPortal, TestRegistrar, Whose, eventually};

/// What must never stand in a page as it is.
const MARKUP: [&str; 4] = ["<script>alert(", "<img src=x", "</textarea", "\"onfocus=\"alert("];

const USER_AGENTS: [&str; 7] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "'=1+1;\"\",\u{202e}gnp.exe",
    "Yealink\u{2066}\u{200b}😀{{7*7}}</textarea>",
    "\u{1b}[31mred\u{7}",
    "x\"onfocus=\"alert(3)\"autofocus=\"",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_a_phone_says_is_shown_and_harms_nobody() {
    let portal = TestPortal::start().await;
    let site = portal.tree.a.sites[0].clone();
    let device = portal.add_device(&site, "yealink-t54w", Some("001565abcdef")).await;
    let user = portal.add_user(&site, "<script>alert(4)</script>", "1001").await;
    portal.assign_line(&device, 1, &user).await;
    let registrar = TestRegistrar::start(&portal).await;
    let credentials = portal.credentials(&device, 1).await;
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect(registrar.address()).await.unwrap();
    let admin = portal.signed_in(Whose::A, Role::Admin).await;
    let reader = admin.with(header::ACCEPT, "text/html").with(header::ACCEPT_LANGUAGE, "fr");
    let api = format!("/api/v1/devices/{}/status", device.id);

    for (n, user_agent) in USER_AGENTS.into_iter().enumerate() {
        register(&socket, &credentials, n, user_agent).await;
        let shown = cleaned(user_agent);
        let export = eventually("the phone is heard", async || {
            // The export counts, so that the clock has to go on.
            portal.advance(tonalite_core::time::Span::from_secs(2));
            let address = "/api/v1/exports/devices.csv?columns=user_agent&lang=raw";
            let text = admin.get(address).await.text();
            text.contains(&shown.replace('"', "\"\"")).then_some(text)
        });
        let export = export.await;
        let cell = export
            .lines()
            .nth(1)
            .unwrap_or_default()
            .strip_prefix('"')
            .and_then(|cell| cell.strip_suffix('"'))
            .unwrap_or_default()
            .replace("\"\"", "\"");
        assert!(!guard::needs_guard(&cell) || cell.starts_with('\''), "{cell}");
        assert_eq!(guard::decode(&cell).trim(), shown, "{user_agent}");
        assert!(admin.get(&api).await.text().contains("user_agent"), "the API tells of the contact");
        for path in
            ["/devices".to_owned(), format!("/devices/{}", device.id), "/devices?status=registered".into()]
        {
            let page = reader.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text());
            let page = page.text();
            for markup in MARKUP {
                assert!(!page.contains(markup), "{path}: {markup} of {user_agent}");
            }
            assert!(
                !page.contains(['\u{202e}', '\u{2066}', '\u{1b}']),
                "{path}: a mark that turns what follows"
            );
        }
    }
    registrar.shutdown().await;
}

/// Control characters and marks that nobody sees become spaces.
fn cleaned(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if hidden(c) { ' ' } else { c }).collect::<String>().trim().to_owned()
}

async fn register(socket: &UdpSocket, credentials: &(String, String, String), n: usize, user_agent: &str) {
    let (username, password, domain) = credentials;
    let local = socket.local_addr().unwrap();
    let request = |sequence: usize, authorization: &[u8]| {
        let mut bytes = format!(
            "REGISTER sip:{domain} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {local};branch=z9hG4bK-{n}-{sequence};rport\r\n\
             Max-Forwards: 70\r\n\
             From: \"<script>alert(5)</script> \u{202e}\" <sip:{username}@{domain}>;tag=t{n}\r\n\
             To: \"=cmd|calc\" <sip:{username}@{domain}>\r\n\
             Call-ID: <script>alert(6)</script>-{n}\r\n\
             CSeq: {sequence} REGISTER\r\n\
             Contact: \"</textarea>'=1\" <sip:{username}@{local};x=%22%3E%3Cscript%3Ealert(7)>;expires=300\r\n\
             User-Agent: {user_agent}\r\n"
        )
        .into_bytes();
        bytes.extend_from_slice(authorization);
        bytes.extend_from_slice(b"Content-Length: 0\r\n\r\n");
        bytes
    };
    let challenged = ask(socket, &request(2 * n + 1, b"")).await;
    let challenged = Message::parse(&challenged).expect("a message");
    let challenge = challenged.header(Name::WwwAuthenticate).expect("a challenge");
    let mut authorization = b"Authorization: ".to_vec();
    let uri = format!("sip:{domain}");
    Challenge::parse(challenge).expect("a challenge").answer(
        &mut authorization,
        &Answer {
            username: username.as_bytes(),
            password: password.as_bytes(),
            method: b"REGISTER",
            uri: uri.as_bytes(),
            cnonce: b"c",
            nonce_count: 1,
        },
    );
    authorization.extend_from_slice(b"\r\n");
    let answer = ask(socket, &request(2 * n + 2, &authorization)).await;
    assert!(answer.starts_with(b"SIP/2.0 200"), "{user_agent}: {}", String::from_utf8_lossy(&answer));
}

async fn ask(socket: &UdpSocket, request: &[u8]) -> Vec<u8> {
    socket.send(request).await.unwrap();
    let mut buffer = vec![0; 65_536];
    let heard = tokio::time::timeout(Duration::from_secs(10), socket.recv(&mut buffer)).await;
    buffer.truncate(heard.expect("an answer within 10 s").unwrap());
    buffer
}
