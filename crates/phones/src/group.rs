//! Phones that are lines of one device: a NOTIFY reaches one of them, and all restart.

use std::collections::HashMap;

use tokio::sync::mpsc;

use crate::phone::Command;

/// Who belongs together, and how to reach everybody.
pub(crate) struct Groups {
    /// Numbers of phones within the fleet, by their group.
    members: HashMap<u64, Vec<usize>>,
    group_of: HashMap<usize, u64>,
    commands: Vec<mpsc::Sender<(usize, Command)>>,
}

impl Groups {
    /// From the group of each phone of a fleet, in order; phones are dealt to the cells in turn.
    pub(crate) fn new(
        groups: impl Iterator<Item = Option<u64>>,
        commands: Vec<mpsc::Sender<(usize, Command)>>,
    ) -> Groups {
        let mut members: HashMap<u64, Vec<usize>> = HashMap::new();
        let mut group_of = HashMap::new();
        for (index, group) in groups.enumerate() {
            if let Some(group) = group {
                members.entry(group).or_default().push(index);
                group_of.insert(index, group);
            }
        }
        Groups { members, group_of, commands }
    }

    /// Has all others of this phone's group restart.
    pub(crate) fn restart_others(&self, index: usize) {
        let Some(members) = self.group_of.get(&index).and_then(|group| self.members.get(group)) else {
            return;
        };
        let stride = self.commands.len();
        for &other in members.iter().filter(|&&other| other != index) {
            // A cell that waited for a neighbour's queue could wait for one that waits for it.
            if self.commands[other % stride].try_send((other / stride, Command::Restart)).is_err() {
                tracing::warn!(other, "a simulated phone was not told to restart with its device");
            }
        }
    }
}
