//! What the inventory tells the registrar about lines: they come, go, and change their secrets.

use std::sync::Arc;

use tonalite_core::id::LineKey;
use tonalite_core::registration::{LineCredential, RegistrarLine};

use crate::auth::Refusals;
use crate::engine::Engine;
use crate::table::{Slot, key_of};

impl Engine {
    /// A line exists. One that is known already keeps what is known of its phones and takes the new name and secrets.
    pub(crate) fn add_line(&self, mut line: RegistrarLine) {
        if self.change_secrets(line.line.key, &line.credential) {
            return;
        }
        if let Some(renamed) = self.take(line.line.key) {
            line.registrations = renamed.registrations;
        }
        self.domains.add(line.credential.sip.domain.as_str().as_bytes());
        if let Some(replaced) = self.table.insert(line, &self.policy) {
            self.domains.remove(replaced.auth.domain());
        }
    }

    /// A line is no more. Its bindings are dropped, and nothing is submitted for it after this returns.
    pub(crate) fn remove_line(&self, line: LineKey) {
        self.take(line);
        self.drop_exchanges(line);
    }

    /// A line has other secrets, or even another name or domain; its bindings stay. Nothing happens to a line that is
    /// not known: it was taken back meanwhile.
    pub(crate) fn change_credential(&self, line: LineKey, credential: LineCredential) {
        if self.change_secrets(line, &credential) {
            return;
        }
        if let Some(slot) = self.take(line) {
            let Slot { line, registrations, .. } = *slot;
            self.add_line(RegistrarLine { line, credential, registrations });
        }
    }

    /// `false`: no such line, or not under this name.
    fn change_secrets(&self, line: LineKey, credential: &LineCredential) -> bool {
        let Some((mut shard, index)) = self.table.find_line(line) else { return false };
        let Some(slot) = shard.slot_mut(index) else { return false };
        if slot.auth.key()[..] != key_of(&credential.sip) {
            return false;
        }
        slot.auth.replace(credential.clone());
        true
    }

    fn take(&self, line: LineKey) -> Option<Box<Slot>> {
        let slot = self.table.remove(line)?;
        self.domains.remove(slot.auth.domain());
        Some(slot)
    }

    /// Wrong answers for a line since the last right one.
    pub(crate) fn refusals(self: &Arc<Self>, line: LineKey) -> Option<Refusals> {
        let (shard, index) = self.table.find_line(line)?;
        shard.slot(index)?.auth.refusals()
    }
}
