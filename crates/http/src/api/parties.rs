//! Parties: the tree of providers, operators and customers, and the features that one switches for those below.

use std::collections::BTreeMap;

use axum::Json;
use axum::response::IntoResponse;
use axum::response::Response;
use serde::Serialize;
use tonalite_app::{App, Differs};
use tonalite_core::Error;
use tonalite_core::access::Actor;
use tonalite_core::feature::Features;
use tonalite_core::filter::StatusCounts;
use tonalite_core::id::PartyId;
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::party::{Closed, Feature, FeatureSettings, NewParty, Party, PartyKind};
use tonalite_core::search::Search;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::devices::Counts;
use super::wire::{Listed, created, limit, next_text, time_text};
use crate::ctx::Ctx;
use crate::problem::{OrField, Problem};
use crate::read::{Body, Change, FeatureChanges, IfMatch, NoQuery, PathId, Query, etag, json_body, query};
use crate::state::HttpState;

/// Operations on parties.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(list_parties, create_party)).routes(routes!(find_party, update_party))
}

/// A party.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Party)]
pub(crate) struct PartyJson {
    /// A UUID, or `platform`.
    #[schema(examples("019ac2f0-0000-7000-8000-00000000c001"))]
    id: String,
    /// `platform`, `provider`, `operator` or `customer`.
    #[schema(examples("customer"))]
    kind: &'static str,
    /// Its name.
    #[schema(examples("Boulangerie Martin"))]
    name: String,
    /// `null` for the platform, and for what lies above one's own party.
    #[schema(examples("platform"))]
    parent_id: Option<String>,
    /// Domain of the phones' addresses, and their digest realm.
    #[schema(examples("sip.example.net"))]
    sip_domain: Option<String>,
    /// Features that were switched for this party.
    #[schema(example = json!({"device_import": true}))]
    features: BTreeMap<&'static str, bool>,
    /// What holds for it, with all that was switched above.
    #[schema(example = json!({"api_tokens": true, "device_import": true}))]
    features_effective: BTreeMap<&'static str, bool>,
    /// How those below reach it: a telephone number, an e-mail address, an address.
    #[schema(examples("+33 4 78 00 00 00"))]
    contact: Option<String>,
    /// Its devices by status: of all sites below it that one sees.
    counts: Counts,
    /// When it was closed; `null` for an open one.
    #[schema(format = DateTime, examples(json!(null)))]
    closed_at: Option<String>,
    /// Counts its changes; the same as in `ETag`.
    #[schema(examples(1))]
    version: i64,
}

impl PartyJson {
    async fn of(app: &App, actor: &Actor, party: &Party) -> tonalite_core::Result<PartyJson> {
        let features = app.features_of(party.key).await?;
        let counts = app.counts_of_parties(actor, &[party]).await?.remove(&party.key);
        Ok(PartyJson::with(actor, party, &features.effective(), counts.unwrap_or_default()))
    }

    fn with(actor: &Actor, party: &Party, effective: &FeatureSettings, counts: StatusCounts) -> PartyJson {
        // Who stands above is not one's business: whose phones a provider keeps beside mine begins with its id.
        let parent_id = party.parent_id.filter(|_| party.key != actor.scope.party);
        PartyJson {
            id: party.id.to_string(),
            kind: party.kind.as_str(),
            name: party.name.clone(),
            parent_id: parent_id.map(|id| id.to_string()),
            sip_domain: party.sip_domain.as_ref().map(|domain| domain.as_str().to_owned()),
            features: words(&party.features),
            features_effective: words(effective),
            contact: party.contact.clone(),
            counts: counts.into(),
            closed_at: party.closed_at.map(time_text),
            version: party.version,
        }
    }
}

fn words(settings: &FeatureSettings) -> BTreeMap<&'static str, bool> {
    Feature::ALL.into_iter().filter_map(|feature| Some((feature.as_str(), settings.get(feature)?))).collect()
}

