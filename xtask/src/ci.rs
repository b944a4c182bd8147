//! `cargo xtask ci`: everything that must hold before a change lands, in the order in which it fails soonest.
//!
//! It installs what it needs, so that a fresh clone on a fresh machine passes. A step named on the command
//! line is run alone, with only what it needs.

use std::time::Duration;

use crate::postgres::{Postgres, VARIABLE};
use crate::process::{Run, find};
use crate::steps::{Steps, say};
use crate::system::Package::{Baresip, Chromium, Fonts, Postgres as PostgresServer, Sipp, Sipsak};
use crate::system::{Package, provide};
use crate::workspace::cargo;
use crate::{Outcome, assets, browser, l10n, supply, tidy};

/// A run of CI is given 90 minutes; a build or test that takes half of that hangs.
const LIMIT: Duration = Duration::from_secs(45 * 60);

/// A check, by the name under which it can be run alone.
struct Step {
    name: &'static str,
    title: &'static str,
    packages: &'static [Package],
    database: bool,
    run: fn(&Database) -> Outcome,
}

const STEPS: &[Step] = &[
    Step { name: "fmt", title: "formatting", packages: &[], database: false, run: |_| formatting() },
    Step {
        name: "tidy",
        title: "direction, invariants, documents, files",
        packages: &[],
        database: false,
        run: |_| tidy::run(),
    },
    Step { name: "l10n", title: "English and French", packages: &[], database: false, run: |_| l10n::run() },
    Step {
        name: "supply",
        title: "licences and sources of what is linked",
        packages: &[],
        database: false,
        run: |_| supply::check(),
    },
    Step {
        name: "assets",
        title: "the front end's bundle",
        packages: &[],
        database: false,
        run: |_| assets::build(),
    },
    Step {
        name: "web",
        title: "the front end's own checks",
        packages: &[],
        database: false,
        run: |_| assets::check(),
    },
    Step {
        name: "clippy",
        title: "lints (minutes on a cold machine)",
        packages: &[],
        database: false,
        run: |_| clippy(),
    },
    Step {
        name: "tests",
        title: "tests, with PostgreSQL and foreign phones (minutes on a cold machine)",
        packages: &[Sipp, Sipsak, Baresip],
        database: true,
        run: tests,
    },
    Step {
        name: "doc-tests",
        title: "examples in the documentation",
        packages: &[],
        database: true,
        run: doc_tests,
    },
    Step {
        name: "binary",
        title: "the binary for the walk",
        packages: &[],
        database: false,
        run: |_| browser::build(),
    },
    Step {
        name: "walk",
        title: "a walk through the portal in Chromium",
        packages: &[Chromium, Fonts],
        database: false,
        run: |_| browser::walk(),
    },
];

pub(crate) fn run(names: &[String]) -> Outcome {
    let chosen = choose(names)?;
    let mut steps = Steps::new(chosen.len() + 1);
    let result = all(&chosen, &mut steps);
    // The closing line, in the words that readers of CI logs look for.
    let failed = usize::from(result.is_err());
    say(&format!("\n{} elapsed\nsteps: {} passed, {failed} failed", steps.elapsed(), steps.done()));
    result
}

fn choose(names: &[String]) -> Outcome<Vec<&'static Step>> {
    let known = |name: &String| STEPS.iter().find(|step| step.name == name);
    if let Some(wrong) = names.iter().find(|name| known(name).is_none()) {
        let all: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        return Err(format!("`{wrong}` is no step of ci. The steps: {}", all.join(", ")));
    }
    Ok(STEPS.iter().filter(|step| names.is_empty() || names.iter().any(|name| name == step.name)).collect())
}

fn all(chosen: &[&Step], steps: &mut Steps) -> Outcome {
    let database = steps.step("set-up: programs and a PostgreSQL of its own", || {
        let mut packages: Vec<Package> =
            chosen.iter().flat_map(|step| step.packages.iter().copied()).collect();
        let wanted = chosen.iter().any(|step| step.database);
        if wanted && std::env::var_os(VARIABLE).is_none() {
            packages.push(PostgresServer);
        }
        provide(&packages)?;
        if wanted { Database::start() } else { Ok(Database::NotNeeded) }
    })?;
    for step in chosen {
        let title = format!("{}: {}", step.name, step.title);
        steps.step(&title, || (step.run)(&database)).map_err(|failure| {
            format!("step `{0}`: {failure}\nAlone it runs with: cargo xtask ci {0}", step.name)
        })?;
    }
    Ok(())
}

/// The PostgreSQL that the tests use.
enum Database {
    NotNeeded,
    /// Started here, and stopped at the end.
    Own(Postgres),
    /// A person's own, from the environment, which children inherit.
    Given,
}

impl Database {
    fn start() -> Outcome<Database> {
        if let Some(url) = std::env::var_os(VARIABLE) {
            say(&format!("using {VARIABLE}={}", url.to_string_lossy()));
            return Ok(Database::Given);
        }
        Ok(Database::Own(Postgres::start()?))
    }

    fn tell(&self, run: Run) -> Run {
        match self {
            Database::Own(postgres) => run.env(VARIABLE, postgres.url()),
            Database::NotNeeded | Database::Given => run,
        }
    }
}

/// Cargo without incremental files: a run of CI builds once, and they cost time and gigabytes.
fn build() -> Run {
    let cargo = cargo().limit(LIMIT);
    if std::env::var_os("CI").is_some() { cargo.env("CARGO_INCREMENTAL", "0") } else { cargo }
}

fn formatting() -> Outcome {
    cargo()
        .args(["fmt", "--all", "--", "--check"])
        .run()
        .map_err(|failure| format!("{failure}; `cargo fmt` mends it"))
}

fn clippy() -> Outcome {
    build().args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]).run()
}

fn tests(database: &Database) -> Outcome {
    let run = if find("cargo-nextest").is_some() {
        build().args(["nextest", "run", "--workspace", "--no-fail-fast"])
    } else {
        build().args(["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"])
    };
    database.tell(run).run()
}

fn doc_tests(database: &Database) -> Outcome {
    database.tell(build().args(["test", "--quiet", "--workspace", "--doc"])).run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_can_be_named() {
        let names = |wanted: &[&str]| {
            let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
            choose(&wanted).map(|steps| steps.iter().map(|step| step.name).collect::<Vec<_>>())
        };
        assert_eq!(names(&[]).unwrap().len(), STEPS.len());
        // In the order of the list, whatever order they are named in.
        assert_eq!(names(&["walk", "fmt"]).unwrap(), ["fmt", "walk"]);
        assert!(names(&["formatting"]).unwrap_err().contains("fmt, tidy"));
    }
}
