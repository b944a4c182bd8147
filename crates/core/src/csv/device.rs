//! The columns of the export of devices: keys, headings, and which of them a file has.

use super::columns::{columns, parse_list};
use crate::error::FieldError;

columns! {
    /// A column.
    DeviceColumn, "csv-device-", times: [StatusSince, LastRegisteredAt, CheckedAt];
    /// Address, with colons.
    Mac = "mac",
    /// Name of the model.
    DeviceType = "device_type",
    /// Ports that can still be assigned.
    LinesAvailable = "lines_available",
    /// Name of the site.
    Site = "site",
    /// Name of the device.
    Name = "name",
    /// Registered, aged or unregistered.
    Status = "status",
    /// More about the status.
    StatusDetail = "status_detail",
    /// Since when.
    StatusSince = "status_since",
    /// Ports of the model.
    LinesTotal = "lines_total",
    /// Lines with a live registration.
    LinesRegistered = "lines_registered",
    /// Names of its users, by port.
    AssignedTo = "assigned_to",
    /// When the phone last registered.
    LastRegisteredAt = "last_registered_at",
    /// Address that it was last heard from.
    Ip = "ip",
    /// What it says that it is: hostile text.
    UserAgent = "user_agent",
    /// Serial number.
    Serial = "serial",
    /// Inventory number of the owner.
    InventoryId = "inventory_id",
    /// *Multi Cell Chain ID* of its DECT system: only in files of those who may see it.
    DectChainId = "dect_chain_id",
    /// Note.
    Note = "note",
    /// Name of the customer.
    Customer = "customer",
    /// Id in the API.
    DeviceId = "device_id",
    /// When the states were read.
    CheckedAt = "checked_at",
}

impl DeviceColumn {
    /// The columns that a file has when nothing is said.
    pub const DEFAULT: &'static [DeviceColumn] =
        &[DeviceColumn::Mac, DeviceColumn::DeviceType, DeviceColumn::LinesAvailable, DeviceColumn::Site];

    /// Reads `all`, or keys with commas between them; nothing is the default. For who may not see chain IDs their column
    /// does not exist.
    ///
    /// # Errors
    /// `column_unknown` or `column_twice`, with the first that is wrong.
    pub fn parse_list(text: &str, may_see_chain_id: bool) -> Result<Vec<DeviceColumn>, FieldError> {
        let all: Vec<DeviceColumn> = Self::ALL
            .iter()
            .copied()
            .filter(|column| may_see_chain_id || *column != DeviceColumn::DectChainId)
            .collect();
        parse_list(text, &all, Self::DEFAULT, DeviceColumn::key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::Naming;
    use crate::csv::words::{detail_word, state_word};
    use crate::line_state::{LineState, StateDetail};
    use crate::text::Language;

    #[test]
    fn the_default_is_the_articles_four_columns_in_its_words() {
        let headings = |naming| {
            let heading = |column: &DeviceColumn| column.heading(naming, "UTC");
            DeviceColumn::DEFAULT.iter().map(heading).collect::<Vec<_>>().join("; ")
        };
        assert_eq!(headings(Naming::Keys), "mac; device_type; lines_available; site");
        assert_eq!(
            headings(Naming::Words(Language::English.locale())),
            "MAC address; Device type; Available lines; Site"
        );
        assert_eq!(
            headings(Naming::Words(Language::French.locale())),
            "Adresse MAC; Type d’appareil; Lignes disponibles; Site"
        );
    }

    #[test]
    fn every_word_exists_in_both_languages() {
        for language in Language::ALL {
            let naming = Naming::Words(language.locale());
            let mut words: Vec<String> =
                DeviceColumn::ALL.iter().map(|column| column.heading(naming, "Europe/Paris")).collect();
            let headings = words.len();
            words.sort();
            words.dedup();
            assert_eq!(words.len(), headings, "two columns with one heading: {words:?}");
            words.extend(StateDetail::ALL.map(|detail| detail_word(naming, detail)));
            words.extend(
                [LineState::Registered, LineState::Aged, LineState::Unregistered]
                    .map(|state| state_word(naming, state)),
            );
            assert!(
                words.iter().all(|word| !word.starts_with("csv-") && !word.starts_with("detail-")),
                "{words:?}"
            );
        }
        let since = DeviceColumn::StatusSince;
        assert_eq!(
            since.heading(Naming::Words(Language::French.locale()), "Europe/Paris"),
            "Depuis (Europe/Paris)"
        );
        assert_eq!(since.heading(Naming::Keys, "Europe/Paris"), "status_since");
    }

    #[test]
    fn columns_are_chosen_by_key() {
        let keys_for = |text: &str, may_see_chain_id| {
            DeviceColumn::parse_list(text, may_see_chain_id)
                .map(|columns| columns.iter().map(|column| column.key()).collect::<Vec<_>>().join(","))
                .map_err(|error| (error.code, error.args))
        };
        let keys = |text: &str| keys_for(text, false);
        assert_eq!(keys(""), Ok("mac,device_type,lines_available,site".into()));
        assert_eq!(keys("site, mac"), Ok("site,mac".into()));
        assert_eq!(
            keys("all"),
            Ok("mac,device_type,lines_available,site,name,status,status_detail,status_since,lines_total,\
                lines_registered,assigned_to,last_registered_at,ip,user_agent,serial,inventory_id,note,customer,\
                device_id,checked_at"
                .into())
        );
        assert_eq!(
            keys_for("all", true),
            keys("all").map(|all| all.replace("inventory_id,", "inventory_id,dect_chain_id,"))
        );
        assert_eq!(keys_for("mac,dect_chain_id", true), Ok("mac,dect_chain_id".into()));
        for (text, code, value) in [
            ("mac,dect_chain_id", "column_unknown", "dect_chain_id"),
            ("mac,", "column_unknown", ""),
            ("MAC", "column_unknown", "MAC"),
            ("mac,site,mac", "column_twice", "mac"),
            ("all,mac", "column_unknown", "all"),
        ] {
            assert_eq!(keys(text), Err((code, vec![("value", value.to_owned())])), "{text}");
        }
    }
}
