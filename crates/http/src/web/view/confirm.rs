//! The page that says what an act will do and asks once.

use askama::Template;
use tonalite_core::text::Locale;

use super::frame::Frame;

/// `confirm.html`
#[derive(Template)]
#[template(path = "confirm.html")]
pub(crate) struct ConfirmPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) title: String,
    pub(crate) subtitle: String,
    /// What will happen, one sentence each.
    pub(crate) consequences: Vec<String>,
    /// Where the form is sent.
    pub(crate) action: String,
    /// Text of the button that does it.
    pub(crate) submit: String,
    pub(crate) cancel_address: String,
}
