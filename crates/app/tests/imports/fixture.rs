//! Short ways to upload, to carry on, and to look at what came of it.

use tokio::io::AsyncReadExt;
use tonalite_app::{ImportJob, ImportOrder, OnError};
use tonalite_core::Result;
use tonalite_core::access::Actor;
use tonalite_core::device::Device;
use tonalite_core::filter::DeviceFilter;
use tonalite_core::id::ImportId;
use tonalite_core::import::{ImportApply, ImportMode, RowOutcome};
use tonalite_core::mac::Mac;
use tonalite_core::page::Limit;
use tonalite_core::search::Search;
use tonalite_core::text::Language;
use tonalite_testkit::{TestApp, Whose};

pub(crate) const ADD: (ImportMode, ImportApply) = (ImportMode::Add, ImportApply::No);
pub(crate) const UPDATE: (ImportMode, ImportApply) = (ImportMode::AddAndUpdate, ImportApply::No);
pub(crate) const AT_ONCE: (ImportMode, ImportApply) = (ImportMode::Add, ImportApply::AllOrNothing);

pub(crate) const HEAD: &str = "mac;type;site;name;serial\n";

/// Uploads a file for a customer; nothing is read yet.
pub(crate) async fn upload(
    t: &TestApp,
    actor: &Actor,
    whose: Whose,
    (mode, apply): (ImportMode, ImportApply),
    bytes: &[u8],
) -> Result<ImportJob> {
    let customer = actor.view(t.tree.party(whose).clone())?;
    let order = ImportOrder { mode, apply, file_name: Some("fleet.csv".into()), site: None };
    let mut upload = t.app.begin_import(actor, customer, order, t.now()).await?;
    for piece in bytes.chunks(1000) {
        upload.write(piece).await?;
    }
    upload.finish(t.now()).await
}

/// Uploads a file and carries it on.
pub(crate) async fn import(
    t: &TestApp,
    actor: &Actor,
    whose: Whose,
    how: (ImportMode, ImportApply),
    text: &str,
) -> ImportJob {
    let job = upload(t, actor, whose, how, text.as_bytes()).await.unwrap();
    carry_on(t, actor, job.id).await
}

pub(crate) async fn carry_on(t: &TestApp, actor: &Actor, id: ImportId) -> ImportJob {
    t.app.drive_import(id, t.clock.as_ref()).await.unwrap();
    t.app.import(actor, id).await.unwrap()
}

/// Applies a plan and carries it on.
pub(crate) async fn apply(t: &TestApp, actor: &Actor, id: ImportId, on_error: OnError) -> ImportJob {
    t.app.apply_import(actor, id, on_error, t.now()).await.unwrap();
    carry_on(t, actor, id).await
}

/// Each row as `line outcome codes`.
pub(crate) async fn rows(
    t: &TestApp,
    actor: &Actor,
    id: ImportId,
    outcome: Option<RowOutcome>,
) -> Vec<String> {
    let (mut said, mut after) = (Vec::new(), None);
    loop {
        let (rows, next) =
            t.app.page_import_rows(actor, id, outcome, after, Limit::parse("3").unwrap()).await.unwrap();
        for row in rows {
            let codes: Vec<&str> = row.findings.iter().map(|finding| finding.code.as_str()).collect();
            said.push(
                format!("{} {} {}", row.line, row.outcome.as_str(), codes.join(",")).trim_end().to_owned(),
            );
        }
        after = next;
        if after.is_none() {
            return said;
        }
    }
}

/// The counts as `create update unchanged rejected`.
pub(crate) fn counts(job: &ImportJob) -> (u64, u64, u64, u64) {
    (job.counts.create, job.counts.update, job.counts.unchanged, job.counts.rejected)
}

pub(crate) async fn result_file(
    t: &TestApp,
    actor: &Actor,
    id: ImportId,
    outcome: Option<RowOutcome>,
) -> Vec<u8> {
    let locale = Language::English.locale();
    let mut file = t.app.import_result_file(actor, id, outcome, locale).await.unwrap();
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).await.unwrap();
    bytes
}

pub(crate) fn mac(text: &str) -> Mac {
    Mac::parse(text).unwrap()
}

/// The device with an address, wherever it is.
pub(crate) async fn device(t: &TestApp, text: &str) -> Option<Device> {
    let found = t.app.find_device_by_mac(&Actor::system(), mac(text), t.now()).await;
    found.ok().map(tonalite_core::access::View::into_inner)
}

/// Devices that an actor counts at all its sites: from the kept counts.
pub(crate) async fn total(t: &TestApp, actor: &Actor) -> u64 {
    u64::try_from(t.app.count_devices(actor, &DeviceFilter::default()).await.unwrap().total()).unwrap()
}

/// How many devices a search finds.
pub(crate) async fn found(t: &TestApp, actor: &Actor, text: &str) -> usize {
    let filter = DeviceFilter { search: Search::parse(text).unwrap(), ..DeviceFilter::default() };
    t.app.page_devices(actor, &filter, Limit::DEFAULT, None, t.now()).await.unwrap().items.len()
}
