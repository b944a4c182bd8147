//! One answer: after any sequence of acts and messages, the committed states, counts and contacts are what the pure
//! rules of `core::line_state` make of them. The rule exists once in Rust and once in SQL; this holds the two together.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tonalite_core::access::Actor;
use tonalite_core::device::Device;
use tonalite_core::filter::{DeviceFilter, StatusCounts, StatusFilter};
use tonalite_core::line::Line;
use tonalite_core::line_state::{
    Binding, Context, DeviceState, Effect, LineRegistrations, LineState, Policy, Register, Requested,
    RequestedContact, Source, Transport,
};
use tonalite_core::registration::{LineChange, LineRef, Renewal};
use tonalite_core::site::Site;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::user::User;
use tonalite_store::Location;
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, NOW, device_ref, limit, line_ref};
use crate::raw;
use crate::writer::Live;

/// What happens; the numbers choose among what is there.
#[derive(Debug, Clone, Copy)]
enum Act {
    Add(usize),
    Remove(usize),
    Assign(usize, u16),
    Unassign(usize),
    /// Line, contact, Call-ID, seconds asked for.
    Register(usize, u8, u8, i64),
    WithdrawAll(usize),
    End(usize),
    Wait(i64),
    /// Lets the writer finish a group.
    Settle,
    Restart,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => (0..3_usize).prop_map(Act::Add),
        1 => (0..8_usize).prop_map(Act::Remove),
        4 => (0..8_usize, 1..4_u16).prop_map(|(device, port)| Act::Assign(device, port)),
        1 => (0..12_usize).prop_map(Act::Unassign),
        12 => (0..12_usize, 0..3_u8, 0..2_u8, prop::sample::select(vec![0, 0, 60, 300, 600]))
            .prop_map(|(line, contact, call, expires)| Act::Register(line, contact, call, expires)),
        1 => (0..12_usize).prop_map(Act::WithdrawAll),
        1 => (0..12_usize).prop_map(Act::End),
        4 => prop::sample::select(vec![1, 40, 200, 700]).prop_map(Act::Wait),
        2 => Just(Act::Settle),
        1 => Just(Act::Restart),
    ]
}

struct Known {
    line: Line,
    reference: LineRef,
    registrations: LineRegistrations,
}

struct Owned {
    device: Device,
    lines: Vec<Known>,
}

/// The store, and beside it what it should hold.
struct World {
    f: Fixture,
    live: Live,
    sites: Vec<(Site, User)>,
    devices: Vec<Owned>,
    now: Timestamp,
    serial: i64,
}

impl World {
    async fn new(location: Location) -> World {
        let f = Fixture::new(location).await;
        let mut sites = Vec::new();
        for (customer, name) in [(&f.customer, "Lyon"), (&f.customer, "Paris"), (&f.other, "Berlin")] {
            let site = f.site(customer, name).await.unwrap();
            let user = f.user(&site, "100").await.unwrap();
            sites.push((site, user));
        }
        let live = Live::start(&f.store);
        World { f, live, sites, devices: Vec::new(), now: NOW, serial: 0 }
    }

    fn line(&mut self, nth: usize) -> Option<&mut Known> {
        let mut lines: Vec<&mut Known> = self.devices.iter_mut().flat_map(|owned| &mut owned.lines).collect();
        if lines.is_empty() { None } else { Some(lines.swap_remove(nth % lines.len())) }
    }

    /// As the registrar does it: what changed is a change, all else a renewal.
    fn submit(live: &Live, known: &Known, effect: Effect, now: Timestamp, ip: Option<String>) {
        let of_id = |id: &i64| known.registrations.bindings.iter().find(|binding| binding.id == *id).cloned();
        let stored: Vec<Binding> = effect.stored.iter().filter_map(of_id).collect();
        if effect.changed {
            live.submit(LineChange {
                line: known.reference,
                at: now,
                state: known.registrations.state,
                detail: known.registrations.detail,
                since: known.registrations.since,
                registered_at: known.registrations.registered_at,
                expires_at: known.registrations.expires_at(),
                stored,
                removed: effect.removed,
                observed: effect.observed,
                ip,
                user_agent: None,
            });
        } else if !stored.is_empty() {
            let renewal = |binding: Binding| Renewal {
                line: known.reference,
                binding: binding.id,
                call_id: binding.call_id,
                cseq: binding.cseq,
                refreshed_at: binding.refreshed_at,
                expires_at: binding.expires_at,
                granted: binding.granted,
                observed: effect.observed.clone(),
            };
            live.writer.renew(stored.into_iter().map(renewal).collect()).unwrap();
        }
    }

