//! A whole DECT system: one base at a time, addressed by its chain ID, stopped by what may be down.

use tonalite_app::DectSystemChange;
use tonalite_core::access::Actor;
use tonalite_core::contact_request::{ContactAnswer, ContactRequestKind};
use tonalite_core::dect::{DectReboot, DectRebootState, DectRebootStop};
use tonalite_core::device::Device;
use tonalite_core::id::{DectSystemId, RebootId};
use tonalite_core::portal_user::Role;
use tonalite_core::reboot::RebootState;
use tonalite_core::time::Span;
use tonalite_core::timeline::TimelineKind;
use tonalite_core::{Error, Result};
use tonalite_testkit::{TestApp, Whose, eventually};

use crate::bench::{Bench, answered, binding};

/// Two bases with a live line each, and one without any.
struct System {
    id: DectSystemId,
    first: Bench,
    second: Device,
    secondary: Device,
}

impl System {
    async fn start() -> System {
        let t = TestApp::start().await;
        let site = t.tree.a.sites[0].clone();
        let device = t.add_device(&site, "snom-m700", Some("00:04:13:00:00:01")).await;
        let second = t.add_device(&site, "snom-m700", Some("00:04:13:00:00:02")).await;
        let secondary = t.add_device(&site, "snom-m700", Some("00:04:13:00:00:03")).await;
        let user = t.add_user(&site, "Anne Leroy", "1001").await;
        let line = t.assign_line(&device, 1, &user).await;
        let other = t.assign_line(&second, 1, &user).await;
        let system = Actor::system();
        let typed = DectSystemChange { name: Some("Wards".into()), chain_id: Some("48213".into()) };
        let bases = [&device, &second, &secondary].map(|base| system.manage(base.clone()).unwrap());
        let customer = system.manage(t.tree.a.party.clone()).unwrap();
        let made = t.app.create_dect_system(&system, customer, typed, bases.into(), t.now()).await.unwrap();
        let actor = t.actor(Whose::A, Role::Support).await;
        let inbox = t.app.phones().attach();
        let mut first = Bench { t, actor, device, line, inbox };
        let at = first.t.now();
        first.registered(vec![binding(1, "old", 40, at)], TimelineKind::Registered).await;
        // The other base, by the same road.
        let (own_device, own_line) = (first.device.clone(), first.line.clone());
        (first.device, first.line) = (second.clone(), other);
        first.registered(vec![binding(9, "old", 40, at)], TimelineKind::Registered).await;
        (first.device, first.line) = (own_device, own_line);
        first.t.advance(Span::from_secs(60));
        System { id: made.id, first, second, secondary }
    }

    async fn try_reboot(&self) -> Result<DectReboot> {
        let bench = &self.first;
        let shown = bench.t.app.find_dect_system(&bench.actor, self.id, bench.t.now()).await?;
        bench.t.app.reboot_dect_system(&bench.actor, shown, bench.t.now()).await
    }

    /// Turns until the run stands there.
    async fn until(&self, run: &DectReboot, state: DectRebootState) -> DectReboot {
        let bench = &self.first;
        eventually(state.as_str(), async || {
            bench.t.app.turn_reboots(bench.t.now()).await;
            let found = bench.t.app.find_dect_reboot(&bench.actor, run.id).await.unwrap();
            (found.state == state).then_some(found)
        })
        .await
    }

    /// The reboot of one base, once it has its turn.
    async fn turn_of(&self, run: &DectReboot, device: &Device) -> RebootId {
        let bench = &self.first;
        eventually("its turn", async || {
            bench.t.app.turn_reboots(bench.t.now()).await;
            let found = bench.t.app.find_dect_reboot(&bench.actor, run.id).await.unwrap();
            let base = found.bases.into_iter().find(|base| base.device_id == device.id).unwrap();
            base.reboot.map(|(id, _)| id)
        })
        .await
    }
}

fn states(run: &DectReboot) -> Vec<Option<RebootState>> {
    run.bases.iter().map(|base| base.reboot.map(|(_, state)| state)).collect()
}

