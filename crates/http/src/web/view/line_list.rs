//! The list of line states: the filters and the rows.

use askama::Template;
use tonalite_app::{LineCount, ListedLine};
use tonalite_core::line_state::{LineState, StateDetail};
use tonalite_core::site::TimeZoneName;
use tonalite_core::text::Locale;
use tonalite_core::time::Timestamp;

use super::choice::Choice;
use super::device_columns::ColumnChoice;
use super::device_list::Empty;
use super::device_show::remark;
use super::export_part::ExportPart;
use super::frame::Frame;
use super::line_columns::Columns;
use super::status::{shown_state, word_key};
use super::tabs::{Tab, Tabs};
use super::times::{Lasting, Moment, Times};

/// `line_states/list.html`
#[derive(Template)]
#[template(path = "line_states/list.html")]
pub(crate) struct LineStatesPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) may_manage: bool,
    pub(crate) export: ExportPart,
    pub(crate) tabs: Tabs,
    pub(crate) sites: Vec<Choice>,
    pub(crate) types: Vec<Choice>,
    pub(crate) kinds: Vec<Choice>,
    pub(crate) states: Vec<Choice>,
    pub(crate) controls: Controls,
    pub(crate) shape: Shape,
    pub(crate) rows: Vec<LineStateRow>,
    /// Why there are no rows, if there are none.
    pub(crate) empty: Empty,
    /// "1,911 lines"
    pub(crate) total: String,
    pub(crate) on_first_page: bool,
    pub(crate) first_address: String,
    pub(crate) next_address: Option<String>,
}

/// The part of it that filters exchange: block `rows`.
#[derive(Template)]
#[template(path = "line_states/list.html", block = "rows")]
pub(crate) struct LineStatesRows<'a> {
    t: Locale,
    frame: &'a Frame,
    may_manage: bool,
    shape: &'a Shape,
    rows: &'a [LineStateRow],
    empty: Empty,
    total: &'a str,
    on_first_page: bool,
    first_address: &'a str,
    next_address: Option<&'a str>,
}

impl LineStatesPage {
    /// The part that filters exchange.
    pub(crate) fn rows(&self) -> LineStatesRows<'_> {
        LineStatesRows {
            t: self.t,
            frame: &self.frame,
            may_manage: self.may_manage,
            shape: &self.shape,
            rows: &self.rows,
            empty: self.empty,
            total: &self.total,
            on_first_page: self.on_first_page,
            first_address: &self.first_address,
            next_address: self.next_address.as_deref(),
        }
    }
}

/// What stands in the form above the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Controls {
    /// What is looked for.
    pub(crate) q: String,
    pub(crate) columns: Vec<ColumnChoice>,
    pub(crate) limits: Vec<Choice>,
}

/// How the list is shown, and what is said when it shows nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) columns: Columns,
    /// What was looked for, as it may be repeated.
    pub(crate) searched: Option<String>,
    /// What was looked for is so short that little is found by it.
    pub(crate) is_short: bool,
    /// Something else hides rows, too.
    pub(crate) has_filters: bool,
    pub(crate) unsearch_address: String,
    pub(crate) unfilter_address: String,
    /// Where a device is added: with the site of the filter, if one.
    pub(crate) new_address: String,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LineStateRow {
    /// Names the row in the page: device and port.
    pub(crate) key: String,
    pub(crate) device_id: String,
    /// With colons; empty for types without.
    pub(crate) mac: String,
    pub(crate) device_type: String,
    pub(crate) name: Option<String>,
    pub(crate) site: String,
    /// Only for readers above the customer.
    pub(crate) customer: Option<String>,
    /// Port, user, extension and number; `None` for a device without an assigned port.
    pub(crate) port: Option<PortCells>,
    /// `registered`, `aged`, `unregistered` or `no_line`.
    pub(crate) state: &'static str,
    /// What there is to say beyond the state; may be empty.
    pub(crate) remark: String,
    /// Since when; `None` where that means nothing.
    pub(crate) since: Option<Lasting>,
    pub(crate) renewed: Option<Moment>,
    pub(crate) expires: Option<Moment>,
    /// Transport and address of the newest contact.
    pub(crate) address: Option<String>,
    /// "and 1 more", where there are several contacts.
    pub(crate) more: Option<String>,
    /// What the phone says it is: hostile text.
    pub(crate) agent: String,
    /// Of its DECT system, for who may see it.
    pub(crate) chain_id: Option<String>,
}

