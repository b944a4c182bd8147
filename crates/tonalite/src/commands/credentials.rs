//! `tonalite import credentials`: SIP credentials that a fleet has already, from a file of this machine. There is no other road
//! for them: nothing secret travels through the portal.

use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use anyhow::{Context, bail};
use serde_json::json;
use tonalite_app::{App, TakeOver, TakeOverReport};
use tonalite_core::access::Actor;
use tonalite_core::id::PartyId;
use tonalite_core::secret::Secret;
use tonalite_core::world::Clock;

use super::imports::open;
use super::parties::find_party;
use super::{Out, told};
use crate::cli::Typed;
use crate::world::SystemClock;

/// Two hundred thousand rows of the longest names and passwords.
const MOST_BYTES: u64 = 64 << 20;
/// Wrong rows that are printed; as JSON, all that are known.
const SHOWN: usize = 50;
/// Anybody but the owner may read the file.
const OTHERS_READ: u32 = 0o044;

pub(super) async fn run(
    app: &App,
    path: &Path,
    party: Typed<PartyId>,
    asked: TakeOver,
    out: &Out,
) -> anyhow::Result<()> {
    let actor = Actor::command_line();
    let customer = find_party(app, &actor, party).await.context("--party")?;
    let customer = actor.manage(customer.into_inner()).map_err(told)?;
    let file = open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mode = file.metadata().with_context(|| format!("cannot read {}", path.display()))?.mode();
    if mode & OTHERS_READ != 0 {
        let words = format!(
            "warning: {} holds passwords and others may read it (mode {:03o}); chmod 600 it, and delete it afterwards",
            path.display(),
            mode & 0o777
        );
        out.note(words).await?;
    }
    let shown = path.display().to_string();
    let bytes = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map(|_| bytes)
    });
    let bytes = bytes.await?.with_context(|| format!("cannot read {shown}"))?;
    if bytes.len() as u64 > MOST_BYTES {
        bail!("{shown} is longer than {} MiB", MOST_BYTES >> 20);
    }
    let report = app
        .take_credentials_over(&actor, customer, Secret::new(bytes), asked, SystemClock.now())
        .await
        .map_err(told)?;
    out.answer(words(&report, asked), &document(&report, asked)).await?;
    if report.wrong_count > 0 {
        let (wrong, rows) = (report.wrong_count, report.rows);
        match report.written {
            true => bail!("{wrong} of {rows} rows are wrong and were left out"),
            false => bail!("{wrong} of {rows} rows are wrong; nothing was written"),
        }
    }
    Ok(())
}

fn words(report: &TakeOverReport, asked: TakeOver) -> String {
    let mut lines: Vec<String> =
        report.wrong.iter().take(SHOWN).map(|row| format!("line {}: {}", row.line, row.reason)).collect();
    let more = report.wrong_count.saturating_sub(lines.len() as u64);
    if more > 0 {
        lines.push(format!("… and {more} more"));
    }
    let done = match (report.written, asked.dry_run) {
        (true, _) => "taken over",
        (false, true) => "right (dry run: nothing was written)",
        (false, false) => "right",
    };
    lines.push(format!(
        "{} rows: {} {done} ({} as a hash), {} wrong",
        report.rows, report.right, report.hashes, report.wrong_count
    ));
    lines.join("\n")
}

fn document(report: &TakeOverReport, asked: TakeOver) -> serde_json::Value {
    json!({
        "rows": report.rows,
        "right": report.right,
        "hashes": report.hashes,
        "wrong": report.wrong_count,
        "written": report.written,
        "dry_run": asked.dry_run,
        "errors": report.wrong.iter().map(|row| json!({ "line": row.line, "reason": row.reason })).collect::<Vec<_>>(),
    })
}
