//! The instructions of the import: columns, what a file may look like, every code with its text and what helps.

use askama::Template;
use tonalite_core::csv::Naming;
use tonalite_core::csv::import::{Code, Finding, ImportColumn};
use tonalite_core::text::Locale;

use super::frame::Frame;

/// `imports/instructions.html`
#[derive(Template)]
#[template(path = "imports/instructions.html")]
pub(crate) struct ImportHelpPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) columns: Vec<ColumnHelp>,
    pub(crate) sections: Vec<Section>,
    pub(crate) codes: Vec<CodeGroup>,
}

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnHelp {
    pub(crate) heading: String,
    pub(crate) need: String,
    pub(crate) example: &'static str,
    pub(crate) limit: String,
}

/// Some sentences under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) name: &'static str,
    pub(crate) title: String,
    pub(crate) texts: Vec<String>,
}

/// Codes of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodeGroup {
    pub(crate) title: String,
    pub(crate) codes: Vec<CodeHelp>,
}

/// A code, how it reads with an example filled in, and what helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodeHelp {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) cure: String,
}

/// The headings of the page, each with the ends of the keys of its sentences.
const SECTIONS: [(&str, &[&str]); 5] = [
    ("file", &["separators", "encodings", "limits", "export"]),
    ("excel", &["excel-what", "excel-text", "excel-colons"]),
    ("modes", &["mode-add", "mode-update", "twice"]),
    ("check", &["check-rows", "check-nothing", "check-together", "undo"]),
    ("never", &["never-remove", "never-secret"]),
];

impl ImportHelpPage {
    /// The same for everybody, but for the language.
    pub(crate) fn new(frame: Frame) -> ImportHelpPage {
        let t = frame.texts;
        let group = |title: &str, letters: &[char]| CodeGroup {
            title: t.text(&format!("imports-help-codes-{title}")),
            codes: Code::ALL
                .iter()
                .filter(|code| letters.iter().any(|letter| code.as_str().starts_with(*letter)))
                .map(|code| CodeHelp {
                    code: code.as_str(),
                    message: example(*code).message(&t),
                    cure: t.text(&format!("imports-cure-{}", code.as_str())),
                })
                .collect(),
        };
        let section = |(name, keys): (&'static str, &[&str])| Section {
            name,
            title: t.text(&format!("imports-help-{name}")),
            texts: keys.iter().map(|key| t.text(&format!("imports-help-{key}"))).collect(),
        };
        ImportHelpPage {
            t,
            columns: ImportColumn::ALL.iter().map(|column| column_help(t, *column)).collect(),
            sections: SECTIONS.into_iter().map(section).collect(),
            codes: vec![group("file", &['F']), group("row", &['R']), group("notice", &['W', 'N'])],
            frame,
        }
    }
}

fn column_help(t: Locale, column: ImportColumn) -> ColumnHelp {
    let text = |max: i64| t.with("imports-help-limit-text", &[("max", max.into())]);
    let (need, example, limit) = match column {
        ImportColumn::Mac => ("need-mac", "00:15:65:12:34:56", t.text("imports-help-limit-mac")),
        ImportColumn::DeviceType => ("yes", "Yealink T54W", t.text("imports-help-limit-type")),
        ImportColumn::Site => ("need-site", "Lyon", t.text("imports-help-limit-site")),
        ImportColumn::Name => ("no", "Accueil", text(80)),
        ImportColumn::Serial => ("no", "8030054123456", text(64)),
        ImportColumn::InventoryId => ("no", "TEL-0042", text(64)),
        ImportColumn::Note => ("no", "2e étage", text(500)),
        ImportColumn::DectChainId => ("need-chain", "1234567890", t.text("imports-help-limit-chain")),
    };
    ColumnHelp {
        heading: column.heading(Naming::Words(t)),
        need: t.text(&format!("imports-help-{need}")),
        example,
        limit,
    }
}

