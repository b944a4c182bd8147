//! The columns of an import: keys, headings, and the many ways in which people write them.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::csv::Naming;
use crate::csv::device::DeviceColumn;
use crate::name;
use crate::text::Language;

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident = $key:literal, also $aliases:expr;)*) => {
        /// A column that an import reads.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ImportColumn { $($(#[$doc])* $name),* }

        impl ImportColumn {
            /// All of them, in the order of the template.
            pub const ALL: &'static [ImportColumn] = &[$(ImportColumn::$name),*];

            /// The word used in the API.
            pub const fn key(self) -> &'static str {
                match self { $(ImportColumn::$name => $key),* }
            }

            /// Other headings under which it is known.
            const fn aliases(self) -> &'static [&'static str] {
                match self { $(ImportColumn::$name => &$aliases),* }
            }
        }
    };
}

columns! {
    /// Address.
    Mac = "mac", also ["@mac"];
    /// Model.
    DeviceType = "device_type", also ["device", "model", "modèle", "type", "appareil"];
    /// Site.
    Site = "site", also ["location", "emplacement", "site_name", "code site"];
    /// Name, up to 80 characters.
    Name = "name", also ["label", "libellé", "description"];
    /// Serial number, up to 64 characters.
    Serial = "serial", also ["sn", "n° de série"];
    /// Inventory number of the owner, up to 64 characters.
    InventoryId = "inventory_id", also ["asset tag", "étiquette"];
    /// Note, up to 500 characters.
    Note = "note", also ["comment", "commentaire"];
    /// Number that joins DECT bases to one system.
    DectChainId = "dect_chain_id", also ["chain id"];
}

/// Columns of the export of line states and of result files, by key. Its `label`, which to an import is a name, is not here.
const ELSEWHERE: &[&str] = &[
    "device_name",
    "port",
    "line_port",
    "primary",
    "endpoint",
    "extension",
    "phone_number",
    "state",
    "state_detail",
    "state_since",
    "registered_at",
    "expires_at",
    "bindings",
    "contact_ip",
    "contact_port",
    "transport",
];

/// What we add to a person's own rows.
const RESULT: &[&str] = &["result", "error_code", "error_message", "suggestion"];

/// What a heading stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heading {
    Import(ImportColumn),
    ReadOnly,
    Result,
}

impl ImportColumn {
    /// The column whose key this is.
    pub fn parse(key: &str) -> Option<ImportColumn> {
        Self::ALL.iter().copied().find(|column| column.key() == key)
    }

    /// What stands on top of the column.
    pub fn heading(self, naming: Naming) -> String {
        let Naming::Words(locale) = naming else { return self.key().to_owned() };
        match self {
            ImportColumn::DectChainId => locale.text("import-chain-id"),
            _ => locale.text(&format!("csv-device-{}", self.key())),
        }
    }

    /// The column that a heading means, in either language, whatever its case, accents, spaces, hyphens and underscores.
    pub fn recognise(heading: &str) -> Option<ImportColumn> {
        match recognise(heading) {
            Some(Heading::Import(column)) => Some(column),
            _ => None,
        }
    }
}

/// What a heading means to an import, if anything.
pub(super) fn recognise(heading: &str) -> Option<Heading> {
    static HEADINGS: OnceLock<HashMap<String, Heading>> = OnceLock::new();
    let headings = HEADINGS.get_or_init(headings);
    let folded = fold(heading);
    headings.get(&folded).copied().or_else(|| {
        // A column of times names its zone: `Since (Europe/Paris)`.
        let (bare, zone) = folded.strip_suffix(')')?.rsplit_once('(')?;
        let is_zone = !zone.is_empty() && zone.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '+'));
        headings.get(bare).copied().filter(|found| is_zone && *found == Heading::ReadOnly)
    })
}

fn headings() -> HashMap<String, Heading> {
    let mut headings = HashMap::new();
    let namings =
        [Naming::Keys, Naming::Words(Language::English.locale()), Naming::Words(Language::French.locale())];
    for key in ELSEWHERE {
        headings.insert(fold(key), Heading::ReadOnly);
        for locale in Language::ALL.map(Language::locale) {
            let text = format!("csv-line-{key}");
            if locale.has(&text) {
                headings.insert(fold(&locale.text(&text)), Heading::ReadOnly);
            }
        }
    }
    for key in RESULT {
        headings.insert(fold(key), Heading::Result);
    }
    for naming in namings {
        for column in DeviceColumn::ALL {
            headings.insert(fold(&bare_heading(*column, naming)), Heading::ReadOnly);
        }
    }
    // Last, since what can be read is more than what can be ignored.
    for column in ImportColumn::ALL {
        for naming in namings {
            headings.insert(fold(&column.heading(naming)), Heading::Import(*column));
        }
        for alias in column.aliases() {
            headings.insert(fold(alias), Heading::Import(*column));
        }
    }
    headings
}

/// The heading without a zone.
fn bare_heading(column: DeviceColumn, naming: Naming) -> String {
    match naming {
        Naming::Words(locale) => locale.text(&format!("csv-device-{}", column.key())),
        Naming::Keys => column.key().to_owned(),
    }
}

