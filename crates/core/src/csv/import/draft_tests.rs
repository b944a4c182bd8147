//! Rows, and all that is said of them.

use super::*;
use crate::text::Language;

const YEALINK: u32 = 0x00_15_65;
const CISCO: u32 = 0x00_04_f2;

fn types() -> (Directory, TypeFacts) {
    let (mut directory, mut facts) = (Directory::default(), TypeFacts::default());
    for (name, aliases, maker, has_mac, is_dect_base) in [
        ("Yealink T54W", &["yealink-t54w", "T54W", "SIP-T54W"][..], "Yealink", true, false),
        ("Cisco 8851", &["cisco-8851", "8851"], "Cisco", true, false),
        ("Yealink W70B", &["yealink-w70b", "W70B"], "Yealink", true, true),
        ("Generic SIP", &["generic-sip"], "", false, false),
        ("Polycom 8851", &["polycom-8851", "8851"], "Polycom", true, false),
    ] {
        let index = facts.add(TypeFact { name: name.into(), maker: maker.into(), has_mac, is_dect_base });
        directory.insert(name, index);
        directory.insert_code(aliases[0], index);
        aliases[1..].iter().for_each(|alias| directory.insert(alias, index));
    }
    facts.own(YEALINK, "Yealink");
    facts.own(CISCO, "Cisco");
    (directory, facts)
}

fn sites() -> Directory {
    let mut directory = Directory::default();
    for (index, (name, code)) in
        [("Lyon", Some("LY1")), ("Paris Siège", None), ("L’Isle", Some("ISLE")), ("Lyon", Some("LY2"))]
            .into_iter()
            .enumerate()
    {
        directory.insert(name, index);
        code.into_iter().for_each(|code| directory.insert_code(code, index));
    }
    directory
}

/// Reads a file, and says of each row what it is, and what is wrong with it.
fn drafts(text: &str, preset: Preset) -> Vec<String> {
    let rules = HeadRules {
        site_given: preset.site.is_some(),
        type_given: preset.device_type.is_some(),
        may_set_chain_id: true,
    };
    let ((types, facts), sites) = (types(), sites());
    let mut drafter = Drafter::new(&types, &sites, &facts, preset);
    let mut said = Vec::new();
    let mut each = |record: Record<'_>, head: &Head| {
        said.push(match drafter.draft(record, head) {
            DraftOrComment::Comment => "#".to_owned(),
            DraftOrComment::Draft(draft) => describe(&draft),
        });
        std::ops::ControlFlow::Continue(())
    };
    let mut reader = Reader::new(&Sniffed::text(text), rules);
    let pushed = reader.push(text.as_bytes(), &mut each);
    if let Err(finding) = pushed.and_then(|_| reader.finish(&mut each)) {
        said.push(finding.message(&Language::English.locale()));
    }
    said
}

fn describe(draft: &Draft) -> String {
    let index = |index: Option<usize>| index.map_or("-".to_owned(), |index| index.to_string());
    let cell = |cell: &Cell| match cell {
        Cell::Keep => "-".to_owned(),
        Cell::Clear => "clear".to_owned(),
        Cell::Set(text) => format!("{text:?}"),
    };
    let mac = draft.mac.map_or("-".to_owned(), |mac| mac.to_string());
    let mut said = format!("{mac} {} {}", index(draft.device_type), index(draft.site));
    let cells = [&draft.name, &draft.serial, &draft.inventory_id, &draft.note, &draft.chain_id];
    if cells.iter().any(|cell| **cell != Cell::Keep) {
        said = format!("{said} {}", cells.map(cell).join(" "));
    }
    for finding in &draft.findings {
        let column = finding.column.map_or("row", ImportColumn::key);
        let args: Vec<String> = finding.args.iter().map(|(name, value)| format!("{name}={value}")).collect();
        said = format!("{said} | {} {column} {:?} {}", finding.code.as_str(), finding.value, args.join(" "));
        said.truncate(said.trim_end().len());
        if let Some(suggestion) = &finding.suggestion {
            said = format!("{said} → {suggestion}");
        }
    }
    assert_eq!(draft.is_wrong(), draft.findings.iter().any(|finding| finding.code.as_str().starts_with('R')));
    said
}

