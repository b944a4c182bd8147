//! The walk through the portal in a real Chromium. What is walked lies in `web/tests/walk.mjs`; here is only
//! what it is given: `TONALITE_BIN`, `CHROMIUM`, `SHOTS` and `DATABASE`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::Outcome;
use crate::process::{Run, find};
use crate::workspace::{root, target};

/// The walk takes minutes; a page that never comes must not hold up a run for ever.
const LIMIT: Duration = Duration::from_secs(25 * 60);

/// The browser: `$CHROMIUM`, or Debian's, or the one of the search path.
pub(crate) fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let usual = Some(PathBuf::from("/usr/bin/chromium"));
    let found = || ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(find);
    named.or_else(|| usual.filter(|path| path.is_file()).or_else(found)).filter(|path| path.is_file())
}

/// Walks, with the binary that lies in the target folder: on SQLite, or on a PostgreSQL database that is empty.
pub(crate) fn walk(database: Option<&str>) -> Outcome {
    let script = root().join("web/tests/walk.mjs");
    let binary = target()?.join("debug/tonalite");
    let chromium = chromium().ok_or("no Chromium found: install it, or tell its path in CHROMIUM")?;
    present(&script)?;
    present(&binary)?;
    let shots = target()?.join(if database.is_some() { "screenshots-postgres" } else { "screenshots" });
    // Emptied first, so that an old picture is never taken for one of this run.
    if shots.exists() {
        fs::remove_dir_all(&shots).map_err(|error| format!("cannot empty {}: {error}", shots.display()))?;
    }
    fs::create_dir_all(&shots).map_err(|error| format!("cannot make {}: {error}", shots.display()))?;
    let node = Run::new("node")
        .arg(&script)
        .env("TONALITE_BIN", &binary)
        .env("CHROMIUM", &chromium)
        .env("SHOTS", &shots)
        .limit(LIMIT);
    match database {
        Some(url) => node.env("DATABASE", url).run()?,
        None => node.run()?,
    }
    // A walk that took no picture walked nowhere, whatever it says.
    let pictures =
        fs::read_dir(&shots).map_err(|error| format!("cannot read {}: {error}", shots.display()))?.count();
    if pictures == 0 { Err(format!("the walk left no picture in {}", shots.display())) } else { Ok(()) }
}

fn present(path: &Path) -> Outcome {
    if path.is_file() { Ok(()) } else { Err(format!("{} does not exist", path.display())) }
}
