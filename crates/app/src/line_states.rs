//! The list of line states: the ports of all devices, as the actor sees them.

use tonalite_core::Result;
use tonalite_core::access::Actor;
use tonalite_core::filter::LineFilter;
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::time::Timestamp;
use tonalite_store::{LineCount, ListedLine};

use crate::App;
use crate::device_search::lines_with_types;

impl App {
    /// One page of the ports that the actor sees, and of devices without an assigned one.
    ///
    /// # Errors
    /// [`tonalite_core::Error::Invalid`] `cursor_of_another_list`.
    pub async fn page_line_states(
        &self,
        actor: &Actor,
        filter: &LineFilter,
        limit: Limit,
        after: Option<Cursor>,
        now: Timestamp,
    ) -> Result<Page<ListedLine>> {
        let filter = lines_with_types(filter);
        self.store.page_lines(actor, &filter, limit, after.as_ref(), self.ready_at, now).await
    }

    /// How many rows that list has, exactly up to 10,000.
    pub async fn count_line_states(&self, actor: &Actor, filter: &LineFilter) -> Result<LineCount> {
        self.store.count_lines(actor, &lines_with_types(filter)).await
    }
}
