//! The search for devices: what is found by what, in whose part of the tree, after which change; and what is inert.
//! Each question is asked both ways in which it may be answered: device by device, and by the index.

use tonalite_core::Result;
use tonalite_core::access::Actor;
use tonalite_core::device::{Device, Labels, NewDevice};
use tonalite_core::filter::{DeviceFilter, DeviceSort, SortColumn, StatusFilter};
use tonalite_core::id::{DeviceId, DeviceKey, UserId};
use tonalite_core::mac::Mac;
use tonalite_core::search::Search;
use tonalite_core::site::Site;
use tonalite_core::user::NewUser;
use tonalite_store::{DeviceFields, DeviceInsert, Location, Store};
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, NOW, device_ref, limit, new_site, pages};
use crate::raw;
use crate::writer::Live;

/// Whether the store believes that there are too many devices to look at each.
async fn with_many(f: &Fixture, many: bool) {
    let change = if many { "no_line + 1000000" } else { "no_line - 1000000" };
    raw::execute(&f.location, &format!("UPDATE live.site_count SET no_line = {change}")).await;
}

async fn labelled(f: &Fixture, site: &Site, device_type: &str, mac: Option<u64>, labels: Labels) -> Device {
    let device = NewDevice {
        mac: mac.map(|mac| Mac::from_u64(mac).unwrap()),
        device_type: device_type.into(),
        labels,
        critical: false,
    };
    let id = DeviceId::from_uuid(f.uuid());
    let insert = DeviceInsert { id, site, device: &device, lines_total: 4, now: NOW };
    f.store.insert_device(&insert, &f.audit(&f.customer)).await.unwrap().expect("the address is taken");
    f.store.find_device(id, NOW, NOW).await.unwrap().unwrap()
}

fn filter(q: &str) -> DeviceFilter {
    DeviceFilter { search: Search::parse(q).unwrap(), ..DeviceFilter::default() }
}

async fn found(f: &Fixture, actor: &Actor, filter: &DeviceFilter) -> Result<Vec<DeviceKey>> {
    let page = f.store.page_devices(actor, filter, limit(200), None, NOW, NOW).await?;
    let counts = f.store.count_devices(actor, filter).await?;
    assert_eq!(counts.total(), page.items.len() as i64, "{filter:?}");
    assert!(!counts.at_least);
    Ok(page.items.iter().map(|device| device.key).collect())
}

struct Fleet {
    lyon: Site,
    berlin: Site,
    reception: Device,
    lift: Device,
    soft: Device,
    theirs: Device,
}

async fn fleet(f: &Fixture) -> Fleet {
    let live = Live::start(&f.store);
    let lyon = f.site(&f.customer, "Lyon Part-Dieu").await.unwrap();
    let berlin = f.site(&f.other, "Berlin").await.unwrap();
    let text = |text: &str| Some(text.to_owned());
    let labels = Labels {
        name: text("Réception (hall)"),
        serial: text("SN-88A"),
        inventory_id: text("INV 4711"),
        note: text("secret note"),
    };
    let reception = labelled(f, &lyon, "yealink-t54w", Some(0x0015_65ab_cdef), labels).await;
    let labels = Labels { name: text("ASCENSEUR ŒUVRE"), ..Labels::default() };
    let lift = labelled(f, &lyon, "grandstream-ht818", Some(0x000b_8255_1002), labels).await;
    let soft = labelled(
        f,
        &lyon,
        "generic-sip",
        None,
        Labels { name: text("100% softphone_x"), ..Labels::default() },
    )
    .await;
    let labels = Labels { name: text("Réception"), ..Labels::default() };
    let theirs = labelled(f, &berlin, "yealink-t54w", Some(0x0015_65ab_0001), labels).await;
    let new = NewUser::parse("Zoé Müller", "1042", Some("+33 4 78 00 00 42"), None, None).unwrap();
    let zoe = f
        .store
        .insert_user(UserId::from_uuid(f.uuid()), &lyon, &new, NOW, &f.audit(&f.customer))
        .await
        .unwrap();
    f.line(&reception, 1, &zoe).await;
    for device in [&reception, &lift, &soft, &theirs] {
        live.writer.add_device(device_ref(device), NOW).await;
    }
    live.stop().await;
    raw::execute(
        &f.location,
        &format!(
            "UPDATE live.device_state SET last_ip = '203.0.113.20' WHERE device_id = {}",
            reception.key.0
        ),
    )
    .await;
    raw::execute(
        &f.location,
        &format!("UPDATE live.device_state SET last_ip = '2001:db8::20' WHERE device_id = {}", lift.key.0),
    )
    .await;
    Fleet { lyon, berlin, reception, lift, soft, theirs }
}

