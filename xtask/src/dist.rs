//! The binary that is handed out: optimised across crates, its assets embedded.

use crate::steps::{Steps, say};
use crate::workspace::{cargo, target};
use crate::{Outcome, assets};

pub(crate) fn run() -> Outcome {
    let mut steps = Steps::new(2);
    steps.step("assets (npm packages, scripts, styles)", assets::build)?;
    steps.step("release binary (10 to 15 minutes the first time)", || {
        cargo().args(["build", "--release", "--package", "tonalite"]).run()
    })?;
    say(&format!("\n{}", target()?.join("release/tonalite").display()));
    Ok(())
}
