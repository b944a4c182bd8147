//! What there is to say about a file or a row. It is kept without words: its arguments are keys wherever the word depends
//! on the language, so that one import speaks to each reader in theirs.

use std::borrow::Cow;

use super::{Code, ImportColumn};
use crate::csv::Naming;
use crate::name;
use crate::text::{Arg, Language, Locale};

/// Characters of a cell that a message repeats: enough to find it again.
const SHOWN: usize = 200;

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub code: Code,
    /// Where in the row, if in one place.
    pub column: Option<ImportColumn>,
    /// What stands there, as far as it is shown.
    pub value: String,
    /// Arguments of the text. By name: `n`, `m`, `max` are numbers (of bytes in `size`, and in the `max` of F10); `field`,
    /// `header` and each of `fields` are keys of columns, or a heading as it is in the file; `kind` is `xls`, `xlsx`,
    /// `ods`, `zip` or `pdf`; `of` is `types` or `sites`; `sep` is the separator; the rest stands as it is.
    pub args: Vec<(Cow<'static, str>, String)>,
    /// What would be right, where that can be said. Nobody applies it but a person.
    pub suggestion: Option<String>,
}

impl Finding {
    /// A finding about a file or a row as a whole.
    pub const fn new(code: Code) -> Finding {
        Finding { code, column: None, value: String::new(), args: Vec::new(), suggestion: None }
    }

    /// A finding about one cell.
    pub fn at(code: Code, column: ImportColumn, value: &str) -> Finding {
        Finding { column: Some(column), value: shown(value), ..Finding::new(code) }
    }

    /// F02: a file of so many bytes.
    pub fn file_too_large(bytes: u64) -> Finding {
        Finding::new(Code::F02).with("size", bytes)
    }

    /// F08.
    pub fn too_many_rows(rows: u64, max: u64) -> Finding {
        Finding::new(Code::F08).with("n", rows).with("max", max)
    }

    /// F10: a workbook that unpacks to more than so many bytes.
    pub fn unpacks_to_too_much(max: u64) -> Finding {
        Finding::new(Code::F10).with("max", max)
    }

    /// Adds an argument of the text.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Finding {
        self.args.push((Cow::Borrowed(name), value.to_string()));
        self
    }

    /// Adds what would be right.
    #[must_use]
    pub fn suggest(mut self, suggestion: Option<String>) -> Finding {
        self.suggestion = suggestion;
        self
    }

    /// An argument of the text.
    pub fn arg(&self, name: &str) -> Option<&str> {
        self.args.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The finding in words.
    pub fn message(&self, locale: &Locale) -> String {
        let mut args: Vec<(&str, Arg)> = vec![("value", self.value.as_str().into())];
        if let Some(suggestion) = &self.suggestion {
            args.push(("suggestion", suggestion.as_str().into()));
        }
        args.extend(
            self.args.iter().map(|(name, value)| (name.as_ref(), self.word(name.as_ref(), value, locale))),
        );
        let code = self.code.as_str();
        let bare = matches!(self.code, Code::R05 | Code::R10) && self.suggestion.is_none();
        locale.with(&if bare { format!("import-{code}-bare") } else { format!("import-{code}") }, &args)
    }

    fn word(&self, name: &str, value: &str, locale: &Locale) -> Arg {
        match (name, self.code) {
            ("size", _) | ("max", Code::F10) => {
                value.parse().map_or(value.into(), |n| mebibytes(n, locale).into())
            }
            ("n" | "m" | "max", _) => value.parse().map_or(value.into(), Arg::Number),
            ("field" | "header", _) => heading(value, locale).into(),
            ("fields", _) => {
                value.split(',').map(|key| heading(key.trim(), locale)).collect::<Vec<_>>().join(", ").into()
            }
            ("kind", _) => locale.text(&format!("import-kind-{value}")).into(),
            ("sep", _) if value == "\t" => locale.text("import-separator-tab").into(),
            _ => value.into(),
        }
    }
}

/// The heading of a column given by its key; anything else is shown as it is.
fn heading(key: &str, locale: &Locale) -> String {
    match ImportColumn::parse(key) {
        Some(column) => column.heading(Naming::Words(*locale)),
        None => key.to_owned(),
    }
}

/// Rounded up to a tenth, so that what is above a limit never reads as the limit.
fn mebibytes(bytes: u64, locale: &Locale) -> String {
    let tenths = bytes.saturating_mul(10).div_ceil(1 << 20);
    let whole = locale.number(i64::try_from(tenths / 10).unwrap_or(i64::MAX));
    let number = match (tenths % 10, locale.language()) {
        (0, _) => whole,
        (tenth, Language::English) => format!("{whole}.{tenth}"),
        (tenth, Language::French) => format!("{whole},{tenth}"),
    };
    locale.with("import-mebibytes", &[("number", number.into())])
}

/// A text of the file as messages show it: bounded, and without characters that would hide or turn round what follows.
pub fn shown(text: &str) -> String {
    let mut rest = text.chars().filter(|c| !c.is_control() && !name::is_invisible(*c));
    let mut shown: String = rest.by_ref().take(SHOWN).collect();
    if rest.next().is_some() {
        shown.push('…');
    }
    shown
}

