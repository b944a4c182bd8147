//! The language switch: kept with the portal user, and in a cookie for before one signs in.

use axum::Form;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use serde::Deserialize;
use tonalite_core::text::Language;

use super::sign_in::own_path;
use super::visit::Visit;
use crate::ctx::LANGUAGE_COOKIE;
use crate::problem::Problem;
use crate::route_table::{Routes, post};

/// The page of this file.
pub(crate) fn routes() -> Routes {
    Routes::new().route("/language", post(set_language))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct LanguageForm {
    language: String,
    return_to: String,
}

async fn set_language(
    visit: Visit,
    jar: CookieJar,
    Form(form): Form<LanguageForm>,
) -> Result<Response, Problem> {
    let language = Language::parse(&form.language)
        .ok_or_else(|| tonalite_core::Error::invalid("language", "language_unknown"))?;
    if let Some(session) = &visit.ctx.session {
        visit.ctx.app.set_language(session, language, visit.now()).await?;
    }
    let mut cookie = Cookie::build((LANGUAGE_COOKIE, language.as_str()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(visit.ctx.state.config().public_url.is_https())
        .build();
    // Twenty years, which browsers cut to the four hundred days that they allow.
    cookie.make_permanent();
    Ok((jar.add(cookie), visit.go(own_path(&form.return_to))).into_response())
}
