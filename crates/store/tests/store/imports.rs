//! Imports as the store keeps them: staged rows, the one transaction, what it finds changed, what is thrown away.

use tonalite_core::access::Actor;
use tonalite_core::id::{DeviceKey, ImportId, ImportKey};
use tonalite_core::import::{ImportApply, ImportMode, ImportState, RowCounts, RowOutcome};
use tonalite_core::mac::Mac;
use tonalite_core::site::Site;
use tonalite_core::time::Span;
use tonalite_store::{
    ImportChains, ImportInsert, ImportProgress, ImportRecord, ImportWritten, Placed, StagedRow,
};
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, NOW};
use crate::raw;

/// A job of the customer.
async fn job(f: &Fixture) -> ImportRecord {
    let id = ImportId::from_uuid(f.uuid());
    let insert = ImportInsert {
        id,
        customer: &f.customer,
        site: None,
        identity: &Actor::command_line().identity,
        address: None,
        mode: ImportMode::Add,
        apply: ImportApply::No,
        file_name: Some("a.csv"),
        sha256: "00",
        bytes: 10,
        now: NOW,
        expires_at: NOW + Span::from_hours(24),
    };
    f.store.insert_import(&insert, &f.audit(&f.customer)).await.unwrap();
    f.store.find_import(id).await.unwrap().unwrap()
}

fn row(line: u64, outcome: RowOutcome, site: &Site, mac: Option<u64>) -> StagedRow {
    StagedRow {
        line,
        outcome,
        identity: mac.map_or(-i64::try_from(line).unwrap(), |mac| i64::try_from(mac).unwrap()),
        mac: mac.map(|mac| Mac::from_u64(mac).unwrap()),
        device_type: Some("yealink-t54w".into()),
        site: Some(site.key.0),
        name: Some(format!("Poste {line}")),
        serial: None,
        inventory_id: None,
        note: None,
        chain_id: None,
        lines_total: Some(4),
        device: None,
        version: None,
        findings: None,
        previous: None,
    }
}

/// Stages rows and has them written: `true` when they were.
async fn write(f: &Fixture, job: &ImportRecord, rows: &[StagedRow]) -> (ImportRecord, bool) {
    let mut counts = RowCounts::default();
    rows.iter().for_each(|row| counts.add(row.outcome));
    let progress = ImportProgress { counts, bytes_read: 10, ..ImportProgress::default() };
    assert!(f.store.stage_import_rows(job.key, rows, &progress, NOW).await.unwrap());
    let step = (ImportState::Reading, ImportState::Applying);
    assert!(f.store.move_import(job.key, step, None, None, NOW, None).await.unwrap());
    let job = f.store.find_import(job.id).await.unwrap().unwrap();
    prepare(f, job.key).await;
    let written = apply(f, &job).await;
    (f.store.find_import(job.id).await.unwrap().unwrap(), written)
}

async fn apply(f: &Fixture, job: &ImportRecord) -> bool {
    let dect = ImportChains { customer: &f.customer, chains: &[], ids: &[], leave: false };
    let written = f.store.apply_import(job, &dect, NOW, NOW, &f.audit(&f.customer)).await.unwrap();
    written == ImportWritten::All
}

async fn prepare(f: &Fixture, job: ImportKey) {
    let mut after = f.store.last_prepared(job).await.unwrap();
    loop {
        let planned = f.store.find_planned_devices(job, after, 3).await.unwrap();
        let Some(last) = planned.last() else { return };
        after = Some((last.identity, last.line));
        let ids: Vec<_> = planned.iter().map(|_| f.uuid()).collect();
        assert!(f.store.prepare_import_devices(job, &planned, &ids).await.unwrap());
    }
}

async fn counted(f: &Fixture, table: &str) -> usize {
    raw::texts(&f.location, &format!("SELECT 'x' FROM {table}")).await.len()
}

