//! The seals of the audit log: whatever is done to a row afterwards is found and named, on both engines.

use tonalite_core::audit::{Action, Retention};
use tonalite_core::time::{Span, Timestamp};
use tonalite_store::{AuditCheck, AuditFault, Location};
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, NOW};
use crate::raw;

const DAY: i64 = 24 * 3_600_000;

/// A log of some rows in two batches, and one more that waits.
async fn sealed(location: Location) -> Fixture {
    let f = Fixture::new(location).await;
    add(&f, 3).await;
    f.store.seal_audit(NOW).await.unwrap().expect("rows to seal");
    add(&f, 3).await;
    let second = f.store.seal_audit(NOW).await.unwrap().expect("rows to seal");
    assert_eq!((second.number, second.rows), (2, 3));
    assert_eq!(f.store.seal_audit(NOW).await.unwrap(), None, "nothing is sealed twice");
    add(&f, 1).await;
    f
}

async fn add(f: &Fixture, rows: usize) {
    for n in 0..rows {
        let mut record = f.audit(&f.customer).detail(serde_json::json!({ "n": n }));
        record.action = Action::SiteCreate;
        f.store.add_audit(&record).await.unwrap();
    }
}

async fn verify(f: &Fixture) -> AuditCheck {
    f.store.verify_audit().await.unwrap()
}

#[tokio::test]
async fn a_log_that_nobody_touched_is_whole() {
    each_engine(async |location| {
        let f = sealed(location).await;
        let check = verify(&f).await;
        assert_eq!(check.faults, []);
        assert_eq!((check.batches, check.unsealed, check.expired), (2, 1, 0));
        assert_eq!(
            check.rows + 1,
            raw::number(&f.location, "SELECT count(*) FROM audit").await.unsigned_abs()
        );
        assert_eq!(check.head.unwrap().number, 2);
        // Addresses go before their rows do: no seal knows them.
        raw::execute(&f.location, "UPDATE audit SET address = '192.0.2.9'").await;
        assert_eq!(verify(&f).await.faults, []);
    })
    .await;
}

