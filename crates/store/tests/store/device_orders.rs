//! The table at the top of the store's `device_list`: which pages are read from an index of their own order. Asked of each
//! engine in its own words, on enough rows that a planner has a choice.

use tonalite_core::access::Actor;
use tonalite_core::filter::{DeviceFilter, DeviceSort, SortColumn, StatusFilter};
use tonalite_core::page::Cursor;
use tonalite_core::party::Party;
use tonalite_core::search::Search;
use tonalite_store::Location;
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, NOW, limit};
use crate::raw;

/// Ten customers below the operator with 30 sites each, 20,000 devices of 20 types; 1 % aged, the rest registered.
pub(crate) async fn crowd(f: &Fixture) {
    let (operator, provider) = (f.operator.key.0, f.provider.key.0);
    let (uuid, series) = match &f.location {
        Location::Folder(_) => (
            "randomblob(16)",
            "(WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 20000) SELECT n FROM g)",
        ),
        Location::Postgres(_) => ("gen_random_uuid()", "generate_series(1, 20000)"),
    };
    let g = if matches!(f.location, Location::Folder(_)) { "g" } else { "g(n)" };
    let statements = format!(
        "INSERT INTO party (id, uid, kind, parent_id, provider_id, operator_id, name, features, version, created_at) \
         SELECT 1000 + n, {uuid}, 'customer', {operator}, {provider}, {operator}, 'C', '{{}}', 1, 0 FROM {series} {g} WHERE n <= 10; \
         INSERT INTO site (id, uid, customer_id, operator_id, provider_id, name, name_folded, time_zone, language, version, created_at) \
         SELECT 1000 + n, {uuid}, 1001 + n / 30, {operator}, {provider}, 'S' || n, 's' || n, 'UTC', 'en', 1, 0 FROM {series} {g} WHERE n < 300; \
         INSERT INTO device (id, uid, mac, device_type, site_id, customer_id, operator_id, provider_id, critical, lines_total, \
         lines_assigned, version, created_at) \
         SELECT 1000 + n, {uuid}, (n * 7919) % 1000003 + 1, 'type-' || (100 + n % 20), 1000 + (n * 31) % 299 + 1, \
         1001 + ((n * 31) % 299 + 1) / 30, {operator}, {provider}, 0, 16, n % 16, 1, 0 FROM {series} {g}; \
         INSERT INTO live.device_state (device_id, site_id, customer_id, operator_id, provider_id, state, class, since, \
         lines_registered, lines_assigned) \
         SELECT d.id, d.site_id, d.customer_id, d.operator_id, d.provider_id, 2, CASE WHEN d.id % 100 = 0 THEN 2 ELSE 0 END, \
         d.id * 13 % 99991, 1, 1 FROM device d; \
         INSERT INTO live.site_count (site_id, customer_id, operator_id, provider_id, registered, partial, aged, unregistered, no_line) \
         SELECT site_id, min(customer_id), min(operator_id), min(provider_id), sum(CASE WHEN class = 0 THEN 1 ELSE 0 END), 0, \
         sum(CASE WHEN class = 2 THEN 1 ELSE 0 END), 0, 0 FROM live.device_state GROUP BY site_id;"
    );
    raw::execute(&f.location, &statements).await;
    if matches!(f.location, Location::Postgres(_)) {
        raw::execute(&f.location, "ANALYZE").await;
    }
}

/// Whether the engine sorts more than what one site holds.
pub(crate) fn sorts(plan: &str) -> bool {
    plan.lines().any(|line| {
        let line = line.trim().trim_start_matches("-> ").trim_start();
        line.starts_with("USE TEMP B-TREE FOR ORDER BY") || line.starts_with("Sort  (")
    })
}

async fn plan(f: &Fixture, actor: &Actor, filter: &DeviceFilter, after: Option<&Cursor>) -> String {
    f.store.explain_page_devices(actor, filter, limit(50), after).await.unwrap()
}

