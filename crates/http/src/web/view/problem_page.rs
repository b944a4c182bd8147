//! The page that is shown instead of another, when that one cannot be.

use askama::Template;
use tonalite_core::text::Locale;

use super::frame::Frame;
use crate::problem::ProblemDocument;

/// `problem.html`
#[derive(Template)]
#[template(path = "problem.html")]
pub(crate) struct ProblemPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) title: String,
    /// What is wrong, one paragraph each.
    pub(crate) texts: Vec<String>,
    /// HTTP status.
    pub(crate) status: u16,
    /// Stable code of the error.
    pub(crate) code: &'static str,
    /// Finds the entry in the log.
    pub(crate) request_id: String,
}

impl ProblemPage {
    /// The same problem that a program would get as a document, in words for people.
    pub(crate) fn new(frame: Frame, document: &ProblemDocument) -> ProblemPage {
        let t = frame.texts;
        let (title, text) = match (document.status, document.code) {
            (404, _) => ("problem-not_found-title", t.text("problem-not_found-text")),
            (403, "forbidden") => ("problem-forbidden-title", t.text("problem-forbidden-text")),
            (403, _) => ("problem-forbidden-title", document.detail.clone()),
            (409 | 412, _) => ("problem-conflict-title", document.detail.clone()),
            (429, _) => ("problem-too_many-title", document.detail.clone()),
            (503, _) => ("problem-unavailable-title", document.detail.clone()),
            (500.., _) => ("problem-internal-title", t.text("problem-internal-text")),
            _ => ("problem-invalid-title", document.detail.clone()),
        };
        let fields =
            document.errors.iter().map(|field| field.message.clone()).filter(|message| *message != text);
        ProblemPage {
            t,
            title: t.text(title),
            texts: std::iter::once(text.clone()).chain(fields).collect(),
            status: document.status,
            code: document.code,
            request_id: document.request_id.clone(),
            frame,
        }
    }
}
