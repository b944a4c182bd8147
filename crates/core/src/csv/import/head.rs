//! The header of a file: which column stands where, and which are not read.

use super::column::{self, Heading};
use super::{Code, Finding, ImportColumn, MAX_COLUMNS, Record, finding};
use crate::csv::Separator;

/// Headings that a message repeats.
const LISTED: usize = 20;

/// What is known beforehand, so that no column has to say it; and who may say what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HeadRules {
    /// The site of all rows is chosen.
    pub site_given: bool,
    /// The type of all rows is chosen.
    pub type_given: bool,
    /// The person may see chain ids; for others the column does not exist.
    pub may_set_chain_id: bool,
}

/// What a column is to an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It is read.
    Import(ImportColumn),
    /// One of our exports, which nobody can set.
    ReadOnly,
    /// What a result file says about the row: a new result takes its place.
    Result,
    /// None of ours.
    Unknown,
}

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadColumn {
    /// The heading as it stands in the file.
    pub title: String,
    /// What it is to us.
    pub role: Role,
}

/// The header of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    separator: Separator,
    line: u64,
    columns: Vec<HeadColumn>,
    /// Where each column of ours is, in the order of [`ImportColumn::ALL`].
    places: [Option<usize>; ImportColumn::ALL.len()],
}

impl Head {
    /// Reads the header row.
    ///
    /// # Errors
    /// F05, F06 or F09.
    pub fn read(record: Record<'_>, separator: Separator, rules: HeadRules) -> Result<Head, Finding> {
        if record.len() > MAX_COLUMNS {
            return Err(Finding::new(Code::F09).with("n", record.len()));
        }
        let columns: Vec<HeadColumn> = (0..record.len())
            .map(|index| HeadColumn {
                title: record.raw(index).to_owned(),
                role: role(record.cell(index), rules),
            })
            .collect();
        let mut head = Head { separator, line: record.line(), columns, places: Default::default() };
        for (index, column) in head.columns.iter().enumerate() {
            let Role::Import(import) = column.role else { continue };
            if head.places[import as usize].replace(index).is_some() {
                return Err(Finding::new(Code::F06).with("header", import.key()));
            }
        }
        match head.missing(rules) {
            None => Ok(head),
            Some(column) => {
                let found = list(head.columns.iter().map(|column| column.title.as_str()));
                Err(Finding::new(Code::F05).with("header", column.key()).with("list", found))
            }
        }
    }

    /// The header of a text that has none: one address per line.
    pub fn of_macs() -> Head {
        let column =
            HeadColumn { title: ImportColumn::Mac.key().to_owned(), role: Role::Import(ImportColumn::Mac) };
        let mut places = [None; ImportColumn::ALL.len()];
        places[ImportColumn::Mac as usize] = Some(0);
        // No address has a tab in it, and one behind it is white space.
        Head { separator: Separator::Tab, line: 0, columns: vec![column], places }
    }

    /// Between cells.
    pub const fn separator(&self) -> Separator {
        self.separator
    }

    /// The line on which it begins; 0 where there is none.
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// The columns, in the order of the file.
    pub fn columns(&self) -> &[HeadColumn] {
        &self.columns
    }

    /// Where a column is, from 0.
    pub const fn place(&self, column: ImportColumn) -> Option<usize> {
        self.places[column as usize]
    }

    /// Whether the row is a remark of the template, and not a device. What a spreadsheet writes where it has no value begins
    /// so, too, but then a device would be lost without a word.
    pub fn is_comment(&self, record: Record<'_>) -> bool {
        self.place(ImportColumn::Mac).is_some_and(|place| {
            let cell = record.cell(place);
            cell.starts_with('#') && !is_failed_formula(cell)
        })
    }

    /// What to say about columns that are not read.
    pub fn notices(&self) -> Vec<Finding> {
        let titles = |wanted: fn(Role) -> bool| {
            let titles = self.columns.iter().filter(|column| wanted(column.role));
            list(titles.map(|column| column.title.as_str()))
        };
        let unknown = titles(|role| role == Role::Unknown);
        let read_only = titles(|role| matches!(role, Role::ReadOnly | Role::Result));
        [(Code::N01, unknown), (Code::N02, read_only)]
            .into_iter()
            .filter(|(_, list)| !list.is_empty())
            .map(|(code, list)| Finding::new(code).with("list", list))
            .collect()
    }

    fn missing(&self, rules: HeadRules) -> Option<ImportColumn> {
        let required = [
            (ImportColumn::Mac, true),
            (ImportColumn::DeviceType, !rules.type_given),
            (ImportColumn::Site, !rules.site_given),
        ];
        required
            .into_iter()
            .find(|(column, required)| *required && self.place(*column).is_none())
            .map(|(column, _)| column)
    }
}

/// What Excel and LibreOffice show, in English and French, instead of a value, and in a column that is too narrow.
fn is_failed_formula(cell: &str) -> bool {
    const ERRORS: [&str; 13] = [
        "#N/A", "#REF!", "#VALUE!", "#VALEUR!", "#NAME?", "#NOM?", "#NUM!", "#NOMBRE!", "#DIV/0!", "#NULL!",
        "#NUL!", "#SPILL!", "#CALC!",
    ];
    ERRORS.contains(&cell) || cell.len() >= 3 && cell.bytes().all(|byte| byte == b'#')
}