#[tokio::test]
async fn the_next_base_has_its_turn_when_the_one_before_is_back() {
    let mut system = System::start().await;
    let run = system.try_reboot().await.unwrap();
    // The one without lines was first, and cannot be asked; then the first with a line.
    assert_eq!(run.state, DectRebootState::Running);
    assert_eq!(run.bases[0].device_id, system.secondary.id);
    assert_eq!(states(&run), [Some(RebootState::NotPossible), Some(RebootState::Sent), None]);
    let again = system.try_reboot().await;
    assert!(
        matches!(&again, Err(Error::Conflict(field)) if field.code == "dect_reboot_underway"),
        "{again:?}"
    );

    let request = system.first.answers(answered(200, "OK")).await;
    assert_eq!((request.line, request.binding), (system.first.line.key, 1));
    let user = Some("48213".to_owned());
    assert_eq!(request.kind, ContactRequestKind::Notify { event: "check-sync;reboot=true".into(), user });
    let device = system.first.device.clone();
    let own = system.turn_of(&run, &device).await;
    let reboot = system.first.t.app.find_reboot(&system.first.actor, own).await.unwrap();
    system.first.until(&reboot, RebootState::Accepted).await;
    // As long as it is away, nobody else is asked.
    system.first.t.advance(Span::from_secs(2));
    system.first.withdrew().await;
    system.first.until(&reboot, RebootState::Down).await;
    system.first.t.app.turn_reboots(system.first.t.now()).await;
    let found = system.first.t.app.find_dect_reboot(&system.first.actor, run.id).await.unwrap();
    assert_eq!(states(&found)[2], None);

    system.first.t.advance(Span::from_secs(60));
    let at = system.first.t.now();
    system.first.registered(vec![binding(2, "new", 1, at)], TimelineKind::Registered).await;
    system.first.until(&reboot, RebootState::Back).await;
    let second = system.second.clone();
    system.turn_of(&run, &second).await;
    // A base that refuses is up as before; with it, every base had its turn.
    let request = loop {
        let (request, tell) = system.first.asked().await;
        // A test of the first base that was still on its way.
        if request.kind == ContactRequestKind::Options {
            continue;
        }
        tell.send(answered(489, "Bad Event")).unwrap();
        break request;
    };
    assert_eq!(request.binding, 9);
    let done = system.until(&run, DectRebootState::Done).await;
    use RebootState::{Back, NotPossible, Refused};
    assert_eq!(states(&done), [Some(NotPossible), Some(Back), Some(Refused)]);
    assert_eq!(done.stop, None);
}

#[tokio::test]
async fn a_base_that_gives_no_answer_stops_the_others() {
    let mut system = System::start().await;
    let run = system.try_reboot().await.unwrap();
    system.first.answers(ContactAnswer::NoAnswer).await;
    let stopped = system.until(&run, DectRebootState::Stopped).await;
    assert_eq!(stopped.stop, Some(DectRebootStop::NoAnswer));
    assert_eq!(states(&stopped), [Some(RebootState::NotPossible), Some(RebootState::NoAnswer), None]);
    // It is over: another may begin.
    assert_eq!(system.try_reboot().await.unwrap().state, DectRebootState::Running);
}

#[tokio::test]
async fn our_own_restart_stops_it_and_that_is_said() {
    let mut system = System::start().await;
    let run = system.try_reboot().await.unwrap();
    system.first.answers(answered(200, "OK")).await;
    let device = system.first.device.clone();
    let own = system.turn_of(&run, &device).await;
    let reboot = system.first.t.app.find_reboot(&system.first.actor, own).await.unwrap();
    system.first.until(&reboot, RebootState::Accepted).await;
    let System { first: Bench { t, actor, inbox, .. }, .. } = system;
    drop(inbox);
    t.advance(Span::from_secs(1));
    let t = t.restart().await;
    t.app.resume_reboots(t.now()).await.unwrap();
    let found = t.app.find_dect_reboot(&actor, run.id).await.unwrap();
    assert_eq!((found.state, found.stop), (DectRebootState::Stopped, Some(DectRebootStop::Interrupted)));
    // The base that had its turn is watched to its end all the same.
    assert_eq!(states(&found), [Some(RebootState::NotPossible), Some(RebootState::Accepted), None]);
    t.app.turn_reboots(t.now()).await;
    let found = t.app.find_dect_reboot(&actor, run.id).await.unwrap();
    assert_eq!(states(&found)[2], None, "the next one is left alone");
}

#[tokio::test]
async fn a_critical_base_is_left_out() {
    let system = System::start().await;
    let bench = &system.first;
    let admin = Actor::system();
    let critical = tonalite_app::DeviceChange { critical: Some(true), ..Default::default() };
    for device in [&bench.device, &system.second, &system.secondary] {
        let managed = admin.manage(device.clone()).unwrap();
        bench.t.app.update_device(&admin, managed, None, critical.clone(), bench.t.now()).await.unwrap();
    }
    let refused = system.try_reboot().await;
    assert!(
        matches!(&refused, Err(Error::Conflict(field)) if field.code == "dect_system_without_bases"),
        "{refused:?}"
    );
}
