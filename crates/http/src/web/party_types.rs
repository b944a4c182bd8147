//! Approved device types in Party Manager: of a party or of a site, chosen among those that are approved above. Each button
//! sends the whole form, so that it works without script; what is taken away is asked about first.

use std::collections::BTreeSet;

use axum::Form;
use axum::http::StatusCode;
use axum::response::Response;
use tonalite_app::{DeviceType, Owner};
use tonalite_core::access::View;
use tonalite_core::id::{PartyId, SiteId};
use tonalite_core::party::{Party, PartyKind};
use tonalite_core::site::Site;
use tonalite_core::{Error, Result};

use super::devices::Pairs;
use super::parties::{amount, opened, version};
use super::view::party_show::{called, titled};
use super::view::party_types::{PartyTypesConfirmPage, PartyTypesPage, by_maker, count, is_found};
use super::visit::Visit;
use crate::problem::Problem;
use crate::read::PathId;
use crate::route_table::{Routes, get};

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/party-manager/{id}/device-types", get(choose_for_party).post(set_for_party))
        .route("/party-manager/sites/{id}/device-types", get(choose_at_site).post(set_at_site))
}

/// Whose list is changed.
enum Holder {
    Party(View<Party>),
    Site(View<Site>),
}

/// A list that is being changed.
struct List {
    holder: Holder,
    name: String,
    action: String,
    back_address: String,
    version: i64,
    /// What it may hold.
    above: Vec<&'static DeviceType>,
    /// From whom it inherits.
    above_name: String,
    /// What it holds; empty when it inherits.
    own: Vec<String>,
}

/// What was chosen so far.
struct Chosen {
    inherits: bool,
    ids: Vec<String>,
    q: String,
}

impl List {
    async fn of_party(visit: &Visit, id: PartyId) -> Result<List> {
        let app = &visit.ctx.app;
        let party = opened(visit, id).await?;
        if party.kind != PartyKind::Platform {
            visit.actor()?.administer_from_above(party.clone().into_inner())?;
        }
        let features = app.features_of(party.key).await?;
        let above_name = match features.chain().iter().rev().nth(1) {
            Some(above) => called(visit.t(), above),
            None => visit.t().text("party-the-catalogue"),
        };
        let own = app.own_lists([party.key], []).await?.remove(&Owner::Party(party.key));
        Ok(List {
            name: titled(visit.t(), &party),
            action: format!("/party-manager/{id}/device-types"),
            back_address: format!("/party-manager/{id}"),
            version: party.version,
            above: app.approved_above(&party).await?,
            above_name,
            own: own.unwrap_or_default(),
            holder: Holder::Party(party),
        })
    }

    async fn at_site(visit: &Visit, id: SiteId) -> Result<List> {
        let app = &visit.ctx.app;
        let site = app.find_site(visit.actor()?, id).await?;
        visit.actor()?.administer(site.clone().into_inner())?;
        let own = app.own_lists([], [site.key]).await?.remove(&Owner::Site(site.key));
        Ok(List {
            name: format!("{} · {}", site.customer_name, site.name),
            action: format!("/party-manager/sites/{id}/device-types"),
            back_address: format!("/party-manager/{}", site.customer_id),
            version: site.version,
            above: app.approved_above_site(&site).await?,
            above_name: site.customer_name.clone(),
            own: own.unwrap_or_default(),
            holder: Holder::Site(site),
        })
    }

    /// What was chosen when nobody has touched anything: who inherits begins with all.
    fn as_stored(&self) -> Chosen {
        let inherits = self.own.is_empty();
        let all = || self.above.iter().map(|device_type| device_type.id.clone()).collect();
        Chosen { inherits, ids: if inherits { all() } else { self.own.clone() }, q: String::new() }
    }

    fn page(&self, visit: &Visit, chosen: &Chosen, version: i64, problems: Vec<String>) -> PartyTypesPage {
        let t = visit.t();
        let (makers, unseen) = by_maker(&self.above, &chosen.ids, &chosen.q);
        let held = |device_type: &&&DeviceType| chosen.ids.contains(&device_type.id);
        PartyTypesPage {
            t,
            frame: visit.frame(),
            name: self.name.clone(),
            action: self.action.clone(),
            back_address: self.back_address.clone(),
            version,
            inherits: chosen.inherits,
            inherit_label: t.with(
                "party-types-inherit",
                &[("party", self.above_name.as_str().into()), ("count", amount(self.above.len()))],
            ),
            q: chosen.q.clone(),
            makers,
            unseen,
            count: count(t, amount(self.above.iter().filter(held).count()), amount(self.above.len())),
            count_pattern: count(t, "{chosen}".into(), "{total}".into()),
            problems,
        }
    }

    /// The types that hold now and would not any more.
    fn taken(&self, wanted: &[String]) -> Vec<&'static DeviceType> {
        let holds = |list: &[String], id: &String| list.is_empty() || list.contains(id);
        let gone = |device_type: &&&'static DeviceType| {
            holds(&self.own, &device_type.id) && !holds(wanted, &device_type.id)
        };
        self.above.iter().filter(gone).copied().collect()
    }

    async fn set(self, visit: &Visit, wanted: Vec<String>) -> Result<()> {
        let (app, actor, now) = (&visit.ctx.app, visit.actor()?, visit.now());
        match self.holder {
            Holder::Party(party) => {
                let granted = actor.administer(party.into_inner())?;
                app.set_approved_for_party(actor, granted, wanted, now).await?;
            }
            Holder::Site(site) => {
                let granted = actor.administer(site.into_inner())?;
                app.set_approved_at_site(actor, granted, wanted, now).await?;
            }
        }
        Ok(())
    }
}

