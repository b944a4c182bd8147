//! Lists of devices and their counts, against brute force: every filter, every reader, every order, page by page.

use std::collections::BTreeSet;

use tonalite_core::access::Actor;
use tonalite_core::device::Device;
use tonalite_core::filter::{DeviceFilter, DeviceSort, SortColumn, StatusCounts, StatusFilter};
use tonalite_core::id::DeviceKey;
use tonalite_core::line_state::{LineState, StateDetail};
use tonalite_core::page::Cursor;
use tonalite_core::party::PartyKind;
use tonalite_core::registration::LineChange;
use tonalite_core::site::Site;
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, NOW, device_ref, limit, line_ref, pages};
use crate::writer::Live;

/// Two customers, three sites, two types, addresses and none, each class at each site.
pub(crate) async fn fleet(f: &Fixture) -> Vec<Site> {
    let live = Live::start(&f.store);
    let sites = vec![
        f.site(&f.customer, "Lyon").await.unwrap(),
        f.site(&f.customer, "Paris").await.unwrap(),
        f.site(&f.other, "Berlin").await.unwrap(),
    ];
    // Descending, so that the order of adding is not the order of addresses.
    let mut mac = 0x0015_6500_00ff_u64;
    for (i, site) in sites.iter().enumerate() {
        let user = f.user(site, "100").await.unwrap();
        for class in StatusFilter::ALL {
            // More of one class at one site than at another: sums that are right by chance are unlikely.
            for n in 0..=i {
                let address = (n + i) % 2 == 0;
                mac -= 1;
                let device = match address {
                    true => f.device_of_type(site, "yealink-t54w", Some(mac)).await,
                    false => f.device_of_type(site, "generic-sip", None).await,
                };
                live.writer.add_device(device_ref(&device), NOW).await;
                let states: &[LineState] = match class {
                    StatusFilter::Registered => &[LineState::Registered, LineState::Registered],
                    StatusFilter::Partial => &[LineState::Registered, LineState::Aged],
                    StatusFilter::Aged => &[LineState::Aged, LineState::Unregistered],
                    StatusFilter::Unregistered => &[LineState::Unregistered],
                    StatusFilter::NoLine => &[],
                };
                for (port, state) in (1..).zip(states) {
                    let line = line_ref(&device, &f.line(&device, port, &user).await);
                    live.writer.add_line(line, NOW).await;
                    let detail = (*state == LineState::Unregistered).then_some(StateDetail::Withdrawn);
                    live.change(LineChange { state: *state, detail, ..live.registered(&line, NOW) }).await;
                }
            }
        }
    }
    live.stop().await;
    sites
}

fn class(device: &Device) -> StatusFilter {
    let status = &device.status;
    match status.state.state {
        _ if status.lines_assigned == 0 => StatusFilter::NoLine,
        LineState::Registered if status.is_partial() => StatusFilter::Partial,
        LineState::Registered => StatusFilter::Registered,
        LineState::Aged => StatusFilter::Aged,
        LineState::Unregistered => StatusFilter::Unregistered,
    }
}

fn matches(device: &Device, actor: &Actor, filter: &DeviceFilter) -> bool {
    let party = filter
        .party
        .is_none_or(|(kind, party)| tonalite_core::access::Scope { kind, party }.contains(device.tenancy));
    actor.sees(device.tenancy, Some(device.site_key))
        && party
        && filter.site.is_none_or(|site| site == device.site_key)
        && filter.device_types.as_ref().is_none_or(|types| types.contains(&device.device_type))
        && filter.status.is_none_or(|status| status.classes().contains(&class(device)))
        && (!filter.problem
            || !matches!(
                (class(device), device.status.is_partial()),
                (StatusFilter::NoLine | StatusFilter::Registered, _)
            ))
        && (!filter.lines_available || device.lines_available() > 0)
        && filter.critical.is_none_or(|critical| critical == device.critical)
}

