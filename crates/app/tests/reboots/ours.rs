//! What does not depend on the phone: a later reboot, a restart of ours, rights, a registrar that hangs.

use tonalite_core::Error;
use tonalite_core::party::Feature;
use tonalite_core::portal_user::Role;
use tonalite_core::reboot::{RebootReason, RebootState};
use tonalite_core::time::Span;
use tonalite_testkit::Whose;

use crate::bench::{Bench, answered};

#[tokio::test]
async fn a_registrar_that_forgets_to_answer_holds_nothing_up() {
    let mut bench = Bench::start().await;
    let reboot = bench.reboot().await;
    let (_request, _tell) = bench.asked().await;
    bench.t.app.turn_reboots(bench.t.advance(Span::from_secs(39))).await;
    let found = bench.t.app.find_reboot(&bench.actor, reboot.id).await.unwrap();
    assert_eq!(found.state, RebootState::Sent);
    bench.t.advance(Span::from_secs(2));
    bench.until(&reboot, RebootState::NoAnswer).await;
}

#[tokio::test]
async fn a_later_reboot_takes_the_place_of_an_earlier_one() {
    let mut bench = Bench::start().await;
    let first = bench.accepted().await;
    let second = bench.reboot().await;
    let found = bench.t.app.find_reboot(&bench.actor, first.id).await.unwrap();
    assert_eq!(found.state, RebootState::Superseded);
    bench.answers(answered(200, "OK")).await;
    bench.until(&second, RebootState::Accepted).await;
    bench.renewed("new", 1).await;
    bench.until(&second, RebootState::Back).await;
    let found = bench.t.app.find_reboot(&bench.actor, first.id).await.unwrap();
    assert_eq!(found.state, RebootState::Superseded, "what the second proves says nothing of the first");
}

#[tokio::test]
async fn a_restart_of_ours_leaves_none_hanging() {
    let mut bench = Bench::start().await;
    let accepted = bench.accepted().await;
    let Bench { t, actor, device, line, inbox } = bench;
    drop(inbox);
    let t = t.restart().await;
    let inbox = t.app.phones().attach();
    let mut bench = Bench { t, actor, device, line, inbox };
    bench.t.advance(Span::from_secs(30));
    bench.t.app.resume_reboots(bench.t.now()).await.unwrap();
    bench.renewed("new", 1).await;
    let back = bench.until(&accepted, RebootState::Back).await;
    assert_eq!(back.took(), Some(Span::from_secs(30)));

    let sent = bench.reboot().await;
    let Bench { t, actor, device, line, inbox } = bench;
    drop(inbox);
    let t = t.restart().await;
    t.app.resume_reboots(t.now()).await.unwrap();
    let ended = t.app.find_reboot(&actor, sent.id).await.unwrap();
    assert_eq!((ended.state, ended.reason), (RebootState::NoAnswer, Some(RebootReason::Interrupted)));
    drop((device, line));
}

#[tokio::test]
async fn a_watch_that_ran_out_while_we_were_away_lasts_a_little_longer() {
    let mut bench = Bench::start().await;
    let accepted = bench.accepted().await;
    let Bench { t, actor, device, line, inbox } = bench;
    drop(inbox);
    let t = t.restart().await;
    let inbox = t.app.phones().attach();
    bench = Bench { t, actor, device, line, inbox };
    bench.t.advance(Span::from_hours(2));
    bench.t.app.resume_reboots(bench.t.now()).await.unwrap();
    bench.t.app.turn_reboots(bench.t.now()).await;
    let found = bench.t.app.find_reboot(&bench.actor, accepted.id).await.unwrap();
    assert_eq!(found.state, RebootState::Accepted);
    let (_, tell) = bench.asked().await;
    tell.send(answered(200, "OK")).unwrap();
    tokio::task::yield_now().await;
    bench.t.app.turn_reboots(bench.t.now()).await;
    bench.t.advance(Span::from_secs(60));
    bench.until(&accepted, RebootState::NotRestarted).await;
}

#[tokio::test]
async fn only_who_may_and_only_where_it_is_switched_on() {
    let bench = Bench::start().await;
    let viewer = bench.t.actor(Whose::A, Role::Viewer).await;
    assert!(matches!(viewer.operate(bench.device.clone()), Err(Error::Forbidden)));
    let neighbour = bench.t.actor(Whose::B, Role::Admin).await;
    let reboot = bench.reboot().await;
    assert!(matches!(bench.t.app.find_reboot(&neighbour, reboot.id).await, Err(Error::NotFound)));

    let party = bench.t.tree.party(Whose::A);
    bench.t.switch(party.id, Feature::DeviceReboot, Some(false)).await;
    let refused = bench.try_reboot().await;
    let Err(Error::FeatureDisabled(why)) = refused else { panic!("{refused:?}") };
    assert_eq!(why.feature, Feature::DeviceReboot);
    let device = bench.t.app.find_device(&bench.actor, bench.device.id, bench.t.now()).await.unwrap();
    let outlook = bench.t.app.reboot_outlook(&device).await.unwrap();
    let off = outlook.off.unwrap();
    assert_eq!(
        (off.party.map(|party| party.id), off.who.map(|who| who.id)),
        (Some(party.id), party.parent_id)
    );
}
