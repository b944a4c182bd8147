//! A row as the draft of a device, with all that is wrong with it. What only the inventory knows is not said here.

use super::lookup::Lookup;
use super::{
    Code, Directory, Finding, Found, Head, ImportColumn, MAX_CELL, MacFault, Record, TypeFact, TypeFacts,
    read_mac,
};
use crate::mac::Mac;
use crate::name::{self, fold};

/// Candidates that a message lists.
const LISTED: usize = 10;

/// What a row says about a text of a device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Cell {
    /// Nothing: it stays as it is.
    #[default]
    Keep,
    /// `(empty)` or `(vide)`: there shall be none.
    Clear,
    /// This.
    Set(String),
}

impl Cell {
    /// The text that it sets.
    pub fn text(&self) -> Option<&str> {
        match self {
            Cell::Set(text) => Some(text),
            Cell::Keep | Cell::Clear => None,
        }
    }
}

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    /// Line of the file.
    pub line: u64,
    /// The address; `None` if the type has none or it is wrong.
    pub mac: Option<Mac>,
    /// Index of the type.
    pub device_type: Option<usize>,
    /// Index of the site.
    pub site: Option<usize>,
    /// Name.
    pub name: Cell,
    /// Serial number.
    pub serial: Cell,
    /// Inventory number of the owner.
    pub inventory_id: Cell,
    /// Note.
    pub note: Cell,
    /// Chain id of a DECT base.
    pub chain_id: Cell,
    /// All that is wrong or doubtful, in the order of the columns.
    pub findings: Vec<Finding>,
}

impl Draft {
    /// Whether the row cannot be used.
    pub fn is_wrong(&self) -> bool {
        self.findings.iter().any(|finding| finding.code.severity() == super::Severity::Row)
    }
}

/// What a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftOrComment {
    /// A device.
    Draft(Draft),
    /// A remark of the template.
    Comment,
}

/// What was chosen once for all rows that do not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Preset {
    /// Index of the type.
    pub device_type: Option<usize>,
    /// Index of the site.
    pub site: Option<usize>,
}

/// Makes drafts of the rows of one file.
#[derive(Debug)]
pub struct Drafter<'a> {
    types: Lookup<'a>,
    sites: Lookup<'a>,
    facts: &'a TypeFacts,
    preset: Preset,
}

