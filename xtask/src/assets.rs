//! The front end: npm packages and the bundle in `web/dist`, which the binary embeds.
//!
//! No install scripts are run: nothing that we depend on needs one, and a stolen package would start there.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::Outcome;
use crate::json::Json;
use crate::process::Run;
use crate::steps::say;
use crate::workspace::root;

/// The oldest that is tested, and what `engines` of `web/package.json` says.
const NODE: u32 = 20;

const HINT: &str = "The front end is built with Node.js 20 or newer and its npm: https://nodejs.org";

/// Seconds usually; a registry that does not answer must not hold up a run for ever.
const LIMIT: Duration = Duration::from_secs(10 * 60);

/// Installs what is missing and bundles.
pub(crate) fn build() -> Outcome {
    install()?;
    script("build")
}

/// Runs the scripts of `web/package.json` that check the front end, as far as it has them.
pub(crate) fn check() -> Outcome {
    install()?;
    let scripts = scripts()?;
    for name in ["typecheck", "test"] {
        if scripts.iter().any(|script| script == name) {
            script(name)?;
        } else {
            say(&format!("web/package.json has no script `{name}`"));
        }
    }
    Ok(())
}

/// `npm ci`, unless what is installed was installed from this very lock file.
fn install() -> Outcome {
    let version = Run::new("node").arg("--version").hint(HINT).output()?;
    if major(&version).is_none_or(|major| major < NODE) {
        return Err(format!("Node.js {} is too old. {HINT}", version.trim()));
    }
    let lock = read(&web().join("package-lock.json"))?;
    let installed = web().join("node_modules/.installed-from.json");
    // Compared by content: times say nothing after a checkout.
    if fs::read_to_string(&installed).is_ok_and(|before| before == lock) {
        return Ok(());
    }
    npm().args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).run()?;
    fs::write(&installed, lock).map_err(|error| format!("cannot write {}: {error}", installed.display()))
}

/// The first number of `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn script(name: &str) -> Outcome {
    npm().args(["run", "--silent", name]).run()
}

fn npm() -> Run {
    Run::new("npm").hint(HINT).inside(web()).limit(LIMIT)
}

fn scripts() -> Outcome<Vec<String>> {
    let path = web().join("package.json");
    let package = Json::parse(&read(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
    match package.get("scripts") {
        Some(Json::Object(scripts)) => Ok(scripts.keys().cloned().collect()),
        _ => Err(format!("{} has no scripts", path.display())),
    }
}

fn read(path: &PathBuf) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn web() -> PathBuf {
    root().join("web")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_version_of_node() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("v8"), Some(8));
        assert_eq!(major("node"), None);
    }

    #[test]
    fn the_package_asks_for_the_same_version() {
        let package = Json::parse(&read(&web().join("package.json")).unwrap()).unwrap();
        let engines = package.get("engines").and_then(|engines| engines.get("node")).and_then(Json::text);
        assert_eq!(engines, Some(format!(">={NODE}").as_str()));
    }
}
