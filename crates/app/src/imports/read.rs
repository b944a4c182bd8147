//! Reading one file: bytes to drafts, drafts to rows of the plan, some hundred at a time.

use std::ops::ControlFlow;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tonalite_core::access::Actor;
use tonalite_core::audit::Action;
use tonalite_core::csv::import::{
    Code, Draft, DraftOrComment, Drafter, Finding, HeadRules, Preset, Reader, Sniffed, Sniffer,
};
use tonalite_core::id::ImportId;
use tonalite_core::import::{ImportApply, ImportState};
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::world::Clock;
use tonalite_core::{Error, Result};
use tonalite_store::{ImportProgress, ImportRecord};

use super::driver::Place;
use super::finding_json::Report;
use super::ground::Names;
use super::job::{import_audit, person};
use super::judge::Judge;
use crate::App;

/// Rows of one batch: one statement for each question, one short transaction.
const BATCH: usize = 500;
/// Bytes that are read at a time: some two thousand rows at most wait in memory.
const PIECE: usize = 32 << 10;
/// A file that brought the program down, or met a fault, is not read again for ever.
const MOST_ATTEMPTS: u32 = 3;
/// Between two events: a bar that moves four times a second moves smoothly.
const TELL_EVERY: Span = Span(250);
/// Addresses of others that a file may hold before its reading is slowed.
const FREE_PROBES: u64 = 10;
/// For each one more: a thousand rows a second instead of many thousands. A million guesses take a quarter of an hour, a
/// fleet that moves to another customer a second.
const PROBE_MICROS: u64 = 1_000;

/// How the reading of a file ends.
enum End {
    Read(Box<Report>),
    /// Nothing of it can be used.
    Failed(Finding),
    /// Nobody wants it any more.
    Unwanted,
}

impl App {
    /// Reads a file from its beginning, whatever an earlier reading had come to.
    pub(super) async fn read_import(
        &self,
        record: &ImportRecord,
        clock: &dyn Clock,
        place: &mut Place<'_>,
    ) -> Result<()> {
        let now = clock.now();
        let Some(actor) = self.actor_of_import(record, now).await? else {
            return self.give_up_import(record, "forbidden", now).await;
        };
        let Some(attempts) = self.store.begin_import_reading(record.key, now).await? else { return Ok(()) };
        if attempts > MOST_ATTEMPTS {
            return self.fail_import(record, None, now).await;
        }
        let mut progress = ImportProgress::default();
        match self.read_rows(record, &actor, &mut progress, clock, place).await? {
            End::Unwanted => Ok(()),
            End::Failed(finding) => self.fail_import(record, Some(finding), clock.now()).await,
            End::Read(report) => self.plan_import(record, &actor, &report, &progress, clock.now()).await,
        }
    }

