//! NOTIFY: who may send it, what it makes each kind of phone do, and what a registrar can see of that.

use std::net::SocketAddr;
use std::time::Duration;

use tonalite_phones::{Command, OnReboot, PhoneConfig, PhoneState};
use tonalite_sip::digest::{Algorithm, Answer, Challenge};
use tonalite_sip::{Message, Name, StartLine};

use super::bench::{Bench, REGISTRAR, config, options, request};

const REBOOT: &str = "check-sync;reboot=true";

fn phone(on_reboot: OnReboot) -> PhoneConfig {
    PhoneConfig { on_reboot, ..config() }
}

/// A NOTIFY in a transaction of its own.
fn notify(branch: &str, event: &str, authorization: Option<&str>) -> Vec<u8> {
    let event = if event.is_empty() { String::new() } else { format!("Event: {event}\r\n") };
    let authorization = authorization.map_or(String::new(), |value| format!("Authorization: {value}\r\n"));
    let extra = format!("{event}Subscription-State: terminated\r\n{authorization}");
    let text = String::from_utf8(request("NOTIFY", "k7q2", &extra)).unwrap();
    text.replace("branch=z9hG4bKx1", &format!("branch=z9hG4bK{branch}")).into_bytes()
}

/// The status code of what the phone said last, in answer.
fn code_of(bytes: &[u8]) -> u16 {
    match Message::parse(bytes).unwrap().start() {
        StartLine::Status { code, .. } => code,
        StartLine::Request { .. } => panic!("{}", String::from_utf8_lossy(bytes)),
    }
}

impl Bench {
    /// Status code of the answer; `None` when there is none.
    fn told(&mut self, bytes: &[u8]) -> Option<u16> {
        (self.receive(bytes) > 0).then(|| code_of(self.sent.last().unwrap()))
    }

    fn told_by(&mut self, from: &str, bytes: &[u8]) -> u16 {
        let from: SocketAddr = from.parse().unwrap();
        let message = Message::parse(bytes).unwrap();
        self.phone.on_message(self.now, from, &message, &mut self.out);
        assert_eq!(self.collect(), 1);
        code_of(self.sent.last().unwrap())
    }

    /// Asserts that the phone is not about to restart: it does nothing until it renews.
    #[track_caller]
    fn stays_up(&mut self) {
        let before = self.last_register();
        assert!(self.wait() >= Duration::from_secs(300), "it did something before it renews");
        assert_eq!(self.phone.state(), PhoneState::Registered);
        assert_eq!(self.last().call_id, before);
    }

    /// Call-ID of its first REGISTER.
    fn last_register(&self) -> String {
        super::bench::Seen::of(&self.sent[0]).call_id
    }

    /// The answer to the challenge in the last response.
    fn credentials(&self, who: (&str, &str), uri: &str, count: u32) -> String {
        let message = Message::parse(self.sent.last().unwrap()).unwrap();
        let challenge = Challenge::parse(message.header(Name::WwwAuthenticate).unwrap()).unwrap();
        assert_eq!((challenge.algorithm, challenge.qop_auth), (Algorithm::Md5, true));
        assert_ne!(challenge.realm, b"one.example", "the realm is the phone's own");
        let mut value = Vec::new();
        let answer = Answer {
            username: who.0.as_bytes(),
            password: who.1.as_bytes(),
            method: b"NOTIFY",
            uri: uri.as_bytes(),
            cnonce: b"0123",
            nonce_count: count,
        };
        challenge.answer(&mut value, &answer);
        String::from_utf8(value).unwrap()
    }
}

const URI: &str = "sip:k7q2@198.51.100.7:40000";

