//! One visit to a page: its context, where it is, and how it is answered. With script, a form is sent in the background:
//! then the way on is told in a header (`HX-Redirect`), since a background request follows a redirect unseen.

use std::borrow::Cow;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use tonalite_core::Result;
use tonalite_core::access::Actor;
use tonalite_core::feature::Features;
use tonalite_core::id::PartyKey;
use tonalite_core::party::{Feature, PartyKind};
use tonalite_core::portal_user::Role;
use tonalite_core::text::Locale;
use tonalite_core::time::Timestamp;

use super::import_told::Waiting;
use super::view::acting_pages::Banner;
use super::view::feature_off::FeatureOffView;
use super::view::frame::Frame;
use super::view::nav::Reader;
use super::view::problem_page::ProblemPage;
use crate::ctx::Ctx;
use crate::problem::{Problem, ProblemDocument};

/// One request for a page.
pub(crate) struct Visit {
    pub(crate) ctx: Ctx,
    uri: Uri,
    /// Sent by our own script, which shows the answer itself.
    pub(crate) scripted: bool,
    /// The address that the browser shows while our script asks.
    pub(crate) shown: Option<Uri>,
    waiting: Waiting,
}

const HX_REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Visit, Problem> {
        let ctx = Ctx::from_request_parts(parts, state).await?;
        let shown = parts.headers.get("hx-current-url").and_then(|value| value.to_str().ok()?.parse().ok());
        let scripted = parts.headers.contains_key("hx-request");
        // Only a whole page has a place for what is told.
        let waiting = match scripted || parts.method != Method::GET {
            true => Waiting::default(),
            false => Waiting::load(&ctx, parts).await,
        };
        Ok(Visit { ctx, uri: parts.uri.clone(), scripted, shown, waiting })
    }
}

impl Visit {
    /// Who acts.
    ///
    /// # Errors
    /// Nobody is signed in; the answer becomes the way to the sign-in page.
    pub(crate) fn actor(&self) -> Result<&Actor> {
        self.ctx.actor()
    }

    /// Texts in the reader's language.
    pub(crate) fn t(&self) -> Locale {
        self.ctx.locale
    }

    /// The moment of the request.
    pub(crate) fn now(&self) -> Timestamp {
        self.ctx.now
    }

    /// Whether buttons that change the inventory are shown. Whether they may be pressed, the use case decides.
    pub(crate) fn may_manage(&self) -> bool {
        self.actor().is_ok_and(|actor| actor.role.includes(Role::Manager))
    }

    /// Whether devices of more than one customer may stand side by side.
    pub(crate) fn sees_customers(&self) -> bool {
        self.actor().is_ok_and(|actor| actor.scope.kind != PartyKind::Customer)
    }

    /// What is switched on for a customer: one statement. For the rows of a list take [`tonalite_app::App::features_of_all`].
    pub(crate) async fn features(&self, customer: PartyKey) -> Result<Features> {
        self.ctx.app.features_of(customer).await
    }

    /// Why a feature is off for a customer, as the place says it that would have its button; `None` when it is on.
    pub(crate) async fn feature_off(
        &self,
        customer: PartyKey,
        feature: Feature,
    ) -> Result<Option<FeatureOffView>> {
        let off = self.features(customer).await?.off(feature);
        let actor = self.actor()?;
        Ok(off.map(|off| FeatureOffView::new(self.t(), actor, &off)))
    }

    /// Whether there is something to administer or, for a customer's administrators, to read in Party Manager.
    pub(crate) fn may_administer(&self) -> bool {
        self.actor().is_ok_and(|actor| actor.role.includes(Role::Admin))
    }

    /// What stands around the page.
    pub(crate) fn frame(&self) -> Frame {
        let waiting = self.waiting.clone();
        Frame { told: waiting.told, awaited: waiting.awaited.join(" "), ..frame(&self.ctx, &self.uri) }
    }

    /// Shows a page.
    pub(crate) fn show(&self, page: &impl Template) -> Result<Response, Problem> {
        self.show_with(StatusCode::OK, page)
    }

    /// Shows a page with a status of its own: a form again, with what is wrong.
    pub(crate) fn show_with(&self, status: StatusCode, page: &impl Template) -> Result<Response, Problem> {
        let html =
            page.render().map_err(|error| Problem::fault(format!("a page did not render: {error}")))?;
        Ok((status, Html(html)).into_response())
    }

    /// Sends the reader on, after something was done.
    pub(crate) fn go(&self, address: &str) -> Response {
        let address = in_ascii(address);
        match HeaderValue::from_str(&address) {
            Ok(value) if self.scripted => (StatusCode::NO_CONTENT, [(HX_REDIRECT, value)]).into_response(),
            _ => Redirect::to(&address).into_response(),
        }
    }
}

/// A header holds ASCII alone; what people typed into an address bar may be in any script.
fn in_ascii(address: &str) -> Cow<'_, str> {
    if address.is_ascii() {
        return Cow::Borrowed(address);
    }
    let encode = |byte: u8| match byte {
        0..128 => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    Cow::Owned(address.bytes().map(encode).collect())
}

fn frame(ctx: &Ctx, uri: &Uri) -> Frame {
    Frame {
        texts: ctx.locale,
        user: ctx.session.as_ref().map(|session| session.portal_user.username.clone()),
        may_operate: ctx.actor().is_ok_and(|actor| actor.role.includes(Role::Support)),
        reader: ctx.actor().ok().map(|actor| Reader {
            role: actor.role,
            kind: actor.scope.kind,
            narrowed: actor.sites.is_some(),
        }),
        acting: ctx
            .session
            .as_ref()
            .and_then(|session| session.acting.as_ref())
            .map(|it| Banner::new(it, ctx.now)),
        path: uri.path().to_owned(),
        return_to: uri.path_and_query().map_or("/", PathAndQuery::as_str).to_owned(),
        told: Vec::new(),
        awaited: String::new(),
    }
}

/// A problem as a page, or the way to the sign-in page.
pub(crate) fn problem_page(ctx: &Ctx, uri: &Uri, document: &ProblemDocument) -> Response {
    let status = StatusCode::from_u16(document.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let frame = frame(ctx, uri);
    if status == StatusCode::UNAUTHORIZED {
        return Redirect::to(&super::sign_in::address(&frame.return_to)).into_response();
    }
    match ProblemPage::new(frame, document).render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(request.id = %ctx.request_id, error = %error, "the page of a problem did not render");
            status.into_response()
        }
    }
}