    async fn read_rows(
        &self,
        record: &ImportRecord,
        actor: &Actor,
        progress: &mut ImportProgress,
        clock: &dyn Clock,
        place: &mut Place<'_>,
    ) -> Result<End> {
        let mut sniffed = self.sniff(record.id).await?;
        if sniffed.as_ref().is_err_and(is_workbook) {
            if let Err(finding) = self.imports.spool.unpack_workbook(record.id).await? {
                return Ok(End::Failed(finding));
            }
            sniffed = self.sniff(record.id).await?;
        }
        let sniffed = match sniffed {
            Ok(sniffed) => sniffed,
            Err(finding) => return Ok(End::Failed(finding)),
        };
        let (names, ground) = self.import_ground(actor, record).await?;
        let site = match record.site {
            None => None,
            Some(key) => match ground.site(key) {
                None => return Ok(End::Failed(Finding::new(Code::R13))),
                site => site,
            },
        };
        let may_set_chain_id = App::may_change_chain_id(actor, record.tenancy);
        let rules = HeadRules { site_given: site.is_some(), may_set_chain_id, ..HeadRules::default() };
        let mut drafter = drafter(&names, site);
        let mut reader = Reader::new(&sniffed, rules);
        let mut judge = Judge::new(self, record, ground);
        let mut batches = Batches { drafts: Vec::new(), told: Timestamp(0), clock, place };
        let mut file = self.imports.spool.open_file(record.id).await?;
        let (mut buffer, mut done) = (vec![0; PIECE], 0_u64);
        loop {
            let read = file.read(&mut buffer).await?;
            if read == 0 {
                break;
            }
            let pushed = {
                let mut each = collect(&mut drafter, &mut batches.drafts, &mut progress.comments);
                reader.push(&buffer[..read], &mut each)
            };
            if let Err(finding) = pushed {
                return Ok(End::Failed(finding));
            }
            done += read as u64;
            // What a workbook unpacked to is longer than the file that was uploaded.
            progress.bytes_read = done.saturating_mul(record.bytes) / sniffed.bytes.max(1);
            judge.has_names = has_names(reader.head());
            if !batches.stage(&mut judge, progress, BATCH).await? {
                return Ok(End::Unwanted);
            }
        }
        let ended = {
            let mut each = collect(&mut drafter, &mut batches.drafts, &mut progress.comments);
            reader.finish(&mut each)
        };
        let (head, _) = match ended {
            Ok(ended) => ended,
            Err(finding) => return Ok(End::Failed(finding)),
        };
        judge.has_names = has_names(Some(&head));
        if !batches.stage(&mut judge, progress, 1).await? {
            return Ok(End::Unwanted);
        }
        let mut notices = sniffed.notices();
        notices.extend(head.notices());
        Ok(End::Read(Box::new(Report {
            encoding: Some(sniffed.encoding),
            separator: Some(head.separator()),
            notices,
            error: None,
        })))
    }

    /// The first pass over a file.
    pub(super) async fn sniff(&self, id: ImportId) -> Result<Result<Sniffed, Finding>> {
        let mut file = self.imports.spool.open_file(id).await?;
        let mut sniffer = Sniffer::new();
        let mut buffer = vec![0; PIECE];
        loop {
            let read = file.read(&mut buffer).await?;
            if read == 0 {
                return Ok(sniffer.finish());
            }
            sniffer.push(&buffer[..read]);
        }
    }

    async fn plan_import(
        &self,
        record: &ImportRecord,
        actor: &Actor,
        report: &Report,
        progress: &ImportProgress,
        now: Timestamp,
    ) -> Result<()> {
        let counts = progress.counts;
        if progress.elsewhere > 0
            && let Some(person) = person(actor)
        {
            self.probes.hit(person, now);
        }
        let goes_on = match record.apply {
            ImportApply::No => false,
            ImportApply::AllOrNothing => counts.rejected == 0,
            ImportApply::ValidRows => true,
        };
        let next = if goes_on { ImportState::Applying } else { ImportState::Planned };
        let audit = import_audit(actor, record, Action::ImportRead, now).detail(serde_json::json!({
            "create": counts.create, "update": counts.update, "unchanged": counts.unchanged, "rejected": counts.rejected,
            "elsewhere": progress.elsewhere,
        }));
        let report = report.write()?;
        let step = (ImportState::Reading, next);
        if self.store.move_import(record.key, step, Some(&report), None, now, Some(&audit)).await? {
            self.tell_import(&ImportRecord { state: next, progress: *progress, ..record.clone() });
        }
        Ok(())
    }

