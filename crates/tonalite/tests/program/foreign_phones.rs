//! Phones that we did not write: sipp, sipsak and baresip register, renew, withdraw, crash and vanish, and the portal
//! says so on the device's page and in the event stream.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use tonalite_testkit::Process;

use crate::api::Api;
use crate::installation::{Installation, Server, run};
use crate::inventory::Line;
use crate::tools::{free_port, tool};
use crate::wait::{now, within};

/// What is promised: the portal shows a change this soon after the phone was answered.
const SOON: Duration = Duration::from_secs(2);

/// A server with one line, and an administrator.
struct Stage {
    // In the order of their ending: the server before its folder.
    server: Server,
    installation: Installation,
    api: Api,
    line: Line,
}

impl Stage {
    /// The address is the domain: sipsak asks DNS for any other, even where it is told the registrar.
    fn set() -> Stage {
        let installation = Installation::new();
        let token = installation.token("root", "platform", "admin");
        let server = installation.serve();
        let api = server.api(&token);
        let line = api.make_line(&api.make_site(Some("127.0.0.1")), 1);
        assert_eq!(line.registrar, server.sip.to_string());
        Stage { server, installation, api, line }
    }

    /// Device and status agree on this state; gives the status.
    #[track_caller]
    fn expect(&self, state: &str, detail: Option<&str>) -> Value {
        let (device, status) = self.api.look_at(&self.line.device);
        let detail = Value::from(detail);
        assert_eq!((&device["status"], &device["status_detail"]), (&state.into(), &detail), "{device}");
        assert_eq!((&status["status"], &status["status_detail"]), (&state.into(), &detail), "{status}");
        let line = &status["lines"][0];
        assert_eq!((&line["state"], &line["state_detail"]), (&state.into(), &detail), "{line}");
        let live = u64::from(state == "registered");
        assert_eq!(device["lines_registered"], live, "{device}");
        assert_eq!(status["contacts"].as_array().unwrap().len() as u64, live, "{status}");
        status
    }

    /// The one sipp scenario; gives what was sent and received, and whether all went as the scenario wants.
    fn sipp(&self, password: &str, seconds: u32, port: u16, cseq: u32) -> (bool, String) {
        let Line { username, domain, .. } = &self.line;
        let fields = self.installation.path("fields.csv");
        let row =
            format!("{username};[authentication username={username} password={password}];{domain};{seconds}");
        std::fs::write(&fields, format!("SEQUENTIAL\n{row}\n")).unwrap();
        let messages = self.installation.path("messages.log");
        let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/program/sipp/register.xml");
        let ended = run(
            tool("sipp", "sip-tester")
                .arg(self.server.sip.to_string())
                .arg("-sf")
                .arg(scenario)
                .arg("-inf")
                .arg(fields)
                .args(["-i", "127.0.0.1", "-p", &port.to_string(), "-t", "u1", "-m", "1", "-nostdin"])
                // One Call-ID over several runs, as a phone keeps one until it restarts.
                .args(["-cid_str", "sipp-%u@desk", "-base_cseq", &cseq.to_string()])
                .args([
                    "-timeout",
                    "20s",
                    "-timeout_error",
                    "-trace_msg",
                    "-message_overwrite",
                    "true",
                    "-message_file",
                ])
                .arg(&messages)
                .current_dir(self.installation.path("")),
            "",
        );
        let messages = std::fs::read_to_string(messages).unwrap_or_default();
        assert!(messages.contains("SIP/2.0 4"), "{}{}\n{messages}", ended.stdout, ended.stderr);
        (ended.success, messages)
    }

    /// A sipsak that asks for so many seconds; gives whether it was granted, and what it said.
    fn sipsak(&self, port: u16, seconds: u32) -> (bool, String) {
        let Line { username, password, registrar, .. } = &self.line;
        let contact = format!("sip:{username}@127.0.0.1:{port}");
        let ended = run(
            tool("sipsak", "sipsak")
                .args(["-U", "-vv", "-s", &format!("sip:{username}@{registrar}"), "-C", &contact])
                .args(["-u", username, "-a", password, "-x", &seconds.to_string()]),
            "",
        );
        (ended.success, ended.stdout + &ended.stderr)
    }
}

