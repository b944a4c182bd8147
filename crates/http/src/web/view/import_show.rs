//! An import after its upload: how far it is, what its rows come to, what became of it.

use askama::Template;
use tonalite_app::{ImportJob, ImportRow, KeptByUndo};
use tonalite_core::csv::import::{Code, Encoding, Finding};
use tonalite_core::csv::{Naming, Separator};
use tonalite_core::import::{ImportState, RowCounts, RowOutcome};
use tonalite_core::text::{Arg, Locale};

use super::frame::Frame;
use super::times::{Moment, Times};

/// `imports/progress.html`
#[derive(Template)]
#[template(path = "imports/progress.html")]
pub(crate) struct ImportProgressPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) file: String,
    /// It is being written: that is one step, and its end cannot be foretold.
    pub(crate) applying: bool,
    pub(crate) bytes: u64,
    pub(crate) bytes_read: u64,
    /// "12 of 200 MiB read"
    pub(crate) read: String,
    /// "1,204 rows checked"
    pub(crate) rows: String,
    pub(crate) wrong: Option<String>,
    /// Another import has to end first.
    pub(crate) waits: bool,
}

impl ImportProgressPage {
    /// An import that goes on by itself.
    pub(crate) fn new(frame: Frame, job: &ImportJob) -> ImportProgressPage {
        let t = frame.texts;
        let bytes = |n: u64| -> Arg { size(t, n).into() };
        ImportProgressPage {
            t,
            id: job.id.to_string(),
            title: t.text(&format!("imports-progress-{}", job.state.as_str())),
            file: file(t, job),
            applying: job.state == ImportState::Applying,
            bytes: job.bytes,
            bytes_read: job.bytes_read.min(job.bytes),
            read: t.with(
                "imports-progress-bytes",
                &[("read", bytes(job.bytes_read.min(job.bytes))), ("all", bytes(job.bytes))],
            ),
            rows: counted(t, "imports-progress-rows", job.counts.total()),
            waits: job.waits_for.is_some(),
            wrong: (job.counts.rejected > 0)
                .then(|| counted(t, "imports-progress-wrong", job.counts.rejected)),
            frame,
        }
    }
}

/// `imports/show.html`
#[derive(Template)]
#[template(path = "imports/show.html")]
pub(crate) struct ImportShowPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) id: String,
    pub(crate) list_address: String,
    pub(crate) new_address: String,
    pub(crate) title: String,
    /// What is known of the file, in a few words each.
    pub(crate) facts: Vec<String>,
    /// When it was written, else when it was sent.
    pub(crate) when: Moment,
    /// What became of it.
    pub(crate) note: Option<Note>,
    pub(crate) notices: Vec<NoticeView>,
    /// Devices that undoing left: the first of them.
    pub(crate) left: Vec<LeftView>,
    /// Rows by outcome; empty where there are none to show.
    pub(crate) tabs: Vec<Tab>,
    /// That nothing has been written yet.
    pub(crate) said: Option<String>,
    /// Until when it waits.
    pub(crate) until: Option<Moment>,
    /// "Download the 9 rows to fix (.csv)"
    pub(crate) download: Option<String>,
    /// Whether mending comes before adding.
    pub(crate) download_first: bool,
    /// "Add the 231 valid devices"
    pub(crate) apply: Option<String>,
    pub(crate) waits: bool,
    pub(crate) applied: bool,
    /// Until when it can be undone.
    pub(crate) undo: Option<Moment>,
    pub(crate) caption: String,
    pub(crate) shows_problems: bool,
    pub(crate) shows_changes: bool,
    pub(crate) rows: Vec<RowView>,
    pub(crate) rows_none: String,
    pub(crate) first_address: Option<String>,
    pub(crate) next_address: Option<String>,
}

/// A device that undoing left, since it is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LeftView {
    pub(crate) id: String,
    pub(crate) label: String,
}

/// What became of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    /// `good`, `warn` or `bad`.
    pub(crate) tone: &'static str,
    pub(crate) lines: Vec<String>,
    pub(crate) code: Option<&'static str>,
}

/// Something about the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NoticeView {
    pub(crate) text: String,
    pub(crate) code: Option<&'static str>,
}

/// A count, and the way to its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tab {
    pub(crate) word: String,
    pub(crate) count: String,
    pub(crate) address: String,
    pub(crate) current: bool,
    pub(crate) tone: &'static str,
}

/// One row of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowView {
    pub(crate) line: String,
    pub(crate) mac: Option<String>,
    pub(crate) device_type: String,
    pub(crate) site: String,
    pub(crate) name: Option<String>,
    pub(crate) problems: Vec<ProblemView>,
    pub(crate) changes: Vec<ChangeView>,
}