async fn choose_for_party(visit: Visit, PathId(id): PathId<PartyId>) -> Result<Response, Problem> {
    let list = List::of_party(&visit, id).await?;
    visit.show(&list.page(&visit, &list.as_stored(), list.version, Vec::new()))
}

async fn choose_at_site(visit: Visit, PathId(id): PathId<SiteId>) -> Result<Response, Problem> {
    let list = List::at_site(&visit, id).await?;
    visit.show(&list.page(&visit, &list.as_stored(), list.version, Vec::new()))
}

async fn set_for_party(
    visit: Visit,
    PathId(id): PathId<PartyId>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Problem> {
    let list = List::of_party(&visit, id).await?;
    act(&visit, list, &pairs).await
}

async fn set_at_site(
    visit: Visit,
    PathId(id): PathId<SiteId>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Problem> {
    let list = List::at_site(&visit, id).await?;
    act(&visit, list, &pairs).await
}

async fn act(visit: &Visit, list: List, pairs: &[(String, String)]) -> Result<Response, Problem> {
    let t = visit.t();
    let field = |wanted: &str| {
        pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    let sent: BTreeSet<&str> =
        pairs.iter().filter(|(name, _)| name == "type").map(|(_, value)| value.as_str()).collect();
    let act = field("act");
    let (all_of, none_of) = (act.strip_prefix("all:"), act.strip_prefix("none:"));
    let q: String = field("q").chars().take(100).collect();
    // A button means what one sees: who has searched means what was found.
    let meant = |vendor: Option<&str>, device_type: &DeviceType| {
        vendor.is_some_and(|vendor| vendor == "*" || vendor == device_type.vendor)
            && is_found(device_type, &q)
    };
    let ids = list.above.iter().filter(|device_type| {
        meant(all_of, device_type) || (sent.contains(device_type.id.as_str()) && !meant(none_of, device_type))
    });
    let chosen = Chosen {
        // Who chooses types of a maker means a list of one's own.
        inherits: field("mode") == "inherit" && all_of.is_none() && none_of.is_none(),
        ids: ids.map(|device_type| device_type.id.clone()).collect(),
        q: q.clone(),
    };
    let version = version(pairs);
    if act != "save" {
        return visit.show(&list.page(visit, &chosen, version, Vec::new()));
    }
    if version != list.version {
        let page = list.page(visit, &list.as_stored(), list.version, vec![t.error(&Error::Stale)]);
        return visit.show_with(StatusCode::PRECONDITION_FAILED, &page);
    }
    let unknown =
        sent.len() - sent.iter().filter(|id| list.above.iter().any(|known| known.id == **id)).count();
    let problem = match (chosen.inherits, unknown, chosen.ids.is_empty()) {
        (true, _, _) | (false, 0, false) => None,
        (false, 0, true) => Some("party-types-required"),
        // Approved when the page was made, and no more.
        (false, _, _) => Some("party-types-changed"),
    };
    if let Some(key) = problem {
        let page = list.page(visit, &chosen, version, vec![t.text(key)]);
        return visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let wanted = if chosen.inherits { Vec::new() } else { chosen.ids.clone() };
    let taken = list.taken(&wanted);
    if !taken.is_empty() && field("confirmed") != "1" {
        let page = confirm_page(visit, &list, &chosen, &taken).await?;
        return visit.show(&page);
    }
    let back = format!("{}?saved=types", list.back_address);
    list.set(visit, wanted).await?;
    Ok(visit.go(&back))
}

async fn confirm_page(
    visit: &Visit,
    list: &List,
    chosen: &Chosen,
    taken: &[&'static DeviceType],
) -> Result<PartyTypesConfirmPage> {
    let (app, t) = (&visit.ctx.app, visit.t());
    let ids: Vec<&str> = taken.iter().map(|device_type| device_type.id.as_str()).collect();
    let counts = match &list.holder {
        Holder::Party(party) => app.count_devices_of_types(party, &ids).await?,
        Holder::Site(site) => app.count_devices_of_types_at_site(site, &ids).await?,
    };
    let of = |id: &str| counts.iter().find(|(counted, _)| counted == id).map_or(0, |(_, count)| *count);
    // Those first that concern somebody.
    let mut taken = taken.to_vec();
    taken.sort_by_key(|device_type| of(&device_type.id) == 0);
    let devices: i64 = counts.iter().map(|(_, count)| count).sum();
    let consequences = [
        t.with("party-taken-devices", &[("count", devices.into())]),
        t.text("party-taken-no-more"),
        t.text("party-taken-below"),
    ];
    // A site has no lists below its own.
    let said = if matches!(list.holder, Holder::Site(_)) { 2 } else { 3 };
    Ok(PartyTypesConfirmPage {
        t,
        frame: visit.frame(),
        name: list.name.clone(),
        action: list.action.clone(),
        version: list.version,
        inherits: chosen.inherits,
        chosen: chosen.ids.clone(),
        taken: taken
            .iter()
            .map(|device_type| {
                let args =
                    [("type", device_type.name.as_str().into()), ("count", of(&device_type.id).into())];
                t.with("party-taken-type", &args)
            })
            .collect(),
        consequences: consequences.into_iter().take(said).collect(),
    })
}
