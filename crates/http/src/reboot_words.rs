//! What happened to a reboot, in words: one sentence and what to do next. The API and the pages say the same.

use tonalite_core::dect::DectReboot;
use tonalite_core::reboot::Reboot;
use tonalite_core::text::{Arg, Locale};

/// What happened, in one sentence.
pub(crate) fn said(t: Locale, reboot: &Reboot) -> String {
    let code = reboot.code.map_or_else(String::new, |code| code.to_string());
    let seconds = reboot.took().map_or(0, |took| took.seconds_up().max(0));
    let args: [(&str, Arg); 2] = [("code", code.into()), ("seconds", seconds.into())];
    t.with(&format!("reboot-said-{}", reboot.outcome()), &args)
}

/// What to do next.
pub(crate) fn next(t: Locale, reboot: &Reboot) -> String {
    t.text(&format!("reboot-next-{}", reboot.outcome()))
}

/// What happened to the reboot of a whole DECT system, in one sentence.
pub(crate) fn said_of_system(t: Locale, run: &DectReboot) -> String {
    let outcome = run.stop.map_or(run.state.as_str(), |stop| stop.as_str());
    t.text(&format!("dect-reboot-said-{outcome}"))
}
