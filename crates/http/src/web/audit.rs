//! The audit log as a page: found, narrowed, leafed through; and as a file.

use axum::extract::Query;
use axum::response::Response;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use tonalite_app::{AuditEntry, AuditTarget, PartyQuery};
use tonalite_core::audit::{ActionFilter, AuditFilter, Outcome};
use tonalite_core::device::short;
use tonalite_core::error::{FieldError, FieldErrors};
use tonalite_core::name::fold;
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::party::{Party, PartyKind};
use tonalite_core::search::Search;
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};
use uuid::Uuid;

use super::list_address::written;
use super::view::audit_list::{AuditListPage, AuditRowView, Filters};
use super::view::times::Times;
use super::visit::Visit;
use crate::api::scope_of;
use crate::problem::Problem;
use crate::route_table::{Routes, get};
use crate::sheet::{FileName, SheetRequest, audit_form, send_file, zone, zone_of};

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new().route("/audit", get(list_audit)).route("/audit/export", get(export_audit))
}

/// Parties of one name that are offered.
const MOST_PARTIES: u64 = 20;

#[derive(Deserialize, Default)]
#[serde(default)]
struct AuditForm {
    q: String,
    /// A name, or an id.
    party: String,
    /// A user name, an id, `cli` or `system`.
    person: String,
    action: String,
    target: String,
    result: String,
    from: String,
    to: String,
    tz: String,
    after: String,
}

impl AuditForm {
    fn pairs(&self) -> Vec<(&'static str, String)> {
        vec![
            ("q", self.q.clone()),
            ("party", self.party.clone()),
            ("person", self.person.clone()),
            ("action", self.action.clone()),
            ("target", self.target.clone()),
            ("result", self.result.clone()),
            ("from", self.from.clone()),
            ("to", self.to.clone()),
            ("tz", self.tz.clone()),
        ]
    }

    /// The list with another value in one field, from its first row.
    fn with(&self, name: &str, value: &str) -> String {
        let mut pairs = self.pairs();
        for (_, own) in pairs.iter_mut().filter(|(own, _)| *own == name) {
            value.clone_into(own);
        }
        written("/audit", &pairs)
    }

    fn after(&self, cursor: &Cursor) -> String {
        let mut pairs = self.pairs();
        pairs.push(("after", cursor.encode()));
        written("/audit", &pairs)
    }
}

/// Which party is meant.
enum Meant {
    All,
    One(Box<Party>),
    /// Several are called so, or none.
    Several(Vec<Party>),
}

/// What was asked, read.
struct Asked {
    filter: AuditFilter,
    party: Meant,
    zone: TimeZone,
    after: Option<Cursor>,
}

async fn read(visit: &Visit, form: &AuditForm) -> Result<Asked> {
    let (app, actor) = (&visit.ctx.app, visit.actor()?);
    let zone = match form.tz.as_str() {
        "" => None,
        name => zone(name),
    };
    let zone = match zone {
        Some(zone) => zone,
        None => zone_of(&visit.ctx, None).await?,
    };
    let mut errors = FieldErrors::new();
    let unknown =
        |field: &str, word: &str| FieldError::new(field, "unknown_value").with("value", short(word));
    let action = match form.action.as_str() {
        "" => None,
        word => errors.take(ActionFilter::parse(word).ok_or_else(|| unknown("action", word))),
    };
    let outcome = match form.result.as_str() {
        "" => None,
        word => errors.take(Outcome::parse(word).ok_or_else(|| unknown("result", word))),
    };
    let target = match form.target.trim() {
        "" => None,
        id => errors.take(Uuid::try_parse(id).map_err(|_| unknown("target", id))),
    };
    let from = errors.take(day("from", &form.from, &zone, false)).flatten();
    let to = errors.take(day("to", &form.to, &zone, true)).flatten();
    let search = errors.take(Search::parse(&form.q)).flatten();
    let after = match form.after.as_str() {
        "" => None,
        text => errors.take(Cursor::decode(text)),
    };
    errors.finish()?;
    let party = meant(visit, form.party.trim()).await?;
    let scope = match &party {
        Meant::One(party) => Some(scope_of(party)),
        Meant::All | Meant::Several(_) => None,
    };
    let by = match form.person.trim() {
        "" => None,
        text => Some(app.find_audit_actor(text).await?),
    };
    actor.view(app.own_party(actor).await?)?;
    let filter = AuditFilter { party: scope, by, action, target, outcome, from, to, search };
    Ok(Asked { filter, party, zone, after })
}

/// The beginning of a day where the reader is; `after`: its end.
fn day(field: &str, text: &str, zone: &TimeZone, after: bool) -> Result<Option<Timestamp>, FieldError> {
    let malformed = || FieldError::new(field, "date_malformed");
    if text.is_empty() {
        return Ok(None);
    }
    let mut date: Date = text.parse().map_err(|_| malformed())?;
    if after {
        date = date.tomorrow().map_err(|_| malformed())?;
    }
    // Where the clocks change at midnight, the day begins when they have.
    let midnight = date.to_datetime(jiff::civil::Time::midnight());
    let midnight = zone.to_ambiguous_timestamp(midnight).compatible().map_err(|_| malformed())?;
    Ok(Some(Timestamp(midnight.as_millisecond())))
}