    /// Ends an import whose file cannot be used.
    pub(super) async fn fail_import(
        &self,
        record: &ImportRecord,
        error: Option<Finding>,
        now: Timestamp,
    ) -> Result<()> {
        let code = error.as_ref().map_or("internal", |finding| finding.code.as_str());
        let system = Actor::system();
        let audit = import_audit(&system, record, Action::ImportRead, now)
            .detail(serde_json::json!({ "error": code }));
        let report = Report { error, ..Report::read(&record.report)? }.write()?;
        self.store.forget_import_devices(record.key).await?;
        self.store.delete_import_rows(record.key).await?;
        let step = (record.state, ImportState::Failed);
        if self.store.move_import(record.key, step, Some(&report), None, now, Some(&audit)).await? {
            self.tell_import(&ImportRecord { state: ImportState::Failed, ..record.clone() });
        }
        Ok(())
    }

    /// Ends an import of somebody who may not do it any more.
    pub(super) async fn give_up_import(
        &self,
        record: &ImportRecord,
        code: &'static str,
        now: Timestamp,
    ) -> Result<()> {
        let audit = import_audit(&Actor::system(), record, Action::ImportCancel, now).refused(code);
        let step = (record.state, ImportState::Cancelled);
        if self.store.move_import(record.key, step, None, Some(now), now, Some(&audit)).await? {
            self.tell_import(&ImportRecord { state: ImportState::Cancelled, ..record.clone() });
        }
        Ok(())
    }
}

pub(super) fn drafter(names: &Names, site: Option<usize>) -> Drafter<'_> {
    Drafter::new(&names.types, &names.sites, &names.facts, Preset { device_type: None, site })
}

fn has_names(head: Option<&tonalite_core::csv::import::Head>) -> bool {
    head.is_some_and(|head| head.place(tonalite_core::csv::import::ImportColumn::Name).is_some())
}

fn collect<'b>(
    drafter: &'b mut Drafter<'_>,
    drafts: &'b mut Vec<Draft>,
    comments: &'b mut u64,
) -> impl FnMut(tonalite_core::csv::import::Record<'_>, &tonalite_core::csv::import::Head) -> ControlFlow<()> + 'b
{
    |record, head| {
        match drafter.draft(record, head) {
            DraftOrComment::Comment => *comments += 1,
            DraftOrComment::Draft(draft) => drafts.push(draft),
        }
        ControlFlow::Continue(())
    }
}

/// Drafts on their way to the plan.
struct Batches<'a, 'p> {
    drafts: Vec<Draft>,
    told: Timestamp,
    clock: &'a dyn Clock,
    place: &'a mut Place<'p>,
}

impl Batches<'_, '_> {
    /// Stages batches as long as at least so many rows wait. `false`: nobody wants them any more.
    async fn stage(
        &mut self,
        judge: &mut Judge<'_>,
        progress: &mut ImportProgress,
        least: usize,
    ) -> Result<bool> {
        while self.drafts.len() >= least {
            let rest = self.drafts.split_off(BATCH.min(self.drafts.len()));
            let batch = std::mem::replace(&mut self.drafts, rest);
            let elsewhere_before = judge.elsewhere;
            let rows = judge.judge(batch).await?;
            for row in &rows {
                progress.counts.add(row.outcome);
            }
            progress.elsewhere = judge.elsewhere;
            let now = self.clock.now();
            if !judge.app.store.stage_import_rows(judge.record.key, &rows, progress, now).await? {
                return Ok(false);
            }
            if now >= self.told + TELL_EVERY {
                self.told = now;
                judge.app.tell_import(&ImportRecord { progress: *progress, ..judge.record.clone() });
            }
            let slowed = judge.elsewhere.saturating_sub(FREE_PROBES.max(elsewhere_before));
            if slowed > 0 {
                // Others go on meanwhile.
                self.place.pause(Duration::from_micros(slowed * PROBE_MICROS)).await?;
            }
        }
        Ok(true)
    }
}

fn is_workbook(finding: &Finding) -> bool {
    finding.code == Code::F04 && finding.arg("kind") == Some("xlsx")
}

/// A fault that trying again will not mend.
pub(super) const fn is_lasting(error: &Error) -> bool {
    !matches!(error, Error::Unavailable(_) | Error::TooMany(_))
}
