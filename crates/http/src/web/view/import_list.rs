//! Imports of a customer, newest first; and those of one's own that came to their end, told on the next page.

use askama::Template;
use tonalite_app::ImportJob;
use tonalite_core::import::ImportState;
use tonalite_core::text::Locale;

use super::frame::Frame;
use super::import_show::{counted, file, told};
use super::times::{Moment, Times};

/// `imports/list.html`
#[derive(Template)]
#[template(path = "imports/list.html")]
pub(crate) struct ImportListPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    /// Name of the customer, for people who have several.
    pub(crate) customer: Option<String>,
    pub(crate) other_address: Option<String>,
    pub(crate) new_address: String,
    pub(crate) rows: Vec<ImportItem>,
    pub(crate) first_address: Option<String>,
    pub(crate) next_address: Option<String>,
}

/// One import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ImportItem {
    pub(crate) id: String,
    pub(crate) when: Moment,
    pub(crate) file: String,
    pub(crate) who: String,
    pub(crate) state: String,
    pub(crate) counts: Vec<String>,
}

impl ImportItem {
    /// An import in a list.
    pub(crate) fn new(t: Locale, times: &Times, job: &ImportJob) -> ImportItem {
        let done = matches!(job.state, ImportState::Applied | ImportState::Undone);
        let key = |now: &'static str, later: &'static str| if done { now } else { later };
        let counts = [
            (key("imports-count-create", "imports-count-to-create"), job.counts.create),
            (key("imports-count-update", "imports-count-to-update"), job.counts.update),
            ("imports-count-unchanged", job.counts.unchanged),
            ("imports-count-rejected", job.counts.rejected),
        ];
        ImportItem {
            id: job.id.to_string(),
            when: times.moment(job.created_at),
            file: file(t, job),
            who: job.created_by.clone(),
            state: t.text(&format!("imports-state-{}", job.state.as_str())),
            counts: counts.into_iter().filter(|(_, n)| *n > 0).map(|(key, n)| counted(t, key, n)).collect(),
        }
    }
}

/// An import of one's own that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) id: String,
    pub(crate) file: String,
    pub(crate) text: String,
    /// `good`, `warn` or `bad`.
    pub(crate) tone: &'static str,
    /// The page that it is told on: closing it leads back there.
    pub(crate) return_to: String,
}

impl Told {
    /// `None` while there is nothing to tell.
    pub(crate) fn new(t: Locale, job: &ImportJob, return_to: &str) -> Option<Told> {
        let tone = match job.state {
            ImportState::Applied => "good",
            ImportState::Planned => "warn",
            ImportState::Failed => "bad",
            _ => return None,
        };
        Some(Told {
            id: job.id.to_string(),
            file: file(t, job),
            text: told(t, job),
            tone,
            return_to: return_to.to_owned(),
        })
    }
}

/// `imports/told.html`
#[derive(Template)]
#[template(path = "imports/told.html")]
pub(crate) struct ToldPart {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) told: Told,
}
