//! The programs that the tests need from the system, and installing those that are missing (Debian and Ubuntu).

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::process::{Run, find};
use crate::steps::say;
use crate::{Outcome, browser, postgres};

/// A system package that a check needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Package {
    Postgres,
    Chromium,
    /// Chromium depends on no font, and pages without letters prove nothing.
    Fonts,
    Sipp,
    Sipsak,
    Baresip,
    /// The peer of the benchmarks.
    Sqlite,
    /// Makes pictures small.
    Pngquant,
}

impl Package {
    /// Its name on Debian.
    fn name(self) -> &'static str {
        match self {
            Package::Postgres => "postgresql",
            Package::Chromium => "chromium",
            Package::Fonts => "fonts-dejavu-core",
            Package::Sipp => "sip-tester",
            Package::Sipsak => "sipsak",
            Package::Baresip => "baresip-core",
            Package::Sqlite => "sqlite3",
            Package::Pngquant => "pngquant",
        }
    }

    fn is_there(self) -> bool {
        match self {
            Package::Postgres => postgres::programs().is_ok(),
            Package::Chromium => browser::chromium().is_some(),
            Package::Fonts => has_file(Path::new("/usr/share/fonts")),
            Package::Sipp => find("sipp").is_some(),
            Package::Sipsak => find("sipsak").is_some(),
            Package::Baresip => find("baresip").is_some(),
            Package::Sqlite => find("sqlite3").is_some(),
            Package::Pngquant => find("pngquant").is_some(),
        }
    }
}

/// Makes sure that these are installed. Nothing is asked of the network when they are.
pub(crate) fn provide(packages: &[Package]) -> Outcome {
    let missing = || packages.iter().filter(|package| !package.is_there()).map(|package| package.name());
    let wanted: Vec<&str> = missing().collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let list = wanted.join(" ");
    if find("apt-get").is_none() {
        return Err(format!(
            "these programs are missing (by their names on Debian): {list}. Please install them."
        ));
    }
    say(&format!("installing {list}"));
    apt(&list)?.args(["update", "--quiet=2"]).run()?;
    apt(&list)?.args(["install", "--quiet=2", "--yes", "--no-install-recommends"]).args(&wanted).run()?;
    let still: Vec<&str> = missing().collect();
    if still.is_empty() {
        Ok(())
    } else {
        Err(format!("installed, but still not found: {}", still.join(" ")))
    }
}

/// `apt-get` with the rights it takes.
fn apt(list: &str) -> Outcome<Run> {
    let limit = Duration::from_secs(15 * 60);
    // Waits for another apt-get instead of failing beside it, and never asks.
    let options = ["apt-get", "-o", "DPkg::Lock::Timeout=120"];
    let run = if is_root()? {
        Run::new("env")
    } else if find("sudo").is_some() {
        Run::new("sudo").arg("env")
    } else {
        return Err(format!(
            "missing, and not installable without root or sudo. As root: apt-get install {list}"
        ));
    };
    Ok(run.arg("DEBIAN_FRONTEND=noninteractive").args(options).limit(limit))
}

/// Whether we are root.
pub(crate) fn is_root() -> Outcome<bool> {
    Ok(Run::new("id").arg("-u").output()?.trim() == "0")
}

/// Whether there is any file in or below this folder.
fn has_file(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    let paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.iter().any(|path| path.is_file()) || paths.iter().any(|path| path.is_dir() && has_file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_wanted_is_nothing_to_do() {
        assert_eq!(provide(&[]), Ok(()));
    }
}
