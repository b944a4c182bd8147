//! Users on pages: the list, one user, changing and deleting it. Setting one up is in `new_user`, giving it a line in `user_lines`.

use axum::Form;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tonalite_app::{HeldLine, LinesToLose, UserLine};
use tonalite_core::access::{Manage, View};
use tonalite_core::id::UserId;
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::search::Search;
use tonalite_core::site::Site;
use tonalite_core::text::{Language, Locale};
use tonalite_core::user::{NewUser, User};
use tonalite_core::{Error, Result};

use super::devices::sites_to_choose;
use super::list_address::{cursor, written};
use super::view::choice::Choice;
use super::view::confirm::ConfirmPage;
use super::view::form::FormErrors;
use super::view::times::Times;
use super::view::user_pages::{TypedUser, UserEditPage, UserLineRow, UserListPage, UserRow, UserShowPage};
use super::visit::Visit;
use crate::problem::Problem;
use crate::read::PathId;
use crate::route_table::{Routes, get};

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/users", get(list_users))
        .route("/users/{id}", get(show_user))
        .route("/users/{id}/edit", get(show_edit_user).post(update_user))
        .route("/users/{id}/delete", get(confirm_delete_user).post(delete_user))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ListForm {
    q: String,
    site: String,
    after: String,
    deleted: String,
}

impl ListForm {
    fn address(&self, after: Option<&Cursor>) -> String {
        let after = after.map(Cursor::encode).unwrap_or_default();
        written("/users", &[("q", self.q.clone()), ("site", self.site.clone()), ("after", after)])
    }
}

async fn list_users(visit: Visit, Query(form): Query<ListForm>) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let (app, t) = (&visit.ctx.app, visit.t());
    let site = match form.site.as_str() {
        "" => None,
        id => Some(app.find_site(actor, id.parse().map_err(|_| Error::NotFound)?).await?),
    };
    let search = Search::parse(&form.q).map_err(|error| Error::Invalid(vec![error]))?;
    let after = cursor(&form.after)?;
    let on_first_page = after.is_none();
    let page = app.page_users(actor, site.as_ref(), search.as_ref(), Limit::DEFAULT, after).await?;
    let lines = app.lines_of_users(&page.items, visit.now()).await?;
    let times = Times::in_utc(t, visit.now());
    let mut rows = Vec::new();
    for user in &page.items {
        let own = lines.get(&user.key).map(Vec::as_slice).unwrap_or_default();
        rows.push(UserRow::new(user, site_label(&visit, user).await?, line_rows(&visit, &times, own)));
    }
    let manages = site.as_ref().is_some_and(|site| actor.manage(Site::clone(site)).is_ok());
    visit.show(&UserListPage {
        t,
        frame: visit.frame(),
        may_manage: visit.may_manage(),
        new_address: written("/users/new", &[("site_id", form.site.clone())]),
        credentials_address: manages.then(|| format!("/sites/{}/credentials", form.site)),
        sites: match visit.scripted {
            true => Vec::new(),
            false => sites_to_choose(&visit, &form.site, site.as_deref()).await?,
        },
        searched: search.as_ref().map(Search::shown),
        is_narrowed: search.is_some() || site.is_some(),
        deleted: !form.deleted.is_empty(),
        rows,
        on_first_page,
        first_address: form.address(None),
        next_address: page.next.as_ref().map(|next| form.address(Some(next))),
        q: form.q,
    })
}

/// The site of a user, with its customer for who sees several.
async fn site_label(visit: &Visit, user: &User) -> Result<String> {
    let site = visit.ctx.app.find_site(visit.actor()?, user.site_id).await?;
    Ok(match visit.sees_customers() {
        true => format!("{} · {}", site.customer_name, site.name),
        false => site.name.clone(),
    })
}

fn line_rows(visit: &Visit, times: &Times, lines: &[UserLine]) -> Vec<UserLineRow> {
    let row = |line: &UserLine| {
        UserLineRow::new(visit.t(), times, line, held_label(visit, &line.held), held_type(visit, &line.held))
    };
    lines.iter().map(row).collect()
}

