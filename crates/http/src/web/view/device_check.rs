//! The status of a device: what is known, and what the phone answered when it was asked.

use askama::Template;
use tonalite_core::contact_request::ContactAnswer;
use tonalite_core::line_state::Binding;
use tonalite_core::text::Locale;

use super::dect_pages::ChainView;
use super::frame::Frame;
use super::reboot_pages::RebootView;
use super::status::{SECONDARY, word_key};
use super::times::{Moment, Times};

/// `devices/status.html`
#[derive(Template)]
#[template(path = "devices/status.html")]
pub(crate) struct DeviceStatusPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) device_id: String,
    pub(crate) subtitle: String,
    /// `registered`, `aged`, `unregistered` or `no_line`.
    pub(crate) state: &'static str,
    /// The state, or `secondary_base`: what its word is.
    pub(crate) word: &'static str,
    /// For a DECT base, and for who may see it.
    pub(crate) chain: Option<ChainView>,
    pub(crate) partial: bool,
    /// "3 of 4 lines"
    pub(crate) count: String,
    /// When the phone was asked; `None`: it has not been.
    pub(crate) checked: Option<Moment>,
    /// The phone is still to be asked, and the browser may do it by itself.
    pub(crate) asks: bool,
    /// Why it was not asked, in words.
    pub(crate) problem: Option<String>,
    pub(crate) lines: Vec<CheckedLineView>,
    /// Some contact gave no answer.
    pub(crate) silent: bool,
    pub(crate) gateway: bool,
    pub(crate) last_reboot: Option<RebootView>,
}

impl DeviceStatusPage {
    /// Key of the state's word.
    pub(crate) fn word_key(&self) -> &'static str {
        word_key(self.word)
    }

    /// A base without lines beside others: that it has none is as it should be.
    pub(crate) fn is_secondary(&self) -> bool {
        self.word == SECONDARY
    }
}

/// One assigned line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CheckedLineView {
    pub(crate) port: u16,
    pub(crate) user: String,
    pub(crate) extension: String,
    pub(crate) state: &'static str,
    pub(crate) registered: Option<Moment>,
    pub(crate) expires: Option<Moment>,
    pub(crate) contacts: Vec<CheckedContactView>,
}

impl CheckedLineView {
    /// Key of the state's word.
    pub(crate) fn word_key(&self) -> &'static str {
        word_key(self.state)
    }
}

/// One live contact, and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CheckedContactView {
    /// Transport and address that the phone speaks from.
    pub(crate) address: String,
    pub(crate) expires: Moment,
    pub(crate) answer: String,
    /// `good`, `bad`, or neither.
    pub(crate) tone: &'static str,
}

impl CheckedContactView {
    /// A contact in words. `None`: it has not been asked.
    pub(crate) fn new(
        t: Locale,
        times: &Times,
        binding: &Binding,
        answer: Option<&ContactAnswer>,
    ) -> CheckedContactView {
        let (answer, tone) = match answer {
            None => (t.text("check-not-asked"), ""),
            Some(ContactAnswer::Answered { code, after, .. }) => {
                let args = [("ms", after.0.into()), ("code", code.to_string().into())];
                (t.with("check-answered", &args), "good")
            }
            Some(ContactAnswer::NoAnswer) => (t.text("check-no_answer"), "bad"),
            Some(ContactAnswer::NoPath) => (t.text("check-no_path"), "bad"),
            Some(ContactAnswer::Busy) => (t.text("check-busy"), ""),
        };
        CheckedContactView {
            address: format!("{} {}", binding.source.transport.as_str(), binding.source.address),
            expires: times.moment(binding.expires_at),
            answer,
            tone,
        }
    }
}
