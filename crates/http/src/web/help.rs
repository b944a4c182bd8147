//! The help: everybody may read it, also who cannot sign in. It is the same for all.

use axum::response::Response;
use tonalite_core::Error;

use super::view::help_pages::{ArticlePage, HelpPage, groups, near};
use super::visit::Visit;
use crate::help::article;
use crate::problem::Problem;
use crate::read::PathArticle;
use crate::route_table::{Routes, get};

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new().route("/help", get(list_articles)).route("/help/{article}", get(show_article))
}

async fn list_articles(visit: Visit) -> Result<Response, Problem> {
    let t = visit.t();
    visit.show(&HelpPage { t, frame: visit.frame(), groups: groups(t) })
}

async fn show_article(visit: Visit, PathArticle(name): PathArticle) -> Result<Response, Problem> {
    let t = visit.t();
    let article = article(t.language(), &name).ok_or(Error::NotFound)?;
    visit.show(&ArticlePage { t, frame: visit.frame(), article, near: near(t, article.name) })
}
