//! Lists of line states, their counts and their stream, against brute force: every filter, every reader, page by page.

use futures_util::StreamExt;
use tonalite_core::access::{Actor, Scope};
use tonalite_core::filter::{DeviceFilter, LineFilter};
use tonalite_core::id::DeviceId;
use tonalite_core::line::LineUse;
use tonalite_core::line_state::{LineState, StateDetail};
use tonalite_core::page::{Cursor, Page};
use tonalite_core::party::PartyKind;
use tonalite_core::registration::LineChange;
use tonalite_core::search::Search;
use tonalite_core::time::{Span, Timestamp};
use tonalite_store::{LineRecord, ListedLine};
use tonalite_testkit::each_engine;

use crate::device_lists::fleet;
use crate::fixture::{Fixture, NOW, device_ref, limit, line_ref, pages};
use crate::raw;
use crate::writer::{Live, binding};

/// A row by what names it, in the order of the list.
type Key = (u64, i64, u16);

fn key(row: &ListedLine) -> Key {
    (
        row.mac.map_or(u64::MAX, |mac| mac.as_u64()),
        row.device_key.0,
        row.line.as_ref().map_or(0, |line| line.port),
    )
}

async fn page(f: &Fixture, actor: &Actor, filter: &LineFilter) -> Vec<ListedLine> {
    let page = f.store.page_lines(actor, filter, limit(200), None, NOW, NOW).await.unwrap();
    assert_eq!(page.next, None);
    page.items
}

/// What both the list and the stream tell of a row.
type Told =
    ((DeviceId, Option<u16>), LineState, Option<StateDetail>, Timestamp, [Option<Timestamp>; 2], Vec<String>);

fn listed(row: &ListedLine) -> Told {
    let port = row.line.as_ref().map(|line| line.port);
    let contacts = row.contacts.iter().map(|contact| {
        format!(
            "{} {:?} {:?} {:?}",
            contact.source.address, contact.source.transport, contact.user_agent, contact.expires_at
        )
    });
    let mut texts = vec![row.customer_name.clone(), row.site_name.clone(), row.device_type.clone()];
    texts.extend(row.device_name.clone());
    if let Some(line) = &row.line {
        texts.push(format!("{} {} {:?} {:?}", line.user_name, line.extension, line.number, line.line_use));
    }
    texts.extend(contacts);
    ((row.device_id, port), row.state, row.detail, row.since, [row.registered_at, row.expires_at], texts)
}

/// Device and port, what is told of them, and the contacts so far.
type Folded = ((i64, Option<i64>), Told, Vec<(i64, String)>);

/// The stream, its rows of one line folded as whoever reads it folds them.
async fn streamed(f: &Fixture, actor: &Actor, filter: &LineFilter, devices: &[(i64, DeviceId)]) -> Vec<Told> {
    let mut rows: Vec<Folded> = Vec::new();
    let mut stream = f.store.stream_lines(actor, filter).await.unwrap();
    while let Some(row) = stream.next().await {
        let row = row.unwrap();
        let record: LineRecord<'_> = row.read(NOW, NOW).unwrap();
        let contact = record.contact.as_ref().map(|(id, contact)| {
            let text = format!(
                "{} {:?} {:?} {:?}",
                contact.address, contact.transport, contact.user_agent, contact.expires_at
            );
            (*id, text)
        });
        if rows.last().is_none_or(|(key, ..)| *key != record.key) {
            let device = devices.iter().find(|(key, _)| *key == record.key.0).unwrap().1;
            let mut texts =
                vec![record.customer.to_string(), record.site.to_string(), record.device_type.to_string()];
            texts.extend(record.device_name.as_ref().map(ToString::to_string));
            if let Some(port) = &record.port {
                assert!(port.sip_username.starts_with('u') && port.sip_domain == "sip.example.net");
                texts.push(format!("{} {} {:?} {:?}", port.user, port.extension, port.number, port.line_use));
            }
            let told = (
                (device, record.port.as_ref().map(|port| port.port)),
                record.state,
                record.detail,
                record.since,
                [record.registered_at, record.expires_at],
                texts,
            );
            rows.push((record.key, told, Vec::new()));
        }
        rows.last_mut().unwrap().2.extend(contact);
    }
    rows.into_iter()
        .map(|(_, mut told, mut contacts)| {
            contacts.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
            told.5.extend(contacts.into_iter().map(|(_, text)| text));
            told
        })
        .collect()
}

