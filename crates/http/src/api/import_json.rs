//! Imports as programs read them.

use serde::Serialize;
use tonalite_app::{ImportJob, ImportRow};
use tonalite_core::csv::import::{Finding, Severity};
use tonalite_core::text::Locale;
use utoipa::ToSchema;

use super::wire::time_text;

/// One import of devices.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Import)]
pub(super) struct ImportJson {
    /// Id of the import.
    #[schema(format = Uuid)]
    id: String,
    /// The customer.
    #[schema(format = Uuid)]
    party_id: String,
    /// `reading` (being checked), `planned` (waits for a person), `applying`, `applied`, `failed`, `expired`, `cancelled` or
    /// `undone`. With `apply=` and nothing to wait for it goes on from `reading` to `applied` by itself.
    #[schema(examples("planned"))]
    state: &'static str,
    /// `add` or `add_and_update`.
    #[schema(examples("add"))]
    mode: &'static str,
    /// `no`, `all_or_nothing` or `valid_rows`.
    #[schema(examples("no"))]
    apply: &'static str,
    /// What the file was called; `null` when nobody said. Never to be trusted.
    #[schema(examples("inventory.csv"))]
    file_name: Option<String>,
    /// Bytes of the file.
    #[schema(examples(48_211))]
    bytes: u64,
    /// Bytes that have been read.
    #[schema(examples(48_211))]
    bytes_read: u64,
    /// Rows read, without comments: the sum of the next four.
    #[schema(examples(1204))]
    rows_read: u64,
    /// Rows that add a device.
    #[schema(examples(1187))]
    create: u64,
    /// Rows that change a device.
    #[schema(examples(0))]
    update: u64,
    /// Rows whose device is there already, and the same.
    #[schema(examples(12))]
    unchanged: u64,
    /// Rows with something wrong: see `rows?outcome=rejected`.
    #[schema(examples(5))]
    rejected: u64,
    /// Lines that begin with `#`.
    #[schema(examples(3))]
    comments: u64,
    /// What else there is to say about the file.
    notices: Vec<FindingJson>,
    /// Why it failed; absent otherwise, and where the fault was ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error: Option<FindingJson>,
    /// `utf-8`, `utf-16le`, `utf-16be`, `windows-1252`; `null` before it is known, and for a workbook.
    #[schema(examples("windows-1252"))]
    encoding: Option<&'static str>,
    /// What stands between cells; `null` before it is known, and for a workbook.
    #[schema(examples(";"))]
    separator: Option<String>,
    /// Name of who began it; `cli` for the command line.
    #[schema(examples("marie.dupont"))]
    created_by: String,
    /// When the file had arrived.
    #[schema(format = DateTime)]
    created_at: String,
    /// Until when a plan waits for a decision.
    #[schema(format = DateTime)]
    expires_at: String,
    /// When it was written; `null` before.
    #[schema(format = DateTime)]
    applied_at: Option<String>,
    /// Until when it can be undone; `null` when it cannot.
    #[schema(format = DateTime)]
    undo_until: Option<String>,
    /// What undoing it did; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    undone: Option<UndoneJson>,
}

/// What undoing an import did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UndoneImport)]
struct UndoneJson {
    /// Devices that were removed.
    #[schema(examples(1185))]
    removed: u64,
    /// Devices that stay: a line is assigned, or they have registered or changed since.
    #[schema(examples(2))]
    kept: u64,
}

/// Something that is wrong, doubtful or to be known.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportFinding)]
pub(super) struct FindingJson {
    /// Stable code: `F..` about the file, `R..` about a row, `W..` a doubt, `N..` a notice.
    #[schema(examples("R10"))]
    code: &'static str,
    /// Key of the column; `null` when it is about the whole row or file.
    #[schema(examples("device_type"))]
    column: Option<&'static str>,
    /// What stands there, at most 200 characters of it. Never to be trusted.
    #[schema(examples("Yealink T54"))]
    value: String,
    /// In the reader's language.
    #[schema(examples("Device type “Yealink T54” is unknown. Nearest: Yealink T54W."))]
    message: String,
    /// What would be right, where that can be said.
    #[schema(examples("Yealink T54W"))]
    suggestion: Option<String>,
}