#[test]
fn who_obeys_says_goodbye_is_silent_and_registers_as_after_a_start() {
    for withdraws in [true, false] {
        let mut config = phone(OnReboot::Obeys);
        config.withdraws_on_reboot = withdraws;
        let mut bench = Bench::registered(config, 600);
        let before = bench.last();
        assert_eq!(bench.told(&notify("r1", REBOOT, None)), Some(200));
        assert_eq!(bench.phone.state(), PhoneState::Registered, "it is not down at once");
        assert_eq!(bench.wait(), Duration::from_secs(1));
        if withdraws {
            assert_eq!((bench.phone.state(), bench.last().expires), (PhoneState::Withdrawing, 0));
            assert_eq!(bench.last().call_id, before.call_id);
            bench.answer(200, &[]);
            assert_eq!(bench.wait(), Duration::from_secs(1));
        }
        assert_eq!(bench.phone.state(), PhoneState::Vanished);
        assert_eq!(bench.told(&options("k7q2")), None);
        assert_eq!(bench.told(&notify("r2", REBOOT, None)), None);
        assert_eq!(bench.wait(), Duration::from_secs(20));
        assert_ne!(bench.last().call_id, before.call_id);
        assert_eq!((bench.last().expires, bench.last().authorization.clone()), (3600, None));
        bench.answer(200, &[]);
        assert_eq!(bench.phone.state(), PhoneState::Registered);
        assert_eq!((bench.out.tally.restarts, bench.out.tally.registrations), (1, 2));
        assert_eq!(bench.told(&options("k7q2")), Some(200));
        // Once is not for ever: the next one is obeyed too.
        assert_eq!(bench.told(&notify("r3", REBOOT, None)), Some(200));
        assert_eq!(bench.wait(), Duration::from_secs(1));
        assert_ne!(bench.phone.state(), PhoneState::Registered);
    }
}

/// The goodbye gets no answer, or a challenge that takes its time: the power goes all the same.
#[test]
fn a_goodbye_without_an_answer_holds_nothing_up() {
    let mut bench = Bench::registered(phone(OnReboot::Obeys), 600);
    bench.receive(&notify("r1", REBOOT, None));
    let began = bench.now;
    while bench.phone.state() != PhoneState::Vanished {
        bench.wait();
    }
    assert_eq!(bench.now - began, Duration::from_secs(2));
    assert_eq!(bench.wait(), Duration::from_secs(20));
}

#[test]
fn a_short_restart_is_short_in_all_its_parts() {
    let mut config = phone(OnReboot::Obeys);
    config.reboot_time = Duration::from_millis(50);
    let mut bench = Bench::registered(config, 600);
    bench.receive(&notify("r1", REBOOT, None));
    let began = bench.now;
    while bench.out.tally.restarts == 0 {
        bench.wait();
    }
    assert_eq!(bench.now - began, Duration::from_millis(150));
}

/// What the phone says to a reboot, and whether it then goes down.
#[test]
fn each_kind_of_phone_takes_it_in_its_own_way() {
    let cases = [
        (OnReboot::Obeys, Some(200), true),
        (OnReboot::AcceptsOnly, Some(200), false),
        (OnReboot::Refuses(481), Some(481), false),
        (OnReboot::Refuses(489), Some(489), false),
        (OnReboot::Refuses(403), Some(403), false),
        (OnReboot::Challenges, Some(401), false),
        (OnReboot::NeverBack, Some(200), true),
        (OnReboot::Silent, None, false),
    ];
    for (on_reboot, code, goes_down) in cases {
        let mut bench = Bench::registered(phone(on_reboot), 600);
        assert_eq!(bench.told(&notify("r1", REBOOT, None)), code, "{on_reboot:?}");
        if goes_down {
            assert_eq!(bench.wait(), Duration::from_secs(1), "{on_reboot:?}");
            assert_eq!(bench.phone.state(), PhoneState::Withdrawing, "{on_reboot:?}");
        } else {
            bench.stays_up();
        }
    }
}

#[test]
fn who_never_comes_back_waits_for_an_order() {
    let mut bench = Bench::registered(phone(OnReboot::NeverBack), 600);
    let before = bench.last();
    bench.receive(&notify("r1", REBOOT, None));
    bench.wait();
    bench.answer(200, &[]);
    bench.wait();
    assert_eq!((bench.phone.state(), bench.phone.next_timer()), (PhoneState::Vanished, None));
    assert_eq!(bench.order(Command::Register), 1);
    assert_ne!(bench.last().call_id, before.call_id);
    bench.answer(200, &[]);
    assert_eq!((bench.phone.state(), bench.out.tally.restarts), (PhoneState::Registered, 0));
}

#[test]
fn a_silent_phone_answers_nothing_but_registers() {
    let mut bench = Bench::registered(phone(OnReboot::Silent), 600);
    for bytes in [options("k7q2"), options("stranger"), request("INVITE", "k7q2", "")] {
        assert_eq!(bench.told(&bytes), None);
    }
    bench.stays_up();
    bench.answer(200, &[]);
    assert_eq!(bench.out.tally.refreshes, 1);
}