#[test]
fn sipp_registers_renews_and_withdraws() {
    let stage = Stage::set();
    stage.expect("unregistered", Some("never_seen"));
    let events = stage.api.events();
    let (password, port) = (stage.line.password.clone(), free_port());

    let (done, messages) = stage.sipp(&password, 300, port, 0);
    assert!(done, "{messages}");
    let event = events.status_of(&stage.line.device, SOON);
    assert_eq!((&event["status"], &event["lines_registered"]), (&"registered".into(), &1.into()));
    let first = stage.expect("registered", None);
    let contact = &first["contacts"][0];
    assert_eq!(contact["contact"], format!("sip:{}@127.0.0.1:{port}", stage.line.username));
    assert_eq!((&contact["user_agent"], &contact["transport"]), (&"sipp".into(), &"udp".into()));
    assert_eq!(contact["address"], format!("127.0.0.1:{port}"));

    let (done, messages) = stage.sipp(&password, 300, port, 2);
    assert!(done, "{messages}");
    // A renewal is written a little later than it is answered, and is no news.
    within(SOON, "the renewal", || {
        let renewed = stage.expect("registered", None);
        assert_eq!(renewed["contacts"][0]["registered_at"], contact["registered_at"]);
        (renewed["contacts"][0]["refreshed_at"] != contact["refreshed_at"]).then_some(())
    });

    let (done, messages) = stage.sipp(&password, 0, port, 4);
    assert!(done, "{messages}");
    let event = events.status_of(&stage.line.device, SOON);
    assert_eq!((&event["status"], &event["status_detail"]), (&"unregistered".into(), &"withdrawn".into()));
    stage.expect("unregistered", Some("withdrawn"));
}

#[test]
fn sipp_with_a_wrong_password_is_refused() {
    let stage = Stage::set();
    for (password, port) in [("guess", free_port()), ("", free_port())] {
        let (done, messages) = stage.sipp(password, 300, port, 0);
        assert!(!done, "{messages}");
        assert!(!messages.contains("SIP/2.0 200"), "{messages}");
        assert!(messages.matches("SIP/2.0 40").count() >= 2, "challenged, then refused: {messages}");
        stage.expect("unregistered", Some("never_seen"));
    }
    // Refusing the one has not shut out the other.
    let (done, messages) = stage.sipp(&stage.line.password, 300, free_port(), 0);
    assert!(done, "{messages}");
    stage.expect("registered", None);
}

#[test]
fn sipp_moves_to_new_credentials_and_loses_its_line() {
    let stage = Stage::set();
    let (old, port) = (stage.line.password.clone(), free_port());
    let (done, messages) = stage.sipp(&old, 300, port, 0);
    assert!(done, "{messages}");

    // Nobody is cut off by new credentials: the old ones stay right until the new ones are used.
    let line = format!("/api/v1/devices/{}/lines/1", stage.line.device);
    let made = stage.api.post(&format!("{line}/credentials"), &json!({})).must(201);
    let new = made["password"].as_str().unwrap();
    assert_eq!(made["username"], stage.line.username.as_str());
    for (password, cseq) in [(old.as_str(), 2), (new, 4)] {
        let (done, messages) = stage.sipp(password, 300, port, cseq);
        assert!(done, "{messages}");
    }
    let (done, messages) = stage.sipp(&old, 300, port, 6);
    assert!(!done && !messages.contains("SIP/2.0 200"), "{messages}");
    stage.expect("registered", None);

    // Without its line a phone is nobody, at once and for everybody.
    let events = stage.api.events();
    assert_eq!(stage.api.send("DELETE", &format!("{line}/user"), None).status, 204);
    assert_eq!(events.status_of(&stage.line.device, SOON)["status_detail"], "no_line");
    let (done, messages) = stage.sipp(new, 300, port, 8);
    assert!(!done && !messages.contains("SIP/2.0 200"), "{messages}");
    let (device, status) = stage.api.look_at(&stage.line.device);
    assert_eq!((&device["status"], &device["status_detail"]), (&"unregistered".into(), &"no_line".into()));
    assert_eq!((&status["lines"], &status["contacts"]), (&json!([]), &json!([])));
}

#[test]
fn sipsak_pings_registers_and_withdraws() {
    let stage = Stage::set();
    let ping =
        run(tool("sipsak", "sipsak").args(["-v", "-s", &format!("sip:ping@{}", stage.server.sip)]), "");
    assert!(ping.success && ping.stdout.contains("200"), "{}{}", ping.stdout, ping.stderr);

    let events = stage.api.events();
    let port = free_port();
    let (done, said) = stage.sipsak(port, 120);
    assert!(done, "{said}");
    assert_eq!(events.status_of(&stage.line.device, SOON)["status"], "registered");
    stage.expect("registered", None);

    let (done, said) = stage.sipsak(port, 0);
    assert!(done, "{said}");
    assert_eq!(events.status_of(&stage.line.device, SOON)["status_detail"], "withdrawn");
    stage.expect("unregistered", Some("withdrawn"));
}