#[tokio::test]
async fn every_list_count_and_stream_is_what_brute_force_finds() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let sites = fleet(&f).await;
        let everything = DeviceFilter::default();
        let devices = f
            .store
            .page_devices(&Actor::system(), &everything, limit(200), None, NOW, NOW)
            .await
            .unwrap()
            .items;
        let keys: Vec<(i64, DeviceId)> = devices.iter().map(|device| (device.key.0, device.id)).collect();
        let all = page(&f, &Actor::system(), &LineFilter::default()).await;
        // Two lines of the registered, partial and aged ones, one of the unregistered, and no device is missing.
        assert_eq!(all.len(), (2 + 2 + 2 + 1 + 1) * (1 + 2 + 3));
        for device in &devices {
            let rows = all.iter().filter(|row| row.device_key == device.key).count();
            assert_eq!(rows, usize::from(device.lines_assigned).max(1));
        }

        let mut narrowed = f.actor(&f.customer);
        narrowed.sites = Some(vec![sites[1].key]);
        let mut actors: Vec<Actor> =
            [&f.platform, &f.provider, &f.operator, &f.customer, &f.other].map(|party| f.actor(party)).into();
        actors.push(narrowed);
        let parties =
            [None, Some((PartyKind::Customer, f.customer.key)), Some((PartyKind::Operator, f.operator.key))];
        let some_sites = [None, Some(sites[0].key), Some(sites[2].key)];
        let types: [Option<Vec<String>>; 2] = [None, Some(vec!["generic-sip".into()])];
        let states =
            [None, Some(LineState::Registered), Some(LineState::Aged), Some(LineState::Unregistered)];
        let searches = [None, Search::parse("lyon").unwrap(), Search::parse("nothing of the kind").unwrap()];
        let (mut found, mut tried) = (0, 0);
        for actor in &actors {
            for party in parties {
                for site in some_sites {
                    for device_types in &types {
                        for state in states {
                            for search in &searches {
                                let (device_types, search) = (device_types.clone(), search.clone());
                                let filter = LineFilter { party, site, state, device_types, search };
                                let matches = |row: &&ListedLine| {
                                    let tenancy =
                                        devices.iter().find(|d| d.key == row.device_key).unwrap().tenancy;
                                    actor.sees(tenancy, Some(row.site_key))
                                        && party.is_none_or(|(kind, party)| {
                                            Scope { kind, party }.contains(tenancy)
                                        })
                                        && site.is_none_or(|site| site == row.site_key)
                                        && filter
                                            .device_types
                                            .as_ref()
                                            .is_none_or(|t| t.contains(&row.device_type))
                                        && state.is_none_or(|state| state == row.state)
                                        && match filter.search.as_ref().map(Search::text) {
                                            None => true,
                                            Some("lyon") => row.site_name == "Lyon",
                                            Some(_) => false,
                                        }
                                };
                                let mut brute: Vec<&ListedLine> = all.iter().filter(matches).collect();
                                brute.sort_by_key(|row| key(row));
                                let rows = page(&f, actor, &filter).await;
                                assert_eq!(rows.iter().collect::<Vec<_>>(), brute, "{actor:?} {filter:?}");
                                let count = f.store.count_lines(actor, &filter).await.unwrap();
                                assert_eq!(
                                    (count.total, count.at_least),
                                    (rows.len() as i64, false),
                                    "{filter:?}"
                                );
                                // Seven has nothing in common with the loops: each value is among those that are read.
                                tried += 1;
                                if tried % 7 == 0 {
                                    let told: Vec<Told> = rows.iter().map(listed).collect();
                                    assert_eq!(streamed(&f, actor, &filter, &keys).await, told, "{filter:?}");
                                    found += rows.len();
                                }
                            }
                        }
                    }
                }
            }
        }
        assert!(found > 200, "{found}");
    })
    .await;
}

