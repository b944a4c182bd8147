//! What holds for every file: it is read as the `csv` crate reads it where both have rules, what we write comes back, where
//! it is cut does not matter, and it does not fill the memory.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::ops::ControlFlow;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use tonalite_core::csv::import::{Code, Finding, Head, HeadRules, Reader, Record, Sniffed, Sniffer};
use tonalite_core::csv::write::CsvWriter;
use tonalite_core::csv::{Dialect, Separator, guard};

const SEPARATORS: [Separator; 3] = [Separator::Comma, Separator::Semicolon, Separator::Tab];
const HEADER: [&str; 6] = ["MAC", "Type", "Site", "Name", "Serial", "Note"];

/// Cells in which everything matters that a reader of CSV has to know.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof!["[ab ;,\t\"'=#\r\né\u{a0}]{0,8}", "[^\0]{0,12}"]
}

fn rows() -> impl Strategy<Value = Vec<Vec<String>>> {
    vec(vec(cell(), HEADER.len()), 0..8)
}

fn is_blank(cells: &[String]) -> bool {
    let is_blank = |c: char| c.is_whitespace() || tonalite_core::name::is_invisible(c);
    cells.iter().all(|cell| cell.chars().all(is_blank))
}

/// The cells below the header, each by `take`.
fn read<T>(pieces: &[&[u8]], take: impl Fn(Record<'_>, usize) -> T) -> Result<(Head, Vec<Vec<T>>), Finding> {
    let mut sniffer = Sniffer::new();
    pieces.iter().for_each(|piece| sniffer.push(piece));
    let mut reader = Reader::new(&sniffer.finish()?, HeadRules::default());
    let mut rows = Vec::new();
    let mut each = |record: Record<'_>, _: &Head| {
        rows.push((0..HEADER.len()).map(|index| take(record, index)).collect());
        ControlFlow::Continue(())
    };
    for piece in pieces {
        let _ = reader.push(piece, &mut each)?;
    }
    let (head, _) = reader.finish(&mut each)?;
    Ok((head, rows))
}

fn raw(record: Record<'_>, index: usize) -> String {
    record.raw(index).to_owned()
}

proptest! {
    #[test]
    fn the_csv_crate_reads_the_same(
        rows in rows(), separator in 0..3_usize, always in any::<bool>(), end in 0..3_usize,
    ) {
        let separator = SEPARATORS[separator];
        let mut writer = csv::WriterBuilder::new()
            .delimiter(separator.byte())
            .quote_style(if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary })
            .terminator([csv::Terminator::CRLF, csv::Terminator::Any(b'\n'), csv::Terminator::Any(b'\r')][end])
            .from_writer(Vec::new());
        writer.write_record(HEADER).unwrap();
        rows.iter().for_each(|row| writer.write_record(row).unwrap());
        let bytes = writer.into_inner().unwrap();
        let mut reader = csv::ReaderBuilder::new().delimiter(separator.byte()).from_reader(bytes.as_slice());
        let mut theirs: Vec<Vec<String>> =
            reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
        theirs.retain(|cells| !is_blank(cells));
        let (head, ours) = read(&[&bytes], raw).unwrap();
        prop_assert_eq!(head.separator(), separator);
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn what_we_write_comes_back(rows in rows(), separator in 0..3_usize, bom in any::<bool>()) {
        let bytes = written(&rows, Dialect { separator: SEPARATORS[separator], bom });
        let mut rows = rows;
        // A guarded tab is not blank any more.
        rows.retain(|cells| !is_blank(&cells.iter().map(|cell| guard::encode(cell)).collect::<Vec<_>>()));
        let (_, decoded) = read(&[&bytes], |record, index| guard::decode(record.raw(index)).to_owned()).unwrap();
        prop_assert_eq!(&decoded, &rows);
    }

    /// Stored texts have nothing blank around them; an import takes them from the file as they are stored.
    #[test]
    fn what_was_exported_is_imported(rows in rows()) {
        let is_blank = |c: char| c.is_whitespace() || tonalite_core::name::is_invisible(c);
        let mut rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| cell.trim_matches(is_blank).to_owned()).collect()).collect();
        let bytes = written(&rows, Dialect::default());
        rows.retain(|cells| cells.iter().any(|cell| !cell.is_empty()));
        let (_, cells) = read(&[&bytes], |record, index| record.cell(index).to_owned()).unwrap();
        prop_assert_eq!(cells, rows);
    }
}

fn written(rows: &[Vec<String>], dialect: Dialect) -> Vec<u8> {
    let mut writer = CsvWriter::new(dialect);
    HEADER.iter().for_each(|heading| writer.plain(heading));
    writer.end_row();
    for row in rows {
        row.iter().for_each(|cell| writer.text(cell));
        writer.end_row();
    }
    writer.take()
}

#[test]
fn files_may_be_cut_anywhere() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/imports");
    for name in [
        "excel-fr.csv",
        "excel-unicode.txt",
        "excel-fr-utf8.csv",
        "utf16be.csv",
        "sep-line.csv",
        "excel-mac.csv",
    ] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let whole = read(&[&bytes], raw);
        assert!(whole.is_ok(), "{name}");
        for cut in 0..bytes.len() {
            assert_eq!(read(&[&bytes[..cut], &bytes[cut..]], raw), whole, "{name} at {cut}");
        }
    }
}

/// The most that this process ever used, in KiB.
#[cfg(target_os = "linux")]
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Files in which one thing is as large as a file can be.
#[test]
#[cfg(target_os = "linux")]
fn no_file_fills_the_memory() {
    const PIECE: usize = 512 << 10;
    const PIECES: usize = 16;
    let head = "MAC;Type;Site;Note\n";
    for (start, filler, expected) in [
        (format!("{head}a;b;c;\"x"), "a", Some(Code::F07)),
        (format!("{head}a;b;c;x"), "a", None),
        (format!("{head}a;b;c"), ";", None),
        (format!("{head}a;b;c"), ";d", None),
        (head.to_owned(), "\n", None),
        (head.to_owned(), "a\n", Some(Code::F08)),
        (head.to_owned(), "#\n", None),
        ("\"".to_owned(), "a", Some(Code::F07)),
        ("MAC".to_owned(), ";MAC", Some(Code::F09)),
        (String::new(), "\n", Some(Code::F01)),
    ] {
        let sniffed = Sniffed { bytes: 0, ..Sniffed::text("") };
        let mut reader = Reader::new(&sniffed, HeadRules::default());
        let piece = filler.repeat(PIECE / filler.len());
        let before = peak_memory();
        let mut each = |_: Record<'_>, _: &Head| ControlFlow::Continue(());
        let mut end = reader.push(start.as_bytes(), &mut each);
        for _ in 0..PIECES {
            if end.is_ok() {
                end = reader.push(piece.as_bytes(), &mut each);
            }
        }
        let end = end.and_then(|_| reader.finish(&mut each)).map_err(|finding| finding.code);
        let used = peak_memory().saturating_sub(before);
        // Less than half of what was read; pages of the program itself that are loaded meanwhile count as well.
        assert!(used < 4096, "{start:?} and {filler:?}: {used} KiB");
        assert_eq!(end.err(), expected, "{start:?} and {filler:?}");
    }
}
