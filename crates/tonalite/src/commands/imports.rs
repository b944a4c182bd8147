//! `tonalite import`: the same import as the portal's, on a file of this machine. Beside a running server, the server reads
//! it: it runs as the same user.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tonalite_app::{App, ImportJob, ImportOrder, ImportRow, TakeOver};
use tonalite_core::access::Actor;
use tonalite_core::csv::import::Finding;
use tonalite_core::id::ImportId;
use tonalite_core::import::{ImportApply, ImportMode, ImportState, RowOutcome};
use tonalite_core::page::Limit;
use tonalite_core::text::Language;
use tonalite_core::world::Clock;

use super::out::visible;
use super::parties::find_party;
use super::{Out, credentials, told};
use crate::cli::Import;
use crate::world::SystemClock;

/// Rows that are printed; the rest is in the result file.
const SHOWN: u64 = 20;
/// Bytes that are read at a time.
const PIECE: usize = 256 << 10;
/// Between two looks at how far it has come.
const LOOK: Duration = Duration::from_millis(200);

pub(crate) async fn run(app: &Arc<App>, command: Import, out: &Out) -> anyhow::Result<()> {
    let (file, party, mode, apply, site, result) = match command {
        Import::Devices { file, party, mode, apply, site, result } => {
            (file, party, mode, apply, site, result)
        }
        Import::Credentials { file, party, dry_run, skip_wrong } => {
            return credentials::run(app, &file, party, TakeOver { dry_run, skip_wrong }, out).await;
        }
    };
    let actor = Actor::command_line();
    let customer = find_party(app, &actor, party).await.context("--party")?;
    let site = match site {
        Some(id) => Some(app.find_site(&actor, id.0).await.map_err(told).context("--site")?.into_inner()),
        None => None,
    };
    let order = ImportOrder {
        mode: ImportMode::parse(&mode).context("--mode")?,
        apply: ImportApply::parse(&apply).context("--apply")?,
        file_name: file.file_name().map(|name| name.to_string_lossy().into_owned()),
        site,
    };
    // First of all: a name that is taken should not be found out after half an hour.
    let mut sheet = result.as_deref().map(create).transpose()?;
    let begun = app.begin_import(&actor, customer, order, SystemClock.now()).await.map_err(told)?;
    let id = upload(begun, &file).await?;
    let job = follow(app, &actor, id, out).await?;
    if let Some(sheet) = &mut sheet
        && !matches!(job.state, ImportState::Failed)
    {
        write_result(app, &actor, id, sheet).await?;
    }
    tell(app, &actor, &job, result.as_deref(), out).await
}

async fn upload(mut upload: tonalite_app::ImportUpload, path: &Path) -> anyhow::Result<ImportId> {
    let shown = path.display();
    let mut file = open(path).with_context(|| format!("cannot read {shown}"))?;
    loop {
        // Files of this machine: each piece is there in a moment.
        let mut piece = vec![0; PIECE];
        let (read, returned, kept) =
            tokio::task::spawn_blocking(move || (file.read(&mut piece), file, piece)).await?;
        file = returned;
        match read.with_context(|| format!("cannot read {shown}"))? {
            0 => return Ok(upload.finish(SystemClock.now()).await.map_err(told)?.id),
            read => upload.write(kept.get(..read).unwrap_or_default()).await.map_err(told)?,
        }
    }
}

/// A file and nothing else: a pipe or a device might never end.
pub(super) fn open(path: &Path) -> std::io::Result<File> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::Error::new(ErrorKind::InvalidInput, "this is not a file"));
    }
    File::open(path)
}

/// Carries it on, and says how far it has come.
async fn follow(app: &App, actor: &Actor, id: ImportId, out: &Out) -> anyhow::Result<ImportJob> {
    let driven = app.drive_import(id, &SystemClock);
    tokio::pin!(driven);
    loop {
        tokio::select! {
            done = &mut driven => {
                done.map_err(told)?;
                return app.import(actor, id).await.map_err(told);
            }
            () = tokio::time::sleep(LOOK) => {
                let job = app.import(actor, id).await.map_err(told)?;
                out.progress(job.bytes_read, job.bytes);
            }
        }
    }
}