#[tokio::test]
async fn devices_are_written_in_the_order_of_their_addresses() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let job = job(&f).await;
        let macs = [0x15_6500_0009_u64, 0x15_6500_0001, 0x15_6500_0005, 0x15_6500_0003];
        let mut rows: Vec<StagedRow> =
            (2..).zip(macs).map(|(line, mac)| row(line, RowOutcome::Create, &site, Some(mac))).collect();
        rows.push(row(6, RowOutcome::Create, &site, None));
        rows.push(row(7, RowOutcome::Rejected, &site, Some(0x15_6500_0007)));
        let (job, written) = write(&f, &job, &rows).await;
        assert!(written && job.state == ImportState::Applied && !job.settled, "{job:?}");
        let created = f.store.find_created_by_import(&job, 0, 10).await.unwrap();
        assert_eq!(created.len(), 5);
        let mut addresses = Vec::new();
        for imported in &created {
            addresses.push(f.read(imported.device.key).await.unwrap().mac);
        }
        let mut sorted = macs.map(|mac| Some(Mac::from_u64(mac).unwrap())).to_vec();
        sorted.sort();
        sorted.insert(0, None);
        assert_eq!(addresses, sorted);
        assert_eq!((counted(&f, "device").await, counted(&f, "device_search").await), (5, 5));
        // Keys that were given are not given again.
        let later = f.device(&site, 0x15_6500_00ff).await;
        assert!(created.iter().all(|imported| imported.device.key < later.key));
        f.store.settle_import(job.key).await.unwrap();
        assert!(f.store.find_imports_under_way().await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn one_address_that_is_taken_meanwhile_stops_all() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let there = f.device(&site, 0x15_6500_0001).await;
        let other = f.site(&f.other, "Wien").await.unwrap();
        f.device(&other, 0x15_6500_0003).await;
        let first = job(&f).await;
        let update = StagedRow {
            device: Some(there.key.0),
            version: Some(there.version),
            ..row(2, RowOutcome::Update, &site, Some(0x15_6500_0001))
        };
        let rows = [
            update.clone(),
            row(3, RowOutcome::Create, &site, Some(0x15_6500_0002)),
            row(4, RowOutcome::Create, &site, Some(0x15_6500_0003)),
        ];
        let (first, written) = write(&f, &first, &rows).await;
        assert!(!written && first.state == ImportState::Applying, "{first:?}");
        assert_eq!(counted(&f, "device").await, 2);
        assert_eq!(f.read(there.key).await.unwrap().labels.name, None);
        let changed = f.store.find_changed_import_rows(first.key, 0, 0).await.unwrap();
        assert_eq!(changed.iter().map(|row| row.line).collect::<Vec<_>>(), [4]);
        f.store.reject_import_rows(first.key, &[(4, "[]".into())]).await.unwrap();
        f.store.recount_import(first.key, NOW).await.unwrap();
        // Texts of devices that did not come to be go; those of others stay.
        assert_eq!(counted(&f, "device_search").await, 4);
        f.store.forget_import_devices(first.key).await.unwrap();
        assert_eq!((counted(&f, "device_search").await, counted(&f, "import_device").await), (2, 0));
        let first = f.store.find_import(first.id).await.unwrap().unwrap();
        let counts = first.progress.counts;
        assert_eq!((counts.create, counts.update, counts.rejected), (1, 1, 1));
        prepare(&f, first.key).await;
        assert!(apply(&f, &first).await);
        let there = f.read(there.key).await.unwrap();
        assert_eq!((there.labels.name.as_deref(), there.version), (Some("Poste 2"), 2));

        let second = job(&f).await;
        let (second, written) = write(&f, &second, &[update]).await;
        assert!(!written, "an older version");
        let changed = f.store.find_changed_import_rows(second.key, 2, 0).await.unwrap();
        assert_eq!(
            changed.iter().map(|row| (row.line, row.device)).collect::<Vec<_>>(),
            [(2, Some(there.id))]
        );
    })
    .await;
}

#[tokio::test]
async fn what_nobody_wants_any_more_is_not_written() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let job = job(&f).await;
        let rows = [row(2, RowOutcome::Create, &site, Some(0x15_6500_0001))];
        let progress = ImportProgress::default();
        assert!(f.store.stage_import_rows(job.key, &rows, &progress, NOW).await.unwrap());
        let step = (ImportState::Reading, ImportState::Cancelled);
        assert!(f.store.move_import(job.key, step, None, Some(NOW), NOW, None).await.unwrap());
        assert!(!f.store.move_import(job.key, step, None, None, NOW, None).await.unwrap(), "once");
        let more = [row(3, RowOutcome::Create, &site, Some(0x15_6500_0002))];
        assert!(!f.store.stage_import_rows(job.key, &more, &progress, NOW).await.unwrap());
        assert_eq!(f.store.begin_import_reading(job.key, NOW).await.unwrap(), None);
        let planned = f.store.find_planned_devices(job.key, None, 3).await.unwrap();
        assert!(!f.store.prepare_import_devices(job.key, &planned, &[f.uuid()]).await.unwrap());
        assert!(!apply(&f, &job).await);
        assert_eq!(counted(&f, "device").await, 0);
        let over = f.store.find_imports_over(NOW).await.unwrap();
        assert_eq!(over.iter().map(|job| job.key).collect::<Vec<_>>(), [job.key]);
        f.store.delete_import_rows(job.key).await.unwrap();
        f.store.note_purged_import(job.key).await.unwrap();
        assert!(f.store.find_imports_over(NOW).await.unwrap().is_empty());
        assert_eq!(f.store.find_import_files().await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn what_the_database_knows_of_a_batch() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let device = f.device(&site, 0x15_6500_0001).await;
        let macs = [0x15_6500_0001, 0x15_6500_0002].map(|mac| Mac::from_u64(mac).unwrap());
        let known = f.store.find_devices_of_macs(&macs).await.unwrap();
        assert_eq!(known.iter().map(|known| known.key).collect::<Vec<_>>(), [device.key]);
        let nowhere = [Placed { site: site.key.0, name: "Portier".into() }];
        assert!(f.store.find_devices_of_names(&nowhere).await.unwrap().is_empty());
        assert_eq!(f.store.count_devices_without_mac(site.key, "yealink-t54w", true).await.unwrap(), 0);
        let job = job(&f).await;
        let rows = [2, 5].map(|line| row(line, RowOutcome::Create, &site, Some(0x15_6500_0002)));
        f.store.stage_import_rows(job.key, &rows, &ImportProgress::default(), NOW).await.unwrap();
        let seen = f.store.find_import_occurrences(job.key, &[0x15_6500_0001, 0x15_6500_0002]).await.unwrap();
        assert_eq!(
            seen.iter().map(|seen| (seen.identity, seen.line, seen.rows)).collect::<Vec<_>>(),
            [(0x15_6500_0002, 2, 2)]
        );
        assert_eq!(f.store.find_used_of_import(&job, DeviceKey(0)).await.unwrap(), []);
    })
    .await;
}
