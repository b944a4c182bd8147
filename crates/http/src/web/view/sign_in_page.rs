//! The page to sign in on.

use askama::Template;
use tonalite_core::text::Locale;

use super::frame::Frame;

/// `sign_in.html`
#[derive(Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignInPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    /// Where to go afterwards: a path of ours.
    pub(crate) return_to: String,
    /// The name that was tried.
    pub(crate) username: String,
    /// Why it did not work.
    pub(crate) problem: Option<String>,
    /// Why one is here.
    pub(crate) remark: Option<String>,
}