fn in_order(mut devices: Vec<&Device>, sort: DeviceSort) -> Vec<DeviceKey> {
    let mac = |device: &Device| device.mac.map_or(u64::MAX, |mac| mac.as_u64());
    devices.sort_by(|a, b| {
        let order = match sort.column {
            SortColumn::Mac => mac(a).cmp(&mac(b)),
            SortColumn::Type => a.device_type.cmp(&b.device_type),
            SortColumn::Site => {
                (&a.site_name, a.site_key.0, mac(a)).cmp(&(&b.site_name, b.site_key.0, mac(b)))
            }
            SortColumn::Status => (class(a) as i64, a.status.since).cmp(&(class(b) as i64, b.status.since)),
            SortColumn::LinesAvailable => a.lines_available().cmp(&b.lines_available()),
            SortColumn::CreatedAt => std::cmp::Ordering::Equal,
        };
        order.then(a.key.0.cmp(&b.key.0))
    });
    if sort.descending {
        devices.reverse();
    }
    devices.into_iter().map(|device| device.key).collect()
}

#[tokio::test]
async fn every_list_and_count_is_what_brute_force_finds() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let sites = fleet(&f).await;
        let everything = DeviceFilter::default();
        let page =
            f.store.page_devices(&Actor::system(), &everything, limit(200), None, NOW, NOW).await.unwrap();
        let all = page.items;
        assert_eq!(all.len(), 5 * (1 + 2 + 3));
        assert_eq!(
            all.iter().map(class).collect::<std::collections::HashSet<_>>().len(),
            5,
            "each class is there"
        );

        let mut narrowed = f.actor(&f.customer);
        narrowed.sites = Some(vec![sites[1].key]);
        let mut actors: Vec<Actor> =
            [&f.platform, &f.provider, &f.operator, &f.customer, &f.other].map(|party| f.actor(party)).into();
        actors.push(narrowed);
        let parties =
            [None, Some((PartyKind::Customer, f.customer.key)), Some((PartyKind::Operator, f.operator.key))];
        let some_sites = [None, Some(sites[0].key), Some(sites[2].key)];
        let types: [Option<Vec<String>>; 4] = [
            None,
            Some(vec![]),
            Some(vec!["generic-sip".into()]),
            Some(vec!["yealink-t54w".into(), "generic-sip".into()]),
        ];
        let statuses: Vec<Option<StatusFilter>> =
            std::iter::once(None).chain(StatusFilter::ALL.into_iter().map(Some)).collect();
        for actor in &actors {
            for party in parties {
                for site in some_sites {
                    for device_types in &types {
                        let filter = DeviceFilter {
                            party,
                            site,
                            device_types: device_types.clone(),
                            ..everything.clone()
                        };
                        let counts = f.store.count_devices(actor, &filter).await.unwrap();
                        for (n, status) in statuses.iter().enumerate() {
                            // Each order in turn: what is found does not depend on it.
                            let (sort, _) = DeviceSort::ALL[n % DeviceSort::ALL.len()];
                            let filter = DeviceFilter { status: *status, sort, ..filter.clone() };
                            check(&f, actor, &filter, &all, counts).await;
                        }
                        for (lines_available, problem, critical) in [
                            (true, false, None),
                            (false, true, None),
                            (true, true, Some(false)),
                            (false, false, Some(true)),
                        ] {
                            let filter = DeviceFilter { lines_available, critical, ..filter.clone() };
                            let counts = f.store.count_devices(actor, &filter).await.unwrap();
                            assert!(!counts.at_least);
                            check(&f, actor, &DeviceFilter { problem, ..filter }, &all, counts).await;
                        }
                    }
                }
            }
        }
    })
    .await;
}

