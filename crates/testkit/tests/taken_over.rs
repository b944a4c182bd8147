//! A phone that keeps the password of another system registers here after `take_credentials_over`, with the password or only
//! its hash known; every wrong row is told, and nothing is written while one is wrong.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::time::Duration;

use md5::{Digest, Md5};
use tokio::net::UdpSocket;
use tonalite_app::{TakeOver, TakeOverReport};
use tonalite_core::Result;
use tonalite_core::access::Actor;
use tonalite_core::portal_user::Role;
use tonalite_core::secret::Secret;
use tonalite_sip::digest::{Answer, Challenge};
use tonalite_sip::{Message, Name};
use tonalite_testkit::{TestPortal, TestRegistrar, Whose};

const SECRET: &str = "canary-old-secret";

fn ha1(user: &str, realm: &str, password: &str) -> String {
    let hash = Md5::digest(format!("{user}:{realm}:{password}"));
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn take_over(portal: &TestPortal, file: &str, asked: TakeOver) -> Result<TakeOverReport> {
    let actor = Actor::command_line();
    let customer = portal.app.find_party(&actor, portal.tree.a.party.id).await?;
    let customer = actor.manage(customer.into_inner())?;
    let file = Secret::new(file.as_bytes().to_vec());
    portal.app.take_credentials_over(&actor, customer, file, asked, portal.now()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_registers_with_what_it_had() {
    let portal = TestPortal::start().await;
    let site = portal.tree.a.sites[0].clone();
    let device = portal.add_device(&site, "grandstream-ht818", Some("000b82000001")).await;
    let (anne, bruno) =
        (portal.add_user(&site, "Anne", "1001").await, portal.add_user(&site, "Bruno", "1002").await);
    portal.assign_line(&device, 1, &anne).await;
    portal.assign_line(&device, 2, &bruno).await;
    let registrar = TestRegistrar::start(&portal).await;
    let (username, password, domain) = portal.credentials(&device, 1).await;
    assert!(register(&registrar, (&username, &password, &domain), 1).await.starts_with("SIP/2.0 200"));

    let hash = ha1("anne-1001", &domain, SECRET);
    let file = format!(
        "MAC;Port;Site;Extension;Username;Realm;Password;HA1\r\n00:0b:82:00:00:01;1;;;anne-1001;{domain};;{hash}\r\n;;{};1002;bruno-1002;;{SECRET};\r\n",
        site.name
    );
    let dry = take_over(&portal, &file, TakeOver { dry_run: true, ..TakeOver::default() }).await.unwrap();
    assert_eq!(
        (dry.rows, dry.right, dry.hashes, dry.wrong_count, dry.written),
        (2, 2, 1, 0, false),
        "{dry:?}"
    );
    assert_eq!(portal.credentials(&device, 1).await.0, username, "a dry run writes nothing");
    let done = take_over(&portal, &file, TakeOver::default()).await.unwrap();
    assert!(done.written, "{done:?}");

    for user in ["anne-1001", "bruno-1002"] {
        let answer = register(&registrar, (user, SECRET, &domain), 2).await;
        assert!(answer.starts_with("SIP/2.0 200"), "{user}: {answer}");
        let wrong = register(&registrar, (user, "guess", &domain), 3).await;
        assert!(wrong.starts_with("SIP/2.0 401"), "{user}: {wrong}");
    }
    let gone = register(&registrar, (&username, &password, &domain), 4).await;
    assert!(gone.starts_with("SIP/2.0 401") || gone.starts_with("SIP/2.0 403"), "{gone}");

    let audit = portal.signed_in(Whose::A, Role::Admin).await.get("/api/v1/audit").await.text();
    assert!(audit.contains("lines.take_credentials_over"), "{audit}");
    assert!(!audit.contains(SECRET) && !audit.contains(&hash), "the log holds no secret: {audit}");
    registrar.shutdown().await;
    // Nor does anything on disk, sealed as both are.
    portal.app.flush().await;
    for entry in std::fs::read_dir(portal.folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            for secret in [SECRET, &hash] {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{} holds a secret", path.display());
            }
        }
    }
}

#[tokio::test]
async fn every_wrong_row_is_told_and_nothing_is_written() {
    let portal = TestPortal::start().await;
    let site = portal.tree.a.sites[0].clone();
    let device = portal.add_device(&site, "grandstream-ht818", Some("000b82000001")).await;
    let foreign = portal.tree.b.sites[0].clone();
    let other = portal.add_device(&foreign, "yealink-t54w", Some("001565000001")).await;
    let (anne, eve) =
        (portal.add_user(&site, "Anne", "1001").await, portal.add_user(&foreign, "Eve", "1001").await);
    portal.assign_line(&device, 1, &anne).await;
    portal.assign_line(&device, 2, &anne).await;
    portal.assign_line(&other, 1, &eve).await;
    let before = portal.credentials(&device, 1).await;
    let hash = "0".repeat(32);
    let rows = [
        (format!("000b82000001,1,,,ok-1,,{SECRET},"), None),
        (format!("canary-mac,1,,,x-1,,{SECRET},"), Some("mac: not a MAC")),
        (format!("001565000001,1,,,x-2,,{SECRET},"), Some("not in this customer's inventory")),
        (format!("000b82000001,7,,,x-3,,{SECRET},"), Some("not assigned")),
        (format!("000b82000001,x,,,x-4,,{SECRET},"), Some("port: not a number")),
        (format!("000b82000001,2,,,canary user@x,,{SECRET},"), Some("username:")),
        (format!("000b82000001,2,,,x-5,elsewhere.example,{SECRET},"), Some("realm: the SIP domain")),
        (format!("000b82000001,2,,,x-6,,,{hash}"), Some("realm: empty")),
        (format!("000b82000001,2,,,x-7,{},{SECRET},{hash}", before.2), Some("one of the two")),
        ("000b82000001,2,,,x-8,,,".to_owned(), Some("both empty")),
        (format!("000b82000001,1,,,x-9,,{SECRET},"), Some("a row above is for the same line")),
        (format!("000b82000001,2,,,ok-1,,{SECRET},"), Some("same user name")),
        (format!(",,{},1001,x-10,,{SECRET},", site.name), Some("2 lines")),
        (format!(",,nowhere,1001,x-11,,{SECRET},"), Some("site: this customer has none")),
        (format!(",,,,x-12,,{SECRET},"), Some("neither a mac nor an extension")),
    ];
    let body: Vec<&str> = rows.iter().map(|(row, _)| row.as_str()).collect();
    let file = format!("mac,port,site,extension,username,realm,password,ha1\n{}\n", body.join("\n"));
    let report = take_over(&portal, &file, TakeOver::default()).await.unwrap();
    assert_eq!((report.right, report.written), (1, false), "{report:?}");
    for (n, (row, reason)) in rows.iter().enumerate() {
        let told = report.wrong.iter().find(|wrong| wrong.line == n as u64 + 2).map(|wrong| &wrong.reason);
        match reason {
            None => assert_eq!(told, None, "{row}"),
            Some(reason) => assert!(told.is_some_and(|told| told.contains(reason)), "{row}: {told:?}"),
        }
    }
    assert!(!format!("{report:?}").contains("canary"), "no cell is repeated: {report:?}");
    assert_eq!(portal.credentials(&device, 1).await, before);
    for no_table in ["", "mac;port\n", "\u{0}\u{1}\n", "username,password\nx,y\n"] {
        assert!(take_over(&portal, no_table, TakeOver::default()).await.is_err(), "{no_table:?}");
    }

    let skipped =
        take_over(&portal, &file, TakeOver { skip_wrong: true, ..TakeOver::default() }).await.unwrap();
    assert!(skipped.written && skipped.wrong_count == 14, "{skipped:?}");
    assert_eq!(portal.credentials(&device, 1).await.0, "ok-1");
}

async fn register(registrar: &TestRegistrar, credentials: (&str, &str, &str), n: usize) -> String {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect(registrar.address()).await.unwrap();
    let (username, password, domain) = credentials;
    let local = socket.local_addr().unwrap();
    let request = |sequence: usize, authorization: &[u8]| {
        let mut bytes = format!(
            "REGISTER sip:{domain} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK-{n}-{sequence};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{username}@{domain}>;tag=t{n}\r\nTo: <sip:{username}@{domain}>\r\n\
             Call-ID: {username}-{n}\r\nCSeq: {sequence} REGISTER\r\nContact: <sip:{username}@{local}>;expires=300\r\n"
        )
        .into_bytes();
        bytes.extend_from_slice(authorization);
        bytes.extend_from_slice(b"Content-Length: 0\r\n\r\n");
        bytes
    };
    let challenged = ask(&socket, &request(1, b"")).await;
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
    String::from_utf8_lossy(&ask(&socket, &request(2, &authorization)).await).into_owned()
}

async fn ask(socket: &UdpSocket, request: &[u8]) -> Vec<u8> {
    socket.send(request).await.unwrap();
    let mut buffer = vec![0; 65_536];
    let heard = tokio::time::timeout(Duration::from_secs(10), socket.recv(&mut buffer)).await;
    buffer.truncate(heard.expect("an answer within 10 s").unwrap());
    buffer
}
