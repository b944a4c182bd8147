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

/// Chooses the engine of the tests that run on one.
const ENGINE: &str = "TONALITE_TEST_ENGINE";

/// A check, by the name under which it can be run alone.
struct Step {
    name: &'static str,
    title: &'static str,
    packages: &'static [Package],
    database: bool,
    run: fn(&Database) -> Outcome,
}

const STEPS: &[Step] = &[
    step("fmt", "formatting", |_| formatting()),
    step("tidy", "direction, invariants, documents, files", |_| tidy::run()),
    step("l10n", "English and French", |_| l10n::run()),
    step("supply", "licences and sources of what is linked", |_| supply::check()),
    step("assets", "the front end's bundle", |_| assets::build()),
    step("web", "the front end's own checks", |_| assets::check()),
    step("clippy", "lints (minutes on a cold machine)", |_| clippy()),
    step("build", "the program and its tests (minutes on a cold machine)", |_| programs()),
    Step {
        packages: &[Sipp, Sipsak, Baresip],
        database: true,
        ..step("tests", "tests, with PostgreSQL and foreign phones", tests)
    },
    Step {
        packages: &[Sipp, Sipsak, Baresip],
        database: true,
        ..step("postgres", "use cases, API, pages and registrar once more, on PostgreSQL", tests_on_postgres)
    },
    Step { database: true, ..step("doc-tests", "examples in the documentation", doc_tests) },
    Step {
        packages: &[Chromium, Fonts],
        ..step("walk", "a walk through the portal in Chromium", |_| walk())
    },
    Step {
        packages: &[Chromium, Fonts, PostgresServer],
        ..step("walk-postgres", "the same walk, on PostgreSQL", |_| walk_on_postgres())
    },
];

/// A step that needs nothing of the system.
const fn step(name: &'static str, title: &'static str, run: fn(&Database) -> Outcome) -> Step {
    Step { name, title, packages: &[], database: false, run }
}

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
    let database = steps.step("set-up: what these steps need of the system", || {
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

/// In one call with the tests, because it is then built from the same features: built alone, a third of all
/// crates would be compiled once more for it.
fn programs() -> Outcome {
    build().args(["build", "--workspace", "--tests", "--bin", "tonalite"]).run()
}

fn tests(database: &Database) -> Outcome {
    let run = if find("cargo-nextest").is_some() {
        build().args(["nextest", "run", "--workspace", "--status-level", "slow"])
    } else {
        build().args(["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"])
    };
    database.tell(run).run()
}

/// The tests that run on one engine ran on SQLite in [`tests`]. Those of the store run on both there.
fn tests_on_postgres(database: &Database) -> Outcome {
    let names = ["tonalite-app", "tonalite-http", "tonalite-registrar", "tonalite-testkit"];
    let packages = names.iter().flat_map(|name| ["-p", name]);
    let run = if find("cargo-nextest").is_some() {
        build().args(["nextest", "run", "--workspace", "--status-level", "slow"]).args(filter(&names))
    } else {
        build().args(["test", "--no-fail-fast", "--lib", "--tests"]).args(packages)
    };
    database.tell(run).env(ENGINE, "postgres").run()
}

/// With the whole workspace, so that what was built for [`tests`] is used again: packages alone have other features.
fn filter(packages: &[&str]) -> [String; 2] {
    let names: Vec<String> = packages.iter().map(|name| format!("package({name})")).collect();
    ["-E".to_owned(), names.join(" + ")]
}

/// Built first also when run alone: an old binary would be walked with success.
fn walk() -> Outcome {
    programs()?;
    browser::walk(None)
}

/// On a server of its own: the portal begins with an empty database, and everything in it is gone afterwards.
fn walk_on_postgres() -> Outcome {
    programs()?;
    let postgres = Postgres::start()?;
    browser::walk(Some(postgres.url()))
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
