//! Pages about users: the list, one user, setting one up, changing it, giving it a line; and ports for many of them.

use askama::Template;
use tonalite_app::UserLine;
use tonalite_core::line::LineUse;
use tonalite_core::text::Locale;
use tonalite_core::user::User;

use super::choice::Choice;
use super::device_show::remark;
use super::form::FormErrors;
use super::frame::Frame;
use super::status::{shown_state, word_key};
use super::times::{Lasting, Times};

/// `users/list.html`
#[derive(Template)]
#[template(path = "users/list.html")]
pub(crate) struct UserListPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) may_manage: bool,
    pub(crate) new_address: String,
    /// New credentials for the site that is chosen, for who may.
    pub(crate) credentials_address: Option<String>,
    pub(crate) sites: Vec<Choice>,
    /// As typed.
    pub(crate) q: String,
    /// What was searched for, as it may be repeated.
    pub(crate) searched: Option<String>,
    pub(crate) is_narrowed: bool,
    /// A user who was just deleted.
    pub(crate) deleted: bool,
    pub(crate) rows: Vec<UserRow>,
    pub(crate) on_first_page: bool,
    pub(crate) first_address: String,
    pub(crate) next_address: Option<String>,
}

/// One user of the list.
pub(crate) struct UserRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) extension: String,
    pub(crate) number: String,
    pub(crate) email: String,
    /// Its site, with the customer before it for who sees several.
    pub(crate) site: String,
    pub(crate) lines: Vec<UserLineRow>,
}

impl UserRow {
    /// A user in words.
    pub(crate) fn new(user: &User, site: String, lines: Vec<UserLineRow>) -> UserRow {
        let details = &user.details;
        UserRow {
            id: user.id.to_string(),
            name: details.name.clone(),
            extension: details.extension.as_str().to_owned(),
            number: details.number.as_ref().map_or_else(String::new, |number| number.as_str().to_owned()),
            email: details.email.clone().unwrap_or_default(),
            site,
            lines,
        }
    }
}

/// A line of a user.
pub(crate) struct UserLineRow {
    pub(crate) device_id: String,
    /// The device's address or name.
    pub(crate) device: String,
    pub(crate) device_type: String,
    pub(crate) port: u16,
    pub(crate) shared: bool,
    pub(crate) state: &'static str,
    /// What there is to say beyond the state; may be empty.
    pub(crate) remark: String,
    pub(crate) since: Option<Lasting>,
}

impl UserLineRow {
    /// A line in words.
    pub(crate) fn new(
        t: Locale,
        times: &Times,
        line: &UserLine,
        device: String,
        device_type: String,
    ) -> UserLineRow {
        UserLineRow {
            device_id: line.held.device_id.to_string(),
            device,
            device_type,
            port: line.held.line.port,
            shared: line.held.line.line_use == LineUse::Shared,
            state: shown_state(line.state, line.detail),
            remark: remark(t, line.detail),
            since: line.since.map(|since| times.lasting(since)),
        }
    }

    /// Key of the state's word.
    pub(crate) fn word_key(&self) -> &'static str {
        word_key(self.state)
    }
}

/// `users/show.html`
#[derive(Template)]
#[template(path = "users/show.html")]
pub(crate) struct UserShowPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) may_manage: bool,
    pub(crate) notice: Option<String>,
    /// Where new credentials for the line just assigned are made.
    pub(crate) notice_address: Option<String>,
    pub(crate) user: UserRow,
    pub(crate) customer: Option<String>,
    pub(crate) language: String,
}

/// `users/edit.html`
#[derive(Template)]
#[template(path = "users/edit.html")]
pub(crate) struct UserEditPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) title: String,
    pub(crate) typed: TypedUser,
    pub(crate) languages: Vec<Choice>,
    pub(crate) form_errors: FormErrors,
    /// Somebody was faster.
    pub(crate) is_stale: bool,
}

/// What was typed of a user.
#[derive(Debug, Clone, Default)]
pub(crate) struct TypedUser {
    pub(crate) name: String,
    pub(crate) extension: String,
    pub(crate) number: String,
    pub(crate) email: String,
    pub(crate) language: String,
}

impl TypedUser {
    /// As it is stored.
    pub(crate) fn of(user: &User) -> TypedUser {
        let details = &user.details;
        TypedUser {
            name: details.name.clone(),
            extension: details.extension.as_str().to_owned(),
            number: details.number.as_ref().map_or_else(String::new, |number| number.as_str().to_owned()),
            email: details.email.clone().unwrap_or_default(),
            language: details.language.map_or_else(String::new, |language| language.as_str().to_owned()),
        }
    }
}

/// A device that a user may get a line of.
#[derive(Debug, Clone)]
pub(crate) struct DeviceChoice {
    pub(crate) id: String,
    pub(crate) label: String,
    /// Its type, and how many lines are available.
    pub(crate) remark: String,
    pub(crate) chosen: bool,
}

/// `users/assign.html`
#[derive(Template)]
#[template(path = "users/assign.html")]
pub(crate) struct UserAssignPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) site: String,
    pub(crate) devices: Vec<DeviceChoice>,
    pub(crate) more: Option<String>,
    /// As typed.
    pub(crate) device_q: String,
    pub(crate) port: String,
    pub(crate) uses: Vec<Choice>,
    pub(crate) form_errors: FormErrors,
}

/// `users/new.html`: the step at hand; what the others hold goes along, unseen.
#[derive(Template)]
#[template(path = "users/new.html")]
pub(crate) struct UserNewPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) step: u8,
    pub(crate) sites: Vec<Choice>,
    pub(crate) site_id: String,
    pub(crate) site: String,
    pub(crate) typed: TypedUser,
    pub(crate) languages: Vec<Choice>,
    pub(crate) language: String,
    pub(crate) devices: Vec<DeviceChoice>,
    pub(crate) more: Option<String>,
    pub(crate) device_q: String,
    pub(crate) device_id: String,
    pub(crate) port: String,
    /// The line in words, at the last step.
    pub(crate) line: String,
    pub(crate) form_errors: FormErrors,
}

impl UserNewPage {
    /// Number, text key and state of each step.
    pub(crate) fn steps(&self) -> [(u8, &'static str, &'static str); 4] {
        let names = ["users-step-who", "users-step-number", "users-step-device", "users-step-check"];
        let state = |step: u8| if step < self.step { "done" } else { "" };
        [1, 2, 3, 4].map(|step| (step, names[usize::from(step) - 1], state(step)))
    }
}

/// `devices/assign_range.html`
#[derive(Template)]
#[template(path = "devices/assign_range.html")]
pub(crate) struct AssignRangePage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) device_id: String,
    pub(crate) device_label: String,
    pub(crate) first_port: String,
    pub(crate) last_port: String,
    pub(crate) users: String,
    /// What will be done, when all of it can be.
    pub(crate) rows: Vec<RangeRow>,
    pub(crate) form_errors: FormErrors,
    /// What is wrong with rows, with the row's number before it.
    pub(crate) row_errors: Vec<String>,
}

/// A port, and who is to get it.
pub(crate) struct RangeRow {
    pub(crate) port: u16,
    pub(crate) user: String,
    pub(crate) extension: String,
    pub(crate) is_new: bool,
}

/// `users/site_credentials.html`
#[derive(Template)]
#[template(path = "users/site_credentials.html")]
pub(crate) struct SiteCredentialsPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) site_id: String,
    pub(crate) title: String,
    pub(crate) types: Vec<Choice>,
}
