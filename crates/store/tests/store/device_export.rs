//! The stream of devices: what the list finds, row for row; of one moment, whatever is written while it runs.

use futures_util::StreamExt;
use tonalite_core::access::Actor;
use tonalite_core::device::Device;
use tonalite_core::filter::{DeviceFilter, DeviceSort, SortColumn, StatusFilter};
use tonalite_core::id::DeviceId;
use tonalite_core::line_state::{LineState, StateDetail};
use tonalite_core::party::PartyKind;
use tonalite_core::registration::LineChange;
use tonalite_core::search::Search;
use tonalite_core::time::{Span, Timestamp};
use tonalite_store::{Location, RawDevice};
use tonalite_testkit::each_engine;

use crate::device_lists::fleet;
use crate::fixture::{Fixture, NOW, device_ref, limit, line_ref};
use crate::raw;
use crate::writer::Live;

async fn rows(f: &Fixture, actor: &Actor, filter: &DeviceFilter, with_details: bool) -> Vec<RawDevice> {
    let stream = f.store.stream_devices(actor, filter, with_details);
    stream.map(|row| row.unwrap()).collect().await
}

async fn ids(f: &Fixture, actor: &Actor, filter: &DeviceFilter) -> Vec<DeviceId> {
    let rows = rows(f, actor, filter, true).await;
    rows.iter().map(|row| row.read(NOW, NOW).unwrap().details.unwrap().id).collect()
}

/// What both the list and the stream tell of a device.
type Told = (
    (DeviceId, String, u16, u16, String),
    (LineState, Option<StateDetail>, Timestamp, u16),
    [Option<String>; 7],
    Option<Timestamp>,
);

fn listed(device: Device) -> Told {
    let status = device.status;
    (
        (device.id, device.device_type, device.lines_total, device.lines_assigned, device.site_name),
        (status.state.state, status.state.detail, status.since, status.lines_registered),
        [
            Some(device.customer_name),
            device.labels.name,
            device.labels.serial,
            device.labels.inventory_id,
            device.labels.note,
            status.last_ip,
            status.user_agent,
        ],
        status.last_seen,
    )
}

fn streamed(row: &RawDevice, ready_at: Timestamp, now: Timestamp) -> Told {
    let record = row.read(ready_at, now).unwrap();
    let details = record.details.unwrap();
    let owned = |text: Option<std::borrow::Cow<'_, str>>| text.map(std::borrow::Cow::into_owned);
    (
        (
            details.id,
            record.device_type.into_owned(),
            record.lines_total,
            record.lines_total - record.lines_available,
            record.site.into_owned(),
        ),
        (details.state.state, details.state.detail, details.since, details.lines_registered),
        [
            Some(details.customer.into_owned()),
            owned(details.name),
            owned(details.serial),
            owned(details.inventory_id),
            owned(details.note),
            owned(details.last_ip),
            owned(details.user_agent),
        ],
        details.last_seen,
    )
}

/// By address, the newest first, by site.
const SORTS: [DeviceSort; 3] = [
    DeviceSort::by(SortColumn::Mac, false),
    DeviceSort::by(SortColumn::CreatedAt, true),
    DeviceSort::by(SortColumn::Site, false),
];

#[tokio::test]
async fn the_stream_is_the_list_in_one_piece() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let sites = fleet(&f).await;
        let mut narrowed = f.actor(&f.customer);
        narrowed.sites = Some(vec![sites[1].key]);
        let actors = [f.actor(&f.platform), f.actor(&f.provider), f.actor(&f.customer), narrowed];
        let plain = DeviceFilter::default();
        let mut compared = 0;
        // Every order with all else that a list is narrowed by.
        for (sort, _) in DeviceSort::ALL {
            for search in ["", "generic", "0015", "yealink t", "lyon", "nothing of the kind"] {
                for (problem, lines_available, critical) in
                    [(false, false, None), (true, true, None), (false, false, Some(false))]
                {
                    let search = Search::parse(search).unwrap();
                    let filter =
                        DeviceFilter { sort, search, problem, lines_available, critical, ..plain.clone() };
                    let page = f.store.page_devices(&actors[1], &filter, limit(200), None, NOW, NOW);
                    let page: Vec<Told> = page.await.unwrap().items.into_iter().map(listed).collect();
                    let stream = rows(&f, &actors[1], &filter, true).await;
                    let stream: Vec<Told> = stream.iter().map(|row| streamed(row, NOW, NOW)).collect();
                    assert_eq!(stream, page, "{filter:?}");
                    compared += page.len();
                }
            }
        }
        for actor in &actors {
            for party in [None, Some((PartyKind::Operator, f.operator.key))] {
                for site in [None, Some(sites[0].key), Some(sites[2].key)] {
                    for device_types in [None, Some(vec!["generic-sip".to_owned()])] {
                        for status in std::iter::once(None).chain(StatusFilter::ALL.into_iter().map(Some)) {
                            for sort in SORTS {
                                let device_types = device_types.clone();
                                let filter =
                                    DeviceFilter { party, site, device_types, status, sort, ..plain.clone() };
                                let page = f.store.page_devices(actor, &filter, limit(200), None, NOW, NOW);
                                let page: Vec<Told> =
                                    page.await.unwrap().items.into_iter().map(listed).collect();
                                let stream = rows(&f, actor, &filter, true).await;
                                let stream: Vec<Told> =
                                    stream.iter().map(|row| streamed(row, NOW, NOW)).collect();
                                assert_eq!(stream, page, "{filter:?}");
                                compared += page.len();
                            }
                        }
                    }
                }
            }
        }
        assert!(compared > 1000, "{compared}");

        let short = rows(&f, &actors[0], &DeviceFilter::default(), false).await;
        assert_eq!(short.len(), 30);
        for (short, long) in short.iter().zip(rows(&f, &actors[0], &DeviceFilter::default(), true).await) {
            let mut long = long.read(NOW, NOW).unwrap().clone();
            long.details = None;
            assert_eq!(short.read(NOW, NOW).unwrap(), long);
        }
    })
    .await;
}

