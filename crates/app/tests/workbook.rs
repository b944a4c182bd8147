//! Workbooks as programs write them, and as those who mean harm do. How each was made is in
//! `crates/core/tests/fixtures/imports/make.py`.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fs::File;
use std::io::{self, Cursor, Write};
use std::ops::ControlFlow;
use std::path::Path;

use expect_test::{Expect, expect};
use tonalite_app::workbook::{WorkbookLimits, workbook_to_csv};
use tonalite_core::csv::import::{Finding, Head, HeadRules, Reader, Record, Sniffer, read_mac};

fn open(name: &str) -> File {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/tests/fixtures/imports").join(name);
    File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn csv(name: &str, limits: WorkbookLimits) -> Result<Vec<u8>, Finding> {
    let mut csv = Vec::new();
    workbook_to_csv(open(name), &mut csv, limits).unwrap().map(|()| csv)
}

/// The rows of a workbook as the import reads them: line, cells, and what is to be said of the address.
fn check(name: &str, expected: &Expect) {
    let csv = csv(name, WorkbookLimits::default()).unwrap_or_else(|finding| panic!("{name}: {finding:?}"));
    let mut sniffer = Sniffer::new();
    sniffer.push(&csv);
    let sniffed = sniffer.finish().unwrap();
    let mut said = format!("{} {}\n", sniffed.encoding.as_str(), sniffed.bom);
    let mut each = |record: Record<'_>, head: &Head| {
        let cells: Vec<&str> = (0..head.columns().len()).map(|place| record.cell(place)).collect();
        let mac = read_mac(cells[0]).map_or_else(|fault| format!("{fault:?}"), |mac| mac.to_string());
        said.push_str(&format!("{} {} | {mac}\n", record.line(), cells.join(";").trim_end_matches(';')));
        ControlFlow::Continue(())
    };
    let mut reader = Reader::new(&sniffed, HeadRules::default());
    assert_eq!(reader.push(&csv, &mut each), Ok(ControlFlow::Continue(())));
    let (_, count) = reader.finish(&mut each).unwrap();
    said.push_str(&format!("{} rows, {} remarks\n", count.rows, count.comments));
    expected.assert_eq(&said);
}

#[test]
fn the_first_sheet_is_read_as_text() {
    check(
        "excel.xlsx",
        &expect![[r#"
        utf-8 3
        2 # exemple;Yealink T54W;Lyon | Malformed(None)
        3 00:15:65:12:34:56;Yealink T54W;Paris Siège;Accueil;3146019091234567;;deuxlignes | 001565123456
        5 8.06512345678E11;Yealink T54W;Lyon;en ligne | SpreadsheetNumber
        6 1.56512345678E11;Yealink T54W;Lyon | SpreadsheetNumber
        7 8.05E16;Yealink T54W;Lyon | SpreadsheetNumber
        8 1565123456;Yealink T54W;Lyon | DroppedZeros { digits: 10, padded: Some(Mac(001565123456)) }
        9 001565123459;Yealink T54W;Lyon;2026-11-23 18:22:05;TRUE;#N/A;0.5 | 001565123459
        10 ;Yealink T54W;Lyon;;;;formule | Missing
        7 rows, 1 remarks
    "#]],
    );
    check(
        "libreoffice.xlsx",
        &expect![[r#"
        utf-8 3
        2 # 00:15:65:12:34:56;Yealink T54W;Lyon;Accueil;;;exemple, ligne ignorée | Malformed(None)
        3 00:15:65:12:34:56;Yealink T54W;Lyon;Accueil;3146019091234567;INV-001;étage 2; près de l’escalier, à gauche | 001565123456
        4 00-15-65-AB-CD-EF;yealink-t54w;Paris Siège;Salle « Œuvre »;;;écran 24" à 99 € | 001565abcdef
        5 0015.65ab.cdf0;SIP-T54W;PARIS SIEGE;Réunion;;;deuxlignes | 001565abcdf0
        6 001565abcdf1;Yealink T54W;L’Isle | 001565abcdf1
        7 1.56512345678E11;Yealink T54W;Lyon;en puissance | SpreadsheetNumber
        8 1565123456;Yealink T54W;Lyon;sans zéros | DroppedZeros { digits: 10, padded: Some(Mac(001565123456)) }
        6 rows, 1 remarks
    "#]],
    );
}

#[test]
fn what_is_too_much_or_no_workbook_says_why() {
    let small = WorkbookLimits { unpacked: 1 << 20, ..WorkbookLimits::default() };
    let short = WorkbookLimits { rows: 1, ..WorkbookLimits::default() };
    let none = WorkbookLimits::default();
    for (name, limits, expected) in [
        ("bomb.xlsx", small, "F10 max=1048576"),
        ("lying-bomb.xlsx", small, "F04 kind=xlsx"),
        ("two-rows.xlsx", short, "F08 n=2 max=1"),
        ("corners.xlsx", none, "ok 2097227"),
        ("empty.xlsx", none, "ok 3"),
        ("no-workbook.xlsx", none, "F04 kind=xlsx"),
        ("archive.zip", none, "F04 kind=xlsx"),
        ("libreoffice.ods", none, "F04 kind=xlsx"),
        ("document.pdf", none, "F04 kind=xlsx"),
        ("empty.csv", none, "F04 kind=xlsx"),
        ("wide.xlsx", none, "F09 n=65"),
        ("counts.xlsx", none, "F04 kind=xlsx"),
        ("backwards.xlsx", none, "F04 kind=xlsx"),
        ("one-text-many-cells.xlsx", small, "F10 max=1048576"),
    ] {
        let said = match csv(name, limits) {
            Ok(csv) => format!("ok {}", csv.len()),
            Err(finding) => {
                let args: Vec<String> =
                    finding.args.iter().map(|(name, value)| format!("{name}={value}")).collect();
                format!("{} {}", finding.code.as_str(), args.join(" "))
            }
        };
        assert_eq!(said, expected, "{name}");
    }
}

/// Every prefix and every single wrong byte ends in an answer, not in a panic.
#[test]
fn a_damaged_workbook_is_answered() {
    let mut whole = Vec::new();
    io::copy(&mut open("two-rows.xlsx"), &mut whole).unwrap();
    let limits = WorkbookLimits { unpacked: 1 << 20, ..WorkbookLimits::default() };
    let answer = |bytes: &[u8]| workbook_to_csv(Cursor::new(bytes), &mut io::sink(), limits).unwrap();
    assert_eq!(answer(&whole), Ok(()));
    let mut refused = 0;
    for at in 0..whole.len() {
        refused += usize::from(answer(&whole[..at]).is_err());
        let mut damaged = whole.clone();
        damaged[at] ^= 0x41;
        refused += usize::from(answer(&damaged).is_err());
    }
    assert!(refused > whole.len(), "{refused}");
}

/// A full disk is no fault of the file.
#[test]
fn an_output_that_fails_is_told() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let told = workbook_to_csv(open("two-rows.xlsx"), &mut Full, WorkbookLimits::default());
    assert_eq!(told.map_err(|error| error.kind()), Err(io::ErrorKind::StorageFull));
}
