//! `tonalite audit`.

use anyhow::bail;
use serde_json::json;
use tonalite_app::{App, AuditCheck, AuditFault, hex};
use tonalite_core::access::Actor;

use super::out::Out;
use super::told;
use crate::cli::Audit;

pub(crate) async fn run(app: &App, command: Audit, out: &Out) -> anyhow::Result<()> {
    match command {
        Audit::Verify => verify(app, out).await,
    }
}

/// Ends with 1 when something is wrong, after having said what.
async fn verify(app: &App, out: &Out) -> anyhow::Result<()> {
    let check = app.verify_audit(&Actor::command_line()).await.map_err(told)?;
    let faults: Vec<serde_json::Value> = check
        .faults
        .iter()
        .map(|(batch, fault)| {
            let (code, row) = code_of(*fault);
            json!({ "batch": batch, "fault": code, "row": row })
        })
        .collect();
    let head = check.head.as_ref();
    let document = json!({
        "whole": check.faults.is_empty(),
        "batches": check.batches,
        "rows": check.rows,
        "rows_removed_after_retention": check.expired,
        "rows_not_sealed_yet": check.unsealed,
        "head": head.map(|head| json!({ "batch": head.number, "hash": hex(&head.hash) })),
        "faults": faults,
    });
    out.answer(words(&check), &document).await?;
    match check.faults.first() {
        None => Ok(()),
        Some((batch, fault)) => bail!("the audit log is not whole: {}, in batch {batch}", told_as(*fault)),
    }
}

fn words(check: &AuditCheck) -> String {
    let mut lines = Vec::new();
    for (batch, fault) in &check.faults {
        lines.push(format!("batch {batch}: {}", told_as(*fault)));
    }
    let mut counts = format!("{} rows in {} batches are as they were sealed", check.rows, check.batches);
    if check.expired > 0 {
        counts.push_str(&format!("; {} were removed after their time", check.expired));
    }
    if check.unsealed > 0 {
        counts.push_str(&format!("; {} wait for the next seal", check.unsealed));
    }
    lines.push(counts);
    if let Some(head) = &check.head {
        lines.push(format!("batch {} has the hash {}", head.number, hex(&head.hash)));
    }
    lines.join("\n")
}

fn told_as(fault: AuditFault) -> String {
    match fault {
        AuditFault::RowChanged(row) => format!("row {row} was changed"),
        AuditFault::RowRemoved(row) => format!("row {row} was removed"),
        AuditFault::RowInserted(row) => format!("row {row} was inserted"),
        AuditFault::SealBroken => "its seal does not fit what it covers, or the seal before it".to_owned(),
        AuditFault::SealMissing => "the seals before it are gone".to_owned(),
        AuditFault::RemovedTooSoon => "its rows were removed long before their time".to_owned(),
    }
}

const fn code_of(fault: AuditFault) -> (&'static str, Option<i64>) {
    match fault {
        AuditFault::RowChanged(row) => ("row_changed", Some(row)),
        AuditFault::RowRemoved(row) => ("row_removed", Some(row)),
        AuditFault::RowInserted(row) => ("row_inserted", Some(row)),
        AuditFault::SealBroken => ("seal_broken", None),
        AuditFault::SealMissing => ("seal_missing", None),
        AuditFault::RemovedTooSoon => ("removed_too_soon", None),
    }
}
