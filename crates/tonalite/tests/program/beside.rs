//! Commands beside a running server: it carries them out itself, at once, and nobody else may ask it to.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use serde_json::{Value, json};
use tonalite_testkit::{Process, each_engine};

use crate::installation::{Installation, PASSWORD, run};
use crate::inventory::new_device;
use crate::wait::within;

const LIMIT: Duration = Duration::from_secs(30);

/// The server's socket, spoken to without our program.
struct Raw(UnixStream);

impl Raw {
    fn open(installation: &Installation) -> Raw {
        let stream = UnixStream::connect(installation.data().join("control.sock")).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        Raw(stream)
    }

    fn say(&mut self, frame: &Value) {
        let bytes = frame.to_string().into_bytes();
        self.0.write_all(&u32::try_from(bytes.len()).unwrap().to_be_bytes()).unwrap();
        self.0.write_all(&bytes).unwrap();
    }

    fn hear(&mut self) -> Value {
        let mut length = [0; 4];
        self.0.read_exact(&mut length).unwrap();
        let mut bytes = vec![0; u32::from_be_bytes(length) as usize];
        self.0.read_exact(&mut bytes).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    /// Waits until the server has closed the connection.
    fn sees_the_door(mut self) -> bool {
        self.0.read(&mut [0]).is_ok_and(|read| read == 0)
    }
}

fn hello() -> Value {
    json!({ "version": env!("CARGO_PKG_VERSION") })
}

fn create_provider(name: &str) -> Value {
    let create = json!({ "kind": "Provider", "name": name, "parent": "platform", "sip_domain": null });
    json!({ "job": { "Party": { "Create": create } }, "json": false, "password": null })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_command_changes_holds_at_once() {
    each_engine(async |location| {
        let installation = Installation::on(location);
        let server = installation.serve_talkative();
        let provider = installation.one_line(&["party", "create", "--kind", "provider", "--name", "Télécom"]);
        let customer = ["party", "create", "--kind", "customer", "--name", "Clinique", "--parent", &provider];
        let customer = installation.one_line(&customer);
        let token = installation.token("claire", &customer, "manager");
        let api = server.api(&token);
        assert_eq!(api.get("/api/v1/me").must(200)["party"]["id"], customer.as_str());

        // A refusal is one of the server's, in the same words, with the same end.
        let again = ["user", "create", "--username", "claire", "--party", &customer, "--role", "admin"];
        let again = run(&mut installation.command(&[&again[..], &["--password-stdin"]].concat()), PASSWORD);
        assert_eq!((again.code, again.stderr.lines().count()), (Some(1), 1), "{}", again.stderr);
        assert!(again.complaint().contains("in use"));

        // A device made through the portal is in the command's list, and the other way round the feature is off at once.
        let site = api.post("/api/v1/sites", &json!({"party_id": customer, "name": "Lyon"})).must(201);
        let site = site["id"].as_str().unwrap().to_owned();
        api.post("/api/v1/devices", &new_device(&site, 7)).must(201);
        let listed = installation.run(&["device", "list", "--site", &site, "--status", "no_line"]);
        let rows: Vec<&str> = listed.stdout.lines().collect();
        assert_eq!(rows.len(), 2, "{}{}", listed.stdout, listed.stderr);
        assert!(
            rows[0].starts_with("MAC ") && rows[1].starts_with("00:15:65:00:00:07  yealink-t54w  "),
            "{rows:?}"
        );
        assert_eq!(rows[0].find("STATUS"), rows[1].find("unregistered,no_line"), "aligned");
        let shown = installation.one_line(&["device", "show", "0015.6500.0007", "--json"]);
        let shown: Value = serde_json::from_str(&shown).unwrap();
        assert_eq!((&shown["mac"], &shown["site"]["id"]), (&"001565000007".into(), &site.as_str().into()));

        let off = installation.run(&["party", "set", &provider, "--feature", "api_tokens=off"]);
        assert!(off.success && off.stdout.contains("api_tokens=off\n"), "{}", off.stderr);
        assert_eq!(api.get("/api/v1/me").status, 401);

        // Who did it is the command line; what it knew is in no log.
        assert!(installation.run(&["party", "set", &provider, "--feature", "api_tokens=on"]).success);
        let root = installation.token("root", "platform", "admin");
        let audit = server.api(&root).get("/api/v1/audit?limit=200").must(200);
        let of = |action: &str| {
            let entries = audit["items"].as_array().unwrap();
            entries
                .iter()
                .filter(|entry| entry["action"] == action)
                .map(|entry| &entry["actor"])
                .collect::<Vec<_>>()
        };
        assert_eq!(of("party.update"), ["cli", "cli"], "{audit}");
        let log = server.log();
        assert!(log.contains("a command from the command line"), "the log is as talkative as it gets");
        assert!(!log.contains(PASSWORD) && !log.contains(&token) && !log.contains(&root));
        server.stop();
    })
    .await;
}

#[test]
fn the_socket_is_private_removed_at_the_end_and_replaced_after_a_kill() {
    let installation = Installation::new();
    let socket = installation.data().join("control.sock");
    let server = installation.serve();
    let file = std::fs::symlink_metadata(&socket).unwrap();
    assert!(file.file_type().is_socket());
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    server.stop();
    assert!(!socket.exists());

    installation.serve().kill();
    assert!(socket.exists(), "nobody was there to remove it");
    installation.one_line(&["party", "create", "--kind", "provider", "--name", "Alone"]);
    let server = installation.serve();
    let listed = installation.run(&["party", "list", "--kind", "provider"]);
    assert!(listed.stdout.contains("Alone"), "{}", listed.stderr);
    server.stop();
    assert!(!socket.exists());
}

#[test]
fn the_folder_may_lie_deeper_than_the_address_of_a_socket_reaches() {
    let installation = Installation::new();
    let deep = installation.path(&format!("{0}/{0}/data", "a".repeat(100)));
    let command = |arguments: &[&str]| {
        let mut command = installation.command(arguments);
        command.env("TONALITE_DATA", &deep);
        command
    };
    let mut server = Process::start(
        command(&["serve"])
            .env("TONALITE_HTTP_LISTEN", "127.0.0.1:0")
            .env("TONALITE_SIP_LISTEN", "127.0.0.1:0"),
    );
    server.line(|line| line.contains("ready").then_some(()));
    run(&mut command(&["party", "create", "--kind", "provider", "--name", "Deep"]), "").one_line();
    assert!(server.end().success());
    assert!(run(&mut command(&["party", "list"]), "").stdout.contains("Deep"));
}

#[test]
fn a_change_goes_on_when_who_asked_has_gone() {
    let installation = Installation::new();
    let server = installation.serve();
    let mut raw = Raw::open(&installation);
    raw.say(&hello());
    assert_eq!(raw.hear(), "welcome");
    raw.say(&create_provider("Orphan"));
    drop(raw);
    within(LIMIT, "the change of who has gone", || {
        let listed = installation.run(&["party", "list", "--kind", "provider"]);
        listed.stdout.contains("Orphan").then_some(())
    });
    server.stop();
}

#[test]
fn strange_visitors_get_a_word_or_the_door() {
    let installation = Installation::new();
    let server = installation.serve();
    let mut other = Raw::open(&installation);
    other.say(&json!({ "version": "9.9.9" }));
    let words = other.hear()["failed"].as_str().unwrap().to_owned();
    assert!(words.contains("9.9.9") && words.contains(env!("CARGO_PKG_VERSION")), "{words}");

    let mut newer = Raw::open(&installation);
    newer.say(&hello());
    assert_eq!(newer.hear(), "welcome");
    newer.say(&json!({ "job": { "Party": { "Dance": {} } }, "json": false, "password": "hunter2 hunter2" }));
    let words = newer.hear()["failed"].as_str().unwrap().to_owned();
    assert!(words.contains("another build") && !words.contains("hunter2"), "{words}");

    let mut long = Raw::open(&installation);
    long.0.write_all(&u32::MAX.to_be_bytes()).unwrap();
    assert!(long.sees_the_door(), "four gigabytes are not waited for");

    // Nine at once are one too many; those who sit there and order nothing are shown out by themselves.
    let mut sitting: Vec<Raw> = (0..8).map(|_| Raw::open(&installation)).collect();
    for raw in &mut sitting {
        raw.say(&hello());
        assert_eq!(raw.hear(), "welcome");
    }
    let mut ninth = Raw::open(&installation);
    ninth.say(&hello());
    assert!(ninth.hear()["failed"].as_str().is_some_and(|words| words.contains("busy")));
    assert!(sitting.into_iter().all(Raw::sees_the_door));
    assert!(installation.run(&["party", "list"]).success);
    server.stop();
}

#[test]
fn commands_without_a_server_wait_for_each_other() {
    let installation = Installation::new();
    installation.one_line(&["migrate"]);
    let names: Vec<String> = (0..4).map(|number| format!("Télécom {number}")).collect();
    let mut running: Vec<Process> = names
        .iter()
        .map(|name| {
            Process::start(
                &mut installation.command(&["party", "create", "--kind", "provider", "--name", name]),
            )
        })
        .collect();
    for process in &mut running {
        let ended = within(LIMIT, "the end of a command", || process.ended());
        assert!(ended.success());
    }
    let listed = installation.run(&["party", "list", "--kind", "provider", "--json"]).stdout;
    assert_eq!(listed.lines().count(), 4, "{listed}");
}
