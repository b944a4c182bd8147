//! Phones that others wrote: SIPp, sipsak and baresip, each as its users run it. They come with `cargo xtask ci`
//! (Debian: sip-tester, sipsak, baresip-core).

mod common;

use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use common::{Identity, Portal, code_of, reboot};
use tonalite_core::contact_request::ContactRequestKind;
use tonalite_core::line_state::{LineState, Policy, StateDetail, Transport};
use tonalite_core::time::Span;
use tonalite_core::timeline::TimelineKind;
use tonalite_testkit::{Process, eventually};

/// A UDP port that was free a moment ago.
fn free_port() -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    socket.local_addr().expect("an address").port()
}

/// Runs a program to its end without blocking the portal.
async fn run(mut command: Command) -> Output {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("no panic");
    output.unwrap_or_else(|error| panic!("{name} cannot be started ({error}); `cargo xtask ci` installs it"))
}

/// REGISTERs for these expiries in turn, each challenged anew: SIPp does not keep a nonce. The contact has this port also
/// where a connection has another.
fn sipp_scenario(identity: &Identity, port: u16, expiries: &[u32]) -> String {
    let Identity { username, password, domain } = identity;
    let mut cseq = 0;
    let mut register = |expires: u32, authentication: &str| {
        cseq += 1;
        format!(
            "<send retrans=\"500\"><![CDATA[\n\
             REGISTER sip:{domain} SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n\
             From: <sip:{username}@{domain}>;tag=[call_number]\nTo: <sip:{username}@{domain}>\nCall-ID: [call_id]\n\
             CSeq: {cseq} REGISTER\nContact: <sip:{username}@[local_ip]:{port}>\nMax-Forwards: 70\n\
             Expires: {expires}\n{authentication}Content-Length: 0\n\n]]></send>\n"
        )
    };
    let authentication = format!("[authentication username={username} password={password}]\n");
    let mut steps = String::new();
    for &expires in expiries {
        steps += &register(expires, "");
        steps += "<recv response=\"401\" auth=\"true\"/>\n";
        steps += &register(expires, &authentication);
        steps += "<recv response=\"200\"/>\n";
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\" ?>\n<scenario name=\"registrar\">\n{steps}</scenario>\n"
    )
}

/// Whether SIPp carried the scenario out, over UDP.
async fn sipp(portal: &Portal, identity: &Identity, port: u16, expiries: &[u32]) -> Result<(), String> {
    sipp_over("u1", portal, identity, port, expiries).await
}

/// The same in another of its modes: `t1` is one connection, `tn` one for each call.
async fn sipp_over(
    mode: &str,
    portal: &Portal,
    identity: &Identity,
    port: u16,
    expiries: &[u32],
) -> Result<(), String> {
    let folder = portal.test.folder();
    fs::write(folder.join("scenario.xml"), sipp_scenario(identity, port, expiries)).expect("written");
    let mut command = Command::new("sipp");
    command.current_dir(folder).arg(portal.address().to_string());
    command.args(["-sf", "scenario.xml", "-i", "127.0.0.1", "-p", &port.to_string()]);
    command.args(["-m", "1", "-t", mode, "-nostdin", "-timeout", "20s", "-timeout_error"]);
    // Its own 50,000 are more files than it may open in many places.
    command.args(["-max_socket", "1000"]);
    let output = run(command).await;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{}\n{}", output.status, String::from_utf8_lossy(&output.stderr)))
}

#[tokio::test(flavor = "multi_thread")]
async fn sipp_registers_renews_and_withdraws() {
    let portal = Portal::start().await;
    let port = free_port();
    sipp(&portal, &portal.identity, port, &[600, 600, 600]).await.expect("three registrations");
    assert_eq!(portal.state().await.0, LineState::Registered);
    let contacts = portal.contacts().await;
    assert_eq!(contacts, [format!("sip:{}@127.0.0.1:{port}", portal.identity.username)]);
    sipp(&portal, &portal.identity, port, &[0]).await.expect("a withdrawal");
    assert_eq!(portal.state().await, (LineState::Unregistered, Some(StateDetail::Withdrawn)));
}

