//! Words of closed sets, as cells: states, and what there is to say beyond them.

use super::Naming;
use crate::line_state::{LineState, StateDetail};

/// The word for a state.
pub fn state_word(naming: Naming, state: LineState) -> String {
    match naming {
        Naming::Keys => state.as_str().to_owned(),
        Naming::Words(locale) => locale.text(&format!("csv-state-{}", state.as_str())),
    }
}

/// The word for what there is to say beyond a state.
pub fn detail_word(naming: Naming, detail: StateDetail) -> String {
    match (naming, detail) {
        (Naming::Keys, detail) => detail.as_str().to_owned(),
        (Naming::Words(locale), StateDetail::NoLine) => locale.text("csv-detail-no_line"),
        (Naming::Words(locale), detail) => locale.text(&format!("detail-{}", detail.as_str())),
    }
}
