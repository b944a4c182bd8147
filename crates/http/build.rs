//! A release embeds the front end: without it the binary would be a portal without style and script, so the build stops.
//! Development builds and tests need neither npm nor the bundle.

use std::path::Path;

fn main() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    // The embedding macro does not see files that are added later.
    println!("cargo::rerun-if-changed={}", dist.display());
    let is_release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if is_release && !dist.join("app.js").is_file() {
        println!("cargo::error=the front end is not bundled: run `cargo xtask assets` first");
    }
}