fn fold(heading: &str) -> String {
    let mut folded = name::fold(heading);
    folded.retain(|c| {
        !(c.is_whitespace() || matches!(c, '_' | '-' | '\u{2010}' | '\u{2011}') || name::is_invisible(c))
    });
    folded.replace('º', "°")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_recognised_however_they_are_written() {
        let table: [(ImportColumn, &[&str]); 8] = [
            (
                ImportColumn::Mac,
                &[
                    "MAC address",
                    "Adresse MAC",
                    "mac",
                    "MAC",
                    "mac_address",
                    "mac-address",
                    "ADRESSE_MAC",
                    "@mac",
                    "\u{feff}mac",
                ],
            ),
            (
                ImportColumn::DeviceType,
                &[
                    "Device type",
                    "device_type",
                    "Type d'appareil",
                    "Type d’appareil",
                    "type dʼappareil",
                    "TYPE D'APPAREIL",
                    "device",
                    "Model",
                    "modèle",
                    "MODELE",
                    "mode\u{300}le",
                    "type",
                    "Appareil",
                ],
            ),
            (
                ImportColumn::Site,
                &[
                    "Site",
                    "SITE",
                    "location",
                    "Emplacement",
                    "site_name",
                    "Site name",
                    "code site",
                    "CodeSite",
                ],
            ),
            (ImportColumn::Name, &["Name", "Nom", "label", "Libellé", "LIBELLE", "description"]),
            (
                ImportColumn::Serial,
                &[
                    "Serial number",
                    "serial",
                    "Numéro de série",
                    "numero de serie",
                    "SN",
                    "n° de série",
                    "Nº de série",
                    "N°\u{a0}de\u{a0}série",
                ],
            ),
            (
                ImportColumn::InventoryId,
                &[
                    "Inventory ID",
                    "inventory_id",
                    "N° d'inventaire",
                    "Nº d’inventaire",
                    "asset tag",
                    "Asset-Tag",
                    "étiquette",
                ],
            ),
            (ImportColumn::Note, &["Note", "Remarque", "comment", "Commentaire"]),
            (
                ImportColumn::DectChainId,
                &[
                    "Multi Cell Chain ID",
                    "dect_chain_id",
                    "ID de la station multicellulaire",
                    "chain id",
                    "Chain-ID",
                ],
            ),
        ];
        for (column, headings) in table {
            for heading in headings {
                assert_eq!(ImportColumn::recognise(heading), Some(column), "{heading:?}");
            }
        }
        for heading in
            ["", "Available lines", "Status", "MACs", "Type 2", "result", "Site (Europe/Paris)", "n"]
        {
            assert_eq!(ImportColumn::recognise(heading), None, "{heading:?}");
        }
    }

    #[test]
    fn what_we_write_ourselves_is_known() {
        for heading in [
            "lines_available",
            "Available lines",
            "Lignes disponibles",
            "Status",
            "État",
            "etat",
            "status_since",
            "Since (Europe/Paris)",
            "Depuis (Europe/Paris)",
            "Depuis (UTC)",
            "Since (Etc/GMT+5)",
            "Since (America/Port-au-Prince)",
            "Depuis",
            "Vérifié le (UTC)",
            "user_agent",
            "Customer",
            "Client",
            "device_id",
            "line_port",
            "state",
            "contact_ip",
            "checked_at",
        ] {
            assert_eq!(recognise(heading), Some(Heading::ReadOnly), "{heading}");
        }
        for heading in ["result", "error_code", "error_message", "suggestion"] {
            assert_eq!(recognise(heading), Some(Heading::Result), "{heading}");
        }
        for heading in ["Depuis ()", "Depuis (a b!)", "Colour", "(UTC)"] {
            assert_eq!(recognise(heading), None, "{heading}");
        }
    }

    /// An export that is sent back must not bring a value into a column that it does not stand in.
    #[test]
    fn every_column_of_the_export_is_read_or_ignored() {
        for naming in [
            Naming::Keys,
            Naming::Words(Language::English.locale()),
            Naming::Words(Language::French.locale()),
        ] {
            for column in DeviceColumn::ALL {
                let expected = ImportColumn::parse(column.key()).map_or(Heading::ReadOnly, Heading::Import);
                assert_eq!(recognise(&column.heading(naming, "Europe/Paris")), Some(expected), "{column:?}");
            }
        }
    }

    #[test]
    fn headings_of_the_template() {
        let row = |naming| {
            ImportColumn::ALL.iter().map(|column| column.heading(naming)).collect::<Vec<_>>().join("; ")
        };
        assert_eq!(
            row(Naming::Keys),
            "mac; device_type; site; name; serial; inventory_id; note; dect_chain_id"
        );
        assert_eq!(
            row(Naming::Words(Language::English.locale())),
            "MAC address; Device type; Site; Name; Serial number; Inventory ID; Note; Multi Cell Chain ID"
        );
        assert_eq!(
            row(Naming::Words(Language::French.locale())),
            "Adresse MAC; Type d’appareil; Site; Nom; Numéro de série; N° d’inventaire; Remarque; ID de la station multicellulaire"
        );
    }
}
