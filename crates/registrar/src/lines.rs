//! What the inventory tells the registrar about lines: they come, go, and change their secrets.

use std::sync::Arc;

use tonalite_core::id::LineKey;
use tonalite_core::registration::{LineCredential, RegistrarLine};

use crate::auth::Refusals;
use crate::engine::Engine;

impl Engine {
    /// A line exists. One that is known already keeps what is known of its phones and takes the new secrets.
    pub(crate) fn add_line(&self, line: RegistrarLine) {
        if self.change_credential(line.line.key, &line.credential) {
            return;
        }
        self.domains.add(line.credential.sip.domain.as_str());
        if let Some(replaced) = self.table.insert(line, &self.policy) {
            self.domains.remove(replaced.auth.domain());
        }
    }

    /// A line is no more. Its bindings are dropped, and nothing is submitted for it after this returns.
    pub(crate) fn remove_line(&self, line: LineKey) {
        if let Some(slot) = self.table.remove(line) {
            self.domains.remove(slot.auth.domain());
        }
    }

    /// A line has other secrets; its bindings stay. `false`: no such line, or the line has another name or domain now.
    pub(crate) fn change_credential(&self, line: LineKey, credential: &LineCredential) -> bool {
        let Some((mut shard, index)) = self.table.find_line(line) else { return false };
        let Some(slot) = shard.slot_mut(index) else { return false };
        if slot.auth.username() != credential.sip.username
            || slot.auth.domain() != credential.sip.domain.as_str()
        {
            return false;
        }
        slot.auth.replace(credential.clone());
        true
    }

    /// Wrong answers for a line since the last right one.
    pub(crate) fn refusals(self: &Arc<Self>, line: LineKey) -> Option<Refusals> {
        let (shard, index) = self.table.find_line(line)?;
        shard.slot(index)?.auth.refusals()
    }
}
