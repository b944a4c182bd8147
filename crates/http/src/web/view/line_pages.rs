//! Pages about one line: assign it, make new credentials for it, show them this once.

use askama::Template;
use tonalite_core::text::Locale;

use super::choice::Choice;
use super::form::FormErrors;
use super::frame::Frame;

/// `devices/assign_line.html`
#[derive(Template)]
#[template(path = "devices/assign_line.html")]
pub(crate) struct AssignLinePage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) device_id: String,
    pub(crate) device_label: String,
    /// Name of the site.
    pub(crate) site: String,
    /// Available ports.
    pub(crate) ports: Vec<Choice>,
    /// Users of the site.
    pub(crate) users: Vec<Choice>,
    /// What the line is for.
    pub(crate) uses: Vec<Choice>,
    /// Says that there are more users than listed.
    pub(crate) more_users: Option<String>,
    /// Of a new user, as typed.
    pub(crate) name: String,
    pub(crate) extension: String,
    pub(crate) number: String,
    pub(crate) form_errors: FormErrors,
}

/// `devices/new_credentials.html`
#[derive(Template)]
#[template(path = "devices/new_credentials.html")]
pub(crate) struct NewCredentialsPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) device_id: String,
    pub(crate) port: u16,
    pub(crate) title: String,
    pub(crate) text: String,
}

/// `devices/credentials.html`: the one page that shows a SIP password, to who just made it.
#[derive(Template)]
#[template(path = "devices/credentials.html")]
pub(crate) struct CredentialsPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) device_id: String,
    /// Which line, in words.
    pub(crate) line: String,
    pub(crate) items: Vec<CredentialItem>,
}

/// One thing to type into the phone.
pub(crate) struct CredentialItem {
    /// `username`, `password`, `domain` or `registrar`.
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) value: String,
}
