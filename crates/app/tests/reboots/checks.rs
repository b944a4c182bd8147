//! The active check of a device.

use tonalite_core::contact_request::{ContactAnswer, ContactRequestKind};
use tonalite_core::id::LineKey;
use tonalite_core::line_state::LineState;
use tonalite_core::time::Span;
use tonalite_core::timeline::TimelineKind;

use crate::bench::{Bench, answered, binding};

#[tokio::test]
async fn a_check_asks_every_contact_and_changes_nothing() {
    let mut bench = Bench::start().await;
    let now = bench.t.now();
    bench
        .registered(vec![binding(2, "b", 1, now), binding(3, "c", 1, now)], TimelineKind::ReRegistered)
        .await;
    let device = bench.actor.operate(bench.device.clone()).unwrap();
    let app = bench.t.app.clone();
    let check = tokio::spawn(async move { app.check_device(device, Span::from_secs(8), now).await });
    let mut unanswered = Vec::new();
    for _ in 0..3 {
        let (request, tell) = bench.asked().await;
        assert_eq!((request.line, request.kind), (bench.line.key, ContactRequestKind::Options));
        match request.binding {
            1 => tell.send(answered(481, "No")).unwrap(),
            2 => tell.send(ContactAnswer::NoPath).unwrap(),
            _ => unanswered.push(tell),
        }
    }
    for tell in unanswered {
        tell.send(ContactAnswer::NoAnswer).unwrap();
    }
    let check = check.await.unwrap().unwrap();
    assert_eq!(check.lines.len(), 1);
    assert_eq!(check.lines[0].view.state, LineState::Registered, "silent, and registered all the same");
    let answers: Vec<_> =
        check.lines[0].contacts.iter().map(|contact| (contact.binding.id, contact.answer.clone())).collect();
    let expected = [(1, answered(481, "No")), (2, ContactAnswer::NoPath), (3, ContactAnswer::NoAnswer)];
    assert_eq!(answers, expected);
    assert_eq!(bench.timeline().await, []);
}

#[tokio::test]
async fn a_check_waits_no_longer_than_asked() {
    let mut bench = Bench::start().await;
    let device = bench.actor.operate(bench.device.clone()).unwrap();
    let check = bench.t.app.check_device(device, Span::ZERO, bench.t.now()).await.unwrap();
    assert_eq!(check.lines[0].contacts[0].answer, ContactAnswer::NoAnswer);
    assert_eq!(check.lines[0].view.line.key, LineKey(bench.line.key.0));
    bench.inbox.close();
}
