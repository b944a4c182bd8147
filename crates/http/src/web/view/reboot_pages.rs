//! Reboots: the page that asks before one, the page that follows it, its steps.

use askama::Template;
use tonalite_core::reboot::{Reboot, RebootState};
use tonalite_core::text::Locale;

use super::feature_off::FeatureOffView;
use super::frame::Frame;
use super::times::{Moment, Times};
use crate::reboot_words::{next, said};

/// `devices/reboot.html`
#[derive(Template)]
#[template(path = "devices/reboot.html")]
pub(crate) struct RebootPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) device_id: String,
    pub(crate) title: String,
    pub(crate) subtitle: String,
    pub(crate) critical: bool,
    /// Why it cannot be asked for at all, and who can change that.
    pub(crate) off: Option<FeatureOffView>,
    /// Who is without telephone meanwhile: name, extension and number.
    pub(crate) people: Vec<Person>,
    /// What else is to be known before.
    pub(crate) remarks: Vec<String>,
}

/// Somebody who has a line of the device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) extension: String,
    pub(crate) number: Option<String>,
}

/// `devices/reboot_progress.html`
#[derive(Template)]
#[template(path = "devices/reboot_progress.html")]
pub(crate) struct RebootProgressPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) title: String,
    pub(crate) subtitle: String,
    pub(crate) reboot: RebootView,
}

/// A reboot in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RebootView {
    pub(crate) id: String,
    pub(crate) device_id: String,
    pub(crate) over: bool,
    /// `good`, `bad`, or neither: what the colour of the sentence is.
    pub(crate) tone: &'static str,
    pub(crate) steps: Vec<StepView>,
    pub(crate) said: String,
    pub(crate) next: String,
    /// The phone's own words: hostile text.
    pub(crate) phrase: Option<String>,
    pub(crate) asked_by: Option<String>,
    pub(crate) requested: Moment,
}

/// One step of a reboot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StepView {
    pub(crate) label: String,
    /// `done`, `failed` or `open`.
    pub(crate) state: &'static str,
    pub(crate) at: Option<Moment>,
}

impl RebootView {
    /// A reboot in words.
    pub(crate) fn new(t: Locale, times: &Times, reboot: &Reboot) -> RebootView {
        RebootView {
            id: reboot.id.to_string(),
            device_id: reboot.device_id.to_string(),
            over: reboot.state.is_over(),
            tone: match reboot.state {
                RebootState::Back => "good",
                RebootState::Superseded => "",
                state if state.is_over() => "bad",
                _ => "",
            },
            steps: steps(t, times, reboot),
            said: said(t, reboot),
            next: next(t, reboot),
            phrase: reboot.phrase.clone(),
            asked_by: reboot.asked_by.clone(),
            requested: times.moment(reboot.requested_at),
        }
    }
}

fn steps(t: Locale, times: &Times, reboot: &Reboot) -> Vec<StepView> {
    // How many of the four are behind it. A phone may come back without having been seen to go.
    let (done, failed) = match reboot.state {
        RebootState::Requested | RebootState::Sent => (1, false),
        RebootState::Accepted => (2, false),
        RebootState::Down => (3, false),
        RebootState::Back => (4, false),
        RebootState::Refused | RebootState::NoAnswer | RebootState::NotPossible => (1, true),
        RebootState::NotRestarted => (2, true),
        RebootState::NotBack => (if reboot.down_at.is_some() { 3 } else { 2 }, true),
        RebootState::Superseded => (1 + usize::from(reboot.answered_at.is_some()), false),
    };
    let accepted_at = reboot.answered_at.filter(|_| done >= 2);
    let back = match reboot.took() {
        Some(took) => t.with("reboot-step-back-in", &[("seconds", took.seconds_up().max(0).into())]),
        None => t.text("reboot-step-back"),
    };
    let labels = [
        (t.text("reboot-step-requested"), Some(reboot.requested_at)),
        (t.text("reboot-step-accepted"), accepted_at),
        (t.text("reboot-step-down"), reboot.down_at),
        (back, reboot.back_at),
    ];
    labels
        .into_iter()
        .enumerate()
        .map(|(at, (label, moment))| StepView {
            label,
            state: match at {
                at if at < done => "done",
                at if at == done && failed => "failed",
                _ => "open",
            },
            at: moment.map(|moment| times.moment(moment)),
        })
        .collect()
}
