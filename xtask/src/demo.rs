//! From a fresh clone to a running portal in one command: assets, build, then `tonalite demo`, which makes
//! the fleet, serves the portal and the registrar, and runs the simulated phones.
//!
//! Built in the dev profile: a first start takes 4 minutes instead of 10, and a few hundred phones are no load.

use std::path::PathBuf;

use crate::process::Run;
use crate::steps::Steps;
use crate::workspace::{cargo, root, target};
use crate::{Outcome, assets};

pub(crate) fn run(arguments: &[String]) -> Outcome {
    check(arguments)?;
    let built = target()?.join("debug/tonalite");
    let mut steps = Steps::new(3);
    let packages = if root().join("web/node_modules").is_dir() {
        "assets (a few seconds)"
    } else {
        "assets (npm packages, scripts, styles: about 1 minute the first time)"
    };
    steps.step(packages, assets::build)?;
    let build = if built.is_file() {
        "building what has changed"
    } else {
        "building (about 4 minutes the first time, on two cores)"
    };
    steps.step(build, || cargo().args(["build", "--package", "tonalite"]).run())?;
    // The last step is that program itself, from here on: so Ctrl-C reaches it once and directly, it ends its
    // phones in order, and the shell waits for it.
    steps.step("starting the portal (Ctrl-C ends it; data in demo-data/)", || start(built, arguments))
}

fn start(built: PathBuf, arguments: &[String]) -> Outcome {
    Run::new(built).args(["demo", "--data", "demo-data"]).args(arguments).become_it()
}

/// Checked here too: a typing error must not come to light after four minutes of building.
fn check(arguments: &[String]) -> Outcome {
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let port = match argument.as_str() {
            "--fresh" => continue,
            "--port" => arguments.next().map(String::as_str),
            other => other.strip_prefix("--port="),
        };
        match port.map(str::parse::<u16>) {
            Some(Ok(_)) => {}
            Some(Err(_)) => return Err("--port takes a number from 0 to 65535".to_owned()),
            None if argument == "--port" => return Err("--port takes a number".to_owned()),
            None => return Err(format!("demo knows --fresh and --port N, not `{argument}`")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_checked_before_minutes_of_building() {
        let check = |line: &str| check(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        for right in ["", "--fresh", "--port 8080", "--port=0 --fresh"] {
            assert_eq!(check(right), Ok(()), "{right}");
        }
        for wrong in ["--port", "--port x", "--port 70000", "--prot 80", "fresh", "--port --fresh"] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }
}