/// One row of the file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportRow)]
pub(super) struct RowJson {
    /// Its line in the file, from 1; for a row of several lines its first.
    #[schema(examples(12))]
    line: u64,
    /// `create`, `update`, `unchanged` or `rejected`.
    #[schema(examples("rejected"))]
    outcome: &'static str,
    /// Everything that is wrong with it.
    errors: Vec<FindingJson>,
    /// Doubts that do not stop it.
    warnings: Vec<FindingJson>,
    /// Address of the device, where one could be read.
    #[schema(examples("001565abcdef"))]
    mac: Option<String>,
    /// Name of its type, where one could be read.
    #[schema(examples("Yealink T54W"))]
    device_type: Option<String>,
    /// Name of its site, where one could be read.
    #[schema(examples("Lyon"))]
    site: Option<String>,
    /// Name of the device.
    #[schema(examples("Accueil"))]
    name: Option<String>,
    /// What an update changes.
    changes: Vec<ChangeJson>,
}

/// One value that an update changes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportChange)]
struct ChangeJson {
    /// Key of the column.
    #[schema(examples("name"))]
    column: &'static str,
    /// As it is; `null` when it is empty.
    #[schema(examples("Accueil"))]
    before: Option<String>,
    /// As it will be; `null` when it will be empty.
    #[schema(examples("Reception"))]
    after: Option<String>,
}

impl ImportJson {
    pub(super) fn of(t: Locale, job: ImportJob) -> ImportJson {
        ImportJson {
            id: job.id.to_string(),
            party_id: job.customer_id.to_string(),
            state: job.state.as_str(),
            mode: job.mode.as_str(),
            apply: job.apply.as_str(),
            file_name: job.file_name,
            bytes: job.bytes,
            bytes_read: job.bytes_read,
            rows_read: job.counts.total(),
            create: job.counts.create,
            update: job.counts.update,
            unchanged: job.counts.unchanged,
            rejected: job.counts.rejected,
            comments: job.comments,
            notices: job.notices.into_iter().map(|notice| FindingJson::of(t, notice)).collect(),
            error: job.error.map(|error| FindingJson::of(t, error)),
            encoding: job.encoding.map(|encoding| encoding.as_str()),
            separator: job.separator.map(|separator| char::from(separator.byte()).to_string()),
            created_by: job.created_by,
            created_at: time_text(job.created_at),
            expires_at: time_text(job.expires_at),
            applied_at: job.applied_at.map(time_text),
            undo_until: job.undo_until.map(time_text),
            undone: job.undo.map(|undo| UndoneJson { removed: undo.removed, kept: undo.kept }),
        }
    }
}

impl FindingJson {
    fn of(t: Locale, finding: Finding) -> FindingJson {
        FindingJson {
            code: finding.code.as_str(),
            column: finding.column.map(|column| column.key()),
            message: finding.message(&t),
            value: finding.value,
            suggestion: finding.suggestion,
        }
    }
}

impl RowJson {
    pub(super) fn of(t: Locale, row: ImportRow) -> RowJson {
        let (errors, warnings): (Vec<Finding>, Vec<Finding>) =
            row.findings.into_iter().partition(|finding| finding.code.severity() == Severity::Row);
        let json = |findings: Vec<Finding>| {
            findings.into_iter().map(|finding| FindingJson::of(t, finding)).collect()
        };
        RowJson {
            line: row.line,
            outcome: row.outcome.as_str(),
            errors: json(errors),
            warnings: json(warnings),
            mac: row.mac.map(|mac| mac.to_string()),
            device_type: row.device_type.map(|kind| kind.name.clone()),
            site: row.site.map(|(_, name)| name),
            name: row.name,
            changes: row
                .changes
                .into_iter()
                .map(|change| ChangeJson {
                    column: change.column.key(),
                    before: change.before,
                    after: change.after,
                })
                .collect(),
        }
    }
}
