//! `cargo xtask l10n`: the two catalogues against each other, against the code, and against the typographer; and the help
//! against them.
//!
//! A key counts as used where it stands as a string in code, templates or scripts. Keys that code puts together
//! are exempt by a comment in the English file: `# used-by-code: device-state-*`.

use std::collections::BTreeSet;
use std::fs;

use crate::Outcome;
use crate::ftl::Catalogue;
use crate::help;
use crate::report::report;
use crate::rust_source::Source;
use crate::typography;
use crate::workspace::{File, files, root};

const LOCALES: &str = "crates/core/src/locales";

/// Calls whose first argument is a key, up to its opening quote. White space may follow the bracket.
const CALLS: &[&str] = &[".text(", ".with(", "text_key(", "Text::new("];

pub(crate) fn run() -> Outcome {
    let (english, french) = (load("en")?, load("fr")?);
    let mut sources: Vec<File> = files("crates")?;
    sources.extend(files("web/src")?);
    sources.retain(|file| file.is(&["rs", "html", "ts"]));
    let mut faults = compare(&english, &french);
    faults.extend(uses(&english, &sources));
    faults.extend(style("en", &english, typography::common));
    faults.extend(style("fr", &french, typography::french));
    faults.extend(help::check("en", &english, typography::common)?);
    faults.extend(help::check("fr", &french, typography::french)?);
    report(&faults, &format!("{} texts in two languages", english.entries.len()))
}

fn load(language: &str) -> Outcome<Catalogue> {
    let path = root().join(LOCALES).join(format!("{language}.ftl"));
    let text =
        fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Ok(Catalogue::parse(&text))
}

/// Same keys, same arguments shown. What *chooses* a variant may differ: in "3 of 4 lines registered" English
/// looks at the second number, « 3 lignes enregistrées sur 4 » at the first.
fn compare(english: &Catalogue, french: &Catalogue) -> Vec<String> {
    let mut faults = Vec::new();
    for (language, catalogue) in [("en", english), ("fr", french)] {
        faults.extend(catalogue.errors.iter().map(|error| format!("{LOCALES}/{language}.ftl:{error}")));
    }
    for (language, one, other_language, other) in
        [("en", english, "fr", french), ("fr", french, "en", english)]
    {
        for entry in one.entries.iter().filter(|entry| other.get(&entry.key).is_none()) {
            let (line, key) = (entry.line, &entry.key);
            faults.push(format!("{LOCALES}/{language}.ftl:{line}: `{key}` is not in {other_language}.ftl"));
        }
    }
    for entry in &french.entries {
        let Some(twin) = english.get(&entry.key) else { continue };
        let differing: Vec<&str> =
            entry.variables.symmetric_difference(&twin.variables).map(String::as_str).collect();
        if !differing.is_empty() {
            faults.push(format!(
                "{LOCALES}/fr.ftl:{}: `{}` does not show the same arguments as in en.ftl (line {}): {}",
                entry.line,
                entry.key,
                twin.line,
                differing.join(", ")
            ));
        }
    }
    faults
}

/// Every key that is used exists, and every key that exists is used.
fn uses(catalogue: &Catalogue, sources: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in sources.iter().filter(|file| !file.is_test()) {
        // A test may ask for a key that does not exist, to see what happens.
        let text = if file.is(&["rs"]) { Source::read(&file.text).product } else { file.text.clone() };
        for (line, key) in called(&text) {
            if catalogue.get(key).is_none() {
                faults.push(format!("{}:{line}: there is no text `{key}`", file.path));
            }
        }
    }
    let mut quoted: BTreeSet<&str> =
        catalogue.entries.iter().flat_map(|entry| &entry.references).map(String::as_str).collect();
    for entry in &catalogue.entries {
        let forms = ['"', '\'', '`'].map(|quote| format!("{quote}{}{quote}", entry.key));
        if sources.iter().any(|file| forms.iter().any(|form| file.text.contains(form))) {
            quoted.insert(&entry.key);
        }
    }
    for entry in &catalogue.entries {
        let dynamic = catalogue.dynamic.iter().any(|prefix| entry.key.starts_with(prefix.as_str()));
        if !dynamic && !quoted.contains(entry.key.as_str()) {
            faults.push(format!(
                "{LOCALES}/en.ftl:{}: `{}` is used nowhere; remove it from both files, or say \
                 `# used-by-code: prefix-*` where code puts the key together",
                entry.line, entry.key
            ));
        }
    }
    for prefix in &catalogue.dynamic {
        if !catalogue.entries.iter().any(|entry| entry.key.starts_with(prefix.as_str())) {
            faults.push(format!("{LOCALES}/en.ftl: `used-by-code: {prefix}*` is for no key at all"));
        }
    }
    faults
}

/// The keys that calls in this text name as a string, with their lines.
fn called(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for call in CALLS {
        for (at, _) in text.match_indices(call) {
            let after = text[at + call.len()..].trim_start();
            let Some((key, _)) = after.strip_prefix('"').and_then(|rest| rest.split_once('"')) else {
                continue;
            };
            // What looks otherwise is an argument of some other `with`.
            let is_key = !key.is_empty()
                && key.contains('-')
                && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c));
            if is_key {
                found.push((text[..at].matches('\n').count() + 1, key));
            }
        }
    }
    found
}

/// Typography of one language.
fn style(language: &str, catalogue: &Catalogue, rules: fn(&str) -> Vec<&'static str>) -> Vec<String> {
    let mut faults = Vec::new();
    for entry in &catalogue.entries {
        let wrong: BTreeSet<&str> = entry.texts.iter().flat_map(|text| rules(text)).collect();
        for rule in wrong {
            faults.push(format!("{LOCALES}/{language}.ftl:{}: `{}`: {rule}", entry.line, entry.key));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn the_languages_must_agree() {
        let english = Catalogue::parse("a-title = A\nb-title = { $n } of { $m }\n");
        let french = Catalogue::parse("b-title = { $n } de { $k }\nc-title = C\n");
        let faults = compare(&english, &french).join("\n");
        for fault in ["`a-title` is not in fr.ftl", "`c-title` is not in en.ftl", "(line 2): k, m"] {
            assert!(faults.contains(fault), "{faults}");
        }
        assert_eq!(compare(&english, &english), Vec::<String>::new());
    }

    #[test]
    fn used_keys_exist_and_existing_keys_are_used() {
        let catalogue = Catalogue::parse(
            "# used-by-code: state-*\nlist-title = A { -brand }\n-brand = B\nlist-old = C\nstate-aged = D\n",
        );
        let sources = [
            file(
                "crates/http/templates/a.html",
                "<h1 title=\"{{ t.text(\"list-title\") }}\">{{ t.with(\"list-gone\", x) }}",
            ),
            file(
                "crates/http/src/a.rs",
                "t.with(\n    \"list-lost\",\n);\n#[cfg(test)]\nmod tests { fn f() { t.text(\"no-such\"); } }",
            ),
            file("crates/http/tests/a.rs", "t.text(\"no-key\")"),
        ];
        assert_eq!(
            uses(&catalogue, &sources),
            [
                "crates/http/templates/a.html:1: there is no text `list-gone`",
                "crates/http/src/a.rs:1: there is no text `list-lost`",
                "crates/core/src/locales/en.ftl:4: `list-old` is used nowhere; remove it from both files, or say \
             `# used-by-code: prefix-*` where code puts the key together",
            ]
        );
    }

    #[test]
    fn a_stale_exemption_is_told() {
        let faults = uses(&Catalogue::parse("# used-by-code: gone-*\n"), &[]);
        assert_eq!(faults.len(), 1, "{faults:?}");
    }
}
