//! Files as spreadsheets and programs really write them, read from the first byte to the last draft. How each was made is
//! in `fixtures/imports/make.py`. The workbooks beside them are read in `app`.

use std::ops::ControlFlow;
use std::path::Path;

use expect_test::{Expect, expect};
use tonalite_core::csv::import::{
    Cell, Directory, DraftOrComment, Drafter, Finding, Head, HeadRules, Preset, Reader, Record, Sniffer,
    TypeFact, TypeFacts,
};

fn types() -> (Directory, TypeFacts) {
    let (mut directory, mut facts) = (Directory::default(), TypeFacts::default());
    for (name, code, aliases, maker, has_mac) in [
        ("Yealink T54W", "yealink-t54w", &["T54W", "SIP-T54W"][..], "Yealink", true),
        ("Cisco 8851", "cisco-8851", &["8851"], "Cisco", true),
        ("Generic SIP", "generic-sip", &[], "", false),
    ] {
        let index =
            facts.add(TypeFact { name: name.into(), maker: maker.into(), has_mac, is_dect_base: false });
        directory.insert(name, index);
        directory.insert_code(code, index);
        aliases.iter().for_each(|alias| directory.insert(alias, index));
    }
    facts.own(0x00_15_65, "Yealink");
    (directory, facts)
}

fn sites() -> Directory {
    let mut directory = Directory::default();
    ["Lyon", "Paris Siège", "L’Isle"]
        .iter()
        .enumerate()
        .for_each(|(index, name)| directory.insert(name, index));
    directory
}

fn said(finding: &Finding) -> String {
    let mut said = finding.code.as_str().to_owned();
    if !finding.value.is_empty() {
        said.push_str(&format!(" {:?}", finding.value));
    }
    finding.args.iter().for_each(|(name, value)| said.push_str(&format!(" {name}={value}")));
    finding.suggestion.iter().for_each(|suggestion| said.push_str(&format!(" → {suggestion}")));
    said
}

/// What became of a file: encoding, separator and notices; each row; how many there were, or why there is none.
fn describe(bytes: &[u8], rules: HeadRules, preset: Preset) -> String {
    let mut sniffer = Sniffer::new();
    sniffer.push(bytes);
    let sniffed = match sniffer.finish() {
        Ok(sniffed) => sniffed,
        Err(finding) => return said(&finding) + "\n",
    };
    let mut lines = vec![];
    let ((types, facts), sites) = (types(), sites());
    let mut drafter = Drafter::new(&types, &sites, &facts, preset);
    let mut each = |record: Record<'_>, head: &Head| {
        let DraftOrComment::Draft(draft) = drafter.draft(record, head) else {
            lines.push(format!("{} #", record.line()));
            return ControlFlow::Continue(());
        };
        let mac = draft.mac.map_or("-".to_owned(), |mac| mac.to_string());
        let index = |index: Option<usize>| index.map_or("-".to_owned(), |index| index.to_string());
        let mut line = format!("{} {mac} {} {}", draft.line, index(draft.device_type), index(draft.site));
        for cell in [draft.name, draft.serial, draft.inventory_id, draft.note, draft.chain_id] {
            match cell {
                Cell::Keep => {}
                Cell::Clear => line.push_str(" clear"),
                Cell::Set(text) => line.push_str(&format!(" {text:?}")),
            }
        }
        draft.findings.iter().for_each(|finding| line.push_str(&format!(" | {}", said(finding))));
        lines.push(line);
        ControlFlow::Continue(())
    };
    let mut reader = Reader::new(&sniffed, rules);
    let read = reader.push(bytes, &mut each).and_then(|_| reader.finish(&mut each));
    let mut first = sniffed.encoding.as_str().to_owned();
    match read {
        Ok((head, count)) => {
            first.push_str(&format!(" {:?}", head.separator()));
            sniffed
                .notices()
                .iter()
                .chain(&head.notices())
                .for_each(|notice| first.push_str(&format!(" {}", said(notice))));
            lines.push(format!("{} rows, {} remarks", count.rows, count.comments));
        }
        Err(finding) => lines.push(said(&finding)),
    }
    lines.insert(0, first);
    lines.join("\n") + "\n"
}