async fn check(f: &Fixture, actor: &Actor, filter: &DeviceFilter, all: &[Device], counts: StatusCounts) {
    let expected: Vec<&Device> = all.iter().filter(|device| matches(device, actor, filter)).collect();
    let mut brute = StatusCounts::default();
    for device in &expected {
        *match class(device) {
            StatusFilter::Registered => &mut brute.registered,
            StatusFilter::Partial => &mut brute.partial,
            StatusFilter::Aged => &mut brute.aged,
            StatusFilter::Unregistered => &mut brute.unregistered,
            StatusFilter::NoLine => &mut brute.no_line,
        } += 1;
    }
    assert_eq!(counts.narrowed_to(filter), brute, "{actor:?} {filter:?}");
    let page = f.store.page_devices(actor, filter, limit(200), None, NOW, NOW).await.unwrap();
    let keys: Vec<DeviceKey> = page.items.iter().map(|device| device.key).collect();
    assert_eq!(keys, in_order(expected, filter.sort), "{actor:?} {filter:?}");
}

#[tokio::test]
async fn pages_of_any_size_join_to_the_same_list() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        fleet(&f).await;
        for (sort, word) in DeviceSort::ALL {
            for (status, party) in [
                (None, &f.provider),
                (Some(StatusFilter::Registered), &f.platform),
                (None, &f.platform),
                (None, &f.customer),
                (None, &f.operator),
            ] {
                let filter = DeviceFilter { sort, status, ..DeviceFilter::default() };
                let actor = f.actor(party);
                let whole =
                    f.store.page_devices(&actor, &filter, limit(200), None, NOW, NOW).await.unwrap().items;
                let order = in_order(whole.iter().collect(), sort);
                assert_eq!(whole.iter().map(|device| device.key).collect::<Vec<_>>(), order, "{word}");
                if sort == DeviceSort::default() && status.is_none() {
                    let without = whole.iter().rev().take_while(|device| device.mac.is_none()).count();
                    assert!(without > 3, "devices without an address come last, over several pages");
                }
                for size in [1, 2, 7] {
                    let read = async |after: Option<_>| {
                        f.store.page_devices(&actor, &filter, limit(size), after.as_ref(), NOW, NOW).await
                    };
                    let found = pages(read).await;
                    let (last, full) = found.split_last().unwrap();
                    assert!(full.iter().all(|page| page.len() == usize::from(size)) && !last.is_empty());
                    let keys: Vec<DeviceKey> = found.iter().flatten().map(|device| device.key).collect();
                    assert_eq!(keys, order, "{word} by {size}");
                    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        fleet(&f).await;
        let actor = f.actor(&f.provider);
        let plain = DeviceFilter::default();
        let page = async |filter: &DeviceFilter, after: Option<&Cursor>| {
            f.store.page_devices(&actor, filter, limit(3), after, NOW, NOW).await
        };
        let next = page(&plain, None).await.unwrap().next.unwrap();
        assert_eq!(page(&plain, Some(&next)).await.unwrap().items.len(), 3);
        let others = [
            DeviceFilter { sort: DeviceSort::by(SortColumn::Type, false), ..plain.clone() },
            DeviceFilter { sort: DeviceSort::by(SortColumn::Mac, true), ..plain.clone() },
            DeviceFilter { status: Some(StatusFilter::Aged), ..plain.clone() },
            DeviceFilter { search: tonalite_core::search::Search::parse("lyon").unwrap(), ..plain.clone() },
        ];
        let forged = [
            Cursor { value: String::new(), key: 1 },
            Cursor { value: format!("{:016x}", plain.fingerprint()), key: 1 },
            Cursor { value: format!("{:016x}\u{1f}x", plain.fingerprint()), key: 1 },
        ];
        let tries =
            others.iter().map(|filter| (filter, &next)).chain(forged.iter().map(|cursor| (&plain, cursor)));
        for (filter, cursor) in tries {
            let refused = page(filter, Some(cursor)).await;
            let code = refused.as_ref().err().map(|error| error.fields()[0].code);
            assert_eq!(code, Some("cursor_of_another_list"), "{filter:?} {cursor:?} {refused:?}");
        }
    })
    .await;
}
