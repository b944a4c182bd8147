//! A workbook (`.xlsx`) as CSV: its first sheet, cell by cell, so that an import reads one format only. Blocking.
//! What is in it came from outside: nothing that it says of itself is believed, and everything has a bound.

use std::io::{self, Read, Seek, SeekFrom, Write};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxCellReader};
use tonalite_core::csv::import::{Code, Finding, ImportColumn, MAX_BYTES, MAX_COLUMNS, MAX_WORKBOOK_ROWS};
use zip::ZipArchive;

/// Bytes of all parts together, unpacked: a hundred thousand rows of eight cells are 40 MiB of XML.
const MAX_UNPACKED: u64 = 100 << 20;
/// Parts of a workbook. Real ones have some ten, and one for each sheet and picture.
const MAX_PARTS: usize = 4_096;
/// The most that a part may say of its own length, in strings; the reader sets aside room for that many.
const MAX_COUNT: u64 = 10_000_000;
/// Characters that a cell can have, by the program that made the format.
const MAX_TEXT: usize = 32_767;
/// From here on a spreadsheet shows numbers as powers of ten, and cannot know which of their digits somebody typed.
const POWERS: f64 = 1e11;

/// Bounds of what is read.
#[derive(Debug, Clone, Copy)]
pub struct WorkbookLimits {
    /// Bytes of all parts together, unpacked.
    pub unpacked: u64,
    /// Rows below the header.
    pub rows: u64,
}

impl Default for WorkbookLimits {
    fn default() -> Self {
        Self { unpacked: MAX_UNPACKED, rows: MAX_WORKBOOK_ROWS }
    }
}

/// Writes the first visible sheet of a workbook as CSV: UTF-8 with a mark, `;`, CRLF, every text in quotes. A line of the
/// file is a row of the sheet: rows without cells are empty lines, and line breaks in cells become vertical tabs, which
/// are as forbidden in our texts as they are.
///
/// # Errors
/// That of `output`; inside, F04 (`xlsx`) for what is no workbook, F08, F09 of the header, or F10.
pub fn workbook_to_csv(
    mut workbook: impl Read + Seek,
    output: &mut impl Write,
    limits: WorkbookLimits,
) -> io::Result<Result<(), Finding>> {
    if let Err(finding) = weigh(&mut workbook, limits.unpacked) {
        return Ok(Err(finding));
    }
    let mut sheet = match Xlsx::new(workbook) {
        Ok(sheet) => sheet,
        Err(_) => return Ok(Err(no_workbook())),
    };
    let Some(name) = first_sheet(&sheet) else { return Ok(Err(no_workbook())) };
    let Ok(cells) = sheet.worksheet_cells_reader(&name) else { return Ok(Err(no_workbook())) };
    let mut table = Table { output, limits, row: 0, column: 0, rows: 0, bytes: 0, mac: None, beyond: None };
    match table.write(cells) {
        Ok(()) => Ok(Ok(())),
        Err(Stop::Finding(finding)) => Ok(Err(finding)),
        Err(Stop::Output(error)) => Err(error),
    }
}

/// F04: what it calls itself is not what it is, or it is locked. The cure is the same.
fn no_workbook() -> Finding {
    Finding::new(Code::F04).with("kind", "xlsx")
}

/// Unpacks everything once without keeping it. What the directory says is looked at first, since it may spare the work,
/// and then not believed.
fn weigh(workbook: &mut (impl Read + Seek), max: u64) -> Result<(), Finding> {
    let too_much = || Finding::unpacks_to_too_much(max);
    let length = workbook.seek(SeekFrom::End(0)).and_then(|length| {
        workbook.rewind()?;
        Ok(length)
    });
    // The directory alone, which is read as a whole, would else need room for millions of entries.
    if length.map_err(|_| no_workbook())? > max / 2 {
        return Err(too_much());
    }
    let mut archive = ZipArchive::new(&mut *workbook).map_err(|_| no_workbook())?;
    if archive.len() > MAX_PARTS {
        return Err(no_workbook());
    }
    let mut said: u64 = 0;
    for part in 0..archive.len() {
        let part = archive.by_index_raw(part).map_err(|_| no_workbook())?;
        said = said.saturating_add(part.size());
    }
    if said > max {
        return Err(too_much());
    }
    let mut left = max;
    let mut buffer = [0; 8192];
    for part in 0..archive.len() {
        let mut part = archive.by_index(part).map_err(|_| no_workbook())?;
        let mut counts = Counts::default();
        loop {
            let read = part.read(&mut buffer).map_err(|_| no_workbook())?;
            if read == 0 {
                break;
            }
            left = left.checked_sub(read as u64).ok_or_else(too_much)?;
            if !counts.are_modest(&buffer[..read]) {
                return Err(no_workbook());
            }
        }
    }
    drop(archive);
    workbook.rewind().map_err(|_| no_workbook())
}

/// Looks for `count="…"` and `uniqueCount="…"` in passing. The reader reserves room by it before it has seen a single
/// string, and a room that does not exist ends the process.
#[derive(Debug, Default)]
struct Counts {
    state: CountState,
}

#[derive(Debug, Default, Clone, Copy)]
enum CountState {
    /// So many characters of `ount` were seen.
    Name(usize),
    /// Behind it; whether `=` and a quote were seen.
    Sign(bool),
    Value(u64),
    #[default]
    Elsewhere,
}

