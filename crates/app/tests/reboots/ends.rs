//! What phones do after they were asked, and where the reboot ends.

use tonalite_app::PhoneCommand;
use tonalite_core::contact_request::ContactAnswer;
use tonalite_core::event::EventKind;
use tonalite_core::reboot::{RebootReason, RebootState};
use tonalite_core::time::Span;
use tonalite_core::timeline::TimelineKind;
use tonalite_testkit::eventually;

use crate::bench::{Bench, answered, binding};

#[tokio::test]
async fn accepted_withdrew_and_came_back() {
    let mut bench = Bench::start().await;
    let mut events = bench.t.app.events().subscribe(None);
    let reboot = bench.accepted().await;
    bench.t.advance(Span::from_secs(3));
    bench.withdrew().await;
    let went = bench.t.now();
    let down = bench.until(&reboot, RebootState::Down).await;
    assert_eq!(down.down_at, Some(went));
    bench.t.advance(Span::from_secs(39));
    // Even with the Call-ID that it had.
    bench.registered(vec![binding(2, "old", 41, bench.t.now())], TimelineKind::Registered).await;
    let back = bench.until(&reboot, RebootState::Back).await;
    assert_eq!((back.back_at, back.took()), (Some(bench.t.now()), Some(Span::from_secs(42))));
    assert_eq!(
        bench.timeline().await,
        [
            TimelineKind::RebootRequested,
            TimelineKind::RebootAccepted,
            TimelineKind::Withdrew,
            TimelineKind::WentAway,
            TimelineKind::Registered,
            TimelineKind::CameBack,
        ]
    );
    let mut told = Vec::new();
    while told.last() != Some(&RebootState::Back) {
        if let Some(tonalite_app::Received::Event(_, event)) = events.next().await
            && let EventKind::Reboot { id, device_id, state, .. } = event.kind
        {
            assert_eq!((id, device_id), (reboot.id, bench.device.id));
            told.push(state);
        }
    }
    use RebootState::{Accepted, Back, Down, Requested, Sent};
    assert_eq!(told, [Requested, Sent, Accepted, Down, Back]);
}

#[tokio::test]
async fn a_new_call_id_is_a_restart_and_shows_at_once() {
    let mut bench = Bench::start().await;
    let reboot = bench.accepted().await;
    bench.t.advance(Span::from_secs(2));
    bench.renewed("new", 1).await;
    // Heard, not found out by the next test.
    bench.t.app.turn_reboots(bench.t.now()).await;
    let found = bench.t.app.find_reboot(&bench.actor, reboot.id).await.unwrap();
    assert_eq!((found.state, found.took()), (RebootState::Back, Some(Span::from_secs(2))));
}

#[tokio::test]
async fn silent_then_answering_is_a_restart() {
    let mut bench = Bench::start().await;
    let reboot = bench.accepted().await;
    let asked = bench.probed_for(15, &ContactAnswer::NoAnswer).await;
    assert_eq!(asked, 3);
    bench.until(&reboot, RebootState::Down).await;
    bench.probed_for(5, &answered(404, "Not Found")).await;
    let back = bench.until(&reboot, RebootState::Back).await;
    assert_eq!(back.took(), Some(Span::from_secs(20)));
}

#[tokio::test]
async fn refused_with_the_phones_own_words() {
    for (code, reason) in [
        (481, RebootReason::NotSupported),
        (486, RebootReason::Busy),
        (401, RebootReason::BadCredentials),
        (404, RebootReason::Stale),
    ] {
        let mut bench = Bench::start().await;
        let reboot = bench.reboot().await;
        bench.answers(answered(code, "<b>no</b>")).await;
        let refused = bench.until(&reboot, RebootState::Refused).await;
        assert_eq!((refused.code, refused.reason), (Some(code), Some(reason)));
        assert_eq!(refused.phrase.as_deref(), Some("<b>no</b>"));
        assert_eq!(bench.timeline().await, [TimelineKind::RebootRequested, TimelineKind::RebootRefused]);
    }
}

#[tokio::test]
async fn the_next_newest_contact_is_tried_once() {
    let mut bench = Bench::start().await;
    let now = bench.t.now();
    let older = binding(2, "older", 1, now - Span::from_secs(50));
    let oldest = binding(3, "oldest", 1, now - Span::from_secs(55));
    bench.registered(vec![older, oldest], TimelineKind::ReRegistered).await;
    for second in [answered(200, "OK"), ContactAnswer::NoAnswer, ContactAnswer::NoPath] {
        let reboot = bench.reboot().await;
        let first = bench.answers(ContactAnswer::NoAnswer).await;
        assert_eq!(first.binding, 2, "the newest first");
        // Turned until it has asked the next one.
        let (next, tell) = eventually("the next contact", async || {
            bench.t.app.turn_reboots(bench.t.now()).await;
            match bench.inbox.try_recv() {
                Ok(PhoneCommand::Request(request, tell)) => Some((request, tell)),
                _ => None,
            }
        })
        .await;
        assert_eq!(next.binding, 3);
        let expected =
            if second == answered(200, "OK") { RebootState::Accepted } else { RebootState::NoAnswer };
        tell.send(second).unwrap();
        bench.until(&reboot, expected).await;
    }
}

#[tokio::test]
async fn no_way_to_the_phone() {
    let bench = Bench::unplugged().await;
    let reboot = bench.reboot().await;
    assert_eq!((reboot.state, reboot.reason), (RebootState::NotPossible, Some(RebootReason::NoContact)));
    assert_eq!(bench.timeline().await, [TimelineKind::RebootRequested, TimelineKind::RebootNotPossible]);

    for (answer, reason) in
        [(ContactAnswer::NoPath, RebootReason::NoPath), (ContactAnswer::Busy, RebootReason::TooMany)]
    {
        let mut bench = Bench::start().await;
        let reboot = bench.reboot().await;
        bench.answers(answer).await;
        let reboot = bench.until(&reboot, RebootState::NotPossible).await;
        assert_eq!(reboot.reason, Some(reason));
    }
}

#[tokio::test]
async fn accepted_and_there_all_the_time() {
    let mut bench = Bench::start().await;
    let reboot = bench.accepted().await;
    let window = reboot.deadline.unwrap().since(reboot.answered_at.unwrap());
    assert_eq!(window, Span::from_secs(180));
    bench.renewed("old", 41).await;
    bench.probed_for(175, &answered(200, "OK")).await;
    let found = bench.t.app.find_reboot(&bench.actor, reboot.id).await.unwrap();
    assert_eq!(found.state, RebootState::Accepted, "its time is not over");
    bench.t.advance(Span::from_secs(5));
    bench.until(&reboot, RebootState::NotRestarted).await;
}

#[tokio::test]
async fn accepted_and_never_seen_again() {
    let mut bench = Bench::start().await;
    let reboot = bench.accepted().await;
    bench.withdrew().await;
    bench.until(&reboot, RebootState::Down).await;
    bench.t.advance(Span::from_secs(179));
    bench.t.app.turn_reboots(bench.t.now()).await;
    let found = bench.t.app.find_reboot(&bench.actor, reboot.id).await.unwrap();
    assert_eq!(found.state, RebootState::Down);
    bench.t.advance(Span::from_secs(1));
    bench.until(&reboot, RebootState::NotBack).await;
    assert_eq!(bench.timeline().await.last(), Some(&TimelineKind::NotBack));
}
