//! Reboots of whole DECT systems: the page that asks before one, and the page that follows it.

use askama::Template;
use tonalite_core::dect::{DectReboot, DectRebootState};
use tonalite_core::reboot::RebootState;
use tonalite_core::text::Locale;

use super::feature_off::FeatureOffView;
use super::frame::Frame;
use super::times::{Moment, Times};
use crate::reboot_words::said_of_system;

/// `dect/reboot.html`
#[derive(Template)]
#[template(path = "dect/reboot.html")]
pub(crate) struct DectRebootPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) subtitle: String,
    /// Why it cannot be asked for at all, and who can change that.
    pub(crate) off: Option<FeatureOffView>,
    /// Why it cannot be asked for now.
    pub(crate) problem: Option<String>,
    pub(crate) remarks: Vec<String>,
}

/// `dect/reboot_progress.html`
#[derive(Template)]
#[template(path = "dect/reboot_progress.html")]
pub(crate) struct DectRebootProgressPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) title: String,
    pub(crate) reboot: DectRebootView,
}

/// The reboot of a system in words (`dect/parts/reboot.html`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DectRebootView {
    pub(crate) id: String,
    pub(crate) system_id: String,
    pub(crate) running: bool,
    /// `good`, `bad`, or neither: what the colour of the sentence is.
    pub(crate) tone: &'static str,
    pub(crate) said: String,
    pub(crate) asked_by: Option<String>,
    pub(crate) requested: Moment,
    pub(crate) bases: Vec<DectRebootStep>,
}

/// One base and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DectRebootStep {
    pub(crate) label: String,
    pub(crate) word: String,
    /// `done`, `failed` or `open`.
    pub(crate) state: &'static str,
    /// Where its own reboot is followed.
    pub(crate) address: Option<String>,
}

impl DectRebootView {
    /// A run in words.
    pub(crate) fn new(t: Locale, times: &Times, run: &DectReboot) -> DectRebootView {
        let running = run.state == DectRebootState::Running;
        let unasked = if running { "waiting" } else { "left_alone" };
        let steps = run.bases.iter().map(|base| {
            let word = base.reboot.map_or(unasked, |(_, state)| state.as_str());
            DectRebootStep {
                label: base.mac.map(|mac| mac.with_colons()).unwrap_or_default(),
                word: t.text(&format!("dect-base-{word}")),
                state: match base.reboot.map(|(_, state)| state) {
                    Some(RebootState::Back) => "done",
                    Some(state) if state.is_over() => "failed",
                    _ => "open",
                },
                address: base.reboot.map(|(id, _)| format!("/reboots/{id}")),
            }
        });
        let bases: Vec<DectRebootStep> = steps.collect();
        DectRebootView {
            id: run.id.to_string(),
            system_id: run.system_id.to_string(),
            running,
            tone: match run.state {
                DectRebootState::Running => "",
                DectRebootState::Stopped => "bad",
                DectRebootState::Done if bases.iter().all(|base| base.state == "done") => "good",
                DectRebootState::Done => "",
            },
            said: said_of_system(t, run),
            asked_by: run.asked_by.clone(),
            requested: times.moment(run.requested_at),
            bases,
        }
    }
}
