//! What we link comes from crates.io and has a licence that `deny.toml` allows.
//!
//! Only these two rules of that file: they need no tool and no network beyond the build's own.
//! Advisories and duplicates are `cargo deny`'s.

use std::fs;

use crate::Outcome;
use crate::json::Json;
use crate::report::report;
use crate::workspace::{cargo, root};

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The platform that is released and tested: crates for others only are not downloaded for this check.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

pub(crate) fn check() -> Outcome {
    let text = fs::read_to_string(root().join("deny.toml"))
        .map_err(|error| format!("cannot read deny.toml: {error}"))?;
    let policy = Policy::read(&text);
    // --locked: a lock file that does not fit the manifests fails here.
    let call = ["metadata", "--format-version", "1", "--locked", "--filter-platform", PLATFORM];
    let metadata =
        Json::parse(&cargo().args(call).output()?).map_err(|error| format!("`cargo metadata`: {error}"))?;
    let packages = metadata.get("packages").map(Json::list).unwrap_or_default();
    let linked =
        metadata.get("resolve").and_then(|resolve| resolve.get("nodes")).map(Json::list).unwrap_or_default();
    let linked: Vec<&str> = linked.iter().filter_map(|node| node.get("id").and_then(Json::text)).collect();
    let of_platform =
        |package: &&Json| package.get("id").and_then(Json::text).is_some_and(|id| linked.contains(&id));
    let checked: Vec<&Json> = packages.iter().filter(of_platform).collect();
    if checked.is_empty() || policy.allowed.is_empty() {
        return Err("`cargo metadata` lists no package, or deny.toml allows no licence".to_owned());
    }
    let faults: Vec<String> = checked.iter().flat_map(|package| policy.faults(package)).collect();
    report(&faults, &format!("{} crates", checked.len()))
}

/// The part of `deny.toml` that is enforced here.
#[derive(Debug, Default)]
struct Policy {
    allowed: Vec<String>,
    /// Crate and licence.
    exceptions: Vec<(String, String)>,
}

impl Policy {
    /// Reads the lists line by line: one licence, or one exception, a line.
    fn read(text: &str) -> Policy {
        let mut policy = Policy::default();
        let (mut section, mut list) = ("", "");
        for line in text.lines().map(|line| line.split('#').next().unwrap_or_default().trim()) {
            let quoted: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
            if line.starts_with('[') {
                section = line;
            } else if section == "[licenses]" {
                match (list, quoted.as_slice()) {
                    ("allow", [licence]) => policy.allowed.push((*licence).to_owned()),
                    ("exceptions", [name, licence]) => {
                        policy.exceptions.push(((*name).to_owned(), (*licence).to_owned()));
                    }
                    _ => {}
                }
                list = match line {
                    "allow = [" => "allow",
                    "exceptions = [" => "exceptions",
                    "]" => "",
                    _ => list,
                };
            }
        }
        policy
    }

    fn faults(&self, package: &Json) -> Vec<String> {
        let field = |name| package.get(name).and_then(Json::text);
        let (name, version) = (field("name").unwrap_or_default(), field("version").unwrap_or_default());
        let mut faults = Vec::new();
        if let Some(source) = field("source").filter(|source| *source != REGISTRY) {
            faults.push(format!("{name} {version} comes from {source}, not from crates.io"));
        }
        let allows = |licence: &str| {
            self.allowed.iter().any(|allowed| allowed == licence)
                || self.exceptions.iter().any(|(of, allowed)| of == name && allowed == licence)
        };
        match field("license") {
            None => faults.push(format!("{name} {version} names no licence")),
            Some(licence) => match satisfied(licence, &allows) {
                Some(true) => {}
                Some(false) => {
                    faults.push(format!(
                        "{name} {version} has the licence {licence}, which deny.toml does not allow"
                    ));
                }
                None => faults.push(format!("{name} {version}: `{licence}` is no licence expression")),
            },
        }
        faults
    }
}

