//! All vendors and types together: the rules between files, and the look-ups.

use std::collections::HashMap;

use crate::device_type::DeviceType;
use crate::error::CatalogError;
use crate::file;
use crate::vendor::Vendor;

/// The device types and their vendors.
#[derive(Debug)]
pub struct Catalog {
    vendors: Vec<Vendor>,
    types: Vec<DeviceType>,
    by_id: HashMap<String, usize>,
    by_name: HashMap<String, usize>,
    by_prefix: HashMap<u32, usize>,
}

/// Whether a MAC prefix goes with a device type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrefixFit<'a> {
    /// It is one of the maker's.
    Fits,
    /// It is known to belong to this other maker.
    OtherMaker(&'a Vendor),
    /// Nobody's here: our lists are not complete, so this is no reason to warn.
    Unknown,
}

impl Catalog {
    /// Reads vendors' files, given by name and text.
    ///
    /// # Errors
    /// The first mistake in a file, or between two: an id, name, alias or MAC prefix that stands for two things, or a
    /// sample User-Agent that its vendor would not know or another type would take for its own.
    pub fn read(files: &[(&str, &str)]) -> Result<Catalog, CatalogError> {
        let mut catalog = Catalog {
            vendors: Vec::with_capacity(files.len()),
            types: Vec::new(),
            by_id: HashMap::new(),
            by_name: HashMap::new(),
            by_prefix: HashMap::new(),
        };
        for &(name, text) in files {
            let (vendor, types) = file::read(name, text)?;
            catalog.add_vendor(name, vendor)?;
            for (index, device_type) in types.into_iter().enumerate() {
                catalog.add_type(name, index, device_type)?;
            }
        }
        catalog.check_user_agents()?;
        Ok(catalog)
    }

    /// Every type, vendor by vendor.
    pub fn types(&self) -> &[DeviceType] {
        &self.types
    }

    /// Every vendor.
    pub fn vendors(&self) -> &[Vendor] {
        &self.vendors
    }

    /// The type of this id.
    pub fn get(&self, id: &str) -> Option<&DeviceType> {
        self.by_id.get(id).map(|&index| &self.types[index])
    }

    /// The vendor of this id.
    pub fn vendor(&self, id: &str) -> Option<&Vendor> {
        self.vendors.iter().find(|vendor| vendor.id == id)
    }

    /// The type that people mean by `text`: its id, name, model or an alias, without regard to case, accents, spaces,
    /// hyphens and underscores. Never a guess: no two types share a folded name.
    pub fn find(&self, text: &str) -> Option<&DeviceType> {
        self.by_name.get(&fold(text)).map(|&index| &self.types[index])
    }

    /// The maker to whom IEEE assigned this prefix, the first 24 bits of an address.
    pub fn vendor_of_mac_prefix(&self, prefix: u32) -> Option<&Vendor> {
        self.by_prefix.get(&prefix).map(|&index| &self.vendors[index])
    }

    /// Whether an address with this prefix goes with the type, as far as is known.
    pub fn prefix_fit(&self, device_type: &DeviceType, prefix: u32) -> PrefixFit<'_> {
        match self.vendor_of_mac_prefix(prefix) {
            Some(vendor) if vendor.id == device_type.vendor => PrefixFit::Fits,
            Some(vendor) => PrefixFit::OtherMaker(vendor),
            None => PrefixFit::Unknown,
        }
    }

    /// The type that sends this User-Agent. A claim, not a proof: anybody can send it.
    pub fn type_of_user_agent(&self, user_agent: &str) -> Option<&DeviceType> {
        self.types
            .iter()
            .find(|device_type| device_type.user_agents.iter().any(|pattern| pattern.matches(user_agent)))
    }

    /// The firmware that a User-Agent of a known vendor names.
    pub fn firmware_of_user_agent<'a>(&self, user_agent: &'a str) -> Option<&'a str> {
        self.vendor_of_user_agent(user_agent).and_then(|_| crate::firmware::firmware_in(user_agent))
    }

    /// The vendor whose models send such User-Agents, also where the model is not known.
    pub fn vendor_of_user_agent(&self, user_agent: &str) -> Option<&Vendor> {
        self.vendors
            .iter()
            .find(|vendor| vendor.user_agents.iter().any(|pattern| pattern.matches(user_agent)))
    }

    fn add_vendor(&mut self, file: &str, vendor: Vendor) -> Result<(), CatalogError> {
        for &prefix in &vendor.mac_prefixes {
            if let Some(other) = self.by_prefix.insert(prefix, self.vendors.len()) {
                let owner = self.vendors.get(other).unwrap_or(&vendor);
                return Err(error(
                    file,
                    "",
                    "mac_prefixes",
                    format!("{prefix:06x} is already of {}", owner.name),
                ));
            }
        }
        self.vendors.push(vendor);
        Ok(())
    }

    fn add_type(&mut self, file: &str, index: usize, device_type: DeviceType) -> Result<(), CatalogError> {
        let table = format!("type[{}]", index + 1);
        let at = self.types.len();
        if self.by_id.insert(device_type.id.clone(), at).is_some() {
            return Err(error(file, &table, "id", format!("{} stands for two types", device_type.id)));
        }
        let named = [("id", &device_type.id), ("model", &device_type.name), ("model", &device_type.model)];
        let aliases = device_type.aliases.iter().map(|alias| ("aliases", alias));
        for (key, name) in named.into_iter().chain(aliases) {
            let folded = fold(name);
            if folded.is_empty() {
                return Err(error(file, &table, key, format!("{name:?} is no name")));
            }
            match self.by_name.insert(folded, at) {
                None => {}
                // Id, name and model may fold to the same text; an alias that says nothing new is clutter.
                Some(other) if other == at && key != "aliases" => {}
                Some(other) if other == at => {
                    return Err(error(file, &table, key, format!("{name:?} is already a name of this type")));
                }
                Some(other) => {
                    let message = format!("{name:?} is also a name of {}", self.types[other].id);
                    return Err(error(file, &table, key, message));
                }
            }
        }
        self.types.push(device_type);
        Ok(())
    }

    fn check_user_agents(&self) -> Result<(), CatalogError> {
        for device_type in &self.types {
            let Some(sample) = &device_type.sample_user_agent else { continue };
            let matching =
                self.types.iter().filter(|other| other.user_agents.iter().any(|p| p.matches(sample)));
            let problem = match matching.clone().find(|other| other.id != device_type.id) {
                Some(other) => format!("{} matches it too", other.id),
                None if self
                    .vendor_of_user_agent(sample)
                    .is_none_or(|vendor| vendor.id != device_type.vendor) =>
                {
                    "the vendor's own user_agents do not match it, or another vendor's do".to_owned()
                }
                None => continue,
            };
            let file = format!("{}.toml", device_type.vendor);
            let index = self
                .types
                .iter()
                .filter(|t| t.vendor == device_type.vendor)
                .position(|t| t.id == device_type.id);
            let table = format!("type[{}]", index.unwrap_or_default() + 1);
            return Err(error(&file, &table, "sample_user_agent", problem));
        }
        Ok(())
    }
}

/// Folds a name of a type: as people's names are folded, and also without the spaces and hyphens that vary from one
/// writer to the next (`T54 W`, `VVX-450`, `ATA192`).
fn fold(text: &str) -> String {
    tonalite_core::name::fold(text)
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '_' | '\u{2010}'..='\u{2015}'))
        .collect()
}

fn error(file: &str, table: &str, key: &str, message: String) -> CatalogError {
    CatalogError { file: file.to_owned(), table: table.to_owned(), key: key.to_owned(), message }
}