impl<'a> Drafter<'a> {
    /// Begins a file. An index means the same type in `types` and in `facts`.
    pub fn new(
        types: &'a Directory,
        sites: &'a Directory,
        facts: &'a TypeFacts,
        preset: Preset,
    ) -> Drafter<'a> {
        Drafter { types: Lookup::new(types), sites: Lookup::new(sites), facts, preset }
    }

    /// Says all that can be said of a row without the inventory.
    pub fn draft(&mut self, record: Record<'_>, head: &Head) -> DraftOrComment {
        if head.is_comment(record) {
            return DraftOrComment::Comment;
        }
        let mut draft = Draft { line: record.line(), ..Draft::default() };
        let findings = &mut draft.findings;
        if record.len() > head.columns().len() {
            findings.push(
                Finding::new(Code::R21)
                    .with("n", record.len())
                    .with("m", head.columns().len())
                    .with("sep", char::from(head.separator().byte())),
            );
        }
        if !record.long_cells().is_empty() {
            long_cells(record, head, findings);
        }
        let row = Row { record, head };
        // The type decides what an address has to be; yet the address comes first in the file.
        let mut type_findings = Vec::new();
        draft.device_type = self.device_type(row, &mut type_findings);
        let fact = draft.device_type.and_then(|index| self.facts.get(index));
        draft.mac = self.mac(row, fact, &type_findings, findings);
        findings.append(&mut type_findings);
        draft.site = self.site(row, findings);
        draft.name = text(row, ImportColumn::Name, findings);
        draft.serial = text(row, ImportColumn::Serial, findings);
        draft.inventory_id = text(row, ImportColumn::InventoryId, findings);
        draft.note = text(row, ImportColumn::Note, findings);
        draft.chain_id = chain_id(row, fact, findings);
        DraftOrComment::Draft(draft)
    }

    fn device_type(&mut self, row: Row<'_>, findings: &mut Vec<Finding>) -> Option<usize> {
        let column = ImportColumn::DeviceType;
        let text = match row.cell(column) {
            Ok("") => {
                if self.preset.device_type.is_none() {
                    findings.push(Finding::at(Code::R09, column, ""));
                }
                return self.preset.device_type;
            }
            Ok(text) => text,
            Err(TooLong) => return None,
        };
        let directory = self.types.directory();
        match self.types.find(text) {
            Found::One(index) => return Some(*index),
            Found::Several(indices) => findings.push(several(directory, indices, "types", column, text)),
            Found::None { nearest } => {
                let nearest = nearest.map(|index| directory.proposal(index).to_owned());
                findings.push(Finding::at(Code::R10, column, text).suggest(nearest));
            }
        }
        None
    }

    fn site(&mut self, row: Row<'_>, findings: &mut Vec<Finding>) -> Option<usize> {
        let column = ImportColumn::Site;
        let text = match row.cell(column) {
            Ok("") => {
                if self.preset.site.is_none() {
                    findings.push(Finding::at(Code::R12, column, ""));
                }
                return self.preset.site;
            }
            Ok(text) => text,
            Err(TooLong) => return None,
        };
        let directory = self.sites.directory();
        match self.sites.find(text) {
            Found::One(index) => return Some(*index),
            Found::Several(indices) => findings.push(several(directory, indices, "sites", column, text)),
            Found::None { nearest } => {
                let nearest = nearest.map(|index| directory.proposal(index).to_owned());
                findings.push(Finding::at(Code::R13, column, text).suggest(nearest));
            }
        }
        None
    }

    fn mac(
        &self,
        row: Row<'_>,
        fact: Option<&TypeFact>,
        type_findings: &[Finding],
        findings: &mut Vec<Finding>,
    ) -> Option<Mac> {
        let column = ImportColumn::Mac;
        let Ok(text) = row.cell(column) else { return None };
        if let Some(fact) = fact.filter(|fact| !fact.has_mac) {
            if !text.is_empty() {
                findings.push(Finding::at(Code::R23, column, text).with("type", &fact.name));
            }
            return None;
        }
        let finding = |code| Finding::at(code, column, text);
        let found = match read_mac(text) {
            Ok(mac) => {
                self.doubts(mac, text, fact, findings);
                return Some(mac);
            }
            // Whoever mistyped the type may have meant one without an address.
            Err(MacFault::Missing) if type_findings.iter().any(|finding| finding.code != Code::R09) => {
                return None;
            }
            Err(MacFault::Missing) => finding(Code::R01),
            Err(MacFault::Malformed(meant)) => finding(Code::R02).suggest(meant.map(Mac::with_colons)),
            Err(MacFault::NotADevice) => finding(Code::R03).with("mac", super::shown(text)),
            Err(MacFault::SpreadsheetNumber) => finding(Code::R04),
            Err(MacFault::DroppedZeros { digits, padded }) => {
                let maker = fact.map(|fact| fact.maker.as_str());
                let is_of_type = |mac: &Mac| maker.is_some() && self.facts.maker(mac.prefix()) == maker;
                finding(Code::R05).with("n", digits).suggest(padded.filter(is_of_type).map(Mac::with_colons))
            }
        };
        findings.push(found);
        None
    }

    fn doubts(&self, mac: Mac, text: &str, fact: Option<&TypeFact>, findings: &mut Vec<Finding>) {
        let doubt = |code| Finding::at(code, ImportColumn::Mac, text).with("mac", mac.with_colons());
        if let (Some(fact), Some(maker)) = (fact, self.facts.maker(mac.prefix()))
            && fact.maker != maker
        {
            findings.push(doubt(Code::W01).with("maker", maker).with("type", &fact.name));
        }
        if mac.is_locally_administered() {
            findings.push(doubt(Code::W02));
        }
    }
}

