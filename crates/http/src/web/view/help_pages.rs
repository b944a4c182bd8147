//! The index of the help, and an article.

use askama::Template;
use tonalite_core::text::Locale;

use super::frame::Frame;
use crate::help::{Article, GROUPS, article};

/// `help/index.html`
#[derive(Template)]
#[template(path = "help/index.html")]
pub(crate) struct HelpPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) groups: Vec<Group>,
}

/// Articles on one matter.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) articles: Vec<&'static Article>,
}

/// `help/article.html`
#[derive(Template)]
#[template(path = "help/article.html")]
pub(crate) struct ArticlePage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) article: &'static Article,
    /// The other articles of its group.
    pub(crate) near: Vec<&'static Article>,
}

/// The whole index.
pub(crate) fn groups(t: Locale) -> Vec<Group> {
    GROUPS.iter().map(|(name, articles)| Group { name, articles: in_language(t, articles) }).collect()
}

/// What else there is on the matter of an article.
pub(crate) fn near(t: Locale, name: &str) -> Vec<&'static Article> {
    let group = GROUPS.iter().find(|(_, articles)| articles.contains(&name));
    let mut near = group.map(|(_, articles)| in_language(t, articles)).unwrap_or_default();
    near.retain(|article| article.name != name);
    near
}

fn in_language(t: Locale, names: &[&str]) -> Vec<&'static Article> {
    names.iter().filter_map(|name| article(t.language(), name)).collect()
}