#[test]
fn rows_with_addresses_types_and_sites() {
    for (row, expected) in [
        ("00:15:65:12:34:56;Yealink T54W;LY1", "001565123456 0 0"),
        ("'00:15:65:12:34:56;sip-t54w;paris  SIEGE", "001565123456 0 1"),
        ("MAC: 0015.6512.3456;T54W;l'isle", "001565123456 0 2"),
        ("# 00:15:65:12:34:56;Yealink T54W;LY1", "#"),
        ("#;Yealink T54W;LY1", "#"),
        (";Generic SIP;LY1", "- 3 0"),
        ("00:15:65:12:34:56;Generic SIP;LY1", "- 3 0 | R23 mac \"00:15:65:12:34:56\" type=Generic SIP"),
        ("1,56E+11;Generic SIP;LY1", "- 3 0 | R23 mac \"1,56E+11\" type=Generic SIP"),
        (";T54W;LY1", "- 0 0 | R01 mac \"\""),
        (";;LY1", "- - 0 | R01 mac \"\" | R09 device_type \"\""),
        (";Generic SIPP;LY1", "- - 0 | R10 device_type \"Generic SIPP\" → Generic SIP"),
        ("OO:15:65:l2:34:56;T54W;LY1", "- 0 0 | R02 mac \"OO:15:65:l2:34:56\" → 00:15:65:12:34:56"),
        ("Accueil;T54W;LY1", "- 0 0 | R02 mac \"Accueil\""),
        ("ff:ff:ff:ff:ff:ff;T54W;LY1", "- 0 0 | R03 mac \"ff:ff:ff:ff:ff:ff\" mac=ff:ff:ff:ff:ff:ff"),
        ("1,56E+11;T54W;LY1", "- 0 0 | R04 mac \"1,56E+11\""),
        ("1565123456;T54W;LY1", "- 0 0 | R05 mac \"1565123456\" n=10 → 00:15:65:12:34:56"),
        (
            "1565123456;8851;LY1",
            "- - 0 | R05 mac \"1565123456\" n=10 | R14 device_type \"8851\" of=types list=cisco-8851, polycom-8851",
        ),
        ("1565123456;Cisco 8851;LY1", "- 1 0 | R05 mac \"1565123456\" n=10"),
        ("1765123456;T54W;LY1", "- 0 0 | R05 mac \"1765123456\" n=10"),
        (
            "00:04:f2:00:00:01;T54W;LY1",
            "0004f2000001 0 0 | W01 mac \"00:04:f2:00:00:01\" mac=00:04:f2:00:00:01 maker=Cisco type=Yealink T54W",
        ),
        (
            "02:15:65:00:00:01;T54W;LY1",
            "021565000001 0 0 | W02 mac \"02:15:65:00:00:01\" mac=02:15:65:00:00:01",
        ),
        ("00:15:65:12:34:56;T54W;", "001565123456 0 - | R12 site \"\""),
        ("00:15:65:12:34:56;T54W", "001565123456 0 - | R12 site \"\""),
        ("00:15:65:12:34:56;T54W;Pariss siege", "001565123456 0 - | R13 site \"Pariss siege\" → Paris Siège"),
        ("00:15:65:12:34:56;T54W;Brest", "001565123456 0 - | R13 site \"Brest\""),
        ("00:15:65:12:34:56;T54W;lyon", "001565123456 0 - | R14 site \"lyon\" of=sites list=LY1, LY2"),
        (
            "x;Snom;Brest;a;b",
            "- - - | R21 row \"\" n=5 m=3 sep=; | R02 mac \"x\" | R10 device_type \"Snom\" | R13 site \"Brest\"",
        ),
        ("00:15:65:12:34:56;T54W;LY1;;;", "001565123456 0 0"),
    ] {
        let text = format!("MAC;Type;Site\n{row}\n");
        assert_eq!(drafts(&text, Preset::default()), [expected], "{row}");
    }
}

