//! The columns of the export of line states: keys, headings, and the words of their own.

use super::Naming;
use super::columns::{columns, parse_list};
use crate::error::FieldError;
use crate::line::LineUse;

columns! {
    /// A column.
    LineColumn, "csv-line-", times: [StateSince, RegisteredAt, ExpiresAt, CheckedAt];
    /// Name of the customer.
    Customer = "customer",
    /// Name of the site.
    Site = "site",
    /// Address, with colons.
    Mac = "mac",
    /// Name of the device.
    DeviceName = "device_name",
    /// Name of the model.
    DeviceType = "device_type",
    /// Port of the device, from 1; empty for a device without an assigned one.
    Port = "port",
    /// SIP address of the port: `user@domain`.
    LinePort = "line_port",
    /// Whether it is the user's own phone.
    Primary = "primary",
    /// What sort of port it is.
    Endpoint = "endpoint",
    /// Name of the user.
    Label = "label",
    /// Extension.
    Extension = "extension",
    /// Number.
    PhoneNumber = "phone_number",
    /// Registered, aged or unregistered.
    State = "state",
    /// More about the state.
    StateDetail = "state_detail",
    /// Since when.
    StateSince = "state_since",
    /// Last renewal.
    RegisteredAt = "registered_at",
    /// When it expires.
    ExpiresAt = "expires_at",
    /// Live contacts.
    Bindings = "bindings",
    /// Address of the contact.
    ContactIp = "contact_ip",
    /// Its port.
    ContactPort = "contact_port",
    /// How it registered.
    Transport = "transport",
    /// What it says that it is: hostile text.
    UserAgent = "user_agent",
    /// Chain id of the DECT system, for those who may see it.
    DectChainId = "dect_chain_id",
    /// When the states were read.
    CheckedAt = "checked_at",
}

impl LineColumn {
    /// Reads `all`, or keys with commas between them; nothing is all. Who may not see the chain id has no such column.
    ///
    /// # Errors
    /// `column_unknown` or `column_twice`, with the first that is wrong.
    pub fn parse_list(text: &str, may_see_chain_id: bool) -> Result<Vec<LineColumn>, FieldError> {
        let all: Vec<LineColumn> = Self::ALL
            .iter()
            .copied()
            .filter(|column| may_see_chain_id || *column != LineColumn::DectChainId)
            .collect();
        parse_list(text, &all, &all, LineColumn::key)
    }
}

/// What sort of port a line is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// The user's own phone.
    Primary,
    /// A further phone that rings for the same user.
    Shared,
    /// A socket of an adapter or gateway.
    Ata,
    /// A handset of a DECT base.
    Dect,
}

impl Endpoint {
    /// All of them.
    pub const ALL: [Endpoint; 4] = [Endpoint::Primary, Endpoint::Shared, Endpoint::Ata, Endpoint::Dect];

    /// The key in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Endpoint::Primary => "primary",
            Endpoint::Shared => "shared",
            Endpoint::Ata => "ata",
            Endpoint::Dect => "dect",
        }
    }

    /// Of a port of a telephone.
    pub const fn of_phone(line_use: LineUse) -> Endpoint {
        match line_use {
            LineUse::Primary => Endpoint::Primary,
            LineUse::Shared => Endpoint::Shared,
        }
    }
}

/// The word for a sort of port.
pub fn endpoint_word(naming: Naming, endpoint: Endpoint) -> String {
    match naming {
        Naming::Keys => endpoint.as_str().to_owned(),
        Naming::Words(locale) => locale.text(&format!("csv-endpoint-{}", endpoint.as_str())),
    }
}

/// The word for yes or no.
pub fn answer_word(naming: Naming, yes: bool) -> String {
    let key = if yes { "true" } else { "false" };
    match naming {
        Naming::Keys => key.to_owned(),
        Naming::Words(locale) => locale.text(&format!("csv-answer-{key}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    const KEYS: &str = "customer,site,mac,device_name,device_type,port,line_port,primary,endpoint,label,extension,\
        phone_number,state,state_detail,state_since,registered_at,expires_at,bindings,contact_ip,contact_port,transport,\
        user_agent,dect_chain_id,checked_at";

    #[test]
    fn the_columns_are_those_of_the_contract_and_the_chain_id_is_absent_without_the_right() {
        let keys = |text: &str, may: bool| {
            LineColumn::parse_list(text, may)
                .map(|columns| columns.iter().map(|column| column.key()).collect::<Vec<_>>().join(","))
                .map_err(|error| (error.code, error.args))
        };
        assert_eq!(keys("", true), Ok(KEYS.to_owned()));
        assert_eq!(keys("all", true), Ok(KEYS.to_owned()));
        assert_eq!(keys("", false), Ok(KEYS.replace("dect_chain_id,", "")));
        assert_eq!(keys("state, mac", false), Ok("state,mac".to_owned()));
        let refused = |value: &str| Err(("column_unknown", vec![("value", value.to_owned())]));
        assert_eq!(keys("mac,dect_chain_id", false), refused("dect_chain_id"));
        assert_eq!(keys("mac,dect_chain_id", true), Ok("mac,dect_chain_id".to_owned()));
        assert_eq!(keys("mac,status", true), refused("status"));
    }

    #[test]
    fn every_word_exists_in_both_languages() {
        for language in Language::ALL {
            let naming = Naming::Words(language.locale());
            let mut words: Vec<String> =
                LineColumn::ALL.iter().map(|column| column.heading(naming, "Europe/Paris")).collect();
            let headings = words.len();
            words.sort();
            words.dedup();
            assert_eq!(words.len(), headings, "two columns with one heading: {words:?}");
            words.extend(Endpoint::ALL.map(|endpoint| endpoint_word(naming, endpoint)));
            words.extend([true, false].map(|yes| answer_word(naming, yes)));
            assert!(words.iter().all(|word| !word.starts_with("csv-")), "{words:?}");
        }
        let french = Naming::Words(Language::French.locale());
        assert_eq!(LineColumn::StateSince.heading(french, "Europe/Paris"), "Depuis (Europe/Paris)");
        assert_eq!(
            LineColumn::DectChainId.heading(french, "Europe/Paris"),
            "ID de la station multicellulaire"
        );
        assert_eq!(LineColumn::StateSince.heading(Naming::Keys, "Europe/Paris"), "state_since");
    }
}
