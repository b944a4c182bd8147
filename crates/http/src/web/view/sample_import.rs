//! Made-up imports for the snapshot tests: the file of the mock, in every state.

use tonalite_app::{ImportChange, ImportJob, ImportRow, KeptByUndo, UndoReport};
use tonalite_core::csv::Separator;
use tonalite_core::csv::import::{Code, Encoding, Finding, ImportColumn};
use tonalite_core::id::{DeviceId, ImportId, PartyId};
use tonalite_core::import::{ImportApply, ImportMode, ImportState, RowCounts, RowOutcome};
use tonalite_core::mac::Mac;
use tonalite_core::party::Tenancy;
use tonalite_core::text::Language;
use tonalite_core::time::Span;

use super::sample::{NOW, frame, id, times};
use crate::web::view::choice::Choice;
use crate::web::view::device_new::TypeGroup;
use crate::web::view::feature_off::FeatureOffView;
use crate::web::view::form::FormErrors;
use crate::web::view::import_list::{ImportItem, ImportListPage};
use crate::web::view::import_new::{Chosen, CustomerPick, ImportCustomerPage, ImportNewPage};
use crate::web::view::import_show::{
    ImportProgressPage, ImportShowPage, ImportUndoPage, Shown, first_outcome,
};

/// The import of the mock, at this state.
pub(super) fn job(state: ImportState, counts: RowCounts) -> ImportJob {
    let applied = state == ImportState::Applied;
    ImportJob {
        id: ImportId::from_uuid(id(0x6000)),
        customer_id: PartyId::from_uuid(id(0x3000)),
        tenancy: Tenancy::default(),
        site: None,
        state,
        mode: ImportMode::AddAndUpdate,
        apply: ImportApply::AllOrNothing,
        file_name: Some("inventaire <novembre>.csv".into()),
        sha256: String::new(),
        bytes: 3 << 20,
        bytes_read: 1 << 20,
        counts,
        comments: 1,
        notices: vec![Finding::new(Code::N01).with("list", "Étage"), Finding::new(Code::N03)],
        error: (state == ImportState::Failed)
            .then(|| Finding::new(Code::F05).with("header", "device_type").with("list", "MAC, Lieu")),
        encoding: Some(Encoding::Windows1252),
        separator: Some(Separator::Semicolon),
        already_applied: None,
        created_at: NOW - Span::from_secs(60),
        created_by: "anne.leroy".into(),
        expires_at: NOW + Span::from_hours(24),
        applied_at: applied.then_some(NOW),
        undo_until: applied.then_some(NOW + Span::from_hours(24)),
        waits_for: None,
        undo: (state == ImportState::Undone).then(|| UndoReport {
            removed: 1,
            kept: 2,
            updated: 1,
            kept_devices: vec![KeptByUndo {
                id: DeviceId::from_uuid(id(0x1000)),
                mac: Mac::from_u64(0x0015_65ab_cdef),
                name: Some("Accueil".into()),
            }],
        }),
    }
}

/// Counts of the mock, with so many rows to fix.
pub(super) fn counts(rejected: u64) -> RowCounts {
    RowCounts { create: 1_187, update: 1, unchanged: 12, rejected }
}

fn rejected() -> Vec<ImportRow> {
    let row = |line, findings| ImportRow {
        line,
        outcome: RowOutcome::Rejected,
        findings,
        mac: None,
        device_type: None,
        site: None,
        name: None,
        changes: Vec::new(),
    };
    let mac = ImportColumn::Mac;
    vec![
        row(7, vec![Finding::at(Code::R04, mac, "1,56E+11")]),
        row(
            12,
            vec![
                Finding::at(Code::R10, ImportColumn::DeviceType, "Yealink <T54>")
                    .suggest(Some("Yealink T54W".into())),
                Finding::at(Code::R13, ImportColumn::Site, "Nante Gare").suggest(Some("Nantes Gare".into())),
            ],
        ),
        row(1_044, vec![Finding::new(Code::R21).with("n", 9).with("m", 7).with("sep", ";")]),
        row(1_058, vec![Finding::at(Code::R01, mac, "")]),
    ]
}

fn right(outcome: RowOutcome) -> Vec<ImportRow> {
    let changes = if outcome == RowOutcome::Update {
        vec![ImportChange { column: ImportColumn::Name, before: Some("Accueil <1>".into()), after: None }]
    } else {
        Vec::new()
    };
    vec![ImportRow {
        line: 2,
        outcome,
        findings: vec![Finding::new(Code::W02).with("mac", "02:15:65:12:34:56")],
        mac: Mac::from_u64(0x0215_6512_3456),
        device_type: None,
        site: None,
        name: Some("Accueil".into()),
        changes,
    }]
}

/// What an import came to.
pub(super) fn show(language: Language, job: &ImportJob, outcome: Option<RowOutcome>) -> ImportShowPage {
    let outcome = outcome.unwrap_or_else(|| first_outcome(&job.counts));
    let rows = match outcome {
        RowOutcome::Rejected => rejected(),
        outcome => right(outcome),
    };
    let shown = Shown { outcome, after: None, next: Some(1_058) };
    ImportShowPage::new(frame(language, "/imports"), &times(language), job, &rows, shown, true)
}

pub(super) fn progress(language: Language, state: ImportState) -> ImportProgressPage {
    ImportProgressPage::new(frame(language, "/imports"), &job(state, counts(1)))
}

pub(super) fn undo(language: Language, create: u64) -> ImportUndoPage {
    let counts = RowCounts { create, ..counts(0) };
    ImportUndoPage::new(frame(language, "/imports"), &job(ImportState::Applied, counts))
}

pub(super) fn list(language: Language) -> ImportListPage {
    let t = language.locale();
    let states = [ImportState::Applied, ImportState::Planned, ImportState::Failed];
    let item = |state| ImportItem::new(t, &times(language), &job(state, counts(0)));
    ImportListPage {
        t,
        frame: frame(language, "/imports"),
        customer: Some("Clinique du Parc".into()),
        other_address: Some("/imports".into()),
        new_address: "/imports/new".into(),
        rows: states.into_iter().map(item).collect(),
        first_address: None,
        next_address: Some("/imports?after=x".into()),
    }
}

pub(super) fn new(language: Language, off: Option<FeatureOffView>) -> ImportNewPage {
    let sites = || vec![Choice::new("1", "Lyon", ""), Choice::new("2", "Brest <Port>", "")];
    ImportNewPage {
        t: language.locale(),
        frame: frame(language, "/imports/new"),
        party_id: id(0x3000).to_string(),
        customer: Some("Clinique du Parc".into()),
        other_address: Some("/imports/new".into()),
        off,
        sites: sites(),
        paste_sites: sites(),
        types: TypeGroup::of([("Yealink", "yealink-t54w", "Yealink T54W")], ""),
        chosen: Chosen::default(),
        form_errors: FormErrors::default(),
        limit: 200 << 20,
    }
}

pub(super) fn customer(language: Language) -> ImportCustomerPage {
    ImportCustomerPage {
        t: language.locale(),
        frame: frame(language, "/imports/new"),
        action: "/imports/new",
        q: String::new(),
        customers: vec![CustomerPick {
            name: "Clinique du Parc".into(),
            address: "/imports/new?party_id=1".into(),
        }],
        more: true,
    }
}