/// Which events restart which phone.
#[test]
fn only_the_events_of_the_vendors_mean_a_restart() {
    let (yealink, obi) = ("Yealink SIP-T54W 96.86.0.70", "OBIHAI/OBi302-3.2.2.5921");
    let cases = [
        (yealink, "check-sync;reboot=true", 200, true),
        (yealink, "check-sync", 200, true),
        (yealink, "Check-Sync ; Reboot=TRUE", 200, true),
        (yealink, "check-sync;reboot=false", 200, false),
        (yealink, "reboot_now", 200, true),
        (yealink, "restart_now", 200, true),
        (yealink, "resync", 200, false),
        (obi, "resync", 200, true),
        (yealink, "reset", 489, false),
        (yealink, "check-syncs;reboot=true", 489, false),
        (yealink, "message-summary", 489, false),
        (yealink, "\"check-sync\"", 489, false),
        (yealink, "", 489, false),
    ];
    for (user_agent, event, code, restarts) in cases {
        let mut config = phone(OnReboot::Obeys);
        config.user_agent = user_agent.to_owned();
        let mut bench = Bench::registered(config, 600);
        assert_eq!(bench.told(&notify("r1", event, None)), Some(code), "{event}");
        if restarts {
            assert_eq!(bench.wait(), Duration::from_secs(1), "{event}");
        } else {
            bench.stays_up();
        }
    }
}

#[test]
fn a_copy_gets_the_same_bytes_and_restarts_nothing_twice() {
    for on_reboot in [OnReboot::Obeys, OnReboot::Challenges, OnReboot::AcceptsOnly] {
        let mut bench = Bench::registered(phone(on_reboot), 600);
        let bytes = notify("r1", REBOOT, None);
        bench.receive(&bytes);
        let answer = bench.sent.last().unwrap().clone();
        assert_eq!(bench.receive(&bytes), 1);
        assert_eq!(bench.sent.last(), Some(&answer), "{on_reboot:?}");
    }
    let mut bench = Bench::registered(phone(OnReboot::Obeys), 600);
    let bytes = notify("r1", REBOOT, None);
    bench.receive(&bytes);
    // While it is about to go down, another request to restart changes nothing either.
    bench.now += Duration::from_millis(600);
    bench.receive(&notify("r2", REBOOT, None));
    assert_eq!(bench.wait(), Duration::from_millis(400));
    bench.answer(200, &[]);
    bench.wait();
    bench.wait();
    bench.answer(200, &[("Expires", "600".to_owned())]);
    assert_eq!(bench.out.tally.restarts, 1);
    // A copy that was long under way.
    assert_eq!(bench.told(&notify("r2", REBOOT, None)), Some(200));
    assert!(bench.wait() >= Duration::from_secs(300), "a copy restarted it again");
}

#[test]
fn only_the_registrar_may_have_it_restart() {
    for from in ["192.0.2.1:5061", "203.0.113.5:5060", "[2001:db8::1]:5060"] {
        for on_reboot in [OnReboot::Obeys, OnReboot::Challenges, OnReboot::Refuses(481)] {
            let mut bench = Bench::registered(phone(on_reboot), 600);
            assert_eq!(bench.told_by(from, &notify("r1", REBOOT, None)), 403, "{from} {on_reboot:?}");
            bench.stays_up();
        }
    }
    let mut bench = Bench::registered(phone(OnReboot::Obeys), 600);
    assert_eq!(bench.told_by("[::ffff:192.0.2.1]:5060", &notify("r1", REBOOT, None)), 200);
    // A stranger in between does not make the registrar's copy a new request.
    assert_eq!(bench.told_by("203.0.113.5:5060", &notify("r9", REBOOT, None)), 403);
    let first = bench.sent[bench.sent.len() - 2].clone();
    assert_eq!(bench.told_by(REGISTRAR, &notify("r1", REBOOT, None)), 200);
    assert_eq!(bench.sent.last(), Some(&first));
}