/// What is wrong or doubtful in one place of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProblemView {
    pub(crate) column: String,
    pub(crate) value: String,
    pub(crate) text: String,
    pub(crate) suggestion: Option<String>,
    pub(crate) code: &'static str,
}

/// One value of a device that is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangeView {
    pub(crate) field: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// Which rows are shown, and where the page goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) outcome: RowOutcome,
    /// After this line of the file.
    pub(crate) after: Option<u64>,
    /// Where the next page begins.
    pub(crate) next: Option<u64>,
}

/// The rows that are worth a first look.
pub(crate) fn first_outcome(counts: &RowCounts) -> RowOutcome {
    let order = [RowOutcome::Rejected, RowOutcome::Create, RowOutcome::Update, RowOutcome::Unchanged];
    order.into_iter().find(|outcome| count_of(counts, *outcome) > 0).unwrap_or(RowOutcome::Create)
}

const fn count_of(counts: &RowCounts, outcome: RowOutcome) -> u64 {
    match outcome {
        RowOutcome::Create => counts.create,
        RowOutcome::Update => counts.update,
        RowOutcome::Unchanged => counts.unchanged,
        RowOutcome::Rejected => counts.rejected,
    }
}

impl ImportShowPage {
    /// An import that waits for somebody, or that has come to its end. `may_act`: buttons that change something are shown.
    pub(crate) fn new(
        frame: Frame,
        times: &Times,
        job: &ImportJob,
        rows: &[ImportRow],
        shown: Shown,
        may_act: bool,
    ) -> ImportShowPage {
        let t = frame.texts;
        let id = job.id.to_string();
        let waits = job.state == ImportState::Planned;
        let applied = job.state == ImportState::Applied;
        let writes = job.counts.create + job.counts.update;
        let has_rows = matches!(job.state, ImportState::Planned | ImportState::Applied | ImportState::Undone);
        let party = job.customer_id;
        let address = |after: Option<u64>| {
            let after = after.map_or_else(String::new, |line| format!("&after={line}"));
            format!("/imports/{id}?outcome={}{after}#rows", shown.outcome.as_str())
        };
        let outcome =
            t.text(&format!("imports-{}-{}", if waits { "outcome" } else { "done" }, shown.outcome.as_str()));
        ImportShowPage {
            t,
            list_address: format!("/imports?party_id={party}"),
            new_address: format!("/imports/new?party_id={party}"),
            title: t.text(match job.state {
                ImportState::Applied => "imports-applied-title",
                ImportState::Failed => "imports-failed-title",
                ImportState::Expired => "imports-expired-title",
                ImportState::Cancelled => "imports-cancelled-title",
                ImportState::Undone => "imports-undone-title",
                _ => "imports-results-title",
            }),
            facts: facts(t, job),
            when: times.moment(job.applied_at.unwrap_or(job.created_at)),
            note: note(t, job),
            notices: notices(t, times, job),
            left: job.undo.iter().flat_map(|undo| &undo.kept_devices).map(left).collect(),
            tabs: if has_rows { tabs(t, &id, job, shown.outcome) } else { Vec::new() },
            said: waits.then(|| t.text("imports-nothing-yet")),
            until: waits.then(|| times.moment(job.expires_at)),
            download: (has_rows && job.counts.rejected > 0)
                .then(|| counted(t, "imports-download", job.counts.rejected)),
            download_first: job.counts.rejected > 0,
            apply: (waits && may_act && writes > 0).then(|| apply_words(t, &job.counts)),
            waits: waits && may_act,
            applied,
            undo: job
                .undo_until
                .filter(|_| applied && may_act && job.counts.create > 0)
                .map(|until| times.moment(until)),
            caption: outcome,
            shows_problems: shown.outcome == RowOutcome::Rejected,
            shows_changes: shown.outcome == RowOutcome::Update,
            rows: rows.iter().map(|row| RowView::new(t, row)).collect(),
            rows_none: match count_of(&job.counts, shown.outcome) {
                0 => t.text("imports-rows-none"),
                _ => t.text("imports-rows-gone"),
            },
            first_address: shown.after.map(|_| address(None)),
            next_address: shown.next.map(|next| address(Some(next))),
            id,
            frame,
        }
    }
}

fn left(device: &KeptByUndo) -> LeftView {
    let mac = device.mac.map(|mac| mac.with_colons());
    let words: Vec<String> = mac.into_iter().chain(device.name.clone()).collect();
    LeftView { id: device.id.to_string(), label: words.join(" · ") }
}

