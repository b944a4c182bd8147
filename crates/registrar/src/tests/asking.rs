//! OPTIONS and NOTIFY to phones: when they leave, whose answer counts, and how they end.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::oneshot::{Receiver, channel};
use tonalite_app::PhoneCommand;
use tonalite_core::contact_request::{ContactAnswer, ContactRequest, ContactRequestKind};
use tonalite_core::id::LineKey;
use tonalite_core::line_state::{Source, Transport};
use tonalite_core::time::{Span, Timestamp};
use tonalite_sip::client::Names;
use tonalite_sip::{Message, Name, build};

use super::{Bench, DOMAIN, Phone, START, binding, line, line_ref, registered, values};
use crate::exchanges::{Beginning, CAPACITY, Exchange, Exchanges, Kind, Subject};
use crate::outgoing::Outgoing;

pub(super) const PHONE: &str = "192.0.2.10:5060";
const CONTACT: &str = "Contact: <sip:alice@10.0.0.5:5062;ob>\r\n";

pub(super) fn options() -> ContactRequestKind {
    ContactRequestKind::Options
}

pub(super) fn reboot() -> ContactRequestKind {
    ContactRequestKind::Notify { event: "check-sync;reboot=true".into(), user: None }
}

/// A bench with alice registered; her binding.
pub(super) fn bench() -> (Bench, i64) {
    let mut bench = Bench::new();
    bench.register(&mut Phone::new("alice"), CONTACT);
    let binding = bench.known(1).bindings[0].id;
    (bench, binding)
}

pub(super) fn ask(bench: &Bench, binding: i64, kind: ContactRequestKind) -> Receiver<ContactAnswer> {
    let (tell, told) = channel();
    bench.engine.ask(ContactRequest { line: LineKey(1), binding, kind }, tell);
    told
}

/// The one request that left.
pub(super) fn one(bench: &Bench) -> String {
    let mut left = bench.left();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0].1, PHONE.parse::<SocketAddr>().unwrap());
    left.remove(0).0
}

/// An answer of a phone to a request; `extra` are whole header lines.
pub(super) fn answer(request: &str, status: &str, extra: &str) -> String {
    let message = Message::parse(request.as_bytes()).unwrap();
    let mut out = Vec::new();
    let we = "192.0.2.1:5060".parse().unwrap();
    build::response(&mut out, &message, we, 200, "OK", Some(b"phone")).unwrap().finish();
    String::from_utf8(out)
        .unwrap()
        .replace("200 OK", status)
        .replace("Content-Length", &format!("{extra}Content-Length"))
}

pub(super) fn answered(code: u16, reason: &str, after: i64, authenticated: bool) -> ContactAnswer {
    ContactAnswer::Answered { code, reason: reason.into(), after: Span(after), authenticated }
}

/// Turns the timer every 100 ms; when something left, in milliseconds.
fn watch(bench: &Bench, millis: i64) -> Vec<i64> {
    let mut times = Vec::new();
    for turn in 1..=millis / 100 {
        bench.pass(Span(100));
        times.extend(bench.left().iter().map(|_| turn * 100));
    }
    times
}

#[test]
fn what_leaves_is_addressed_to_one_contact() {
    let (mut bench, binding) = bench();
    let mut told = ask(&bench, binding, options());
    let request = one(&bench);
    assert!(request.starts_with("OPTIONS sip:alice@10.0.0.5:5062;ob SIP/2.0\r\n"), "{request}");
    let header = |name| values(&request, name).remove(0);
    assert!(header(Name::Via).starts_with("SIP/2.0/UDP sip.example.net:5060;branch=z9hG4bK"), "{request}");
    assert!(header(Name::From).starts_with(&format!("<sip:ping@{DOMAIN}>;tag=")), "{request}");
    assert_eq!(header(Name::To), format!("<sip:alice@{DOMAIN}>"));
    assert_eq!(header(Name::CSeq), "1 OPTIONS");

    assert_eq!(bench.send(&answer(&request, "200 OK", ""), PHONE), None);
    assert_eq!(told.try_recv(), Ok(answered(200, "OK", 0, false)));
    assert_eq!(watch(&bench, 5_000), [0_i64; 0], "answered is answered");

    let _told = ask(&bench, binding, reboot());
    let request = one(&bench);
    assert!(request.contains("\r\nEvent: check-sync;reboot=true\r\nSubscription-State: terminated\r\n"));
    assert!(request.contains(&format!("\r\nFrom: <sip:alice@{DOMAIN}>;tag=")), "{request}");
}