    async fn act(&mut self, act: Act) {
        let now = self.now;
        match act {
            Act::Add(site) if self.devices.len() < 6 => {
                self.serial += 1;
                let mac = 0x0015_6500_0000 + u64::try_from(self.serial).unwrap();
                let device = self.f.device(&self.sites[site].0, mac).await;
                self.live.writer.add_device(device_ref(&device), now).await;
                self.devices.push(Owned { device, lines: Vec::new() });
            }
            Act::Remove(device) if !self.devices.is_empty() => {
                let owned = self.devices.swap_remove(device % self.devices.len());
                let lines = self
                    .f
                    .store
                    .delete_device(owned.device.key, &self.f.audit(&self.f.customer))
                    .await
                    .unwrap();
                self.live.writer.remove_device(device_ref(&owned.device), lines).await;
            }
            Act::Assign(device, port) if !self.devices.is_empty() => {
                let nth = device % self.devices.len();
                let owned = &mut self.devices[nth];
                if owned.lines.iter().any(|known| known.line.port == port) {
                    return;
                }
                let (_, user) =
                    self.sites.iter().find(|(site, _)| site.key == owned.device.site_key).unwrap();
                let line = self.f.line(&owned.device, port, user).await;
                let reference = line_ref(&owned.device, &line);
                self.live.writer.add_line(reference, now).await;
                owned.lines.push(Known {
                    line,
                    reference,
                    registrations: LineRegistrations::never_seen(now),
                });
            }
            Act::Unassign(nth) => {
                let Some(key) = self.line(nth).map(|known| known.line.key) else { return };
                for owned in &mut self.devices {
                    if let Some(at) = owned.lines.iter().position(|known| known.line.key == key) {
                        let known = owned.lines.remove(at);
                        self.f.store.delete_line(&known.line, &self.f.audit(&self.f.customer)).await.unwrap();
                        self.live.writer.remove_line(known.reference, now).await;
                    }
                }
            }
            Act::Register(nth, contact, call, expires) => {
                let requested = RequestedContact {
                    uri: format!("sip:{contact}@192.0.2.7"),
                    instance: None,
                    reg_id: None,
                    expires: Some(Span::from_secs(expires)),
                };
                self.register(nth, call, Requested::Contacts(vec![requested]));
            }
            Act::WithdrawAll(nth) => self.register(nth, 0, Requested::WithdrawAll),
            Act::End(nth) => {
                let Some(known) = self.line(nth) else { return };
                let Some(effect) = known.registrations.end(now) else { return };
                let known = &*self.line(nth).unwrap();
                let (reference, registrations, line) =
                    (known.reference, known.registrations.clone(), known.line.clone());
                Self::submit(&self.live, &Known { line, reference, registrations }, effect, now, None);
            }
            Act::Wait(seconds) => {
                self.now = now + Span::from_secs(seconds);
                let (live, now) = (&self.live, self.now);
                for known in self.devices.iter_mut().flat_map(|owned| &mut owned.lines) {
                    if let Some(effect) = known.registrations.expire(now, &Policy::default()) {
                        Self::submit(live, known, effect, now, None);
                    }
                }
            }
            Act::Settle => drop(self.live.writer.barrier().await),
            Act::Add(_) | Act::Remove(_) | Act::Assign(..) | Act::Restart => {}
        }
    }

    fn register(&mut self, nth: usize, call: u8, requested: Requested) {
        let (now, mut serial) = (self.now, self.serial);
        let Some(known) = self.line(nth) else { return };
        let request = Register {
            call_id: format!("call-{call}"),
            // Grows with every message, as a phone's does.
            cseq: u32::try_from(serial + 1).unwrap(),
            requested,
            source: Source { transport: Transport::Udp, address: "192.0.2.7:5060".parse().unwrap() },
            path: Vec::new(),
            user_agent: None,
        };
        let mut next_id = || {
            serial += 1;
            serial
        };
        let mut context = Context {
            now,
            policy: &Policy::default(),
            chance: u16::try_from(now.0 % 60_000).unwrap(),
            same_contact: &|a, b| a == b,
            next_id: &mut next_id,
        };
        let outcome = known.registrations.register(&request, &mut context);
        let known = Known {
            line: known.line.clone(),
            reference: known.reference,
            registrations: known.registrations.clone(),
        };
        self.serial = serial + 1;
        if let Ok(effect) = outcome {
            Self::submit(&self.live, &known, effect, now, Some("192.0.2.7".into()));
        }
    }

    async fn restart(self) -> World {
        let World { f, live, sites, devices, now, serial } = self;
        live.stop().await;
        let f = f.reopen().await;
        let live = Live::start(&f.store);
        World { f, live, sites, devices, now, serial }
    }

