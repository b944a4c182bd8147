//! Withdrawing, vanishing, coming back: by order and by behaviour.

use std::time::Duration;

use tonalite_phones::{Behaviour, Command, PhoneState};
use tonalite_sip::digest::Algorithm;

use super::bench::{Bench, config, md5, options, seconds};

#[test]
fn withdrawing_takes_back_the_registration_and_answers_challenges() {
    let mut bench = Bench::registered(config(), 600);
    let before = bench.last();
    assert_eq!(bench.order(Command::Withdraw), 1);
    assert_eq!(bench.phone.state(), PhoneState::Withdrawing);
    assert_eq!((bench.last().expires, bench.last().call_id.clone()), (0, before.call_id));
    assert_eq!(bench.answer(401, &[md5("n1")]), 1);
    assert_eq!(bench.last().expires, 0);
    assert!(bench.last().check(Algorithm::Md5, "s3cret").1);
    bench.answer(200, &[]);
    assert_eq!(bench.phone.state(), PhoneState::Withdrawn);
    assert_eq!(bench.out.tally.withdrawals, 1);
    assert_eq!(bench.phone.next_timer(), None);
    assert_eq!(bench.order(Command::Withdraw), 0);
    assert_eq!(bench.order(Command::Register), 1);
    bench.answer(200, &[]);
    assert_eq!(bench.phone.state(), PhoneState::Registered);
}

#[test]
fn a_withdrawal_ends_also_when_it_is_refused_or_unanswered() {
    let mut bench = Bench::registered(config(), 600);
    bench.order(Command::Withdraw);
    bench.answer(500, &[]);
    assert_eq!((bench.phone.state(), bench.phone.next_timer()), (PhoneState::Withdrawn, None));
    let mut bench = Bench::registered(config(), 600);
    bench.order(Command::Withdraw);
    while bench.phone.state() == PhoneState::Withdrawing {
        bench.wait();
    }
    assert_eq!((bench.phone.state(), bench.phone.next_timer()), (PhoneState::Withdrawn, None));
    // A first REGISTER that is still on its way may have been taken.
    let mut bench = Bench::new(config());
    assert_eq!(bench.order(Command::Withdraw), 1);
    assert_eq!(bench.last().expires, 0);
}

#[test]
fn a_vanished_phone_is_mute_and_comes_back_as_after_a_start() {
    let mut bench = Bench::registered(config(), 600);
    let before = bench.last();
    assert_eq!(bench.order(Command::Vanish), 0);
    assert_eq!((bench.phone.state(), bench.phone.next_timer()), (PhoneState::Vanished, None));
    assert_eq!(bench.receive(&options("k7q2")), 0);
    assert_eq!(bench.order(Command::Withdraw), 0);
    assert_eq!(bench.phone.state(), PhoneState::Vanished);
    assert_eq!(bench.order(Command::Register), 1);
    assert_ne!(bench.last().call_id, before.call_id);
    bench.answer(200, &[]);
    assert_eq!(bench.phone.state(), PhoneState::Registered);
    assert_eq!(bench.out.tally.registrations, 2);
}

#[test]
fn behaviours_run_by_themselves() {
    let span = Duration::from_secs(60);
    let mut vanishes = config();
    vanishes.behaviour = Behaviour::VanishAfter(span);
    let mut bench = Bench::registered(vanishes, 600);
    assert_eq!(bench.wait(), span);
    assert_eq!((bench.phone.state(), bench.phone.next_timer()), (PhoneState::Vanished, None));
    bench.order(Command::Register);
    bench.answer(200, &[("Expires", "600".to_owned())]);
    assert!(bench.wait() > span, "it vanished a second time by itself");

    let mut withdraws = config();
    withdraws.behaviour = Behaviour::WithdrawAfter(span);
    let mut bench = Bench::registered(withdraws, 600);
    assert_eq!(bench.wait(), span);
    assert_eq!((bench.phone.state(), bench.last().expires), (PhoneState::Withdrawing, 0));
}

#[test]
fn a_flapping_phone_goes_and_comes_and_goes() {
    for withdraws in [false, true] {
        let mut flaps = config();
        flaps.behaviour =
            Behaviour::Flap { up: Duration::from_secs(100), down: Duration::from_secs(40), withdraws };
        let mut bench = Bench::registered(flaps, 600);
        for round in 2..6 {
            let up = seconds(bench.wait());
            assert!((50..=150).contains(&up), "up for {up} s");
            if withdraws {
                assert_eq!(bench.last().expires, 0);
                bench.answer(200, &[]);
                assert_eq!(bench.phone.state(), PhoneState::Withdrawn);
            } else {
                assert_eq!(bench.phone.state(), PhoneState::Vanished);
            }
            let down = seconds(bench.wait());
            assert!((20..=60).contains(&down), "down for {down} s");
            bench.answer(200, &[("Expires", "600".to_owned())]);
            assert_eq!(bench.phone.state(), PhoneState::Registered);
            assert_eq!(bench.out.tally.registrations, round);
        }
        // Who takes such a phone in hand has it stay.
        bench.order(Command::Vanish);
        assert_eq!(bench.phone.next_timer(), None);
    }
}
