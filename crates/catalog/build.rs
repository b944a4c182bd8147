//! Lists the vendors' files, so that adding a vendor is adding its file and nothing else.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join("src/vendors");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
            names.push(name.ok_or_else(|| io::Error::other(format!("{} is no plain name", path.display())))?);
        }
    }
    // By name; what is of no vendor comes last.
    names.sort_by_key(|name| (name == "generic.toml", name.clone()));
    let mut text = String::from("&[\n");
    for name in names {
        text.push_str(&format!("    ({name:?}, include_str!({:?})),\n", folder.join(&name)));
    }
    text.push_str("]\n");
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("vendor_files.rs"), text)
}