#[test]
fn texts_are_kept_cleared_or_set() {
    let long = |characters| "é".repeat(characters);
    let shown = |characters: usize| if characters > 200 { long(200) + "…" } else { long(characters) };
    for (cells, expected) in [
        ("Accueil;SN1;INV;note", "\"Accueil\" \"SN1\" \"INV\" \"note\" -".to_owned()),
        ("(vide);(Empty);( VIDE );", "clear clear - - -".replace("clear - - -", "clear \"( VIDE )\" - -")),
        ("'=1+1;'-2;+33478000000;'tis", "\"=1+1\" \"-2\" \"+33478000000\" \"'tis\" -".to_owned()),
        ("\u{a0}a  b\u{202f};;;", "\"a  b\" - - - -".to_owned()),
        (&long(80), format!("{:?} - - - -", long(80))),
        (&long(81), format!("| R17 name {:?} field=name n=81 max=80", shown(81))),
        (&format!(";{}", long(65)), format!("| R17 serial {:?} field=serial n=65 max=64", shown(65))),
        (&format!(";;;{}", long(501)), format!("| R17 note {:?} field=note n=501 max=500", shown(501))),
        (&long(2001), format!("| R17 name {:?} field=name max=80 n=2001", shown(2001))),
        ("a\u{202e}b", "| R18 name \"ab\" field=name code=U+202E".to_owned()),
        (";;;\"a\nb\"", "| R18 note \"ab\" field=note code=U+000A".to_owned()),
        (
            &format!("{}\u{7};b\tc", long(80)),
            format!(
                "| R17 name {:?} field=name n=81 max=80 | R18 name {:?} field=name code=U+0007 | R18 serial \"bc\" field=serial code=U+0009",
                long(80),
                long(80)
            ),
        ),
    ] {
        let text = format!(
            "Name;Serial;Inventory ID;Note;MAC;Type;Site\n{}\n",
            fill(cells, 4, "001565123456;T54W;LY1")
        );
        assert_eq!(drafts(&text, Preset::default()), [format!("001565123456 0 0 {expected}")], "{cells}");
    }
}

/// Puts the cells in front, as many as there have to be.
fn fill(cells: &str, width: usize, rest: &str) -> String {
    let missing = width.saturating_sub(cells.split(';').count());
    format!("{cells}{};{rest}", ";".repeat(missing))
}

#[test]
fn a_cell_that_is_too_long_is_said_whatever_its_column() {
    let long = "x".repeat(2001);
    let shown = format!("{}…", "x".repeat(200));
    for (row, expected) in [
        (
            format!("001565123456;T54W;LY1;{long}"),
            "001565123456 0 0 | R17 row \"\" field=Couleur max=2000 n=2001".to_owned(),
        ),
        (format!("{long};T54W;LY1;"), format!("- 0 0 | R17 mac {shown:?} field=mac max=2000 n=2001")),
        (
            format!("001565123456;{long};LY1;"),
            format!("001565123456 - 0 | R17 device_type {shown:?} field=device_type max=2000 n=2001"),
        ),
        (
            format!("001565123456;T54W;{long};"),
            format!("001565123456 0 - | R17 site {shown:?} field=site max=2000 n=2001"),
        ),
    ] {
        let text = format!("MAC;Type;Site;Couleur\n{row}\n");
        assert_eq!(drafts(&text, Preset::default()), [expected]);
    }
}

#[test]
fn chain_ids_belong_to_dect_bases() {
    for (row, expected) in [
        ("001565123456;W70B;LY1;0123456789", "001565123456 2 0 - - - - \"0123456789\""),
        ("001565123456;W70B;LY1;(vide)", "001565123456 2 0 - - - - clear"),
        ("001565123456;W70B;LY1;", "001565123456 2 0"),
        (
            "001565123456;W70B;LY1;12345678901",
            "001565123456 2 0 | R25 dect_chain_id \"12345678901\" type=Yealink W70B",
        ),
        ("001565123456;W70B;LY1;12a", "001565123456 2 0 | R25 dect_chain_id \"12a\" type=Yealink W70B"),
        ("001565123456;T54W;LY1;123", "001565123456 0 0 | R25 dect_chain_id \"123\" type=Yealink T54W"),
        (
            "001565123456;W7OB;LY1;123",
            "001565123456 - 0 - - - - \"123\" | R10 device_type \"W7OB\" → Yealink W70B",
        ),
    ] {
        let text = format!("MAC;Type;Site;Chain ID\n{row}\n");
        assert_eq!(drafts(&text, Preset::default()), [expected], "{row}");
    }
}

#[test]
fn what_is_chosen_once_holds_for_rows_that_do_not_say_it() {
    let preset = Preset { device_type: Some(0), site: Some(1) };
    for (text, expected) in [
        ("MAC\n001565123456\n", "001565123456 0 1"),
        ("MAC;Site\n001565123456;\n", "001565123456 0 1"),
        ("MAC;Site;Type\n001565123456;LY2;W70B\n", "001565123456 2 3"),
        (
            "MAC;Site;Type\n001565123456;LY3;Snom\n",
            "001565123456 - - | R10 device_type \"Snom\" | R13 site \"LY3\" → LY1",
        ),
    ] {
        assert_eq!(drafts(text, preset), [expected], "{text}");
    }
}
