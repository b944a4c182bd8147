//! The device types that Tonalite knows: models with their ports, makers' MAC prefixes, User-Agents, reboot recipes.
//! Pure data and look-ups. Nothing here knows of sites, approval or a device that exists.
//!
//! One TOML file per vendor under `src/vendors/`. Adding a vendor is adding its file; the crate's README says what stands in it.

mod catalog;
mod device_type;
mod error;
mod file;
mod firmware;
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

/// Name and text of every vendor's file, in the order in which lists show them: by name, and last what is of no vendor.
/// Made at build time of what lies in the folder.
pub const VENDOR_FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/vendor_files.rs"));

/// The catalogue that is compiled in, read once.
pub fn catalog() -> &'static Catalog {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
        // The files are part of the binary and the test `the_shipped_files_are_right` reads them: this cannot fail in the field.
        Catalog::read(VENDOR_FILES)
            .unwrap_or_else(|error| panic!("the device types compiled in are wrong: {error}"))
    });
    &CATALOG
}