fn notices(t: Locale, times: &Times, job: &ImportJob) -> Vec<NoticeView> {
    let again = job.already_applied.as_ref().map(|same| {
        let args = [("time", times.moment(same.at).text.into()), ("who", same.by.as_str().into())];
        NoticeView { text: t.with("imports-applied-before", &args), code: None }
    });
    let of = |finding: &Finding| NoticeView { text: finding.message(&t), code: Some(finding.code.as_str()) };
    job.notices.iter().map(of).chain(again).collect()
}

fn tabs(t: Locale, id: &str, job: &ImportJob, shown: RowOutcome) -> Vec<Tab> {
    let words = if job.state == ImportState::Planned { "outcome" } else { "done" };
    let order = [RowOutcome::Create, RowOutcome::Update, RowOutcome::Unchanged, RowOutcome::Rejected];
    let tab = |outcome: RowOutcome| {
        let n = count_of(&job.counts, outcome);
        // Where nothing is updated, that nothing is need not be said: to a person who only adds it is no question.
        let silent = outcome == RowOutcome::Update && n == 0 && shown != outcome;
        (!silent).then(|| Tab {
            word: t.text(&format!("imports-{words}-{}", outcome.as_str())),
            count: t.number(number(n)),
            address: format!("/imports/{id}?outcome={}", outcome.as_str()),
            current: outcome == shown,
            tone: match outcome {
                RowOutcome::Create | RowOutcome::Update if n > 0 => "good",
                RowOutcome::Rejected if n > 0 => "bad",
                _ => "",
            },
        })
    };
    order.into_iter().filter_map(tab).collect()
}

/// File, rows, encoding, separator, who: one line above the results.
fn facts(t: Locale, job: &ImportJob) -> Vec<String> {
    let mut facts = vec![file(t, job)];
    if job.counts.total() > 0 {
        facts.push(counted(t, "imports-rows", job.counts.total()));
    }
    if job.comments > 0 {
        facts.push(counted(t, "imports-comments", job.comments));
    }
    if let Some(encoding) = job.encoding {
        facts.push(t.with("imports-encoding", &[("encoding", encoding_word(encoding).into())]));
    }
    match job.separator {
        Some(Separator::Tab) => facts.push(t.text("imports-separator-tab")),
        Some(separator) => {
            let sign = char::from(separator.byte()).to_string();
            facts.push(t.with("imports-separator", &[("separator", sign.into())]));
        }
        None => {}
    }
    facts.push(t.with("imports-by", &[("who", job.created_by.as_str().into())]));
    facts
}

const fn encoding_word(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Utf8 => "UTF-8",
        Encoding::Utf16Le | Encoding::Utf16Be => "UTF-16",
        Encoding::Windows1252 => "Windows-1252",
    }
}

fn note(t: Locale, job: &ImportJob) -> Option<Note> {
    let nothing = |tone| Some(Note { tone, lines: vec![t.text("imports-nothing-left")], code: None });
    match job.state {
        ImportState::Applied => {
            Some(Note { tone: "good", lines: vec![told(t, job), t.text("imports-ready")], code: None })
        }
        ImportState::Failed => {
            let mut lines: Vec<String> = job.error.iter().map(|finding| finding.message(&t)).collect();
            let code = job.error.as_ref().map(|finding| finding.code.as_str());
            lines.extend(code.map(|code| t.text(&format!("imports-cure-{code}"))));
            if job.error.is_none() {
                lines.push(t.text("error-internal"));
            }
            lines.push(t.text("imports-nothing-left"));
            Some(Note { tone: "bad", lines, code })
        }
        ImportState::Expired | ImportState::Cancelled => nothing("warn"),
        ImportState::Undone => {
            let mut lines = Vec::new();
            if let Some(undone) = &job.undo {
                lines.push(t.with("imports-undone-counts", &[("removed", number(undone.removed).into())]));
                if undone.kept > 0 {
                    lines.push(t.with("imports-undone-left", &[("left", number(undone.kept).into())]));
                }
                if undone.updated > 0 {
                    lines.push(t.text("imports-undo-updates"));
                }
            }
            Some(Note { tone: "warn", lines, code: None })
        }
        ImportState::Planned if job.counts.rejected > 0 => {
            Some(Note { tone: "warn", lines: vec![t.text("imports-fix-first")], code: None })
        }
        ImportState::Planned if job.counts.create + job.counts.update == 0 => {
            Some(Note { tone: "warn", lines: vec![t.text("imports-apply-nothing")], code: None })
        }
        _ => None,
    }
}