/// What stands in the cells of an assigned port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PortCells {
    pub(crate) port: u16,
    pub(crate) user: String,
    pub(crate) shared: bool,
    pub(crate) extension: String,
    pub(crate) number: Option<String>,
}

impl LineStateRow {
    /// A row in words. `type_name` is the catalogue's.
    pub(crate) fn new(
        t: Locale,
        row: &ListedLine,
        type_name: &str,
        shows_customer: bool,
        now: Timestamp,
    ) -> LineStateRow {
        let times = match TimeZoneName::parse(&row.site_time_zone) {
            Ok(zone) => Times::new(t, &zone, now),
            Err(_) => Times::in_utc(t, now),
        };
        let port = row.line.as_ref().map(|line| PortCells {
            port: line.port,
            user: line.user_name.clone(),
            shared: line.line_use == tonalite_core::line::LineUse::Shared,
            extension: line.extension.clone(),
            number: line.number.clone(),
        });
        let newest = row.contacts.first();
        let more = i64::try_from(row.contacts.len()).unwrap_or(i64::MAX) - 1;
        LineStateRow {
            key: format!("{}-{}", row.device_id, port.as_ref().map_or(0, |port| port.port)),
            device_id: row.device_id.to_string(),
            mac: row.mac.map(|mac| mac.with_colons()).unwrap_or_default(),
            device_type: type_name.to_owned(),
            name: row.device_name.clone(),
            site: row.site_name.clone(),
            customer: shows_customer.then(|| row.customer_name.clone()),
            state: shown_state(row.state, row.detail),
            remark: remark(t, row.detail),
            since: (row.detail != Some(StateDetail::NoLine)).then(|| times.lasting(row.since)),
            renewed: row.registered_at.map(|at| times.moment(at)),
            expires: row.expires_at.filter(|_| row.state == LineState::Registered).map(|at| times.moment(at)),
            address: newest
                .map(|contact| format!("{} {}", contact.source.transport.as_str(), contact.source.address)),
            more: (more > 0).then(|| t.with("line_states-more-contacts", &[("count", more.into())])),
            chain_id: row.chain_id.map(|chain_id| chain_id.to_string()),
            agent: newest.and_then(|contact| contact.user_agent.clone()).unwrap_or_default(),
            port,
        }
    }

    /// Without what is not for this reader.
    pub(crate) fn for_reader(self, sees_chain_ids: bool) -> LineStateRow {
        LineStateRow { chain_id: self.chain_id.filter(|_| sees_chain_ids), ..self }
    }

    /// Key of the state's word.
    pub(crate) fn word_key(&self) -> &'static str {
        word_key(self.state)
    }
}

/// The states to choose from.
pub(crate) fn state_choices(t: Locale, chosen: Option<LineState>) -> Vec<Choice> {
    let chosen = chosen.map_or("", LineState::as_str);
    let choice = |state: LineState| Choice::new(state.as_str(), t.text(word_key(state.as_str())), chosen);
    LineState::ALL.map(choice).into()
}

/// How many rows there are, in words.
pub(crate) fn total(t: Locale, count: LineCount) -> String {
    match count.at_least {
        true => t.with("line_states-total-more", &[("count", t.number(count.total - 1).into())]),
        false => t.with("line_states-total", &[("count", count.total.into())]),
    }
}

/// Why a page is empty.
pub(crate) fn why_empty(is_empty: bool, narrowed: bool, on_first_page: bool) -> Empty {
    match (is_empty, narrowed, on_first_page) {
        (true, _, false) => Empty::PastTheEnd,
        (true, true, true) => Empty::NoMatch,
        _ => Empty::NoDevices,
    }
}