#[test]
fn a_base_is_asked_as_the_user_that_it_listens_as() {
    let (bench, binding) = bench();
    let event = "check-sync;reboot=true".to_owned();
    let _told = ask(&bench, binding, ContactRequestKind::Notify { event, user: Some("48213".into()) });
    let request = one(&bench);
    assert!(request.starts_with("NOTIFY sip:48213@10.0.0.5:5062;ob SIP/2.0\r\n"), "{request}");
    assert_eq!(values(&request, Name::To), [format!("<sip:48213@{DOMAIN}>")]);
    assert!(request.contains(&format!("\r\nFrom: <sip:alice@{DOMAIN}>;tag=")), "{request}");
}

#[test]
fn options_leave_three_times_and_are_given_up_after_four_seconds() {
    let (bench, binding) = bench();
    let mut told = ask(&bench, binding, options());
    let first = one(&bench);
    bench.pass(Span(500));
    assert_eq!(one(&bench), first, "byte for byte");
    assert_eq!(watch(&bench, 3_400), [1_000]);
    assert!(told.try_recv().is_err(), "3.9 s");
    bench.pass(Span(100));
    assert_eq!(told.try_recv(), Ok(ContactAnswer::NoAnswer));
    assert_eq!((watch(&bench, 40_000), bench.engine.asking.exchanges.len()), (Vec::new(), 0));
}