#[tokio::test]
async fn what_is_done_to_a_row_is_named() {
    each_engine(async |location| {
        let f = sealed(location).await;
        // In the second batch: its rows are the last but one to four.
        let row = raw::number(&f.location, "SELECT max(id) - 2 FROM audit").await;
        let next = row + 1;
        for (change, restore, expected) in [
            (
                format!("UPDATE audit SET result = 'forbidden' WHERE id = {row}"),
                format!("UPDATE audit SET result = 'ok' WHERE id = {row}"),
                vec![AuditFault::RowChanged(row)],
            ),
            (
                format!("UPDATE audit SET detail = '{{\"n\":9}}' WHERE id = {row}"),
                format!("UPDATE audit SET detail = '{{\"n\":1}}' WHERE id = {row}"),
                vec![AuditFault::RowChanged(row)],
            ),
            (
                format!("UPDATE audit SET at = at + 1, portal_user_id = 7 WHERE id = {row}"),
                format!("UPDATE audit SET at = at - 1, portal_user_id = NULL WHERE id = {row}"),
                vec![AuditFault::RowChanged(row)],
            ),
            // Two rows change places.
            (
                format!("UPDATE audit SET detail = CASE WHEN id = {row} THEN '{{\"n\":2}}' ELSE '{{\"n\":1}}' END WHERE id IN ({row}, {next})"),
                format!("UPDATE audit SET detail = CASE WHEN id = {row} THEN '{{\"n\":1}}' ELSE '{{\"n\":2}}' END WHERE id IN ({row}, {next})"),
                vec![AuditFault::RowChanged(row), AuditFault::RowChanged(next)],
            ),
            (
                format!("UPDATE audit SET id = -{row} WHERE id = {row}"),
                format!("UPDATE audit SET id = {row} WHERE id = -{row}"),
                vec![AuditFault::RowRemoved(row)],
            ),
        ] {
            raw::execute(&f.location, &change).await;
            let found: Vec<AuditFault> = verify(&f).await.faults.into_iter().map(|(batch, fault)| {
                assert_eq!(batch, 2, "{change}");
                fault
            }).collect();
            assert_eq!(found, expected, "{change}");
            raw::execute(&f.location, &restore).await;
            assert_eq!(verify(&f).await.faults, [], "{restore}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_row_that_is_slipped_in_is_named() {
    each_engine(async |location| {
        let f = sealed(location).await;
        // A rolled-back change leaves such a gap; here it is made between two batches.
        let last = raw::number(&f.location, "SELECT max(id) FROM audit").await;
        raw::execute(&f.location, &format!("UPDATE audit SET id = {} WHERE id = {last}", last + 1)).await;
        f.store.seal_audit(NOW).await.unwrap().expect("one row");
        assert_eq!(verify(&f).await.faults, [], "a gap is no fault");
        let copy = format!(
            "INSERT INTO audit (id, at, actor, party_id, action, detail, result) \
             SELECT {last}, at, actor, party_id, action, detail, result FROM audit WHERE id = {}",
            last + 1
        );
        raw::execute(&f.location, &copy).await;
        assert_eq!(verify(&f).await.faults, [(3, AuditFault::RowInserted(last))]);
    })
    .await;
}

#[tokio::test]
async fn whoever_changes_a_seal_breaks_the_chain() {
    each_engine(async |location| {
        let f = sealed(location).await;
        let row = raw::number(&f.location, "SELECT min(id) FROM audit").await;
        raw::execute(&f.location, "UPDATE audit_seal SET at = at + 1 WHERE id = 1").await;
        assert_eq!(verify(&f).await.faults, [(1, AuditFault::SealBroken)]);
        raw::execute(&f.location, "UPDATE audit_seal SET at = at - 1 WHERE id = 1").await;
        // Rows that are taken out together with their place in the seal.
        raw::execute(&f.location, &format!("DELETE FROM audit WHERE id = {row}")).await;
        raw::execute(
            &f.location,
            "UPDATE audit_seal SET digests = substr(digests, 41), row_count = row_count - 1 WHERE id = 1",
        )
        .await;
        assert_eq!(verify(&f).await.faults, [(1, AuditFault::SealBroken)]);
        raw::execute(&f.location, "DELETE FROM audit_seal WHERE id = 1").await;
        let faults = verify(&f).await.faults;
        assert_eq!(faults[0], (2, AuditFault::SealMissing), "{faults:?}");
    })
    .await;
}

#[tokio::test]
async fn retention_takes_whole_batches_and_the_chain_holds() {
    each_engine(async |location| {
        let f = sealed(location).await;
        let later = NOW + Span(400 * DAY);
        let before = Retention::default().audit_before(later);
        assert_eq!(f.store.remove_audit_batch(NOW - Span(1), later).await.unwrap(), None, "not old enough");
        let first = f.store.remove_audit_batch(before, later).await.unwrap().expect("the first batch");
        assert_eq!(f.store.remove_audit_batch(before, later).await.unwrap(), None, "the newest batch stays");
        let check = verify(&f).await;
        assert_eq!((check.faults.len(), check.expired, check.rows), (0, first, 3));
        // Who removes a young batch and calls it old is found.
        raw::execute(
            &f.location,
            &format!("UPDATE audit_seal SET removed_at = {} WHERE id = 1", NOW.0 + DAY),
        )
        .await;
        assert_eq!(verify(&f).await.faults, [(1, AuditFault::RemovedTooSoon)]);
    })
    .await;
}

/// On PostgreSQL an id is taken before its row is committed: a batch must not be closed over a row that may still come.
#[tokio::test]
async fn a_row_that_is_not_committed_yet_is_waited_for() {
    each_engine(async |location| {
        let Location::Postgres(url) = &location else { return };
        let mut writer = <sqlx::PgConnection as sqlx::Connection>::connect(url).await.unwrap();
        let f = Fixture::new(location.clone()).await;
        while f.store.seal_audit(NOW).await.unwrap().is_some() {}
        sqlx::query("BEGIN").execute(&mut writer).await.unwrap();
        sqlx::query("INSERT INTO audit (at, actor, party_id, action, detail, result) VALUES (1, 'cli', 1, 'x.y', '{}', 'ok')")
            .execute(&mut writer)
            .await
            .unwrap();
        // Its id is higher, its commit is earlier.
        add(&f, 1).await;
        assert_eq!(f.store.seal_audit(NOW).await.unwrap(), None, "somebody is writing");
        sqlx::query("COMMIT").execute(&mut writer).await.unwrap();
        let seal = f.store.seal_audit(Timestamp(NOW.0 + 1)).await.unwrap().expect("both rows");
        assert_eq!(seal.rows, 2);
        assert_eq!(verify(&f).await.faults, []);
    })
    .await;
}
