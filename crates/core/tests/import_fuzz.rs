//! Whatever bytes come as a file of devices or as an address: no panic, a bounded record, the same answer however the bytes
//! are cut, and findings that can be said.
//!
//! As an ordinary test each target tries the files in `__fuzz__/<target>/corpus` and a fixed number of random inputs, on
//! stable Rust. Deeper: `BOLERO_RANDOM_ITERATIONS=1000000 cargo nextest run -p tonalite-core --test import_fuzz`, or, guided
//! by coverage, `cargo install cargo-bolero` and `cargo +nightly bolero test -p tonalite-core read_tokens`. An
//! input that failed is printed, or lies in `__fuzz__/<target>/crashes`: move it into `corpus` under a name that says what
//! it is, and it is tried for ever.

use std::ops::ControlFlow;
use std::path::Path;

use tonalite_core::csv::import::{
    Code, Directory, Draft, DraftOrComment, Drafter, Finding, Head, HeadRules, MAX_CELL, MAX_COLUMNS, Preset,
    Reader, Record, Sniffed, Sniffer, TypeFact, TypeFacts, read_mac,
};
use tonalite_core::mac::Mac;
use tonalite_core::text::Language;

/// What a file came to.
#[derive(Debug, PartialEq)]
struct Outcome {
    rows: Vec<Result<Draft, u64>>,
    end: Result<(Head, u64), Finding>,
}

fn sniff(bytes: &[u8], piece: usize) -> Result<Sniffed, Finding> {
    let mut sniffer = Sniffer::new();
    bytes.chunks(piece).for_each(|piece| sniffer.push(piece));
    sniffer.finish()
}

fn read(bytes: &[u8], sniffed: &Sniffed, piece: usize) -> Outcome {
    let (mut types, mut sites, mut facts) =
        (Directory::default(), Directory::default(), TypeFacts::default());
    let index = facts.add(TypeFact {
        name: "Yealink T54W".into(),
        maker: "Yealink".into(),
        has_mac: true,
        is_dect_base: true,
    });
    facts.own(0x00_15_65, "Yealink");
    facts.own(0x00_04_f2, "Polycom");
    ["Yealink T54W", "T54W"].iter().for_each(|name| types.insert(name, index));
    ["Lyon", "Paris", "lyon"].iter().enumerate().for_each(|(index, name)| sites.insert(name, index));
    let mut drafter = Drafter::new(&types, &sites, &facts, Preset::default());
    let mut rows = Vec::new();
    let mut each = |record: Record<'_>, head: &Head| {
        assert!(record.raw_cells().count() <= MAX_COLUMNS);
        assert!(record.raw_cells().map(str::len).sum::<usize>() <= MAX_COLUMNS * MAX_CELL * 4);
        rows.push(match drafter.draft(record, head) {
            DraftOrComment::Draft(draft) => Ok(draft),
            DraftOrComment::Comment => Err(record.line()),
        });
        ControlFlow::Continue(())
    };
    let rules = HeadRules { may_set_chain_id: true, ..HeadRules::default() };
    let mut reader = Reader::new(sniffed, rules).with_max_rows(50);
    let mut pushed = Ok(ControlFlow::Continue(()));
    for bytes in bytes.chunks(piece) {
        pushed = reader.push(bytes, &mut each);
        if pushed.is_err() {
            break;
        }
    }
    let end = pushed.and_then(|_| reader.finish(&mut each)).map(|(head, count)| (head, count.rows));
    Outcome { rows, end }
}

fn say(finding: &Finding) {
    assert!(finding.value.chars().count() <= 201, "{finding:?}");
    for language in Language::ALL {
        let message = finding.message(&language.locale());
        assert!(!message.is_empty() && !message.starts_with("import-"), "{message}");
    }
}