/// What an import came to, in one sentence or two; for the note on its page, and for other pages.
pub(crate) fn told(t: Locale, job: &ImportJob) -> String {
    let file: Arg = file(t, job).into();
    let counts = &job.counts;
    match job.state {
        ImportState::Applied if counts.create + counts.update == 0 => {
            t.with("imports-told-nothing", &[("file", file)])
        }
        ImportState::Applied => {
            let added =
                t.with("imports-told-applied", &[("file", file), ("count", number(counts.create).into())]);
            match counts.update {
                0 => added,
                n => format!("{added} {}", counted(t, "imports-told-changed", n)),
            }
        }
        ImportState::Failed => t.with("imports-told-failed", &[("file", file)]),
        _ => t.with("imports-told-planned", &[("file", file), ("count", number(counts.rejected).into())]),
    }
}

fn apply_words(t: Locale, counts: &RowCounts) -> String {
    match (counts.create, counts.update, counts.rejected) {
        (n, 0, 0) => counted(t, "imports-apply-add", n),
        (n, 0, _) => counted(t, "imports-apply-valid", n),
        (0, n, _) => counted(t, "imports-apply-change", n),
        (added, changed, _) => {
            let args = [
                ("added", counted(t, "imports-apply-added", added).into()),
                ("changed", counted(t, "imports-apply-changed", changed).into()),
            ];
            t.with("imports-apply-both", &args)
        }
    }
}

impl RowView {
    fn new(t: Locale, row: &ImportRow) -> RowView {
        RowView {
            line: t.number(number(row.line)),
            mac: row.mac.map(|mac| mac.with_colons()),
            device_type: row.device_type.map_or_else(String::new, |kind| kind.name.clone()),
            site: row.site.as_ref().map_or_else(String::new, |(_, name)| name.clone()),
            name: row.name.clone(),
            problems: row.findings.iter().map(|finding| ProblemView::new(t, finding)).collect(),
            changes: row
                .changes
                .iter()
                .map(|change| ChangeView {
                    field: change.column.heading(Naming::Words(t)),
                    before: change.before.clone().unwrap_or_default(),
                    after: change.after.clone().unwrap_or_default(),
                })
                .collect(),
        }
    }
}

impl ProblemView {
    fn new(t: Locale, finding: &Finding) -> ProblemView {
        // These two say it in their own text.
        let said = matches!(finding.code, Code::R05 | Code::R10);
        let suggestion = finding.suggestion.as_deref().filter(|_| !said);
        ProblemView {
            column: finding
                .column
                .map_or_else(|| t.text("imports-row-whole"), |column| column.heading(Naming::Words(t))),
            value: finding.value.clone(),
            text: finding.message(&t),
            suggestion: suggestion.map(|text| t.with("imports-suggestion", &[("suggestion", text.into())])),
            code: finding.code.as_str(),
        }
    }
}

/// `imports/undo.html`
#[derive(Template)]
#[template(path = "imports/undo.html")]
pub(crate) struct ImportUndoPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) consequences: Vec<String>,
}

impl ImportUndoPage {
    /// What undoing removes and leaves.
    pub(crate) fn new(frame: Frame, job: &ImportJob) -> ImportUndoPage {
        let t = frame.texts;
        let mut consequences =
            vec![counted(t, "imports-undo-removes", job.counts.create), t.text("imports-undo-leaves")];
        if job.counts.update > 0 {
            consequences.push(t.text("imports-undo-updates"));
        }
        consequences.push(t.text("imports-undo-again"));
        ImportUndoPage {
            t,
            id: job.id.to_string(),
            title: t.with("imports-undo-title", &[("file", file(t, job).into())]),
            consequences,
            frame,
        }
    }
}

/// What the person called the file: hostile text, shown as text.
pub(crate) fn file(t: Locale, job: &ImportJob) -> String {
    job.file_name.clone().unwrap_or_else(|| t.text("imports-unnamed"))
}

pub(crate) fn counted(t: Locale, key: &str, n: u64) -> String {
    t.with(key, &[("count", number(n).into())])
}

fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Bytes in the unit that a person would use.
fn size(t: Locale, bytes: u64) -> String {
    let (number, unit) = match bytes {
        ..1024 => (bytes, "imports-size-bytes"),
        1024..1_048_576 => (bytes.div_ceil(1024), "imports-size-kib"),
        _ => (bytes.div_ceil(1_048_576), "imports-size-mib"),
    };
    t.with(unit, &[("number", t.number(self::number(number)).into())])
}