fn file(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/imports").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn check(name: &str, expected: &Expect) {
    expected.assert_eq(&describe(&file(name), HeadRules::default(), Preset::default()));
}

/// What all of them were given.
const ROWS: &str = r#"
2 #
3 001565123456 0 0 "Accueil" "3146019091234567" "INV-001" "étage 2; près de l’escalier, à gauche"
4 001565abcdef 0 1 "Salle « Œuvre »" "écran 24\" à 99 €"
5 001565abcdf0 0 1 "Réunion" | R18 "deuxlignes" field=note code=U+000A
7 001565abcdf1 0 2
4 rows, 1 remarks
"#;

#[test]
fn one_table_as_every_program_writes_it() {
    for (name, first) in [
        ("excel-fr.csv", "windows-1252 Semicolon N03"),
        ("excel-fr-utf8.csv", "utf-8 Semicolon"),
        ("excel-en-utf8.csv", "utf-8 Comma"),
        ("excel-unicode.txt", "utf-16le Tab"),
        ("libreoffice-fr.csv", "windows-1252 Semicolon N03"),
        ("libreoffice-utf8-quoted.csv", "utf-8 Comma"),
        ("libreoffice-utf16.csv", "utf-16le Tab"),
        ("numbers-fr.csv", "utf-8 Semicolon"),
        ("numbers-en.csv", "utf-8 Comma"),
        ("sheets-fr.csv", "utf-8 Comma"),
        ("utf16be.csv", "utf-16be Semicolon"),
    ] {
        let described = describe(&file(name), HeadRules::default(), Preset::default());
        assert_eq!(described, format!("{first}{ROWS}"), "{name}");
    }
}

