//! `cargo xtask bench`: the benchmarks of `benches/` with the program as it is handed out, without the minutes of LTO.
//! What is measured and against what lies there; here is only the building and the calling.

use std::fs;

use crate::process::{Run, find};
use crate::steps::Steps;
use crate::system::Package::Sqlite;
use crate::system::provide;
use crate::workspace::{cargo, root, target};
use crate::{Outcome, assets};

/// Where the tables go.
const REPORT: &str = "docs/performance.md";

pub(crate) fn run(arguments: &[String]) -> Outcome {
    let sizes = sizes(arguments)?;
    let mut steps = Steps::new(4);
    steps.step("set-up: what the benchmarks need of the system", || {
        provide(&[Sqlite])?;
        find("python3").map(drop).ok_or_else(|| "python3 is not on the search path".to_owned())
    })?;
    steps.step("assets", assets::build)?;
    steps.step("the optimised program (10 minutes the first time, on two cores)", || {
        cargo().args(["build", "--profile", "ci-release", "--package", "tonalite"]).run()
    })?;
    steps.step("measuring (about 15 minutes for all sizes)", || {
        let built = target()?.join("ci-release/tonalite");
        let script = Run::new("python3").arg(root().join("benches/run.py")).arg(built);
        match sizes {
            // Some sizes only: for a person who changes something, not for the record.
            Some(sizes) => script.args(["", sizes]).run(),
            None => {
                let report = root().join(REPORT);
                fs::metadata(&report).map_err(|error| format!("{}: {error}", report.display()))?;
                script.arg(report).run()
            }
        }
    })
}

/// The one argument: numbers of devices, separated by commas.
fn sizes(arguments: &[String]) -> Outcome<Option<&str>> {
    match arguments {
        [] => Ok(None),
        [sizes] if sizes.split(',').all(|size| size.parse::<u32>().is_ok_and(|size| size > 0)) => {
            Ok(Some(sizes))
        }
        _ => Err("bench takes numbers of devices, separated by commas, such as 1000,10000".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_numbers_of_devices() {
        let sizes = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            sizes(&words).map(|sizes| sizes.map(str::to_owned))
        };
        assert_eq!(sizes(""), Ok(None));
        assert_eq!(sizes("1000,20"), Ok(Some("1000,20".to_owned())));
        for wrong in ["0", "x", "10,", "--fast", "10 20", "-1"] {
            assert!(sizes(wrong).is_err(), "{wrong}");
        }
    }
}