fn held_type(visit: &Visit, held: &HeldLine) -> String {
    let known = visit.ctx.app.device_type(&held.device_type);
    known.map_or_else(|| held.device_type.clone(), |kind| kind.name.clone())
}

/// What to call the device of a line.
fn held_label(visit: &Visit, held: &HeldLine) -> String {
    match (held.mac, &held.device_name) {
        (Some(mac), _) => mac.with_colons(),
        (None, Some(name)) => name.clone(),
        (None, None) => held_type(visit, held),
    }
}

pub(super) async fn user_to_manage(visit: &Visit, id: UserId) -> Result<Manage<User>> {
    let actor = visit.actor()?;
    actor.manage(visit.ctx.app.find_user(actor, id).await?.into_inner())
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ShowForm {
    /// What was just done: `made`, `saved`, or `assigned`.
    done: String,
    /// With `assigned`: `device:port`.
    line: String,
}

async fn show_user(
    visit: Visit,
    PathId(id): PathId<UserId>,
    Query(form): Query<ShowForm>,
) -> Result<Response, Problem> {
    let actor = visit.actor()?;
    let (app, t) = (&visit.ctx.app, visit.t());
    let user: View<User> = app.find_user(actor, id).await?;
    let site = app.find_site(actor, user.site_id).await?;
    let times = Times::new(t, &site.time_zone, visit.now());
    let mut lines = app.lines_of_users(std::slice::from_ref(&*user), visit.now()).await?;
    let lines = lines.remove(&user.key).unwrap_or_default();
    let notice = match form.done.as_str() {
        "made" => Some(t.with("users-made", &[("user", user.details.name.as_str().into())])),
        "saved" => Some(t.text("users-saved")),
        "assigned" => Some(t.text("users-assigned")),
        _ => None,
    };
    // Anybody may write an address by hand: only a line that is there is spoken of.
    let told = |line: &UserLine| format!("{}:{}", line.held.device_id, line.held.line.port) == form.line;
    let notice_address = lines
        .iter()
        .find(|line| visit.may_manage() && notice.is_some() && told(line))
        .map(|line| format!("/devices/{}/lines/{}/credentials", line.held.device_id, line.held.line.port));
    visit.show(&UserShowPage {
        t,
        frame: visit.frame(),
        may_manage: visit.may_manage(),
        notice,
        notice_address,
        user: UserRow::new(&user, site.name.clone(), line_rows(&visit, &times, &lines)),
        customer: visit.sees_customers().then(|| site.customer_name.clone()),
        language: language_label(t, user.details.language),
    })
}

/// The name of a language, in itself.
pub(super) fn language_label(t: Locale, language: Option<Language>) -> String {
    match language {
        None => t.text("users-language-site"),
        Some(Language::English) => "English".to_owned(),
        Some(Language::French) => "Français".to_owned(),
    }
}

pub(super) fn languages_to_choose(t: Locale, chosen: &str) -> Vec<Choice> {
    [Language::English, Language::French]
        .into_iter()
        .map(|language| Choice::new(language.as_str(), language_label(t, Some(language)), chosen))
        .collect()
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct EditForm {
    name: String,
    extension: String,
    number: String,
    email: String,
    language: String,
    version: String,
}

async fn show_edit_user(visit: Visit, PathId(id): PathId<UserId>) -> Result<Response, Problem> {
    let user = user_to_manage(&visit, id).await?;
    visit.show(&edit_page(&visit, &user, TypedUser::of(&user), FormErrors::default(), false))
}

fn edit_page(
    visit: &Visit,
    user: &User,
    typed: TypedUser,
    form_errors: FormErrors,
    is_stale: bool,
) -> UserEditPage {
    let t = visit.t();
    UserEditPage {
        t,
        frame: visit.frame(),
        id: user.id.to_string(),
        version: user.version,
        title: t.with("users-edit-title", &[("user", user.details.name.as_str().into())]),
        languages: languages_to_choose(t, &typed.language),
        typed,
        form_errors,
        is_stale,
    }
}

async fn update_user(
    visit: Visit,
    PathId(id): PathId<UserId>,
    Form(form): Form<EditForm>,
) -> Result<Response, Problem> {
    let user = user_to_manage(&visit, id).await?;
    let shown = user.clone().into_inner();
    // A version that is none matches none: the form is shown again with what holds now.
    let version = Some(form.version.parse().unwrap_or(-1));
    let typed = TypedUser {
        name: form.name,
        extension: form.extension,
        number: form.number,
        email: form.email,
        language: form.language,
    };
    let done = match read_typed(&typed) {
        Ok(new) => visit.ctx.app.update_user(visit.actor()?, user, version, new, visit.now()).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(user) => Ok(visit.go(&format!("/users/{}?done=saved", user.id))),
        Err(error @ (Error::Invalid(_) | Error::Taken(_))) => {
            let errors = FormErrors::new(visit.t(), error.fields());
            visit
                .show_with(StatusCode::UNPROCESSABLE_ENTITY, &edit_page(&visit, &shown, typed, errors, false))
        }
        Err(Error::Stale) => {
            let user = user_to_manage(&visit, id).await?;
            let page = edit_page(&visit, &user, TypedUser::of(&user), FormErrors::default(), true);
            visit.show_with(StatusCode::PRECONDITION_FAILED, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// The user that was typed.
pub(super) fn read_typed(typed: &TypedUser) -> Result<NewUser> {
    let TypedUser { name, extension, number, email, language } = typed;
    NewUser::parse(name, extension, Some(number), Some(email), Some(language))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct DeleteForm {
    version: String,
    lines: String,
}

async fn confirm_delete_user(visit: Visit, PathId(id): PathId<UserId>) -> Result<Response, Problem> {
    let user = user_to_manage(&visit, id).await?;
    let page = delete_page(&visit, &user).await?;
    visit.show(&page)
}

/// What is deleted is what was told: the version and the number of lines go with the button.
async fn delete_page(visit: &Visit, user: &User) -> Result<ConfirmPage> {
    let t = visit.t();
    let mut lines = visit.ctx.app.lines_of_users(std::slice::from_ref(user), visit.now()).await?;
    let lines = lines.remove(&user.key).unwrap_or_default();
    let lost = |line: &UserLine| {
        let args = [("device", held_label(visit, &line.held).into()), ("port", line.held.line.port.into())];
        t.with("users-delete-line", &args)
    };
    let mut consequences: Vec<String> = lines.iter().map(lost).collect();
    if lines.is_empty() {
        consequences.push(t.text("users-delete-none"));
    }
    consequences.push(t.text("users-delete-for-good"));
    let count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
    Ok(ConfirmPage {
        t,
        frame: visit.frame(),
        title: t.with("users-delete-title", &[("user", user.details.name.as_str().into())]),
        subtitle: user.details.extension.as_str().to_owned(),
        consequences,
        action: format!("/users/{}/delete?version={}&lines={}", user.id, user.version, lines.len()),
        submit: t.with("users-delete-submit", &[("count", count.into())]),
        cancel_address: format!("/users/{}", user.id),
    })
}

async fn delete_user(
    visit: Visit,
    PathId(id): PathId<UserId>,
    Query(form): Query<DeleteForm>,
) -> Result<Response, Problem> {
    let user = user_to_manage(&visit, id).await?;
    let (version, told) = (form.version.parse().unwrap_or(-1), form.lines.parse().unwrap_or(0));
    let told = LinesToLose::Exactly(told);
    match visit.ctx.app.delete_user(visit.actor()?, user, Some(version), told, visit.now()).await {
        Ok(()) => Ok(visit.go("/users?deleted=1")),
        // Something came between: what would be lost now is said anew.
        Err(Error::Stale | Error::Conflict(_)) => {
            let user = user_to_manage(&visit, id).await?;
            let page = delete_page(&visit, &user).await?;
            visit.show_with(StatusCode::PRECONDITION_FAILED, &page)
        }
        Err(error) => Err(error.into()),
    }
}