fn try_file(bytes: &[u8]) {
    let piece = bytes.first().map_or(1, |first| 1 + usize::from(*first) % 7);
    let sniffed = sniff(bytes, usize::MAX);
    assert_eq!(sniff(bytes, piece), sniffed);
    let sniffed = match sniffed {
        Ok(sniffed) => sniffed,
        Err(finding) => return say(&finding),
    };
    let outcome = read(bytes, &sniffed, usize::MAX);
    assert_eq!(read(bytes, &sniffed, piece), outcome);
    let drafts = outcome.rows.iter().filter_map(|row| row.as_ref().ok());
    match &outcome.end {
        Ok((_, rows)) => assert_eq!(drafts.clone().count() as u64, *rows),
        Err(finding) => say(finding),
    }
    assert!(
        outcome.end.as_ref().map_err(|finding| finding.code) != Err(Code::F03),
        "sniffed, but not decoded"
    );
    for draft in drafts.take(3) {
        draft.findings.iter().for_each(say);
        assert!(draft.mac.is_none_or(|mac| Mac::from_u64(mac.as_u64()) == Some(mac)));
    }
}

#[test]
fn read_bytes() {
    bolero::check!().with_iterations(1_000).with_max_len(512).for_each(try_file);
}

/// Every byte stands for a word that such files are made of: most inputs get past the header.
#[test]
fn read_tokens() {
    const TOKENS: [&str; 32] = [
        ";",
        ";",
        ";",
        ",",
        "\t",
        "\r\n",
        "\n",
        "\r",
        "\"",
        "\"\"",
        "\";\"",
        "'",
        "=",
        "#",
        " ",
        "\u{a0}",
        "\u{feff}",
        "(vide)",
        "MAC;Type;Site\n",
        "MAC,Type,Site,Note\r\n",
        "sep=;\n",
        "mac;type;\"site\";chain id\r",
        "00:15:65:12:34:56",
        "0015.6512.3456",
        "1,56E+11",
        "1565123456",
        "T54W",
        "Lyon",
        "Paris",
        "é",
        "\u{202e}",
        "123",
    ];
    bolero::check!().with_iterations(1_000).with_max_len(64).for_each(|bytes: &[u8]| {
        let text: String = bytes.iter().map(|byte| TOKENS[usize::from(*byte) % TOKENS.len()]).collect();
        try_file(text.as_bytes());
        try_file(format!("MAC;Type;Site;Name;Chain ID\n{text}").as_bytes());
    });
}

/// Real files with some bytes changed.
#[test]
fn read_damaged() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/imports");
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|name| {
        name.extension().is_some_and(|extension| ["csv", "tsv", "txt"].iter().any(|one| extension == *one))
    });
    names.sort();
    let files: Vec<Vec<u8>> = names.iter().map(|name| std::fs::read(name).unwrap()).collect();
    assert!(files.len() > 20);
    bolero::check!().with_iterations(1_000).with_max_len(40).for_each(|bytes: &[u8]| {
        let Some((which, changes)) = bytes.split_first() else { return };
        let mut file = files[usize::from(*which) % files.len()].clone();
        for change in changes.chunks_exact(3).filter(|_| !file.is_empty()).collect::<Vec<_>>() {
            let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % file.len();
            file[at] = change[2];
        }
        try_file(&file);
    });
}

#[test]
fn parse_mac() {
    const CHARACTERS: [char; 32] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'D', 'E', 'f', ':', '-', '.', ' ',
        '\u{a0}', '\'', ',', '+', 'M', 'm', 'x', 'O', 'l', 'é', '\u{200b}', 'g',
    ];
    let check = |text: &str| match (read_mac(text), Mac::parse(text)) {
        (Ok(mac), parsed) => {
            assert_eq!(parsed, Ok(mac));
            let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
            // "MAC" before it has two more, "0x" one.
            assert!(digits.to_ascii_lowercase().ends_with(&mac.to_string()), "{text:?}");
            assert!(digits.len() <= 14);
            assert_eq!(Mac::parse(&mac.with_colons()), Ok(mac));
        }
        (Err(_), parsed) => assert!(parsed.is_err()),
    };
    bolero::check!().with_iterations(5_000).with_max_len(24).for_each(|bytes: &[u8]| {
        check(&String::from_utf8_lossy(bytes));
        check(
            &bytes.iter().map(|byte| CHARACTERS[usize::from(*byte) % CHARACTERS.len()]).collect::<String>(),
        );
        // Sixteen of the characters are digits: of these, twelve are often an address.
        check(&bytes.iter().map(|byte| CHARACTERS[usize::from(*byte) % 16]).collect::<String>());
    });
}