#[tokio::test(flavor = "multi_thread")]
async fn sipp_falls_silent_and_ages() {
    let portal = Portal::start().await;
    sipp(&portal, &portal.identity, free_port(), &[60]).await.expect("a registration");
    portal.advance(91);
    assert_eq!(portal.state().await.0, LineState::Registered);
    portal.advance(2);
    portal.becomes(LineState::Aged).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sipp_with_a_wrong_password() {
    let portal = Portal::start().await;
    let wrong = Identity { password: "wrong".into(), ..portal.identity.clone() };
    assert!(sipp(&portal, &wrong, free_port(), &[600]).await.is_err());
    assert_eq!(portal.state().await, (LineState::Unregistered, Some(StateDetail::NeverSeen)));
    assert_eq!(portal.running().refusals(portal.line).expect("evidence").count, 1);
}

/// sipsak, once; what it says when it is not content.
async fn sipsak(portal: &Portal, arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new("sipsak");
    command.args(["-p", &portal.address().to_string(), "-H", "127.0.0.1", "-vvv"]).args(arguments);
    let output = run(command).await;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stdout).into_owned()) }
}

#[tokio::test(flavor = "multi_thread")]
async fn sipsak_asks_registers_and_is_refused() {
    let portal = Portal::start().await;
    let Identity { username, password, domain } = &portal.identity;
    let aor = format!("sip:{username}@{domain}");
    sipsak(&portal, &["-s", &format!("sip:{domain}")]).await.expect("OPTIONS");

    let contact = format!("sip:{username}@127.0.0.1:5999");
    // Without -u its digest user name would be `user@`, by a fault of its own.
    let register = ["-U", "-C", &contact, "-x", "60", "-u", username, "-s", &aor, "-a"];
    sipsak(&portal, &[&register[..], &["wrong"]].concat()).await.expect_err("a wrong password");
    assert_eq!(portal.state().await.0, LineState::Unregistered);
    assert!(portal.running().refusals(portal.line).is_some());

    sipsak(&portal, &[&register[..], &[password]].concat()).await.expect("registered");
    assert_eq!(portal.state().await.0, LineState::Registered);
    assert_eq!(portal.contacts().await, [contact]);
    portal.advance(93);
    portal.becomes(LineState::Aged).await;
}

/// Starts baresip with this account, over UDP. Its folder keeps the instance id from run to run.
fn baresip(portal: &Portal, folder: &Path) -> Process {
    baresip_over("udp", portal, folder)
}

fn baresip_over(transport: &str, portal: &Portal, folder: &Path) -> Process {
    let Identity { username, password, domain } = &portal.identity;
    let registrar = portal.address();
    fs::create_dir_all(folder).expect("a folder");
    let modules = "module_path /usr/lib/baresip/modules\nmodule g711.so\nmodule uuid.so\nmodule_tmp account.so\nmodule_app menu.so\n";
    let config = format!("{modules}sip_listen 0.0.0.0:{}\n", free_port());
    let account = format!(
        "<sip:{username}@{domain};transport={transport}>;auth_user={username};auth_pass={password};regint=60;\
         outbound=\"sip:{registrar};transport={transport}\"\n"
    );
    for (name, text) in [("config", &config[..]), ("accounts", &account), ("contacts", "")] {
        fs::write(folder.join(name), text).expect("written");
    }
    let mut command = Command::new("baresip");
    command.arg("-f").arg(folder).stderr(Stdio::null());
    Process::start(&mut command)
}

