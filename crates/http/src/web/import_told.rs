//! Imports of one's own that came to their end, told on whatever page is shown next. Which ones this browser waits for
//! stands in a cookie: it costs a look only where there is something to wait for, and works without script.

use axum::http::request::Parts;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use tonalite_core::Error;
use tonalite_core::id::ImportId;

use super::view::import_list::Told;
use crate::ctx::Ctx;

const COOKIE: &str = "imports";
/// Who begins more at once looks at the list.
const MOST: usize = 5;

/// What there is to tell of the imports that this browser waits for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waiting {
    /// Those that came to their end.
    pub(crate) told: Vec<Told>,
    /// Those that go on: our script asks for them once it hears events.
    pub(crate) awaited: Vec<String>,
}

impl Waiting {
    /// Looks. What cannot be read is told another time: a notice must not keep a page from being shown.
    pub(crate) async fn load(ctx: &Ctx, parts: &Parts) -> Waiting {
        let mut waiting = Waiting::default();
        let Ok(actor) = ctx.actor() else { return waiting };
        let return_to = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        for id in ids(&CookieJar::from_headers(&parts.headers)) {
            // Its own page says it better.
            if parts.uri.path().starts_with(&format!("/imports/{id}")) {
                continue;
            }
            match ctx.app.import(actor, id).await {
                Ok(job) if job.state.is_under_way() => waiting.awaited.push(id.to_string()),
                Ok(job) => waiting.told.extend(Told::new(ctx.locale, &job, return_to)),
                Err(Error::NotFound) => {}
                Err(error) => {
                    tracing::warn!(request.id = %ctx.request_id, code = error.code(), "an import could not be read");
                }
            }
        }
        waiting
    }
}

fn ids(jar: &CookieJar) -> Vec<ImportId> {
    let text = jar.get(COOKIE).map_or("", |cookie| cookie.value());
    text.split('.').filter_map(|id| id.parse().ok()).take(MOST).collect()
}

/// Waits for this import, too.
pub(crate) fn wait_for(ctx: &Ctx, jar: CookieJar, id: ImportId) -> CookieJar {
    let mut waited = ids(&jar);
    waited.retain(|other| *other != id);
    waited.insert(0, id);
    waited.truncate(MOST);
    keep(ctx, jar, &waited)
}

/// Its end has been seen.
pub(crate) fn seen(ctx: &Ctx, jar: CookieJar, id: ImportId) -> CookieJar {
    let mut waited = ids(&jar);
    if !waited.contains(&id) {
        return jar;
    }
    waited.retain(|other| *other != id);
    keep(ctx, jar, &waited)
}

/// Until the browser is closed: what was told by then is in the list.
fn keep(ctx: &Ctx, jar: CookieJar, waited: &[ImportId]) -> CookieJar {
    let value: Vec<String> = waited.iter().map(ToString::to_string).collect();
    let mut cookie = Cookie::build((COOKIE, value.join(".")))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(ctx.state.config().public_url.is_https())
        .build();
    if waited.is_empty() {
        cookie.make_removal();
    }
    jar.add(cookie)
}