query! {
    /// What the list is narrowed to.
    struct PartyQuery {
        /// Only this party and what stands below it.
        #[param(value_type = Option<String>, nullable = false)]
        parent_id: Option<PartyId>,
        /// `provider`, `operator` or `customer`.
        #[param(value_type = Option<String>, nullable = false)]
        kind: Option<PartyKind>,
        /// Words, each of which the name or the SIP domain has somewhere; accents and capitals do not matter. Or the id of a party.
        #[param(value_type = Option<String>, max_length = 100, example = "boulangerie", nullable = false)]
        q: Option<Search>,
        /// Closed parties: `exclude` (when nothing is said), `include`, or `only`.
        #[param(value_type = Option<String>, example = "exclude", nullable = false)]
        closed: Option<Closed>,
        /// Only parties where something set there differs from what holds above: `features`, or `device_types` for a list of its own.
        #[param(value_type = Option<String>, example = "features", nullable = false)]
        differs: Option<Differs>,
        /// Rows of a page, 1 to 200; 50 when nothing is said.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, nullable = false)]
        limit: Option<Limit>,
        /// `next` of the page before.
        #[param(value_type = Option<String>, nullable = false)]
        after: Option<Cursor>,
    }
}

/// List parties
///
/// One's own party and those below it, by name.
#[utoipa::path(
    get, path = "/api/v1/parties", tag = "parties", params(PartyQuery),
    responses((status = 200, description = "One page.", body = Listed<PartyJson>))
)]
async fn list_parties(ctx: Ctx, Query(query): Query<PartyQuery>) -> Result<Json<Listed<PartyJson>>, Problem> {
    let actor = ctx.actor()?;
    let parent = match query.parent_id {
        Some(id) => Some(ctx.app.find_party(actor, id).await?),
        None => None,
    };
    let wanted = tonalite_app::PartyQuery {
        below: parent.as_ref(),
        kind: query.kind,
        search: query.q,
        closed: query.closed.unwrap_or_default(),
        differs: query.differs,
        without_own: false,
    };
    let page = ctx.app.page_parties(actor, wanted, limit(query.limit), query.after).await?;
    let features = ctx.app.features_of_all(page.items.iter().map(|placed| placed.party.key)).await?;
    let effective = |party: &Party| features.get(&party.key).map(Features::effective).unwrap_or_default();
    let parties: Vec<&Party> = page.items.iter().map(|placed| &placed.party).collect();
    let counts = ctx.app.counts_of_parties(actor, &parties).await?;
    let items = parties.into_iter().map(|party| {
        let counts = counts.get(&party.key).copied().unwrap_or_default();
        PartyJson::with(actor, party, &effective(party), counts)
    });
    let items = items.collect();
    Ok(Json(Listed { items, next: next_text(page.next) }))
}

/// Read a party
///
/// With the features that were switched for it, and those that hold.
#[utoipa::path(
    get, path = "/api/v1/parties/{id}", tag = "parties", params(("id" = String, Path, description = "A UUID, or `platform`.")),
    responses((status = 200, description = "The party.", body = PartyJson, headers(("etag" = String, description = "Its version."))))
)]
async fn find_party(ctx: Ctx, PathId(id): PathId<PartyId>, _: NoQuery) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let party = ctx.app.find_party(actor, id).await?;
    answer(&ctx, actor, &party).await
}

async fn answer(ctx: &Ctx, actor: &Actor, party: &Party) -> Result<Response, Problem> {
    Ok((etag(party.version), Json(PartyJson::of(&ctx.app, actor, party).await?)).into_response())
}

json_body! {
    /// A party to be made.
    struct NewPartyBody {
        /// `provider`, `operator` or `customer`.
        #[schema(examples("customer"))]
        kind: String,
        /// Its name.
        #[schema(max_length = 120, examples("Boulangerie Martin"))]
        name: String,
        /// The party above: a UUID, or `platform`.
        #[schema(value_type = String, examples("platform"))]
        parent_id: PartyId,
        /// A provider without one gets one of its own under `.sip.internal`.
        #[schema(examples("sip.example.net"))]
        sip_domain: Option<String>,
        /// How those below reach it.
        #[schema(max_length = 200, examples("+33 4 78 00 00 00"))]
        contact: Option<String>,
    }
}