#[tokio::test]
async fn pages_of_any_size_join_to_the_same_list() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        fleet(&f).await;
        for party in [&f.provider, &f.platform, &f.customer, &f.operator] {
            for (state, search) in [
                (None, None),
                (Some(LineState::Registered), None),
                (Some(LineState::Unregistered), None),
                (Some(LineState::Aged), Search::parse("generic").unwrap()),
            ] {
                let (filter, actor) = (LineFilter { state, search, ..LineFilter::default() }, f.actor(party));
                let whole: Vec<Key> = page(&f, &actor, &filter).await.iter().map(key).collect();
                assert!(whole.is_sorted() && whole.len() > 1, "{whole:?}");
                for size in [1, 2, 7] {
                    let read = async |after: Option<_>| {
                        f.store.page_lines(&actor, &filter, limit(size), after.as_ref(), NOW, NOW).await
                    };
                    let found: Vec<Vec<ListedLine>> = pages(read).await;
                    let (last, full) = found.split_last().unwrap();
                    assert!(full.iter().all(|page| page.len() == usize::from(size)) && !last.is_empty());
                    assert_eq!(found.iter().flatten().map(key).collect::<Vec<_>>(), whole, "by {size}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_newest_contact_comes_first_and_doubts_are_told() {
    each_engine(async |location| {
        let f = Fixture::new(location.clone()).await;
        let live = Live::start(&f.store);
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let device = f.device(&site, 0x0015_6500_0001).await;
        live.writer.add_device(device_ref(&device), NOW).await;
        let user = f.user(&site, "1").await.unwrap();
        let line = line_ref(&device, &f.line(&device, 2, &user).await);
        live.writer.add_line(line, NOW).await;
        let stored: Vec<_> = [7, 9, 8].map(|id| binding(id, NOW)).into();
        live.change(LineChange { stored, ..live.registered(&line, NOW) }).await;
        live.stop().await;
        raw::execute(&location, "UPDATE live.binding SET user_agent = 'nine' WHERE id = 9").await;

        let actor = f.actor(&f.customer);
        let rows = page(&f, &actor, &LineFilter::default()).await;
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!(row.contacts.len(), 3);
        assert_eq!(row.contacts[0].user_agent.as_deref(), Some("nine"));
        assert_eq!(row.line.as_ref().unwrap().line_use, LineUse::Primary);
        // A page of one row, whose contacts would fill it.
        let one = f.store.page_lines(&actor, &LineFilter::default(), limit(1), None, NOW, NOW).await.unwrap();
        assert_eq!((one.items[0].contacts.len(), one.next), (3, None));
        let detail = async |ready_at, now| -> Option<StateDetail> {
            let filter = LineFilter::default();
            let page: Page<ListedLine> =
                f.store.page_lines(&actor, &filter, limit(1), None, ready_at, now).await.unwrap();
            page.items[0].detail
        };
        assert_eq!(detail(NOW, NOW).await, None);
        assert_eq!(detail(NOW + Span(1), NOW).await, Some(StateDetail::Unconfirmed));
        assert_eq!(detail(NOW, NOW + Span::from_secs(301)).await, Some(StateDetail::Overdue));
    })
    .await;
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        fleet(&f).await;
        let actor = f.actor(&f.provider);
        let plain = LineFilter::default();
        let page = async |filter: &LineFilter, after: Option<&Cursor>| {
            f.store.page_lines(&actor, filter, limit(3), after, NOW, NOW).await
        };
        let next = page(&plain, None).await.unwrap().next.unwrap();
        assert_eq!(page(&plain, Some(&next)).await.unwrap().items.len(), 3);
        let aged = LineFilter { state: Some(LineState::Aged), ..plain.clone() };
        let print = plain.fingerprint();
        let forged = [
            Cursor { value: String::new(), key: 1 },
            Cursor { value: format!("{print:016x}"), key: 1 },
            Cursor { value: format!("{print:016x}\u{1f}1"), key: 1 },
            Cursor { value: format!("{print:016x}\u{1f}1\u{1f}x"), key: 1 },
        ];
        let tries = forged.iter().map(|cursor| (&plain, cursor)).chain([(&aged, &next)]);
        for (filter, cursor) in tries {
            let refused = page(filter, Some(cursor)).await;
            let code = refused.as_ref().err().map(|error| error.fields()[0].code);
            assert_eq!(code, Some("cursor_of_another_list"), "{filter:?} {cursor:?} {refused:?}");
        }
    })
    .await;
}