#[tokio::test]
async fn each_thing_is_found_by_any_part_of_it() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let fleet = fleet(&f).await;
        let (reception, lift, soft) = (fleet.reception.key, fleet.lift.key, fleet.soft.key);
        let actor = f.actor(&f.customer);
        for many in [false, true] {
            if many {
                with_many(&f, true).await;
            }
            for (typed, expected) in [
                ("00:15:65:ab:cd:ef", vec![reception]),
                ("00:15:65:AB", vec![reception]),
                ("0015.65AB", vec![reception]),
                ("0015.65ab.cdef", vec![reception]),
                ("00-15-65-ab", vec![reception]),
                ("001565ab", vec![reception]),
                ("565abc", vec![reception]),
                ("65:ab:cd", vec![reception]),
                ("cdef", vec![reception]),
                ("001565abcdef", vec![reception]),
                ("00 15 65 AB CD EF", vec![reception]),
                ("00", vec![lift, reception]),
                ("000b", vec![lift]),
                ("réception", vec![reception]),
                ("RECEPTION", vec![reception]),
                ("ception ha", vec![reception]),
                ("oeuvre", vec![lift]),
                ("ascens", vec![lift]),
                ("sn 88a", vec![reception]),
                ("sn-88a", vec![reception]),
                ("4711", vec![reception]),
                ("t54w", vec![reception]),
                ("yealink t54w", vec![reception]),
                ("ht818 lyon", vec![lift]),
                ("generic", vec![soft]),
                ("part-dieu", vec![lift, reception, soft]),
                ("muller", vec![reception]),
                ("zoe lyon t54", vec![reception]),
                ("zoe berlin", vec![]),
                ("1042", vec![reception]),
                ("42", vec![]),
                ("42 lyon", vec![reception]),
                ("de lyon", vec![reception]),
                ("di lyon", vec![lift, reception, soft]),
                ("+33 4 78 00", vec![reception]),
                ("04 78 00 00 42", vec![reception]),
                ("0478000042", vec![reception]),
                ("203.0.113.20", vec![reception]),
                ("203.0.113.", vec![reception]),
                ("203.0.114", vec![]),
                ("2001:db8:", vec![lift]),
                ("203.0.113.2 lyon", vec![reception]),
                ("203.0.113.2 berlin", vec![]),
                ("00:15:65 part", vec![reception]),
                ("secret", vec![]),
                ("berlin", vec![]),
                ("softphone_x", vec![soft]),
                ("100%", vec![lift, soft]),
            ] {
                let keys = found(&f, &actor, &filter(typed)).await.unwrap();
                assert_eq!(keys, expected, "{typed} many: {many}");
            }
            let term = |types: Vec<String>| {
                let mut filter = filter("nickname");
                filter.search.as_mut().unwrap().terms_mut()[0].device_types = types;
                filter
            };
            assert_eq!(found(&f, &actor, &term(vec![])).await.unwrap(), []);
            let called = term(vec!["grandstream-ht818".into(), "yealink-t54w".into()]);
            assert_eq!(found(&f, &actor, &called).await.unwrap(), [lift, reception]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_short_word_finds_a_whole_extension_or_the_beginning_of_an_address() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let fleet = fleet(&f).await;
        let user = f.user(&fleet.lyon, "42").await.unwrap();
        f.line(&fleet.lift, 1, &user).await;
        let actor = f.actor(&f.customer);
        for many in [false, true] {
            if many {
                with_many(&f, true).await;
            }
            assert_eq!(found(&f, &actor, &filter("42")).await.unwrap(), [fleet.lift.key]);
            // Beside a longer word it is found anywhere: in the number of the other one's user, too.
            assert_eq!(
                found(&f, &actor, &filter("42 lyon")).await.unwrap(),
                [fleet.lift.key, fleet.reception.key]
            );
            assert_eq!(found(&f, &actor, &filter("0")).await.unwrap(), []);
            assert_eq!(found(&f, &actor, &filter("é")).await.unwrap(), []);
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_finds_or_counts_what_is_a_neighbours() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let fleet = fleet(&f).await;
        let mut nowhere = f.actor(&f.customer);
        nowhere.sites = Some(vec![]);
        for many in [false, true] {
            if many {
                with_many(&f, true).await;
            }
            for typed in ["001565ab", "00", "reception", "yealink", "00:15:65:ab:00:01"] {
                for (actor, others) in
                    [(f.actor(&f.customer), fleet.theirs.key), (f.actor(&f.other), fleet.reception.key)]
                {
                    let keys = found(&f, &actor, &filter(typed)).await.unwrap();
                    assert!(!keys.contains(&others), "{typed} {actor:?}");
                }
                assert_eq!(found(&f, &nowhere, &filter(typed)).await.unwrap(), [], "{typed}");
            }
            assert_eq!(
                found(&f, &f.actor(&f.other), &filter("reception")).await.unwrap(),
                [fleet.theirs.key]
            );
            let all = found(&f, &f.actor(&f.provider), &filter("reception")).await.unwrap();
            assert_eq!(all, [fleet.theirs.key, fleet.reception.key]);
            let narrowed = DeviceFilter { site: Some(fleet.berlin.key), ..filter("reception") };
            assert_eq!(found(&f, &f.actor(&f.platform), &narrowed).await.unwrap(), [fleet.theirs.key]);
            assert_eq!(found(&f, &f.actor(&f.customer), &narrowed).await.unwrap(), []);
        }
    })
    .await;
}