#[test]
fn tables_that_differ() {
    check(
        "sep-line.csv",
        &expect![[r#"
        utf-8 Semicolon
        3 #
        4 001565123456 0 0 "Accueil" "3146019091234567" "INV-001" "étage 2; près de l’escalier, à gauche"
        5 001565abcdef 0 1 "Salle « Œuvre »" "écran 24\" à 99 €"
        6 001565abcdf0 0 1 "Réunion" | R18 "deuxlignes" field=note code=U+000A
        8 001565abcdf1 0 2
        4 rows, 1 remarks
    "#]],
    );
    check(
        "sheets-fr.tsv",
        &expect![[r#"
        utf-8 Tab
        2 #
        3 001565123456 0 0 "Accueil" "3146019091234567" "INV-001" "étage 2; près de l’escalier, à gauche"
        4 001565abcdef 0 1 "Salle « Œuvre »" "écran 24\" à 99 €"
        5 001565abcdf0 0 1 "Réunion" "deux lignes"
        6 001565abcdf1 0 2
        4 rows, 1 remarks
    "#]],
    );
    check(
        "excel-mac.csv",
        &expect![[r#"
        utf-8 Comma
        2 001565123456 0 0 "Desk 1"
        3 001565123457 0 0 "Desk 2"
        2 rows, 0 remarks
    "#]],
    );
    check(
        "excel-fr-edges.csv",
        &expect![[r#"
        windows-1252 Semicolon N03
        3 001565123456 0 0 "Accueil" "3146019091234567" "INV-001" "x"
        5 001565abcdf1 0 2
        2 rows, 0 remarks
    "#]],
    );
    check(
        "mixed-headings.csv",
        &expect![[r#"
        utf-8 Comma N01 list=Couleur
        2 001565123456 0 0 "Accueil"
        3 001565123457 - 0 | R10 "SIP T54W" → Yealink T54W
        2 rows, 0 remarks
    "#]],
    );
    check(
        "own-export.csv",
        &expect![[r#"
        utf-8 Semicolon N02 list=Lignes disponibles, État, Depuis (Europe/Paris), Agent utilisateur
        2 001565123456 0 0 "=Accueil" "+33 4 78 00 00 00"
        3 001565123457 0 0 "+33478000000" "'tis"
        2 rows, 0 remarks
    "#]],
    );
    check(
        "own-result.csv",
        &expect![[r#"
        windows-1252 Semicolon N03 N02 list=result, error_code, error_message, suggestion
        2 001565123456 0 0
        1 rows, 0 remarks
    "#]],
    );
    check(
        "header-only.csv",
        &expect![[r#"
        utf-8 Semicolon
        0 rows, 0 remarks
    "#]],
    );
}

#[test]
fn damaged_rows_say_what_happened_to_them() {
    check(
        "excel-fr-damaged.csv",
        &expect![[r##"
        windows-1252 Semicolon N03
        2 - 0 0 "plus de 11 chiffres, format Standard" | R04 "1,56512E+11"
        3 - 0 0 "805E00000012" | R04 "8,05E+16"
        4 - 0 0 "001565123456" | R05 "1565123456" n=10 → 00:15:65:12:34:56
        5 - 1 0 "zéros d’un autre fabricant" | R05 "1565123456" n=10
        6 - 0 0 "000015651234" | R05 "15651234" n=8
        7 - 0 0 "000000000000" | R05 "0" n=1
        8 - 0 0 "lettres pour chiffres" | R02 "OO:15:65:12:34:5l" → 00:15:65:12:34:51
        9 - 0 0 "deux séparateurs" | R02 "00:15-65:12:34:56"
        10 - 0 0 "RECHERCHEV sans résultat : pas une remarque" | R02 "#N/A"
        11 001565123456 - - | R10 "#N/A" | R13 "#REF!"
        10 rows, 0 remarks
    "##]],
    );
    check(
        "libreoffice-fr-damaged.csv",
        &expect![[r#"
        windows-1252 Semicolon N03
        2 - 0 0 "en puissance" | R04 "1,56512E+11"
        3 - 0 0 "sans zéros" | R05 "1565123456" n=10 → 00:15:65:12:34:56
        2 rows, 0 remarks
    "#]],
    );
    check(
        "unquoted-separator.csv",
        &expect![[r#"
        utf-8 Semicolon
        2 001565123456 0 0 "1er étage" | R21 n=5 m=4 sep=;
        1 rows, 0 remarks
    "#]],
    );
    check(
        "cut-utf8.csv",
        &expect![[r#"
        windows-1252 Semicolon N03
        2 001565123456 0 - | R13 "Paris SiÃ" → Paris Siège
        1 rows, 0 remarks
    "#]],
    );
}

#[test]
fn files_that_cannot_be_read_say_why() {
    for (name, expected) in [
        ("open-quote.csv", "utf-8\n2 001565123456 0 0 \"Accueil\"\nF07 n=3\n"),
        ("utf16-no-mark.csv", "F03\n"),
        ("document.pdf", "F04 kind=pdf\n"),
        ("old.xls", "F04 kind=xls\n"),
        ("archive.zip", "F04 kind=zip\n"),
        ("libreoffice.ods", "F04 kind=ods\n"),
        ("libreoffice.xlsx", "F04 kind=xlsx\n"),
        ("excel.xlsx", "F04 kind=xlsx\n"),
        ("empty.csv", "F01\n"),
        ("blank.csv", "utf-8\nF01\n"),
    ] {
        assert_eq!(describe(&file(name), HeadRules::default(), Preset::default()), expected, "{name}");
    }
}

#[test]
fn a_site_chosen_beforehand_needs_no_column() {
    let rules = HeadRules { site_given: true, ..HeadRules::default() };
    let text = "Adresse MAC;Type d’appareil\r\n00:15:65:12:34:56;T54W\r\n";
    let preset = Preset { site: Some(1), ..Preset::default() };
    assert_eq!(
        describe(text.as_bytes(), rules, preset),
        "utf-8 Semicolon\n2 001565123456 0 1\n1 rows, 0 remarks\n"
    );
}
