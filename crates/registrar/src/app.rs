//! The application as the registrar's [`Backend`].

use std::sync::Arc;

use tonalite_app::{App, Committed};
use tonalite_core::id::{LineId, LineKey};
use tonalite_core::registration::{LineChange, LineSecret, Renewal, SealedSecret};

use crate::backend::{Backend, Done, Full};

impl Backend for Arc<App> {
    fn open_secret(&self, line: LineId, secret: &SealedSecret) -> Option<LineSecret> {
        let opened = App::open_secret(self, line, secret);
        if opened.is_err() {
            tracing::error!(line.id = %line, "the SIP secret of a line cannot be opened: is this the key it was sealed with?");
        }
        opened.ok()
    }

    fn change(&self, change: LineChange, done: Done) -> Result<(), Full> {
        let done = Box::new(move |committed| done(committed == Committed::Yes));
        self.live().change(change, done).map_err(|_| Full)
    }

    fn renew(&self, renewals: Vec<Renewal>) -> Result<(), Full> {
        self.live().renew(renewals).map_err(|_| Full)
    }

    fn confirmed(&self, line: LineKey, secret: SealedSecret) {
        self.phones().confirmed(line, secret);
    }

    fn degraded(&self, degraded: bool) {
        if degraded {
            self.health().set_degraded("registrar", "registrations are answered from memory");
        } else {
            self.health().clear("registrar");
        }
    }
}