#[tokio::test]
async fn what_an_engine_would_understand_is_text() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        fleet(&f).await;
        let actor = f.actor(&f.customer);
        for many in [false, true] {
            if many {
                with_many(&f, true).await;
            }
            for hostile in [
                "'",
                "\"",
                "%",
                "_",
                "*",
                "\\",
                "%%%",
                "___",
                "'; DROP TABLE device; --",
                "\"a\" OR \"b\"",
                "NEAR(reception lyon)",
                "reception NOT lyon",
                "document:reception",
                "^reception",
                "a\0b",
                "📞",
                "recep%ion",
                "recep_ion",
                "{a b}",
                "-reception +lyon OR 1=1",
                "((((",
                "$1",
                "?",
                "??",
            ] {
                let asked = found(&f, &actor, &filter(hostile)).await;
                let keys = asked.unwrap_or_else(|error| panic!("{hostile}: {error:?}"));
                assert!(keys.len() < 3, "{hostile} finds everything");
            }
            assert_eq!(found(&f, &actor, &filter("📞")).await.unwrap(), [], "no letter, nothing found");
        }
        assert!(Search::parse(&"x".repeat(10_240)).is_err());
        assert_eq!(raw::number(&f.location, "SELECT count(*) FROM device").await, 4);
    })
    .await;
}

