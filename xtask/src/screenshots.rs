//! `cargo xtask screenshots`: the pictures of `docs/images/`, taken from the demo in a real Chromium, so that they
//! show what the program shows. What is pictured lies in `web/tests/screenshots.mjs`; `ONLY=help/fr` in the environment makes
//! only those whose names begin so.

use std::fs;
use std::time::Duration;

use crate::process::Run;
use crate::steps::Steps;
use crate::system::Package::{Chromium, Fonts, Pngquant};
use crate::system::provide;
use crate::workspace::{cargo, root, target};
use crate::{Outcome, assets, browser};

/// The demo's phones need some seconds, each page a second; what hangs must not hang for ever.
const LIMIT: Duration = Duration::from_secs(10 * 60);

pub(crate) fn run() -> Outcome {
    let mut steps = Steps::new(4);
    steps.step("set-up: a browser, its fonts, and what makes pictures small", || {
        provide(&[Chromium, Fonts, Pngquant])
    })?;
    steps.step("assets", assets::build)?;
    steps.step("building what has changed", || cargo().args(["build", "--package", "tonalite"]).run())?;
    steps.step("pictures", || {
        let images = root().join("docs/images");
        fs::create_dir_all(&images).map_err(|error| format!("cannot make {}: {error}", images.display()))?;
        let chromium =
            browser::chromium().ok_or("no Chromium found: install it, or tell its path in CHROMIUM")?;
        Run::new("node")
            .arg(root().join("web/tests/screenshots.mjs"))
            .env("TONALITE_BIN", target()?.join("debug/tonalite"))
            .env("CHROMIUM", chromium)
            .env("SHOTS", images)
            .limit(LIMIT)
            .run()
    })
}