#[tokio::test]
async fn pages_come_from_the_index_of_their_order() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        crowd(&f).await;
        use SortColumn::{CreatedAt, LinesAvailable, Mac, Site, Status, Type};
        let all: [&Party; 3] = [&f.platform, &f.provider, &f.operator];
        let cases: Vec<(SortColumn, Vec<&Party>)> = vec![
            (Mac, all.to_vec()),
            (Status, all.to_vec()),
            (Site, all.to_vec()),
            (Type, vec![&f.platform, &f.provider]),
            (LinesAvailable, vec![&f.platform, &f.provider]),
            (CreatedAt, vec![&f.platform, &f.provider]),
        ];
        for (column, parties) in cases {
            for party in parties {
                for descending in [false, true] {
                    for status in [None, Some(StatusFilter::Aged)] {
                        if status.is_some() && column != Status {
                            continue;
                        }
                        let sort = DeviceSort::by(column, descending);
                        let filter = DeviceFilter { sort, status, ..DeviceFilter::default() };
                        let actor = f.actor(party);
                        let first =
                            f.store.page_devices(&actor, &filter, limit(50), None, NOW, NOW).await.unwrap();
                        assert_eq!(first.items.len(), 50);
                        for after in [None, first.next.as_ref()] {
                            let plan = plan(&f, &actor, &filter, after).await;
                            assert!(!sorts(&plan), "{} {:?} {status:?}\n{plan}", sort.as_str(), party.kind);
                            if after.is_some() {
                                // A later page begins in the index where the one before ended.
                                let first = plan
                                    .lines()
                                    .find(|line| line.contains("SEARCH") || line.contains("Index Cond"));
                                let first = first.unwrap_or_else(|| panic!("no range of an index: {plan}"));
                                assert!(
                                    first.contains('>') || first.contains('<'),
                                    "{}\n{plan}",
                                    sort.as_str()
                                );
                            }
                        }
                    }
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_few_devices_match_is_found_first() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        crowd(&f).await;
        f.store
            .index_devices(tonalite_core::id::DeviceKey(1), tonalite_core::id::DeviceKey(i64::MAX))
            .await
            .unwrap();
        let actor = f.actor(&f.provider);
        let aged = DeviceFilter { status: Some(StatusFilter::Aged), ..DeviceFilter::default() };
        let plan_of_aged = plan(&f, &actor, &aged, None).await;
        assert!(plan_of_aged.contains("found"), "{plan_of_aged}");
        let registered = DeviceFilter { status: Some(StatusFilter::Registered), ..DeviceFilter::default() };
        let plan_of_registered = plan(&f, &actor, &registered, None).await;
        assert!(!plan_of_registered.contains("found") && !sorts(&plan_of_registered), "{plan_of_registered}");

        // The 20,000 are few enough to be looked at one by one; a hundred more are not.
        raw::execute(&f.location, "UPDATE live.site_count SET no_line = 100").await;
        raw::execute(&f.location, "ANALYZE").await;
        let search = DeviceFilter { search: Search::parse("s117 type").unwrap(), ..DeviceFilter::default() };
        let plan_of_search = plan(&f, &actor, &search, None).await;
        // PostgreSQL weighs the index against reading 20,000 texts, and may choose either.
        let indexed = match f.location {
            Location::Folder(_) => plan_of_search.contains("VIRTUAL TABLE INDEX"),
            Location::Postgres(_) => plan_of_search.contains("device_search"),
        };
        assert!(indexed, "{plan_of_search}");
        let counts = f.store.count_devices(&actor, &search).await.unwrap();
        assert!(!counts.at_least && counts.total() > 50, "{counts:?}");

        // All 20,000 have a type: counting ends, and says so; the list ends with what was counted.
        let all = DeviceFilter { search: Search::parse("type").unwrap(), ..DeviceFilter::default() };
        let counts = f.store.count_devices(&actor, &all).await.unwrap();
        assert!(counts.at_least && counts.total() == 10_001, "{counts:?}");
        let page = f.store.page_devices(&actor, &all, limit(50), None, NOW, NOW).await.unwrap();
        assert_eq!(page.items.len(), 50);
    })
    .await;
}