/// Asks a program to end.
async fn terminate(process: &Process) {
    let mut command = Command::new("kill");
    command.args(["-TERM", &process.id().to_string()]);
    assert!(run(command).await.status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn baresip_registers_renews_and_says_goodbye() {
    // Four seconds: baresip renews after 3.6 s.
    let policy =
        Policy { min_expires: Span::from_secs(3), max_expires: Span::from_secs(4), ..Policy::default() };
    let portal = Portal::with_policy(policy).await;
    let phone = baresip(&portal, &portal.test.folder().join("baresip"));
    portal.becomes(LineState::Registered).await;
    let first = portal.bindings().await;
    assert_eq!(first.len(), 1);
    assert!(
        first[0].instance.as_deref().is_some_and(|instance| instance.starts_with("<urn:uuid:")),
        "{first:?}"
    );
    eventually("a renewal", async || {
        let now = portal.bindings().await;
        (now[0].cseq > first[0].cseq && now[0].id == first[0].id).then_some(())
    })
    .await;
    terminate(&phone).await;
    portal.becomes(LineState::Unregistered).await;
    assert_eq!(portal.state().await.1, Some(StateDetail::Withdrawn));
    assert!(!portal.timeline().await.contains(&TimelineKind::Aged));
}

#[tokio::test(flavor = "multi_thread")]
async fn baresip_loses_power_and_comes_back() {
    let portal = Portal::start().await;
    let folder = portal.test.folder().join("baresip");
    let phone = baresip(&portal, &folder);
    portal.becomes(LineState::Registered).await;
    let before = portal.contacts().await;
    phone.kill();
    let phone = baresip(&portal, &folder);
    eventually("its new contact", async || (portal.contacts().await != before).then_some(())).await;
    assert_eq!(portal.contacts().await.len(), 1, "the old one of the same instance is no phantom");
    phone.kill();
    portal.advance(601 + 32);
    portal.becomes(LineState::Aged).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn baresip_is_there_and_refuses_to_reboot() {
    let portal = Portal::start().await;
    let phone = baresip(&portal, &portal.test.folder().join("baresip"));
    portal.becomes(LineState::Registered).await;
    assert_eq!(code_of(portal.ask(ContactRequestKind::Options).await), (200, false));
    // By the letter of RFC 6665: it has no subscription.
    assert_eq!(code_of(portal.ask(reboot()).await), (481, false));
    terminate(&phone).await;
    portal.becomes(LineState::Unregistered).await;
}

/// Answers one NOTIFY as a phone does that wants to see its password first: 200 only where SIPp finds it right.
fn sipp_phone(identity: &Identity) -> String {
    let Identity { username, password, .. } = identity;
    let answer = |status: &str, extra: &str| {
        format!(
            "<send><![CDATA[\nSIP/2.0 {status}\n[last_Via:]\n[last_From:]\n[last_To:];tag=[call_number]\n[last_Call-ID:]\n\
             [last_CSeq:]\n{extra}Content-Length: 0\n\n]]></send>\n"
        )
    };
    let challenge =
        "WWW-Authenticate: Digest realm=\"GXP2170\", nonce=\"00ff\", algorithm=MD5, qop=\"auth\"\n";
    format!(
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\" ?>\n<scenario name=\"phone\">\n\
         <recv request=\"NOTIFY\"><action><ereg regexp=\"check-sync;reboot=true\" search_in=\"hdr\" header=\"Event:\" \
         check_it=\"true\" assign_to=\"event\"/></action></recv>\n{challenged}\
         <recv request=\"NOTIFY\"><action><verifyauth assign_to=\"right\" username=\"{username}\" password=\"{password}\"/>\
         </action></recv>\n<nop test=\"right\" next=\"right\"/>\n{wrong}<nop next=\"end\"/>\n<label id=\"right\"/>\n{accepted}\
         <label id=\"end\"/>\n<Reference variables=\"event\"/>\n</scenario>\n",
        challenged = answer("401 Unauthorized", challenge),
        wrong = answer("403 Forbidden", ""),
        accepted = answer("200 OK", ""),
    )
}

/// Whether a program listens on this UDP port, without asking for it oneself.
fn is_listened_on(port: u16) -> bool {
    let sockets = fs::read_to_string("/proc/net/udp").expect("Linux");
    sockets.contains(&format!(":{port:04X} "))
}

#[tokio::test(flavor = "multi_thread")]
async fn sipp_wants_the_password_before_it_reboots() {
    for (spoil, expected) in [("", (200, true)), ("x", (403, true))] {
        let portal = Portal::start().await;
        let port = free_port();
        sipp(&portal, &portal.identity, port, &[600]).await.expect("a registration");
        let known =
            Identity { password: format!("{}{spoil}", portal.identity.password), ..portal.identity.clone() };
        let folder = portal.test.folder();
        fs::write(folder.join("phone.xml"), sipp_phone(&known)).expect("written");
        let mut command = Command::new("sipp");
        command.current_dir(folder).args(["-sf", "phone.xml", "-i", "127.0.0.1", "-p", &port.to_string()]);
        command.args(["-m", "1", "-t", "u1", "-nostdin", "-timeout", "20s", "-timeout_error"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let phone = Process::start(&mut command);
        eventually("SIPp listens", async || is_listened_on(port).then_some(())).await;
        assert_eq!(code_of(portal.ask(reboot()).await), expected);
        drop(phone);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sipp_registers_and_withdraws_over_tcp() {
    let portal = Portal::start().await;
    for mode in ["t1", "tn"] {
        let port = free_port();
        sipp_over(mode, &portal, &portal.identity, port, &[600, 600]).await.expect("two registrations");
        assert_eq!(portal.state().await.0, LineState::Registered);
        let bindings = portal.bindings().await;
        assert_eq!((bindings.len(), bindings[0].source.transport), (1, Transport::Tcp), "{mode}");
        sipp_over(mode, &portal, &portal.identity, port, &[0]).await.expect("a withdrawal");
        portal.becomes(LineState::Unregistered).await;
    }
    let wrong = Identity { password: "wrong".into(), ..portal.identity.clone() };
    assert!(sipp_over("t1", &portal, &wrong, free_port(), &[600]).await.is_err());
    assert_eq!(portal.state().await.0, LineState::Unregistered);
}

#[tokio::test(flavor = "multi_thread")]
async fn sipsak_asks_and_registers_over_tcp() {
    let portal = Portal::start().await;
    let Identity { username, password, domain } = &portal.identity;
    sipsak(&portal, &["-E", "tcp", "-s", &format!("sip:{domain}")]).await.expect("OPTIONS");
    let contact = format!("sip:{username}@127.0.0.1:5999");
    let aor = format!("sip:{username}@{domain}");
    let register =
        ["-E", "tcp", "-U", "-C", &contact, "-x", "60", "-u", username, "-s", &aor, "-a", password];
    sipsak(&portal, &register).await.expect("registered");
    let bindings = portal.bindings().await;
    assert_eq!((&bindings[0].contact, bindings[0].source.transport), (&contact, Transport::Tcp));
    // Its connection is long gone; only time ends a registration.
    assert_eq!(portal.state().await.0, LineState::Registered);
    portal.advance(93);
    portal.becomes(LineState::Aged).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn baresip_registers_renews_and_says_goodbye_over_tcp() {
    let policy =
        Policy { min_expires: Span::from_secs(3), max_expires: Span::from_secs(4), ..Policy::default() };
    let portal = Portal::with_policy(policy).await;
    let phone = baresip_over("tcp", &portal, &portal.test.folder().join("baresip"));
    portal.becomes(LineState::Registered).await;
    let first = portal.bindings().await;
    assert_eq!((first.len(), first[0].source.transport), (1, Transport::Tcp));
    assert!(first[0].contact.contains("transport=tcp"), "{}", first[0].contact);
    eventually("a renewal", async || {
        let now = portal.bindings().await;
        (now[0].cseq > first[0].cseq && now[0].id == first[0].id).then_some(())
    })
    .await;
    assert_eq!(portal.bindings().await[0].source, first[0].source, "over the same connection");
    terminate(&phone).await;
    portal.becomes(LineState::Unregistered).await;
    assert_eq!(portal.state().await.1, Some(StateDetail::Withdrawn));
}
