//! Who may know whom. A new edge here is a decision about the architecture, not a detail of a pull request.

use crate::json::Json;

/// Our crates, and those of ours that each may depend on. Development dependencies are free: a test may look at
/// a part from wherever it likes.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("tonalite-core", &[]),
    ("tonalite-catalog", &["tonalite-core"]),
    ("tonalite-sip", &[]),
    ("tonalite-store", &["tonalite-core"]),
    ("tonalite-app", &["tonalite-core", "tonalite-catalog", "tonalite-store"]),
    ("tonalite-http", &["tonalite-app", "tonalite-core"]),
    ("tonalite-registrar", &["tonalite-app", "tonalite-core", "tonalite-sip"]),
    ("tonalite-phones", &["tonalite-sip"]),
    (
        "tonalite",
        &[
            "tonalite-app",
            "tonalite-catalog",
            "tonalite-core",
            "tonalite-http",
            "tonalite-phones",
            "tonalite-registrar",
            "tonalite-sip",
            "tonalite-store",
        ],
    ),
    (
        "tonalite-testkit",
        &[
            "tonalite-app",
            "tonalite-catalog",
            "tonalite-core",
            "tonalite-http",
            "tonalite-phones",
            "tonalite-registrar",
            "tonalite-sip",
            "tonalite-store",
        ],
    ),
    ("xtask", &[]),
];

/// Compares `cargo metadata` with the table.
pub(crate) fn check(metadata: &Json) -> Vec<String> {
    let packages = metadata.get("packages").map(Json::list).unwrap_or_default();
    let name = |json: &Json| json.get("name").and_then(Json::text).unwrap_or_default().to_owned();
    let ours: Vec<String> = packages.iter().map(name).collect();
    let mut faults = Vec::new();
    if ours.is_empty() {
        faults.push("`cargo metadata` lists no package".to_owned());
    }
    for package in packages {
        let from = name(package);
        let Some((_, allowed)) = MAY_KNOW.iter().find(|(known, _)| *known == from) else {
            faults.push(format!(
                "{from}: a crate that stands in no table. Decide whom it may know: xtask/src/tidy/direction.rs, \
                 and the picture in docs/architecture.md"
            ));
            continue;
        };
        for dependency in package.get("dependencies").map(Json::list).unwrap_or_default() {
            let to = name(dependency);
            if dependency.get("kind").and_then(Json::text) == Some("dev") || !ours.contains(&to) {
                if from == "xtask" {
                    faults.push(format!(
                        "xtask depends on {to}: it has no dependencies, so that it starts in a second"
                    ));
                }
                continue;
            }
            if !allowed.contains(&to.as_str()) {
                let may = if allowed.is_empty() { "none of ours".to_owned() } else { allowed.join(", ") };
                faults.push(format!(
                    "{from} depends on {to}, and may know {may}. Turn the call round (an event, a parameter), or \
                     move the code to where both may see it"
                ));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(packages: &str) -> String {
        super::check(&Json::parse(&format!("{{\"packages\": [{packages}]}}")).unwrap()).join("\n")
    }

    #[test]
    fn an_edge_against_the_direction_is_told() {
        let core = r#"{"name": "tonalite-core", "dependencies": [{"name": "tonalite-store", "kind": null}, {"name": "uuid"}]}"#;
        let store = r#"{"name": "tonalite-store", "dependencies": [{"name": "tonalite-core", "kind": null}, {"name": "tonalite-testkit", "kind": "dev"}]}"#;
        let testkit = r#"{"name": "tonalite-testkit", "dependencies": []}"#;
        let faults = check(&[core, store, testkit].join(","));
        assert!(
            faults.starts_with("tonalite-core depends on tonalite-store, and may know none of ours."),
            "{faults}"
        );
        assert_eq!(faults.lines().count(), 1, "{faults}");
    }

    #[test]
    fn a_build_dependency_counts_too() {
        let http =
            r#"{"name": "tonalite-http", "dependencies": [{"name": "tonalite-store", "kind": "build"}]}"#;
        assert!(
            check(&format!("{http}, {}", r#"{"name": "tonalite-store"}"#)).contains("may know tonalite-app")
        );
    }

    #[test]
    fn strangers_and_emptiness_are_told() {
        assert!(check(r#"{"name": "tonalite-extra"}"#).contains("stands in no table"));
        assert!(check("").contains("no package"));
        assert!(
            check(r#"{"name": "xtask", "dependencies": [{"name": "serde"}]}"#).contains("starts in a second")
        );
    }

    #[test]
    fn the_table_has_no_circle() {
        // Each crate may only know crates above it in some order: peel off those that know nothing left.
        let mut left: Vec<_> = MAY_KNOW.to_vec();
        while let Some(free) = left
            .iter()
            .position(|(_, may)| may.iter().all(|name| left.iter().all(|(other, _)| other != name)))
        {
            left.remove(free);
        }
        assert_eq!(left, []);
    }
}