#[tokio::test]
async fn every_change_is_found_at_once() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let fleet = fleet(&f).await;
        let audit = f.audit(&f.customer);
        let actor = f.actor(&f.customer);
        let ask = async |typed: &str| found(&f, &actor, &filter(typed)).await.unwrap();

        let labels = Labels { name: Some("Fahrstuhl".into()), ..Labels::default() };
        let fields = DeviceFields { labels: &labels, critical: false };
        f.store.update_device(&fleet.lift, &fields, &audit).await.unwrap();
        assert_eq!((ask("fahrstuhl").await, ask("ascenseur").await), (vec![fleet.lift.key], vec![]));

        let line = f.store.find_line(fleet.reception.key, 1).await.unwrap().unwrap();
        f.store.delete_line(&line, &audit).await.unwrap();
        assert_eq!(ask("muller").await, []);

        f.store.update_site(&fleet.lyon, &new_site("Villeurbanne"), &audit).await.unwrap();
        assert_eq!(ask("villeurb").await.len(), 3);
        assert_eq!(ask("lyon").await, []);

        f.store.delete_device(fleet.soft.key, &audit).await.unwrap();
        assert_eq!(ask("softphone").await, []);
        assert_eq!(raw::number(&f.location, "SELECT count(*) FROM device_search").await, 3);

        // What was filled in past the store's own functions, and again.
        raw::execute(&f.location, "DELETE FROM device_search").await;
        assert_eq!(ask("fahrstuhl").await, []);
        for _ in 0..2 {
            f.store.index_devices(DeviceKey(1), DeviceKey(i64::MAX)).await.unwrap();
        }
        assert_eq!(ask("fahrstuhl").await, [fleet.lift.key]);
        assert_eq!(raw::number(&f.location, "SELECT count(*) FROM device_search").await, 3);
    })
    .await;
}

#[tokio::test]
async fn results_are_sorted_filtered_and_paged_like_any_list() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let live = Live::start(&f.store);
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let user = f.user(&site, "100").await.unwrap();
        for n in 0..23_u64 {
            let device = f.device(&site, 0x0015_6500_0100 - n).await;
            live.writer.add_device(device_ref(&device), NOW).await;
            if n % 3 == 0 {
                let line = f.line(&device, 1, &user).await;
                live.writer.add_line(crate::fixture::line_ref(&device, &line), NOW).await;
            }
        }
        live.stop().await;
        let actor = f.actor(&f.operator);
        for (many, (sort, word)) in
            [false, true].into_iter().flat_map(|many| DeviceSort::ALL.map(|sort| (many, sort)))
        {
            // On and off again: each walk begins like the one before.
            if many {
                with_many(&f, true).await;
            }
            for status in [None, Some(StatusFilter::NoLine)] {
                let filter = DeviceFilter { sort, status, ..filter("001565 lyon") };
                let read = async |after: Option<_>| {
                    f.store.page_devices(&actor, &filter, limit(4), after.as_ref(), NOW, NOW).await
                };
                let keys: Vec<DeviceKey> =
                    pages(read).await.concat().iter().map(|device| device.key).collect();
                let whole = f.store.page_devices(&actor, &filter, limit(200), None, NOW, NOW).await.unwrap();
                assert_eq!(keys, whole.items.iter().map(|device| device.key).collect::<Vec<_>>(), "{word}");
                assert_eq!(keys.len(), if status.is_none() { 23 } else { 15 });
                if sort.column == SortColumn::Mac && !sort.descending {
                    assert!(whole.items.is_sorted_by_key(|device| device.mac));
                }
            }
            if many {
                with_many(&f, false).await;
            }
        }
    })
    .await;
}