    /// Compares the store with what it should hold.
    async fn check(&self) {
        self.live.writer.barrier().await;
        let never = Timestamp::default();
        let mut counts = StatusCounts::default();
        for owned in &self.devices {
            let device = self.f.store.find_device(owned.device.id, never, never).await.unwrap().unwrap();
            let states: Vec<_> =
                owned.lines.iter().map(|k| (k.registrations.state, k.registrations.detail)).collect();
            assert_eq!(device.status.state, DeviceState::of_lines(&states));
            let registered = states.iter().filter(|(state, _)| *state == LineState::Registered).count();
            assert_eq!(usize::from(device.status.lines_registered), registered);
            assert_eq!(usize::from(device.status.lines_assigned), states.len());
            assert_eq!(usize::from(device.lines_assigned), states.len());
            let class = match device.status.state.state {
                _ if states.is_empty() => StatusFilter::NoLine,
                LineState::Registered if registered < states.len() => StatusFilter::Partial,
                LineState::Registered => StatusFilter::Registered,
                LineState::Aged => StatusFilter::Aged,
                LineState::Unregistered => StatusFilter::Unregistered,
            };
            self.check_class(&device, class).await;
            *match class {
                StatusFilter::Registered => &mut counts.registered,
                StatusFilter::Partial => &mut counts.partial,
                StatusFilter::Aged => &mut counts.aged,
                StatusFilter::Unregistered => &mut counts.unregistered,
                StatusFilter::NoLine => &mut counts.no_line,
            } += 1;
            self.check_lines(owned).await;
        }
        let filter = DeviceFilter::default();
        assert_eq!(self.f.store.count_devices(&Actor::system(), &filter).await.unwrap(), counts);
        for (site, _) in &self.sites {
            let filter = DeviceFilter { site: Some(site.key), ..DeviceFilter::default() };
            let n = self.devices.iter().filter(|owned| owned.device.site_key == site.key).count();
            let counted = self.f.store.count_devices(&Actor::system(), &filter).await.unwrap();
            assert_eq!(usize::try_from(counted.total()).unwrap(), n, "{}", site.name);
        }
    }

    async fn check_class(&self, device: &Device, class: StatusFilter) {
        for status in StatusFilter::ALL {
            let filter = DeviceFilter { status: Some(status), ..DeviceFilter::default() };
            let never = Timestamp::default();
            let page = self
                .f
                .store
                .page_devices(&Actor::system(), &filter, limit(50), None, never, never)
                .await
                .unwrap();
            let found = page.items.iter().any(|other| other.key == device.key);
            assert_eq!(found, status.classes().contains(&class), "{status:?} of a {class:?} device");
        }
    }

    async fn check_lines(&self, owned: &Owned) {
        let never = Timestamp::default();
        let key = owned.device.key;
        let states = self.f.store.find_line_states_of_device(key, never, never).await.unwrap();
        assert_eq!(states.len(), owned.lines.len());
        let bindings = self.f.store.find_bindings_of_device(key).await.unwrap();
        assert_eq!(bindings.len(), owned.lines.iter().map(|k| k.registrations.bindings.len()).sum::<usize>());
        for Known { line, registrations, .. } in &owned.lines {
            let state = states.iter().find(|state| state.line == line.key).unwrap();
            assert_eq!(
                (state.state, state.detail, state.since),
                (registrations.state, registrations.detail, registrations.since)
            );
            assert_eq!(
                (state.registered_at, state.expires_at),
                (registrations.registered_at, registrations.expires_at())
            );
            for binding in &registrations.bindings {
                assert!(bindings.contains(&(line.key, binding.clone())), "{binding:?} in {bindings:?}");
            }
        }
    }

    async fn clear(mut self) -> World {
        while !self.devices.is_empty() {
            self.act(Act::Remove(0)).await;
        }
        self.check().await;
        for table in ["binding", "line_state", "device_state", "timeline"] {
            let rows = raw::number(&self.f.location, &format!("SELECT count(*) FROM live.{table}")).await;
            assert_eq!(rows, 0, "{table} of what is gone");
        }
        self
    }
}

/// Few cases, long: each is some fifty transactions on a real disk. `PROPTEST_CASES` makes them more.
fn config() -> Config {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(8);
    // A case that shrinks runs on the same store as all before it; its first failure is the one to read.
    Config { cases, max_shrink_iters: 0, failure_persistence: None, ..Config::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn states_counts_and_contacts_are_what_the_rules_say() {
    each_engine(async |location| {
        let world = std::cell::RefCell::new(Some(World::new(location).await));
        let run = |acts: Vec<Act>| {
            tokio::runtime::Handle::current().block_on(async {
                let mut w = world.borrow_mut().take().expect("a case before this one failed");
                for act in acts {
                    if let Act::Restart = act {
                        w.check().await;
                        w = w.restart().await;
                        w.check().await;
                    } else {
                        w.act(act).await;
                    }
                }
                w.check().await;
                *world.borrow_mut() = Some(w.clear().await);
            });
            Ok(())
        };
        let acts = prop::collection::vec(act(), 20..60);
        tokio::task::block_in_place(|| TestRunner::new(config()).run(&acts, run)).unwrap();
    })
    .await;
}