#[test]
fn the_password_opens_the_door_and_nothing_else_does() {
    let wrong: [(&str, (&str, &str), &str, u32); 4] = [
        ("another password", ("k7q2", "guess"), URI, 1),
        ("another user", ("admin", "s3cret"), URI, 1),
        ("another URI", ("k7q2", "s3cret"), "sip:other@198.51.100.7:40000", 1),
        ("a count that skips", ("k7q2", "s3cret"), URI, 2),
    ];
    for (what, who, uri, count) in wrong {
        let mut bench = Bench::registered(phone(OnReboot::Challenges), 600);
        assert_eq!(bench.told(&notify("r1", REBOOT, None)), Some(401));
        let first = bench.sent.last().unwrap().clone();
        let value = bench.credentials(who, uri, count);
        assert_eq!(bench.told(&notify("r2", REBOOT, Some(&value))), Some(401), "{what}");
        let nonce = |bytes: &[u8]| {
            let message = Message::parse(bytes).unwrap();
            Challenge::parse(message.header(Name::WwwAuthenticate).unwrap()).unwrap().nonce.to_vec()
        };
        assert_ne!(
            nonce(bench.sent.last().unwrap()),
            nonce(&first),
            "{what}: a nonce is good for one answer"
        );
        bench.stays_up();
    }
    for broken in ["Digest", "Digest username=\"k7q2", "Basic azdxMjpzM2NyZXQ=", "Digest realm=\"x\""] {
        let mut bench = Bench::registered(phone(OnReboot::Challenges), 600);
        assert_eq!(bench.told(&notify("r1", REBOOT, Some(broken))), Some(401), "{broken}");
        bench.stays_up();
    }

    let mut bench = Bench::registered(phone(OnReboot::Challenges), 600);
    bench.receive(&notify("r1", "check-sync;reboot=false", None));
    let value = bench.credentials(("k7q2", "s3cret"), URI, 1);
    assert_eq!(bench.told(&notify("r2", "check-sync;reboot=false", Some(&value))), Some(200));
    assert_eq!(bench.told(&notify("r3", REBOOT, Some(&value))), Some(401), "an answer was taken twice");
    let value = bench.credentials(("k7q2", "s3cret"), URI, 1);
    assert_eq!(bench.told(&notify("r4", REBOOT, Some(&value))), Some(200));
    assert_eq!(bench.wait(), Duration::from_secs(1));
    assert_eq!(bench.phone.state(), PhoneState::Withdrawing);
}

#[test]
fn a_line_with_another_auth_user_wants_that_one() {
    let mut config = phone(OnReboot::Challenges);
    config.auth_user = Some("auth77".to_owned());
    let mut bench = Bench::registered(config, 600);
    bench.receive(&notify("r1", REBOOT, None));
    let value = bench.credentials(("auth77", "s3cret"), URI, 1);
    assert_eq!(bench.told(&notify("r2", REBOOT, Some(&value))), Some(200));
}

#[test]
fn orders_come_before_a_restart() {
    for (order, state) in
        [(Command::Vanish, PhoneState::Vanished), (Command::Withdraw, PhoneState::Withdrawing)]
    {
        let mut bench = Bench::registered(phone(OnReboot::Obeys), 600);
        bench.receive(&notify("r1", REBOOT, None));
        bench.order(order);
        assert_eq!(bench.phone.state(), state);
        bench.answer(200, &[]);
        assert_eq!(bench.phone.next_timer(), None, "{order:?}");
    }
    // And an order to restart is like a NOTIFY, except to a phone without power.
    let mut bench = Bench::registered(phone(OnReboot::AcceptsOnly), 600);
    bench.order(Command::Restart);
    assert_eq!(bench.wait(), Duration::from_secs(1));
    bench.order(Command::Vanish);
    bench.order(Command::Restart);
    assert_eq!((bench.phone.state(), bench.phone.next_timer()), (PhoneState::Vanished, None));
}

#[test]
fn words_are_read_as_they_are_written() {
    for kind in OnReboot::ALL {
        assert_eq!(OnReboot::parse(kind.as_str()), Some(kind));
    }
    let words: Vec<&str> = OnReboot::ALL.into_iter().map(OnReboot::as_str).collect();
    assert_eq!(words, ["obeys", "accepts-only", "refuses", "challenges", "never-back", "silent"]);
    for other in ["", "Obeys", "refuses-481", " silent"] {
        assert_eq!(OnReboot::parse(other), None);
    }
    assert_eq!(OnReboot::parse("refuses"), Some(OnReboot::Refuses(481)));
}