/// A cell that was said to be too long already.
#[derive(Debug)]
struct TooLong;

#[derive(Debug, Clone, Copy)]
struct Row<'a> {
    record: Record<'a>,
    head: &'a Head,
}

impl<'a> Row<'a> {
    /// The cell of a column, empty if the file has no such column.
    fn cell(self, column: ImportColumn) -> Result<&'a str, TooLong> {
        match self.head.place(column) {
            None => Ok(""),
            Some(place) if self.record.is_long(place) => Err(TooLong),
            Some(place) => Ok(self.record.cell(place)),
        }
    }
}

/// The most characters of a column.
const fn most(column: ImportColumn) -> usize {
    match column {
        ImportColumn::Name => 80,
        ImportColumn::Serial | ImportColumn::InventoryId => 64,
        ImportColumn::Note => 500,
        _ => MAX_CELL,
    }
}

fn long_cells(record: Record<'_>, head: &Head, findings: &mut Vec<Finding>) {
    for (index, characters) in record.long_cells() {
        let Some(title) = head.columns().get(*index) else { continue };
        let finding = match title.role {
            super::Role::Import(column) => Finding::at(Code::R17, column, record.cell(*index))
                .with("field", column.key())
                .with("max", most(column)),
            _ => Finding::new(Code::R17)
                .with("field", super::finding::brief(&title.title))
                .with("max", MAX_CELL),
        };
        findings.push(finding.with("n", characters));
    }
}

fn several(
    directory: &Directory,
    indices: &[usize],
    of: &'static str,
    column: ImportColumn,
    text: &str,
) -> Finding {
    let mut codes: Vec<&str> = indices.iter().take(LISTED).map(|index| directory.code(*index)).collect();
    if indices.len() > LISTED {
        codes.push("…");
    }
    Finding::at(Code::R14, column, text).with("of", of).with("list", codes.join(", "))
}

fn text(row: Row<'_>, column: ImportColumn, findings: &mut Vec<Finding>) -> Cell {
    let Ok(text) = row.cell(column) else { return Cell::Keep };
    if text.is_empty() {
        return Cell::Keep;
    }
    if is_clear(text) {
        return Cell::Clear;
    }
    let max = most(column);
    let before = findings.len();
    let characters = text.chars().count();
    if characters > max {
        findings.push(
            Finding::at(Code::R17, column, text)
                .with("field", column.key())
                .with("n", characters)
                .with("max", max),
        );
    }
    if let Some(forbidden) = text.chars().find(|c| c.is_control() || name::is_invisible(*c)) {
        findings.push(
            Finding::at(Code::R18, column, text)
                .with("field", column.key())
                .with("code", format!("U+{:04X}", u32::from(forbidden))),
        );
    }
    if findings.len() == before { Cell::Set(text.to_owned()) } else { Cell::Keep }
}

fn chain_id(row: Row<'_>, fact: Option<&TypeFact>, findings: &mut Vec<Finding>) -> Cell {
    let column = ImportColumn::DectChainId;
    let Ok(text) = row.cell(column) else { return Cell::Keep };
    if text.is_empty() {
        return Cell::Keep;
    }
    let is_base = fact.is_none_or(|fact| fact.is_dect_base);
    if is_base && is_clear(text) {
        return Cell::Clear;
    }
    let is_id = text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_base && is_id {
        return Cell::Set(text.to_owned());
    }
    let name = match (fact, row.cell(ImportColumn::DeviceType)) {
        (Some(fact), _) => fact.name.clone(),
        (None, cell) => super::shown(cell.unwrap_or_default()),
    };
    findings.push(Finding::at(Code::R25, column, text).with("type", name));
    Cell::Keep
}

/// Whether a cell says that there shall be nothing.
fn is_clear(text: &str) -> bool {
    text.starts_with('(') && text.len() <= 16 && matches!(fold(text).as_str(), "(empty)" | "(vide)")
}