/// Create a party
///
/// Below a party that one administers.
#[utoipa::path(
    post, path = "/api/v1/parties", tag = "parties", request_body = NewPartyBody,
    responses(
        (status = 201, description = "Created.", body = PartyJson, headers(("location" = String, description = "Its address."))),
        (status = 409, description = "The SIP domain is in use: `sip_domain_taken`. The party above is closed: `party_closed`."),
    )
)]
async fn create_party(ctx: Ctx, Body(body): Body<NewPartyBody>) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let parent = ctx.app.find_party(actor, body.parent_id).await.or_field("parent_id")?;
    let parent = actor.administer(parent.into_inner())?;
    let new =
        NewParty::with_contact(&body.kind, &body.name, body.sip_domain.as_deref(), body.contact.as_deref())?;
    let party = ctx.app.create_party(actor, parent, new, ctx.now).await?;
    created(&format!("/api/v1/parties/{}", party.id), PartyJson::of(&ctx.app, actor, &party).await?)
}

json_body! {
    /// What changes about a party. What is left out stays.
    struct PartyChange {
        /// Its new name.
        #[schema(max_length = 120, examples("Boulangerie Martin et fils"))]
        name: Option<String>,
        /// Features to switch: `true`, `false`, or `null` to inherit. Only an admin of a party above may.
        #[schema(value_type = Option<BTreeMap<String, Option<bool>>>, example = json!({"device_import": true, "provisioning": null}))]
        features: FeatureChanges,
        /// How those below reach it; empty or `null` takes it away.
        #[schema(value_type = Option<String>, max_length = 200, examples("+33 4 78 00 00 00"))]
        contact: Change,
        /// Its SIP domain; `null` takes away that of a customer, whose phones then have its provider's. Only an admin of a party above
        /// may, and only as long as no line exists below it.
        #[schema(value_type = Option<String>, max_length = 253, examples(json!(null)))]
        sip_domain: Change,
        /// `true` closes it: its people cannot sign in, its tokens do not work, it leaves the lists. `false` opens it again. Nothing
        /// else can be changed in the same request. Only an admin of a party above may.
        #[schema(examples(json!(null)))]
        closed: Option<bool>,
    }
}

/// Change a party
///
/// Its name and how it is reached, by its own admins; its features and SIP domain, by those of a party above, who also close it and
/// open it again. A party is closed once nothing lives below it: no open party, no device, no user with a line, no import under way.
#[utoipa::path(
    patch, path = "/api/v1/parties/{id}", tag = "parties", request_body = PartyChange,
    params(("id" = String, Path, description = "A UUID, or `platform`.")),
    responses(
        (status = 200, description = "Changed.", body = PartyJson),
        (status = 409, description = "The SIP domain is in use, or a line has it: `sip_domain_taken`, `sip_domain_fixed`. Something lives below \
            the party: `party_not_empty`, with what and how much. It is closed, or the party above is: `party_closed`, `party_closed_above`."),
    )
)]
async fn update_party(
    ctx: Ctx,
    PathId(id): PathId<PartyId>,
    if_match: IfMatch,
    Body(body): Body<PartyChange>,
) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let party = ctx.app.find_party(actor, id).await?.into_inner();
    let version = if_match.version(party.version)?;
    let features = body.features.0;
    if let Some(closed) = body.closed {
        if body.name.is_some()
            || body.contact.0.is_some()
            || body.sip_domain.0.is_some()
            || !features.is_empty()
        {
            return Err(Error::invalid("closed", "closed_alone").into());
        }
        let party = match (closed, party.closed_at.is_some()) {
            (true, false) => {
                let party = actor.administer_from_above(party)?;
                ctx.app.close_party(actor, party, version, ctx.now).await?
            }
            (false, true) => {
                let party = actor.reopen(party)?;
                ctx.app.reopen_party(actor, party, version, ctx.now).await?
            }
            // Already so: only who may do it is told.
            _ => actor.reopen(party)?.into_inner(),
        };
        return answer(&ctx, actor, &party).await;
    }
    let from_above = !features.is_empty() || body.sip_domain.0.is_some();
    let party = if from_above { actor.administer_from_above(party)? } else { actor.administer(party)? };
    let change = tonalite_app::PartyChange {
        name: body.name,
        contact: body.contact.0,
        sip_domain: body.sip_domain.0,
        features,
    };
    let party = ctx.app.update_party(actor, party, version, change, ctx.now).await?;
    answer(&ctx, actor, &party).await
}
