//! The device types that Tonalite knows: models with their ports, makers' MAC prefixes, User-Agents, reboot recipes.
//! Pure data and look-ups. Nothing here knows of sites, approval or a device that exists.
//!
//! One TOML file per vendor under `src/vendors/`; [`VENDOR_FILES`] is the one list of them. Adding a vendor is adding its
//! file and its line there; the crate's README says what stands in a file.

mod catalog;
mod device_type;
mod error;
mod file;
mod pattern;
mod reboot;
mod vendor;

pub use catalog::{Catalog, PrefixFit};
pub use device_type::{DeviceType, Kind, MAX_PORTS};
pub use error::CatalogError;
pub use pattern::Pattern;
pub use reboot::{Challenges, RebootRecipe, ToUser};
pub use vendor::Vendor;

use std::sync::LazyLock;

/// Names the vendors' files once: a file that is not here does not exist for the product, one that is here must be there.
macro_rules! vendor_files {
    ($($file:literal),* $(,)?) => {
        &[$(($file, include_str!(concat!("vendors/", $file)))),*]
    };
}

/// Name and text of every vendor's file, in the order in which lists show them.
pub const VENDOR_FILES: &[(&str, &str)] =
    vendor_files!["yealink.toml", "poly.toml", "cisco.toml", "grandstream.toml", "snom.toml", "generic.toml"];

/// The catalogue that is compiled in, read once.
pub fn catalog() -> &'static Catalog {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
        // The files are part of the binary and the test `the_shipped_files_are_right` reads them: this cannot fail in the field.
        Catalog::read(VENDOR_FILES)
            .unwrap_or_else(|error| panic!("the device types compiled in are wrong: {error}"))
    });
    &CATALOG
}