/// The same, short enough to stand in a list.
pub(super) fn brief(text: &str) -> String {
    const BRIEF: usize = 40;
    let text = shown(text.trim());
    match text.char_indices().nth(BRIEF) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The French texts are written here with the plain signs of a keyboard.
    fn typeset(text: &str) -> String {
        text.replace('\'', "’").replace('_', "\u{a0}").replace('~', "\u{202f}")
    }

    #[track_caller]
    fn reads(finding: &Finding, english: &str, french: &str) {
        assert_eq!(finding.message(&Language::English.locale()), english);
        assert_eq!(finding.message(&Language::French.locale()), typeset(french));
    }

    #[test]
    fn words_depend_on_the_reader() {
        let mac = ImportColumn::Mac;
        reads(
            &Finding::file_too_large((200 << 20) + 1),
            "The file is 200.1 MiB; the limit is 200 MiB.",
            "Le fichier fait 200,1_Mio~; la limite est de 200_Mio.",
        );
        reads(
            &Finding::unpacks_to_too_much(200 << 20),
            "This workbook unpacks to more than 200 MiB. Save it as “CSV UTF-8”.",
            "Ce classeur dépasse 200_Mio une fois décompressé. Enregistrez-le au format «_CSV UTF-8_».",
        );
        reads(
            &Finding::new(Code::F04).with("kind", "pdf"),
            "This is a PDF file, not CSV. In Excel: File > Save as > CSV UTF-8.",
            "C'est un fichier PDF, pas un CSV. Dans Excel_: Fichier > Enregistrer sous > CSV UTF-8.",
        );
        reads(
            &Finding::new(Code::F05).with("header", "device_type").with("list", "MAC, Lieu"),
            "Column “Device type” is missing. Found: MAC, Lieu.",
            "Il manque la colonne «_Type d'appareil_». Trouvées_: MAC, Lieu.",
        );
        reads(
            &Finding::too_many_rows(1_000_001, 1_000_000),
            "1,000,001 rows; the limit is 1,000,000. Split the file.",
            "1~000~001 lignes~; la limite est de 1~000~000. Scindez le fichier.",
        );
        reads(
            &Finding::at(Code::R05, mac, "1565123456")
                .with("n", 10)
                .suggest(Some("00:15:65:12:34:56".into())),
            "“1565123456” has 10 digits: the spreadsheet seems to have dropped leading zeros. Did you mean 00:15:65:12:34:56?",
            "«_1565123456_» n'a que 10 chiffres_: le tableur semble avoir supprimé les zéros de tête. Vouliez-vous dire 00:15:65:12:34:56~?",
        );
        reads(
            &Finding::at(Code::R05, mac, "1").with("n", 1),
            "“1” has 1 digit: the spreadsheet seems to have dropped leading zeros.",
            "«_1_» n'a que 1 chiffre_: le tableur semble avoir supprimé les zéros de tête.",
        );
        reads(
            &Finding::at(Code::R08, mac, "").with("mac", "00:15:65:12:34:56").with("fields", "name,serial"),
            "00:15:65:12:34:56 already exists with other values (Name, Serial number). Choose “add and update” to change it.",
            "00:15:65:12:34:56 existe déjà avec d'autres valeurs (Nom, Numéro de série). Choisissez «_ajouter et mettre à jour_» pour la modifier.",
        );
        reads(
            &Finding::at(Code::R14, ImportColumn::Site, "Lyon").with("of", "sites").with("list", "LY1, LY2"),
            "“Lyon” matches several sites: LY1, LY2. Use the code.",
            "«_Lyon_» correspond à plusieurs sites_: LY1, LY2. Utilisez le code.",
        );
        reads(
            &Finding::new(Code::R16).with("n", 1).with("site", "Lyon"),
            "The site cannot change: 1 line is assigned at “Lyon”.",
            "Le site ne peut pas changer_: 1 ligne est attribuée sur «_Lyon_».",
        );
        reads(
            &Finding::new(Code::R17).with("field", "inventory_id").with("n", 1204).with("max", 64),
            "“Inventory ID” has 1,204 characters; the limit is 64.",
            "«_N° d'inventaire_» compte 1~204 caractères~; la limite est de 64.",
        );
        reads(
            &Finding::new(Code::R21).with("n", 9).with("m", 7).with("sep", "\t"),
            "The row has 9 cells, the header 7. Quote values that contain “tab”.",
            "La ligne a 9 cellules, l'en-tête 7. Mettez entre guillemets les valeurs contenant «_tabulation_».",
        );
    }

    #[test]
    fn every_code_has_a_text_whose_arguments_are_all_filled() {
        let names = [
            "size", "kind", "header", "list", "n", "m", "max", "mac", "fields", "type", "site", "of", "a",
            "b", "field", "code", "scope", "sep", "who", "maker",
        ];
        for code in Code::ALL {
            let mut finding = Finding::new(*code).suggest(Some("s".into()));
            finding.args = names.iter().map(|name| (Cow::Borrowed(*name), "7".into())).collect();
            for language in Language::ALL {
                for suggestion in [None, Some("s".into())] {
                    let message = finding.clone().suggest(suggestion).message(&language.locale());
                    assert!(
                        !message.contains(['{', '$']) && !message.starts_with("import-"),
                        "{code:?}: {message}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_shown_is_short_and_visible() {
        assert_eq!(shown("a\u{202e}b\u{200b}\r\nc"), "abc");
        assert_eq!(shown(&"é".repeat(200)).chars().count(), 200);
        assert_eq!(shown(&"é".repeat(201)).chars().count(), 201);
    }
}