async fn meant(visit: &Visit, text: &str) -> Result<Meant> {
    let (app, actor) = (&visit.ctx.app, visit.actor()?);
    if text.is_empty() {
        return Ok(Meant::All);
    }
    if let Ok(id) = text.parse() {
        return Ok(Meant::One(Box::new(app.find_party(actor, id).await?.into_inner())));
    }
    let search = Search::parse(text)
        .map_err(|error| Error::Invalid(vec![FieldError { field: "party".to_owned(), ..error }]))?;
    let query = PartyQuery { search, ..PartyQuery::default() };
    let found = app.page_parties(actor, query, Limit::at_most(MOST_PARTIES), None).await?;
    let mut parties: Vec<Party> = found.items.into_iter().map(|placed| placed.party).collect();
    let same = |party: &Party| fold(&party.name) == fold(text);
    if parties.iter().filter(|party| same(party)).count() == 1 {
        parties.retain(same);
    }
    if parties.len() == 1 {
        return Ok(parties.pop().map_or(Meant::Several(Vec::new()), |party| Meant::One(Box::new(party))));
    }
    Ok(Meant::Several(parties))
}

async fn list_audit(visit: Visit, Query(form): Query<AuditForm>) -> Result<Response, Problem> {
    let (app, t, actor) = (&visit.ctx.app, visit.t(), visit.actor()?);
    // Who may not read it learns nothing of what a filter would find.
    app.page_audit(actor, None, Limit::at_most(1), None).await?;
    let asked = read(&visit, &form).await?;
    let page = match &asked.party {
        Meant::Several(_) => None,
        Meant::All | Meant::One(_) => {
            Some(app.page_audit(actor, Some(&asked.filter), Limit::DEFAULT, asked.after.clone()).await?)
        }
    };
    let (items, next, looked_through) = match page {
        Some(page) => (page.items, page.next, page.looked_through),
        None => (Vec::new(), None, None),
    };
    let times = Times::in_zone(t, asked.zone.clone(), visit.now());
    let mut rows = Vec::with_capacity(items.len());
    for entry in &items {
        let target = target_of(&visit, entry).await?;
        rows.push(AuditRowView::new(t, &times, entry, target, |id| form.with("target", id)));
    }
    let parties = match &asked.party {
        Meant::Several(parties) => Some(
            parties
                .iter()
                .map(|party| (form.with("party", &party.id.to_string()), party.name.clone()))
                .collect(),
        ),
        Meant::All | Meant::One(_) => None,
    };
    let export = written("/audit/export", &form.pairs());
    visit.show(&AuditListPage {
        t,
        frame: visit.frame(),
        filters: Filters::new(t, &form.action, &form.result),
        with_parties: actor.scope.kind != PartyKind::Customer,
        party_name: match (&asked.party, form.party.parse::<tonalite_core::id::PartyId>()) {
            (Meant::One(party), Ok(_)) => Some(party.name.clone()),
            _ => None,
        },
        parties,
        zone: asked.zone.iana_name().unwrap_or("UTC").to_owned(),
        rows,
        looked_through: looked_through.map(i64::from),
        on_first_page: form.after.is_empty(),
        first_address: form.with("", ""),
        next_address: next.as_ref().map(|next| form.after(next)),
        export,
        kept: app.retention(),
        q: form.q,
        party: form.party,
        person: form.person,
        target: form.target,
        from: form.from,
        to: form.to,
        tz: form.tz,
    })
}

async fn target_of(visit: &Visit, entry: &AuditEntry) -> Result<Option<AuditTarget>> {
    let (Some(kind), Some(id)) = (&entry.target_kind, &entry.target_id) else { return Ok(None) };
    let Ok(id) = Uuid::try_parse(id) else { return Ok(None) };
    visit.ctx.app.find_audit_target(visit.actor()?, kind, id, visit.now()).await
}

async fn export_audit(visit: Visit, Query(form): Query<AuditForm>) -> Result<Response, Problem> {
    let (app, actor) = (&visit.ctx.app, visit.actor()?);
    app.page_audit(actor, None, Limit::at_most(1), None).await?;
    let asked = read(&visit, &form).await?;
    let party = match asked.party {
        Meant::One(party) => actor.view(*party)?,
        Meant::All => actor.view(app.own_party(actor).await?)?,
        Meant::Several(_) => return Err(Error::invalid("party", "unknown_value").into()),
    };
    let request =
        SheetRequest { tz: Some(form.tz.clone()).filter(|tz| !tz.is_empty()), ..SheetRequest::default() };
    let sheet = audit_form(&visit.ctx, &request).await?;
    let name = FileName::of_audit(&sheet, &party, visit.now());
    let asked_for = serde_json::json!({ "list": form.with("", "") });
    let file = app.export_audit(actor, party, &asked.filter, &sheet, asked_for, visit.now()).await?;
    send_file(file, &name)
}