fn role(heading: &str, rules: HeadRules) -> Role {
    match column::recognise(heading) {
        Some(Heading::Import(ImportColumn::DectChainId)) if !rules.may_set_chain_id => Role::Unknown,
        Some(Heading::Import(column)) => Role::Import(column),
        Some(Heading::ReadOnly) => Role::ReadOnly,
        Some(Heading::Result) => Role::Result,
        None => Role::Unknown,
    }
}

/// How many of the cells are headings that we know: tells the separator where it is not plain, and what to complain about.
pub(super) fn known_headings(record: Record<'_>) -> usize {
    (0..record.len().min(MAX_COLUMNS))
        .filter(|index| column::recognise(record.cell(*index)).is_some())
        .count()
}

/// Headings as messages name them. Columns without one are not worth a word.
fn list<'a>(titles: impl Iterator<Item = &'a str>) -> String {
    let mut shown: Vec<String> =
        titles.map(finding::brief).filter(|title| !title.is_empty()).take(LISTED + 1).collect();
    if shown.len() > LISTED {
        shown[LISTED] = "…".to_owned();
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::import::RecordBuffer;

    const ALL: HeadRules = HeadRules { site_given: false, type_given: false, may_set_chain_id: true };

    fn head(line: &str, rules: HeadRules) -> Result<Head, Finding> {
        let mut buffer = RecordBuffer::default();
        buffer.begin(1);
        line.split(';').for_each(|cell| buffer.push(cell));
        Head::read(buffer.record(), Separator::Semicolon, rules)
    }

    fn said(result: Result<Head, Finding>) -> String {
        let findings = match result {
            Ok(head) => head.notices(),
            Err(finding) => vec![finding],
        };
        let said = |finding: &Finding| {
            let args: Vec<String> =
                finding.args.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("{} {}", finding.code.as_str(), args.join(" "))
        };
        findings.iter().map(said).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn what_a_header_lacks_or_has_too_much() {
        let site = HeadRules { site_given: true, ..ALL };
        let all = HeadRules { type_given: true, ..site };
        let no_chain = HeadRules { may_set_chain_id: false, ..ALL };
        for (line, rules, expected) in [
            ("MAC;Type;Site", ALL, ""),
            ("Site;Type d’appareil;Nom;@mac;;;", ALL, ""),
            ("MAC;Type", ALL, "F05 header=site list=MAC, Type"),
            ("MAC;Type", site, ""),
            ("MAC", site, "F05 header=device_type list=MAC"),
            ("MAC", all, ""),
            (
                "00:15:65:12:34:56;Yealink T54W;Lyon",
                ALL,
                "F05 header=mac list=00:15:65:12:34:56, Yealink T54W, Lyon",
            ),
            ("MAC;Type;Site;Modèle", ALL, "F06 header=device_type"),
            ("MAC;Type;Site;Chain ID", ALL, ""),
            ("MAC;Type;Site;Chain ID", no_chain, "N01 list=Chain ID"),
            (
                "MAC;Type;Site;Couleur;Étage;;État;Depuis (Europe/Paris);result;error_code",
                ALL,
                "N01 list=Couleur, Étage | N02 list=État, Depuis (Europe/Paris), result, error_code",
            ),
            ("MAC;Type;Site;x;x", ALL, "N01 list=x, x"),
        ] {
            assert_eq!(said(head(line, rules)), expected, "{line}");
        }
    }

    #[test]
    fn columns_are_limited_and_lists_of_them_are_short() {
        let line = format!("MAC;Type;Site;{}", vec!["x"; 61].join(";"));
        let listed = said(head(&line, ALL));
        assert!(listed.ends_with(", x, …") && listed.len() < 80, "{listed}");
        assert_eq!(said(head(&format!("{line};x;;"), ALL)), "F09 n=65");
        let long = said(head(&format!("MAC;Type;Site;{}", "y".repeat(2000)), ALL));
        assert!(long.len() < 80, "{long}");
    }

    #[test]
    fn columns_may_stand_anywhere() {
        let head = head("Note;Site;MAC;Type", ALL).unwrap();
        assert_eq!(head.place(ImportColumn::Mac), Some(2));
        assert_eq!(head.place(ImportColumn::Note), Some(0));
        assert_eq!(head.place(ImportColumn::Name), None);
        let mut buffer = RecordBuffer::default();
        for (mac, comment) in [
            (" # x", true),
            ("#", true),
            ("#N/A…", true),
            ("'#", false),
            ("00", false),
            ("", false),
            ("#N/A", false),
            ("#NOM?", false),
            ("####", false),
        ] {
            buffer.begin(2);
            ["#", "#", mac].iter().for_each(|cell| buffer.push(cell));
            assert_eq!(head.is_comment(buffer.record()), comment, "{mac:?}");
        }
    }
}