impl Counts {
    fn are_modest(&mut self, bytes: &[u8]) -> bool {
        const NAME: &[u8] = b"ount";
        // In UTF-16 every other byte is NUL.
        for &byte in bytes.iter().filter(|byte| **byte != 0) {
            let elsewhere = if byte == NAME[0] { CountState::Name(1) } else { CountState::Elsewhere };
            self.state = match self.state {
                CountState::Name(seen) if seen < NAME.len() && byte == NAME[seen] => {
                    CountState::Name(seen + 1)
                }
                CountState::Name(4) if byte.is_ascii_whitespace() => CountState::Name(4),
                CountState::Name(4) if byte == b'=' => CountState::Sign(false),
                CountState::Sign(false) if byte.is_ascii_whitespace() => CountState::Sign(false),
                CountState::Sign(false) if matches!(byte, b'"' | b'\'') => CountState::Sign(true),
                CountState::Sign(true) if byte.is_ascii_whitespace() || byte == b'+' => {
                    CountState::Sign(true)
                }
                CountState::Sign(true) if byte.is_ascii_digit() => CountState::Value(u64::from(byte - b'0')),
                CountState::Value(value) if byte.is_ascii_digit() => {
                    let value = value.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
                    if value > MAX_COUNT {
                        return false;
                    }
                    CountState::Value(value)
                }
                _ => elsewhere,
            };
        }
        true
    }
}

/// The first sheet that is shown; a workbook without one still has a first.
fn first_sheet<R: Read + Seek>(workbook: &Xlsx<R>) -> Option<String> {
    let sheets = || workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let shown = sheets().find(|sheet| sheet.visible == SheetVisible::Visible);
    shown.or_else(|| sheets().next()).map(|sheet| sheet.name.clone())
}

enum Stop {
    Finding(Finding),
    Output(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Output(error)
    }
}

/// The sheet on its way out.
struct Table<'a, W> {
    output: &'a mut W,
    limits: WorkbookLimits,
    /// Where the output stands, from 0.
    row: u32,
    column: usize,
    /// Rows with cells so far, the header included.
    rows: u64,
    bytes: u64,
    /// The column of the addresses, once the header was read.
    mac: Option<usize>,
    /// The last row with a cell beyond all columns.
    beyond: Option<u32>,
}

impl<W: Write> Table<'_, W> {
    fn write<R: Read + Seek>(&mut self, mut cells: XlsxCellReader<'_, R>) -> Result<(), Stop> {
        self.put("\u{feff}")?;
        let mut last = None;
        while let Some(cell) = cells.next_cell().map_err(|_| Stop::Finding(no_workbook()))? {
            let (row, column) = cell.get_position();
            let column = column as usize;
            let text = text(cell.get_value(), self.mac.is_some_and(|mac| mac == column));
            if text.trim().is_empty() {
                continue;
            }
            if last.is_some_and(|last| last >= (row, column)) {
                return Err(Stop::Finding(no_workbook()));
            }
            if last.is_none_or(|(before, _)| before < row) {
                self.rows += 1;
            }
            last = Some((row, column));
            self.cell(row, column, &text)?;
        }
        if last.is_some() {
            self.put("\r\n")?;
        }
        let rows = self.rows.saturating_sub(1);
        if rows > self.limits.rows {
            return Err(Stop::Finding(Finding::too_many_rows(rows, self.limits.rows)));
        }
        Ok(())
    }

    fn cell(&mut self, row: u32, column: usize, text: &str) -> Result<(), Stop> {
        if self.rows == 1 {
            if column >= MAX_COLUMNS {
                return Err(Stop::Finding(Finding::new(Code::F09).with("n", column + 1)));
            }
            if ImportColumn::recognise(text) == Some(ImportColumn::Mac) {
                self.mac = Some(column);
            }
        }
        if self.rows > self.limits.rows + 1 {
            return Ok(());
        }
        while self.row < row {
            self.put("\r\n")?;
            self.row += 1;
            self.column = 0;
        }
        // Beyond the last column that there can be, one cell is as wrong as another, and one is enough.
        let column = column.min(MAX_COLUMNS);
        if self.beyond == Some(row) {
            return Ok(());
        }
        if column == MAX_COLUMNS {
            self.beyond = Some(row);
        }
        while self.column < column {
            self.put(";")?;
            self.column += 1;
        }
        let text: String = text.chars().take(MAX_TEXT).collect();
        let text = text.replace("\r\n", "\u{b}").replace(['\r', '\n'], "\u{b}").replace('"', "\"\"");
        self.put("\"")?;
        self.put(&text)?;
        self.put("\"")
    }

    /// One long text that a million cells name is a million long texts here.
    fn put(&mut self, text: &str) -> Result<(), Stop> {
        self.bytes += text.len() as u64;
        if self.bytes > MAX_BYTES.min(self.limits.unpacked.saturating_mul(2)) {
            return Err(Stop::Finding(Finding::unpacks_to_too_much(self.limits.unpacked)));
        }
        Ok(self.output.write_all(text.as_bytes())?)
    }
}

/// A cell as text.
fn text(value: &DataRef<'_>, is_address: bool) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::Error(error) => error.to_string(),
        DataRef::DateTime(time) => date(time),
        DataRef::Int(number) => number_text(*number as f64, is_address),
        DataRef::Float(number) => number_text(*number, is_address),
    }
}

/// An address that became a number: `80E000000010` is 800 000 000 000 now, which has twelve digits, but not the right ones.
fn number_text(number: f64, is_address: bool) -> String {
    if !is_address || number.abs() < POWERS {
        return number.to_string();
    }
    format!("{number:E}")
}

fn date(time: &ExcelDateTime) -> String {
    if !time.is_datetime() {
        return time.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}