#[test]
fn notify_leaves_as_timer_e_says_and_is_given_up_after_timer_f() {
    let (bench, binding) = bench();
    let mut told = ask(&bench, binding, reboot());
    one(&bench);
    let times = watch(&bench, 31_900);
    assert_eq!(times, [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    assert!(told.try_recv().is_err());
    bench.pass(Span(100));
    assert_eq!(told.try_recv(), Ok(ContactAnswer::NoAnswer));
}

#[test]
fn a_provisional_answer_only_slows_the_copies_down() {
    let (mut bench, binding) = bench();
    let mut told = ask(&bench, binding, reboot());
    let request = one(&bench);
    bench.pass(Span(200));
    bench.send(&answer(&request, "100 Trying", ""), PHONE);
    assert_eq!(watch(&bench, 10_000), [4_000, 8_000]);
    assert!(told.try_recv().is_err());
    bench.send(&answer(&request, "202 Accepted", ""), PHONE);
    assert_eq!(told.try_recv(), Ok(answered(202, "Accepted", 10_200, false)));
}

/// A reboot of binding 1 over a connection.
fn over_a_connection(branch: &str) -> Exchange {
    let mut known = binding(1, "sip:alice@10.0.0.5", START, START);
    known.source.transport = Transport::Tcp;
    let names = Names::new(&[1; 32]);
    let outgoing =
        Outgoing::new(&line_ref(1), (b"alice", b"x"), &known, reboot(), "x:5060".into(), (&names, 1));
    let beginning = Beginning {
        subject: Subject { binding: 1, kind: Kind::Notify },
        line: LineKey(1),
        bytes: outgoing.write(branch, 1, None).unwrap(),
        outgoing,
        outlet: Arc::new(|_, _| ()),
        to: known.source.address,
        reliable: true,
        number: 1,
        branch: branch.into(),
    };
    Exchange::new(beginning, channel().0, START)
}

#[test]
fn a_connection_carries_it_once() {
    let exchanges = Exchanges::default();
    assert!(exchanges.begin(over_a_connection("z9hG4bK1")).is_ok());
    assert!(exchanges.begin(over_a_connection("z9hG4bK2")).is_err(), "one of a kind, whoever was first");
    for second in 1..32 {
        let due = exchanges.due(START + Span::from_secs(second));
        assert_eq!((due.copies.len(), due.silent.len()), (0, 0), "{second} s");
    }
    assert_eq!(exchanges.due(START + Span::from_secs(32)).silent.len(), 1);
}

#[test]
fn only_the_phone_that_was_asked_answers() {
    let (mut bench, binding) = bench();
    let mut told = ask(&bench, binding, options());
    let request = one(&bench);
    let right = answer(&request, "200 OK", "");
    let other_via = right.replace("\r\nFrom", "\r\nVia: SIP/2.0/UDP other\r\nFrom");
    for (wrong, source) in [
        (right.clone(), "192.0.2.10:5061"),
        (right.clone(), "192.0.2.11:5060"),
        (right.clone(), "[::ffff:192.0.2.11]:5060"),
        (right.replace("1 OPTIONS", "1 NOTIFY"), PHONE),
        (right.replace("1 OPTIONS", "2 OPTIONS"), PHONE),
        (right.replace("branch=z9hG4bK", "branch=z9hG4bKx"), PHONE),
        (right.replace("branch=", "branch\u{e9}="), PHONE),
        (other_via, PHONE),
        (right.replace("SIP/2.0 200", "SIP/3.0 200"), PHONE),
        (right.replace("Call-ID", "X"), PHONE),
    ] {
        assert_eq!(bench.send(&wrong, source), None, "a response is never answered");
        assert!(told.try_recv().is_err(), "{source}: {wrong}");
    }
    bench.send(&right, PHONE);
    assert_eq!(told.try_recv(), Ok(answered(200, "OK", 0, false)));
    bench.send(&answer(&request, "500 Late", ""), PHONE);
}

#[test]
fn a_reason_is_cut_and_made_harmless() {
    let (mut bench, binding) = bench();
    let mut told = ask(&bench, binding, options());
    let text = answer(&one(&bench), "486 REASON", "");
    let at = text.find("REASON").unwrap();
    let mut bytes = text.into_bytes();
    let hostile = ["\u{1b}[31m<b>\t".as_bytes(), b"\xff", "é".repeat(100).as_bytes()].concat();
    bytes.splice(at..at + 6, hostile);
    bench.send_bytes(&bytes, PHONE);
    let reason = format!(" [31m<b> \u{fffd}{}", "é".repeat(70));
    assert_eq!(reason.chars().count(), 80);
    assert_eq!(told.try_recv(), Ok(answered(486, &reason, 0, false)));

    let mut told = ask(&bench, binding, options());
    bench.send(&answer(&one(&bench), "200 ", ""), PHONE);
    assert_eq!(told.try_recv(), Ok(answered(200, "", 0, false)));
}

#[test]
fn without_a_path_nothing_leaves() {
    let (mut bench, binding_of_alice) = bench();
    let far = START + Span::from_secs(600);
    let mut over_tcp = binding(70, "sip:carol@10.0.0.5;transport=tcp", far, far);
    over_tcp.source = Source { transport: Transport::Tcp, address: PHONE.parse().unwrap() };
    let mut over_ipv6 = binding(71, "sip:carol@[2001:db8::5]", far, far);
    over_ipv6.source.address = "[2001:db8::5]:5060".parse().unwrap();
    let smuggler = binding(72, "sip:carol@10.0.0.5\r\nEvil: 1", far, far);
    let mut lost = binding(73, "sip:carol@10.0.0.5", far, far);
    lost.path = vec!["<tel:1>".into()];
    let mut carol = line(3, "carol");
    carol.registrations = registered(vec![over_tcp, over_ipv6, smuggler, lost]);
    bench.engine.add_line(carol);
    let rows =
        [(3, 70), (3, 71), (3, 72), (3, 73), (3, 74), (1, 70), (2, binding_of_alice), (9, binding_of_alice)];
    for (line, binding) in rows {
        for kind in [options(), reboot()] {
            let (tell, mut told) = channel();
            bench.engine.ask(ContactRequest { line: LineKey(line), binding, kind }, tell);
            assert_eq!(told.try_recv(), Ok(ContactAnswer::NoPath), "{line} {binding}");
        }
    }
    let mut told = ask(
        &bench,
        binding_of_alice,
        ContactRequestKind::Notify { event: "x\r\nEvil: 1".into(), user: None },
    );
    assert_eq!(told.try_recv(), Ok(ContactAnswer::NoPath));
    assert_eq!(bench.left(), []);

    let mut phone = Phone::new("alice");
    phone.call_id = "again".into();
    bench.register(&mut phone, "Contact: *\r\nExpires: 0\r\n");
    let mut told = ask(&bench, binding_of_alice, options());
    assert_eq!(told.try_recv(), Ok(ContactAnswer::NoPath), "withdrawn");
}

#[test]
fn a_line_that_goes_ends_its_questions_and_no_others() {
    let (mut bench, of_alice) = bench();
    let mut bob = Phone::new("bob");
    bob.source = "192.0.2.20:5060";
    bench.register(&mut bob, "Contact: <sip:bob@10.0.0.6>\r\n");
    let of_bob = bench.known(2).bindings[0].id;
    let mut told = ask(&bench, of_alice, reboot());
    let (tell, mut told_bob) = channel();
    bench.engine.ask(ContactRequest { line: LineKey(2), binding: of_bob, kind: options() }, tell);
    bench.engine.remove_line(LineKey(1));
    assert_eq!(told.try_recv(), Ok(ContactAnswer::NoPath));
    assert!(told_bob.try_recv().is_err());
    bench.engine.stop_asking();
    assert_eq!(told_bob.try_recv(), Ok(ContactAnswer::NoAnswer), "an end of ours is an end");
}

#[test]
fn options_share_their_answer_and_a_second_notify_is_too_much() {
    let (mut bench, binding) = bench();
    let mut sharing: Vec<_> = (0..16).map(|_| ask(&bench, binding, options())).collect();
    let request = one(&bench);
    assert_eq!(ask(&bench, binding, options()).try_recv(), Ok(ContactAnswer::Busy), "a seventeenth");
    let mut notify = ask(&bench, binding, reboot());
    let notify_request = one(&bench);
    assert_eq!(ask(&bench, binding, reboot()).try_recv(), Ok(ContactAnswer::Busy));
    assert_eq!(bench.left(), []);
    bench.send(&answer(&request, "404 Not Found", ""), PHONE);
    for told in &mut sharing {
        assert_eq!(told.try_recv(), Ok(answered(404, "Not Found", 0, false)));
    }
    assert!(notify.try_recv().is_err(), "a question of another kind goes on");
    bench.send(&answer(&notify_request, "200 OK", ""), PHONE);
    assert_eq!(notify.try_recv(), Ok(answered(200, "OK", 0, false)));
    let _again = ask(&bench, binding, reboot());
    assert_ne!(values(&one(&bench), Name::CallId), values(&notify_request, Name::CallId));
}

#[test]
fn the_table_has_an_end() {
    let bench = Bench::new();
    let capacity = i64::try_from(CAPACITY).unwrap();
    let far = START + Span::from_secs(6_000);
    let mut carol = line(3, "carol");
    let bindings = (0..=capacity).map(|id| binding(id, "sip:carol@10.0.0.5", far, far)).collect();
    carol.registrations = registered(bindings);
    bench.engine.add_line(carol);
    let ask = |binding| {
        let (tell, told) = channel();
        bench.engine.ask(ContactRequest { line: LineKey(3), binding, kind: options() }, tell);
        told
    };
    let mut told: Vec<_> = (0..capacity).map(ask).collect();
    assert_eq!(ask(capacity).try_recv(), Ok(ContactAnswer::Busy));
    bench.pass(Span::from_secs(4));
    assert!(told.iter_mut().all(|told| told.try_recv() == Ok(ContactAnswer::NoAnswer)));
    assert!(ask(capacity).try_recv().is_err(), "room again");
}

#[test]
fn a_clock_set_back_neither_floods_nor_tells_a_negative_time() {
    let (mut bench, binding) = bench();
    let mut told = ask(&bench, binding, reboot());
    let request = one(&bench);
    bench.pass(Span::from_secs(-3_600));
    assert_eq!(bench.now(), Timestamp(START.0 - 3_600_000));
    assert_eq!(bench.left(), []);
    bench.send(&answer(&request, "200 OK", ""), PHONE);
    assert_eq!(told.try_recv(), Ok(answered(200, "OK", 0, false)));

    let mut told = ask(&bench, binding, reboot());
    one(&bench);
    bench.pass(Span::from_secs(-3_600));
    assert_eq!(watch(&bench, 1_600), [500, 1_500]);
    bench.pass(Span::from_secs(31));
    assert_eq!(told.try_recv(), Ok(ContactAnswer::NoAnswer), "after 32 s, not after an hour");
}

/// The loop takes the next command while a phone is silent.
#[tokio::test]
async fn a_question_does_not_hold_up_the_commands() {
    let (bench, binding) = bench();
    let (commands, inbox) = tokio::sync::mpsc::channel(4);
    let running = tokio::spawn(crate::commands::run(Arc::clone(&bench.engine), inbox));
    let (tell, told) = channel();
    let request = ContactRequest { line: LineKey(1), binding, kind: options() };
    commands.send(PhoneCommand::Request(request, tell)).await.ok().unwrap();
    let (done, carried_out) = channel();
    commands.send(PhoneCommand::LineRemoved(LineKey(1), done)).await.ok().unwrap();
    carried_out.await.unwrap();
    assert_eq!(told.await, Ok(ContactAnswer::NoPath));
    drop(commands);
    running.await.unwrap();
    one(&bench);
}
