//! How the engines read the list of line states: pages from an index of its order, few lines of a state by the index of states.
//! Asked of each engine in its own words, on enough rows that a planner has a choice.

use tonalite_core::access::Actor;
use tonalite_core::filter::LineFilter;
use tonalite_core::id::SiteKey;
use tonalite_core::line_state::LineState;
use tonalite_core::page::Cursor;
use tonalite_store::Location;
use tonalite_testkit::each_engine;

use crate::device_orders::{crowd, sorts};
use crate::fixture::{Fixture, limit};
use crate::raw;

/// Two lines for each of the crowd's devices; 1 % aged, the rest registered.
async fn lines(f: &Fixture) {
    let uuid = match &f.location {
        Location::Folder(_) => "randomblob(16)",
        Location::Postgres(_) => "gen_random_uuid()",
    };
    let statements = format!(
        "INSERT INTO \"user\" (id, uid, site_id, customer_id, operator_id, provider_id, name, extension, version, created_at) \
         SELECT id, {uuid}, id, customer_id, operator_id, provider_id, 'U', '1', 1, 0 FROM site; \
         INSERT INTO line (uid, device_id, port, user_id, line_use, sip_username, sip_domain, algorithms, secret, created_at) \
         SELECT {uuid}, d.id, p.port, d.site_id, 'primary', 'u' || d.id || '-' || p.port, 'sip.example.net', 'MD5', '', 0 \
         FROM device d, (SELECT 1 AS port UNION ALL SELECT 2) p; \
         INSERT INTO live.line_state (line_id, device_id, site_id, customer_id, operator_id, provider_id, state, since) \
         SELECT l.id, d.id, d.site_id, d.customer_id, d.operator_id, d.provider_id, CASE WHEN d.id % 100 = 0 THEN 1 ELSE 2 END, 0 \
         FROM line l JOIN device d ON d.id = l.device_id;"
    );
    let statements = match &f.location {
        Location::Folder(_) => statements,
        Location::Postgres(_) => statements.replace("'MD5', ''", "'MD5', ''::bytea"),
    };
    raw::execute(&f.location, &statements).await;
    if matches!(f.location, Location::Postgres(_)) {
        raw::execute(&f.location, "ANALYZE").await;
    }
}

async fn plan(f: &Fixture, actor: &Actor, filter: &LineFilter, after: Option<&Cursor>) -> String {
    f.store.explain_page_lines(actor, filter, limit(50), after).await.unwrap()
}

/// Whether a whole table is read, rather than an index from some place on.
fn reads_all(plan: &str) -> bool {
    plan.lines().any(|line| {
        let line = line.trim().trim_start_matches("-> ").trim_start();
        ["SCAN d", "SCAN l", "SCAN ls", "Seq Scan on device", "Seq Scan on line", "Seq Scan on line_state"]
            .iter()
            .any(|scan| {
                line.strip_prefix(scan).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
                    && !line.contains("INDEX")
            })
    })
}

#[tokio::test]
async fn pages_come_from_the_index_of_their_order() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        crowd(&f).await;
        lines(&f).await;
        for party in [&f.platform, &f.provider, &f.operator] {
            for filter in [
                LineFilter::default(),
                // Nearly all are: the list is walked, and the few others passed by.
                LineFilter { state: Some(LineState::Registered), ..LineFilter::default() },
                LineFilter { site: Some(SiteKey(1100)), ..LineFilter::default() },
            ] {
                let actor = f.actor(party);
                let first = f
                    .store
                    .page_lines(&actor, &filter, limit(50), None, Default::default(), Default::default())
                    .await
                    .unwrap();
                assert_eq!(first.items.len(), 50);
                for after in [None, first.next.as_ref()] {
                    let plan = plan(&f, &actor, &filter, after).await;
                    assert!(!reads_all(&plan), "{:?} {filter:?}\n{plan}", party.kind);
                    if filter.site.is_some() {
                        assert!(plan.contains("device_site"), "{:?}\n{plan}", party.kind);
                        continue;
                    }
                    assert!(!sorts(&plan), "{:?} {filter:?}\n{plan}", party.kind);
                    if after.is_some() {
                        let first =
                            plan.lines().find(|line| line.contains("SEARCH") || line.contains("Index Cond"));
                        assert!(first.is_some_and(|line| line.contains('>')), "begins anew:\n{plan}");
                    }
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_state_that_few_lines_have_is_found_by_the_index_of_states() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        crowd(&f).await;
        lines(&f).await;
        let customer = tonalite_core::access::Scope {
            kind: tonalite_core::party::PartyKind::Customer,
            party: tonalite_core::id::PartyKey(1001),
        };
        let of_customer = Actor { scope: customer, ..Actor::system() };
        for actor in [f.actor(&f.platform), f.actor(&f.provider), f.actor(&f.operator), of_customer] {
            for site in [None, Some(SiteKey(1003))] {
                let filter = LineFilter { state: Some(LineState::Aged), site, ..LineFilter::default() };
                let plan = plan(&f, &actor, &filter, None).await;
                assert!(plan.contains("line_state_order"), "{:?} {site:?}\n{plan}", actor.scope.kind);
                // PostgreSQL may join the few that are found with tables as small as these.
                let small = matches!(f.location, Location::Postgres(_));
                assert!(small || !reads_all(&plan), "{:?} {site:?}\n{plan}", actor.scope.kind);
            }
        }
    })
    .await;
}
