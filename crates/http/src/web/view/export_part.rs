//! The place of the export on the page of line states, and the page that stands for a file that did not come.

use askama::Template;
use tonalite_core::text::Locale;

use super::choice::Choice;
use super::feature_off::FeatureOffView;
use super::frame::Frame;

/// What stands in the place of the export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ExportPart {
    /// Nothing: the role does not allow it.
    Absent,
    /// Switched off: who can change that.
    Off(FeatureOffView),
    /// Why there is no button.
    Said(String),
    /// The button.
    Form(ExportForm),
}

/// A form that works without script; with it, the island sends the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ExportForm {
    /// What narrows the list, by its names in the address.
    pub(crate) filter: Vec<(&'static str, String)>,
    /// The customer, where the page is about one.
    pub(crate) party: Option<String>,
    /// Else those to choose from.
    pub(crate) parties: Vec<Choice>,
}

/// `line_states/export_again.html`
#[derive(Template)]
#[template(path = "line_states/export_again.html")]
pub(crate) struct ExportAgainPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    /// Why there is no file.
    pub(crate) text: String,
    /// HTTP status.
    pub(crate) status: u16,
    /// Finds the failure in the log.
    pub(crate) failure: Option<String>,
    /// The same request, by name and value.
    pub(crate) again: Vec<(String, String)>,
}