/// The promise to people: who vanishes without a word is shown as aged, not before the registration and the grace for
/// a late renewal are over, and soon after. In real time on purpose; the rest of expiry is tested on a virtual clock.
#[test]
fn a_phone_that_vanishes_ages() {
    let stage = Stage::set();
    let (events, port) = (stage.api.events(), free_port());
    let started = now();
    let (done, said) = stage.sipsak(port, 60);
    assert!(done, "{said}");
    let answered = now();
    assert_eq!(events.status_of(&stage.line.device, SOON)["status"], "registered");
    let (granted, grace) = (Duration::from_secs(60), Duration::from_secs(32));

    within(granted + SOON, "overdue", || {
        let (device, _) = stage.api.look_at(&stage.line.device);
        assert_eq!(device["status"], "registered", "{device}");
        (device["status_detail"] == "overdue").then_some(())
    });
    assert!(started.elapsed() >= granted, "overdue after {:?}", started.elapsed());

    let event = events.status_of(&stage.line.device, grace + SOON);
    assert!(answered.elapsed() <= granted + grace + SOON, "late: {:?}", answered.elapsed());
    assert!(started.elapsed() >= granted + grace, "early: {:?}", started.elapsed());
    assert_eq!((&event["status"], &event["lines_registered"]), (&"aged".into(), &0.into()));
    stage.expect("aged", None);
    let counts = &stage.api.get("/api/v1/devices").must(200)["counts"];
    assert_eq!((&counts["aged"], &counts["registered"]), (&1.into(), &0.into()));

    let (done, said) = stage.sipsak(port, 60);
    assert!(done, "{said}");
    assert_eq!(events.status_of(&stage.line.device, SOON)["status"], "registered");
    stage.expect("registered", None);
}

/// A softphone with a configuration folder of its own, where it also keeps who it is.
struct Baresip {
    process: Process,
    port: u16,
}

impl Baresip {
    /// Starts it, and returns as soon as it was told 200.
    fn start(stage: &Stage) -> Baresip {
        let (folder, port) = (stage.installation.path("baresip"), free_port());
        std::fs::create_dir_all(&folder).unwrap();
        let Line { username, password, domain, registrar, .. } = &stage.line;
        let config = format!(
            "module_path /usr/lib/baresip/modules\nmodule g711.so\nmodule uuid.so\nmodule_tmp account.so\n\
             module_app menu.so\nsip_listen 0.0.0.0:{port}\n"
        );
        let account = format!(
            "<sip:{username}@{domain};transport=udp>;auth_user={username};auth_pass={password};\
             outbound=\"sip:{registrar};transport=udp\";regint=300\n"
        );
        for (name, text) in [("config", config.as_str()), ("accounts", &account), ("contacts", "")] {
            std::fs::write(folder.join(name), text).unwrap();
        }
        let mut command: Command = tool("baresip", "baresip-core");
        // -s shows its messages; -t ends it should the test be stuck.
        let mut process = Process::start(command.arg("-f").arg(folder).args(["-s", "-t", "100"]));
        let mut said = Vec::new();
        process.line(|line| {
            said.push(line.to_owned());
            assert!(!line.starts_with("SIP/2.0 403"), "{said:#?}");
            line.starts_with("SIP/2.0 200").then_some(())
        });
        Baresip { process, port }
    }
}

#[test]
fn baresip_registers_crashes_comes_back_and_quits() {
    let stage = Stage::set();
    let events = stage.api.events();
    let port_of_contact = |status: &Value| {
        let contact = status["contacts"][0]["contact"].as_str().unwrap();
        contact.rsplit_once(':').unwrap().1.split([';', '>']).next().unwrap().parse::<u16>().unwrap()
    };

    let first = Baresip::start(&stage);
    assert_eq!(events.status_of(&stage.line.device, SOON)["status"], "registered");
    let status = stage.expect("registered", None);
    assert_eq!(port_of_contact(&status), first.port);
    assert!(status["contacts"][0]["user_agent"].as_str().unwrap().contains("baresip"), "{status}");

    // Without a word: nobody can know yet, and the line stays registered.
    first.process.kill();
    stage.expect("registered", None);

    // It comes back on another port, with another Call-ID and contact, but as the same instance: one phone, not two.
    let mut second = Baresip::start(&stage);
    within(SOON, "the new contact in the place of the old", || {
        let status = stage.expect("registered", None);
        (port_of_contact(&status) == second.port).then_some(())
    });

    // Whatever it makes of SIGTERM as its own exit code, it says goodbye first.
    second.process.end();
    let event = events.status_of(&stage.line.device, SOON);
    assert_eq!((&event["status"], &event["status_detail"]), (&"unregistered".into(), &"withdrawn".into()));
    stage.expect("unregistered", Some("withdrawn"));
}