/// A finding as a file might cause it: the text of a code is best understood with something in it.
fn example(code: Code) -> Finding {
    const MAC: &str = "00:15:65:12:34:56";
    let mac = |code, value: &str| Finding::at(code, ImportColumn::Mac, value);
    match code {
        Code::F02 => Finding::file_too_large(300 << 20),
        Code::F04 => Finding::new(code).with("kind", "pdf"),
        Code::F05 => Finding::new(code).with("header", "device_type").with("list", "MAC, Site"),
        Code::F06 => Finding::new(code).with("header", "mac"),
        Code::F07 => Finding::new(code).with("n", 12),
        Code::F08 => Finding::too_many_rows(1_200_000, 1_000_000),
        Code::F09 => Finding::new(code).with("n", 80),
        Code::F10 => Finding::unpacks_to_too_much(200 << 20),
        Code::R02 => mac(code, "00:15:65:12:34").suggest(None),
        Code::R03 => mac(code, "00:00:00:00:00:00").with("mac", "00:00:00:00:00:00"),
        Code::R04 => mac(code, "1,57E+11"),
        Code::R05 => mac(code, "1565123456").with("n", 10).suggest(Some(MAC.to_owned())),
        Code::R06 => mac(code, MAC).with("mac", MAC).with("n", 9),
        Code::R07 | Code::W02 => mac(code, MAC).with("mac", MAC),
        Code::R08 => mac(code, MAC).with("mac", MAC).with("fields", "name,serial"),
        Code::R10 => Finding::at(code, ImportColumn::DeviceType, "Yealink T54")
            .suggest(Some("Yealink T54W".to_owned())),
        Code::R11 => Finding::new(code).with("type", "Yealink T54W").with("site", "Lyon"),
        Code::R13 => Finding::at(code, ImportColumn::Site, "Lion"),
        Code::R14 => {
            Finding::at(code, ImportColumn::Site, "Lyon").with("of", "sites").with("list", "LY1, LY2")
        }
        Code::R15 => Finding::new(code).with("a", "Yealink T54W").with("b", "Poly VVX 450").with("n", 2),
        Code::R16 => Finding::new(code).with("n", 2).with("site", "Lyon"),
        Code::R17 => Finding::new(code).with("field", "name").with("n", 95).with("max", 80),
        Code::R18 => Finding::new(code).with("field", "name").with("code", "U+0007"),
        Code::R19 => Finding::at(code, ImportColumn::Serial, "8030054123456").with("mac", MAC),
        Code::R20 => Finding::new(code).with("max", 500).with("scope", "Clinique du Parc"),
        Code::R21 => Finding::new(code).with("n", 9).with("m", 7).with("sep", ";"),
        Code::R22 => Finding::new(code).with("who", "anne.leroy"),
        Code::R23 | Code::R24 => Finding::new(code).with("type", "Generic SIP"),
        Code::R26 => Finding::at(code, ImportColumn::DectChainId, "4711").with("max", 250),
        Code::R25 => Finding::at(code, ImportColumn::DectChainId, "12-34").with("type", "Yealink T54W"),
        Code::W01 => mac(code, MAC).with("mac", MAC).with("maker", "Yealink").with("type", "Poly VVX 450"),
        Code::N01 => Finding::new(code).with("list", "Étage, Bureau"),
        Code::N02 => Finding::new(code).with("list", "status, lines_available"),
        Code::F01 | Code::F03 | Code::R01 | Code::R09 | Code::R12 | Code::N03 => Finding::new(code),
    }
}

#[cfg(test)]
mod tests {
    use tonalite_core::text::Language;

    use super::*;

    #[test]
    fn every_code_is_explained_with_everything_filled_in() {
        for language in Language::ALL {
            let t = language.locale();
            for code in Code::ALL {
                let message = example(*code).message(&t);
                assert!(
                    !message.contains(['{', '$']) && !message.starts_with("import"),
                    "{code:?}: {message}"
                );
                assert!(t.has(&format!("imports-cure-{}", code.as_str())), "{code:?}");
            }
        }
    }
}