/// For the owner alone, and never over another file.
fn create(path: &Path) -> anyhow::Result<File> {
    let file = File::options().write(true).create_new(true).mode(0o600).open(path);
    file.with_context(|| format!("cannot make {}", path.display()))
}

async fn write_result(app: &App, actor: &Actor, id: ImportId, sheet: &mut File) -> anyhow::Result<()> {
    let locale = Language::English.locale();
    let mut file = app.import_result_file(actor, id, None, locale).await.map_err(told)?;
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece).await? {
            0 => break,
            read => {
                sheet.write_all(piece.get(..read).unwrap_or_default()).context("cannot write the result")?
            }
        }
    }
    sheet.sync_all().context("cannot write the result")
}

async fn tell(
    app: &App,
    actor: &Actor,
    job: &ImportJob,
    result: Option<&Path>,
    out: &Out,
) -> anyhow::Result<()> {
    let shown = Limit::at_most(SHOWN);
    let (wrong, _) = match job.counts.rejected {
        0 => (Vec::new(), None),
        _ => app
            .page_import_rows(actor, job.id, Some(RowOutcome::Rejected), None, shown)
            .await
            .map_err(told)?,
    };
    out.answer(words(job, &wrong), &document(job, &wrong)).await?;
    let rejected = job.counts.rejected;
    match (&job.error, job.state) {
        (Some(error), _) => bail!("{}", message(error)),
        (None, ImportState::Failed) => bail!("the import has failed; the log says why"),
        (None, ImportState::Cancelled) => bail!("the import was cancelled"),
        (None, _) if rejected > 0 => {
            let total = job.counts.total();
            let all = match result {
                Some(path) => format!("all are in {}", path.display()),
                None => "`--result FILE` writes all of them to a file".to_owned(),
            };
            bail!("{rejected} of {total} rows are wrong; {all}")
        }
        (None, _) => Ok(()),
    }
}

fn words(job: &ImportJob, wrong: &[ImportRow]) -> String {
    let counts = job.counts;
    let mut lines = Vec::new();
    for notice in &job.notices {
        lines.push(message(notice));
    }
    for row in wrong {
        let said: Vec<String> = row
            .findings
            .iter()
            .map(|finding| format!("{} {}", finding.code.as_str(), message(finding)))
            .collect();
        lines.push(format!("line {}: {}", row.line, said.join(" | ")));
    }
    if counts.rejected > wrong.len() as u64 {
        lines.push(format!("… and {} more", counts.rejected - wrong.len() as u64));
    }
    let (added, changed) = if job.state == ImportState::Applied {
        ("added", "changed")
    } else {
        ("to be added", "to be changed")
    };
    lines.push(format!(
        "{}: {} {added}, {} {changed}, {} there already, {} wrong",
        job.state.as_str(),
        counts.create,
        counts.update,
        counts.unchanged,
        counts.rejected
    ));
    lines.push(format!("import {}", job.id));
    lines.join("\n")
}

fn document(job: &ImportJob, wrong: &[ImportRow]) -> Value {
    json!({
        "id": job.id.to_string(),
        "state": job.state.as_str(),
        "rows_read": job.counts.total(),
        "create": job.counts.create,
        "update": job.counts.update,
        "unchanged": job.counts.unchanged,
        "rejected": job.counts.rejected,
        "comments": job.comments,
        "notices": job.notices.iter().map(finding_document).collect::<Vec<_>>(),
        "error": job.error.as_ref().map(finding_document),
        "rows": wrong.iter().map(|row| json!({
            "line": row.line,
            "outcome": row.outcome.as_str(),
            "errors": row.findings.iter().map(finding_document).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}

fn finding_document(finding: &Finding) -> Value {
    json!({
        "code": finding.code.as_str(),
        "column": finding.column.map(|column| column.key()),
        "value": finding.value,
        "message": message(finding),
        "suggestion": finding.suggestion,
    })
}

/// A cell is hostile text.
fn message(finding: &Finding) -> String {
    visible(&finding.message(&Language::English.locale()))
}
