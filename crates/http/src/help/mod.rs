//! The help articles of `docs/help`, embedded with their pictures and read once. What a page around an article looks like is
//! `web`'s.

mod markdown;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use rust_embed::{EmbeddedFile, RustEmbed};
use tonalite_core::text::Language;

pub(crate) use markdown::{Article, anchor};

/// The articles in the order of the index, by groups; the text `help-group-…` names a group.
pub(crate) const GROUPS: [(&str, &[&str]); 4] = [
    ("start", &["getting-started", "find-a-phone", "states", "languages-and-keyboard"]),
    ("phones", &["device-status", "reboot", "line-states", "export-device-status", "dect-systems"]),
    (
        "inventory",
        &[
            "add-a-device",
            "import-devices",
            "set-up-a-user",
            "lines-and-credentials",
            "export-devices",
            "remove-a-device",
        ],
    ),
    (
        "administration",
        &["customers-and-sites", "party-manager", "act-for-a-customer", "audit-log", "api-and-tokens"],
    ),
];

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../docs/help"]
struct Files;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../docs/images/help"]
struct Pictures;

static ARTICLES: LazyLock<Vec<Article>> = LazyLock::new(|| {
    let names = || GROUPS.iter().flat_map(|(_, names)| names.iter());
    let all = Language::ALL.into_iter().flat_map(|language| names().map(move |name| (language, *name)));
    all.filter_map(|(language, name)| Some(markdown::read(language, name, &source(language, name)?)))
        .collect()
});

/// An article in the reader's language.
pub(crate) fn article(language: Language, name: &str) -> Option<&'static Article> {
    ARTICLES.iter().find(|article| article.language == language && article.name == name)
}

/// A picture, by language and name: `en/reboot-done.png`.
pub(crate) fn picture(name: &str) -> Option<EmbeddedFile> {
    Pictures::get(name)
}

fn source(language: Language, name: &str) -> Option<String> {
    let file = Files::get(&format!("{}/{name}.md", language.as_str()))?;
    String::from_utf8(file.data.into_owned()).ok()
}