#[tokio::test]
async fn hostile_texts_users_by_port_and_the_doubts_of_the_moment() {
    each_engine(async |location| {
        let f = Fixture::new(location.clone()).await;
        let live = Live::start(&f.store);
        let site = f.site(&f.customer, "L\"Isle; \\ 😀 é").await.unwrap();
        let device = f.device(&site, 0x0015_6500_0001).await;
        live.writer.add_device(device_ref(&device), NOW).await;
        let (second, first) = (f.user(&site, "2").await.unwrap(), f.user(&site, "1").await.unwrap());
        let two = line_ref(&device, &f.line(&device, 2, &second).await);
        let one = line_ref(&device, &f.line(&device, 1, &first).await);
        raw::execute(&location, "UPDATE \"user\" SET name = 'Zoé, \"1\"' WHERE extension = '1'").await;
        for line in [one, two] {
            live.writer.add_line(line, NOW).await;
            let user_agent = Some("=cmd|' /C calc'!A0 \"\\\r\n\t\u{1}\u{202e}😀;".to_owned());
            live.change(LineChange { user_agent, ..live.registered(&line, NOW) }).await;
        }
        live.stop().await;

        let actor = f.actor(&f.customer);
        let rows = rows(&f, &actor, &DeviceFilter::default(), true).await;
        let record = rows[0].read(NOW, NOW).unwrap();
        let details = record.details.unwrap();
        assert_eq!(record.site, "L\"Isle; \\ 😀 é");
        assert_eq!(details.users.as_deref(), Some("Zoé, \"1\", Anne"));
        assert_eq!(details.user_agent.as_deref(), Some("=cmd|' /C calc'!A0 \"\\\r\n\t\u{1}\u{202e}😀;"));
        let state = |ready_at, now| rows[0].read(ready_at, now).unwrap().details.unwrap().state.detail;
        assert_eq!(state(NOW, NOW), None);
        assert_eq!(state(NOW + Span(1), NOW), Some(StateDetail::Unconfirmed));
        assert_eq!(state(NOW, NOW + Span::from_secs(301)), Some(StateDetail::Overdue));
    })
    .await;
}

/// Devices with addresses from `first` on.
async fn many(location: &Location, first: i64, count: i64) {
    let uid = match location {
        Location::Folder(_) => "randomblob(16)",
        Location::Postgres(_) => "gen_random_uuid()",
    };
    let statement = format!(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count}) \
         INSERT INTO device (uid, mac, device_type, site_id, customer_id, operator_id, provider_id, critical, \
         lines_total, lines_assigned, version, created_at) SELECT {uid}, {first} + i * 2, 'yealink-t54w', s.id, \
         s.customer_id, s.operator_id, s.provider_id, 0, 4, 0, 1, 0 FROM n, site s"
    );
    raw::execute(location, &statement).await;
}

#[tokio::test]
async fn what_is_written_while_it_runs_is_not_in_it() {
    // More than the buffers of either engine hold: most of it is still unread when others write.
    const DEVICES: i64 = 40_000;
    each_engine(async |location| {
        let f = Fixture::new(location.clone()).await;
        f.site(&f.customer, "Lyon").await.unwrap();
        many(&location, 0x0015_6510_0000, DEVICES).await;
        let actor = f.actor(&f.customer);
        for sort in [SORTS[0], SORTS[1]] {
            let filter = DeviceFilter { sort, ..DeviceFilter::default() };
            let before = ids(&f, &actor, &filter).await;
            let mut stream = f.store.stream_devices(&actor, &filter, true);
            let mut read = vec![stream.next().await.unwrap().unwrap()];
            // Between the others, before them and after them; and some that were there are gone.
            many(&location, 0x0015_6510_0001 + i64::from(sort == SORTS[1]) * 0x10_0000, 1000).await;
            raw::execute(&location, "DELETE FROM device WHERE id % 7 = 3").await;
            raw::execute(&location, "UPDATE site SET name = name || '!'").await;
            while let Some(row) = stream.next().await {
                read.push(row.unwrap());
            }
            let read: Vec<_> = read.iter().map(|row| row.read(NOW, NOW).unwrap()).collect();
            let name = read[0].site.clone();
            assert!(read.iter().all(|record| record.site == name), "one name throughout");
            let read: Vec<DeviceId> = read.into_iter().map(|record| record.details.unwrap().id).collect();
            assert_eq!(read.len(), before.len());
            assert!(read == before, "the same devices in the same order");
            assert_ne!(ids(&f, &actor, &filter).await.len(), before.len(), "what comes after is in the next");
        }
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_is_dropped_gives_its_place_free() {
    each_engine(async |location| {
        let f = Fixture::new(location.clone()).await;
        f.site(&f.customer, "Lyon").await.unwrap();
        many(&location, 0x0015_6510_0000, 5_000).await;
        let actor = f.actor(&f.customer);
        // More than there are connections for it.
        for _ in 0..20 {
            let mut stream = f.store.stream_devices(&actor, &DeviceFilter::default(), false);
            assert!(stream.next().await.unwrap().is_ok());
        }
        assert_eq!(rows(&f, &actor, &DeviceFilter::default(), false).await.len(), 5_000);
    })
    .await;
}