/// Whether an SPDX expression (or the older `A/B`) can be met with licences that are allowed. `None` when it is
/// none.
fn satisfied(expression: &str, allows: &dyn Fn(&str) -> bool) -> Option<bool> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (met, rest) = alternatives(&words, allows)?;
    rest.is_empty().then_some(met)
}

fn alternatives<'w>(words: &'w [&'w str], allows: &dyn Fn(&str) -> bool) -> Option<(bool, &'w [&'w str])> {
    let (mut met, mut rest) = conditions(words, allows)?;
    while let ["OR", after @ ..] = rest {
        let (other, after) = conditions(after, allows)?;
        met |= other;
        rest = after;
    }
    Some((met, rest))
}

fn conditions<'w>(words: &'w [&'w str], allows: &dyn Fn(&str) -> bool) -> Option<(bool, &'w [&'w str])> {
    let (mut met, mut rest) = licence(words, allows)?;
    while let ["AND", after @ ..] = rest {
        let (other, after) = licence(after, allows)?;
        met &= other;
        rest = after;
    }
    Some((met, rest))
}

fn licence<'w>(words: &'w [&'w str], allows: &dyn Fn(&str) -> bool) -> Option<(bool, &'w [&'w str])> {
    match words {
        ["(", rest @ ..] => match alternatives(rest, allows)? {
            (met, [")", rest @ ..]) => Some((met, rest)),
            _ => None,
        },
        [")" | "AND" | "OR" | "WITH", ..] => None,
        [name, "WITH", exception, rest @ ..] => Some((allows(&format!("{name} WITH {exception}")), rest)),
        [name, rest @ ..] => Some((allows(name), rest)),
        [] => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_weighed() {
        let allows = |name: &str| ["MIT", "Zlib", "Apache-2.0 WITH LLVM-exception"].contains(&name);
        for (expression, met) in [
            ("MIT", Some(true)),
            ("GPL-3.0-only", Some(false)),
            ("GPL-3.0-only OR MIT", Some(true)),
            ("GPL-3.0-only AND MIT", Some(false)),
            ("Unlicense/MIT", Some(true)),
            ("(GPL-3.0-only OR MIT) AND Zlib", Some(true)),
            ("GPL-3.0-only OR MIT AND ISC", Some(false)),
            ("Apache-2.0 WITH LLVM-exception", Some(true)),
            ("Apache-2.0", Some(false)),
            ("", None),
            ("(MIT", None),
            ("MIT Zlib", None),
            ("MIT OR", None),
        ] {
            assert_eq!(satisfied(expression, &allows), met, "{expression}");
        }
    }

    #[test]
    fn strange_sources_and_licences_are_told() {
        let policy = Policy::read(
            "[licenses]\nallow = [\n  \"MIT\", # \"GPL\"\n]\nexceptions = [\n  { crate = \"odd\", allow = [\"MPL-2.0\"] },\n]\n\
             [sources]\nallow = [\n  \"GPL\",\n]\n",
        );
        assert_eq!(policy.allowed, ["MIT"]);
        let faults = |json: &str| policy.faults(&Json::parse(json).unwrap());
        assert!(faults(r#"{"name": "odd", "license": "MPL-2.0"}"#).is_empty());
        assert!(faults(r#"{"name": "even", "license": "MPL-2.0"}"#)[0].contains("does not allow"));
        assert!(
            faults(r#"{"name": "even", "license": "MIT", "source": "git+https://example.net/a"}"#)[0]
                .contains("crates.io")
        );
        assert!(faults(r#"{"name": "even", "license": null}"#)[0].contains("names no licence"));
    }

    #[test]
    fn the_policy_is_read_from_the_real_file() {
        let policy = Policy::read(&fs::read_to_string(root().join("deny.toml")).unwrap());
        assert!(policy.allowed.iter().any(|licence| licence == "Apache-2.0 WITH LLVM-exception"));
        assert_eq!(policy.exceptions, [("option-ext".to_owned(), "MPL-2.0".to_owned())]);
    }
}