/// A store as the version before the search left it: its two migrations, and rows.
async fn before_the_search(location: &Location) {
    use sqlx::SqlSafeStr as _;
    use sqlx::migrate::{Migration, MigrationType, Migrator};
    let migration = |number, name: &'static str, text: &'static str| {
        Migration::new(number, name.into(), MigrationType::Simple, text.into_sql_str(), false)
    };
    match location {
        Location::Folder(folder) => {
            for (file, number, name, text) in [
                (
                    "inventory.db",
                    1,
                    "0001_inventory",
                    include_str!("../../src/migrations/sqlite/0001_inventory.sql"),
                ),
                ("live.db", 2, "0002_live", include_str!("../../src/migrations/sqlite/0002_live.sql")),
            ] {
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join(file));
                let pool = sqlx::SqlitePool::connect_with(options.create_if_missing(true)).await.unwrap();
                Migrator::with_migrations(vec![migration(number, name, text)]).run(&pool).await.unwrap();
                pool.close().await;
            }
        }
        Location::Postgres(url) => {
            let pool = sqlx::PgPool::connect(url).await.unwrap();
            let migrations = vec![
                migration(
                    1,
                    "0001_inventory",
                    include_str!("../../src/migrations/postgres/0001_inventory.sql"),
                ),
                migration(2, "0002_live", include_str!("../../src/migrations/postgres/0002_live.sql")),
            ];
            Migrator::with_migrations(migrations).run(&pool).await.unwrap();
            pool.close().await;
        }
    }
}

#[tokio::test]
async fn devices_that_are_older_than_the_search_are_found_after_the_upgrade() {
    each_engine(async |location| {
        before_the_search(&location).await;
        let id = |n: u32| match &location {
            Location::Folder(_) => format!("x'019b00000000700080000000{n:08x}'"),
            Location::Postgres(_) => format!("'019b0000-0000-7000-8000-0000{n:08x}'"),
        };
        let mut rows = format!(
            "INSERT INTO party (id, uid, kind, parent_id, provider_id, name, features, version, created_at) \
             VALUES (2, {}, 'provider', 1, 2, 'P', '{{}}', 1, 0), (3, {}, 'customer', 2, 2, 'C', '{{}}', 1, 0); \
             INSERT INTO site (id, uid, customer_id, provider_id, name, name_folded, time_zone, language, version, created_at) \
             VALUES (1, {}, 3, 2, 'Siège', 'siege', 'Europe/Paris', 'fr', 1, 0);",
            id(2), id(3), id(4),
        );
        // More than two batches of the index, so that its end is not by chance that of one.
        for n in 1..=1_203_u32 {
            rows.push_str(&format!(
                "INSERT INTO device (uid, mac, device_type, site_id, customer_id, provider_id, name, critical, lines_total, \
                 lines_assigned, version, created_at) VALUES ({}, {}, 'yealink-t54w', 1, 3, 2, 'Téléphone {n}', 0, 4, 0, 1, 0);",
                id(100 + n), 0x0015_6500_0000_u64 + u64::from(n),
            ));
        }
        raw::execute(&location, &rows).await;

        let store = Store::open(&location).await.unwrap();
        assert_eq!(raw::number(&location, "SELECT count(*) FROM device_search").await, 1_203);
        assert_eq!(raw::number(&location, "SELECT count(*) FROM unfinished_index").await, 0);
        let system = Actor::system();
        let ask = async |store: &Store, q: &str| {
            let filter = filter(q);
            store.page_devices(&system, &filter, limit(200), None, NOW, NOW).await.unwrap().items.len()
        };
        assert_eq!(ask(&store, "telephone 1203 siege").await, 1);
        assert_eq!(ask(&store, "00:15:65:00:04:b3").await, 1);
        store.close().await;
        drop(store);

        // A start that ended in the middle is continued by the next one.
        raw::execute(
            &location,
            "DELETE FROM device_search WHERE rowid > 700; \
             INSERT INTO unfinished_index (name, after_key) VALUES ('device_search', 700)",
        )
        .await;
        let store = Store::open(&location).await.unwrap();
        assert_eq!(raw::number(&location, "SELECT count(*) FROM device_search").await, 1_203);
        assert_eq!(ask(&store, "telephone 1203").await, 1);
    })
    .await;
}
