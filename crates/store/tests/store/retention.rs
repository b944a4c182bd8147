//! What goes after its time, and what stays.

use serde_json::json;
use tonalite_core::audit::Action;
use tonalite_core::time::{Span, Timestamp};
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, NOW};
use crate::raw;

#[tokio::test]
async fn addresses_and_what_was_typed_go_before_their_rows() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        for (age, n) in [(10, 1), (0, 2)] {
            let mut record =
                f.audit_of(Action::SessionCreate).detail(json!({ "username": format!("name{n}") }));
            record.at = NOW - Span(age);
            record.address = Some("192.0.2.1".into());
            f.store.add_audit(&record).await.unwrap();
        }
        let rows = raw::number(&f.location, "SELECT count(*) FROM audit").await;
        assert_eq!(f.store.forget_audit_addresses(NOW).await.unwrap(), 1);
        assert_eq!(f.store.forget_typed(NOW).await.unwrap(), 1);
        assert_eq!(
            (f.store.forget_audit_addresses(NOW).await.unwrap(), f.store.forget_typed(NOW).await.unwrap()),
            (0, 0)
        );
        assert_eq!(raw::number(&f.location, "SELECT count(*) FROM audit WHERE address IS NOT NULL").await, 1);
        assert_eq!(
            raw::number(&f.location, "SELECT count(*) FROM audit_personal WHERE detail LIKE '%name2%'").await,
            1
        );
        assert_eq!(raw::number(&f.location, "SELECT count(*) FROM audit").await, rows);
    })
    .await;
}

#[tokio::test]
async fn timelines_end_and_lose_their_addresses_first() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        for at in [10, 20, 30] {
            let text = format!(
                "INSERT INTO live.timeline (device_id, at, kind, ip) VALUES (1, {at}, 'added', '192.0.2.1')"
            );
            raw::execute(&f.location, &text).await;
        }
        let count = async |tail: &str| {
            raw::number(&f.location, &format!("SELECT count(*) FROM live.timeline{tail}")).await
        };
        let swept = f.store.forget_timeline_addresses(Timestamp(0), Timestamp(30)).await.unwrap();
        assert_eq!((swept.rows, swept.next), (2, None));
        assert_eq!(count(" WHERE ip IS NOT NULL").await, 1);
        assert_eq!(f.store.forget_timeline(Timestamp(20)).await.unwrap(), 1);
        assert_eq!(count("").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_device_that_was_not_heard_of_loses_its_address_and_no_other_does() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        for (device, state, seen, expires) in [(1, 0, 10, "15"), (2, 2, 10, "15"), (3, 1, 10, "99"), (4, 1, 50, "15"), (5, 1, 10, "NULL")] {
            let text = format!(
                "INSERT INTO live.device_state (device_id, site_id, customer_id, provider_id, state, class, since, lines_registered, \
                 lines_assigned, last_ip, user_agent, last_seen, expires_at) \
                 VALUES ({device}, 1, 1, 1, {state}, 1, 1, 0, 1, '192.0.2.1', 'Phone', {seen}, {expires})"
            );
            raw::execute(&f.location, &text).await;
        }
        let swept = f.store.forget_device_addresses(0, Timestamp(20)).await.unwrap();
        assert_eq!((swept.rows, swept.next), (2, None));
        let left = "SELECT device_id FROM live.device_state WHERE last_ip IS NOT NULL AND user_agent IS NOT NULL";
        assert_eq!(raw::number(&f.location, &format!("SELECT sum(device_id) FROM ({left}) x")).await, 2 + 3 + 4);
    })
    .await;
}
