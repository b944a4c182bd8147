//! *Upload .CSV file*: the customer where there are several, the form, and a list of addresses that are typed or scanned.

use axum::Form;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Query, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use serde::Deserialize;
use tonalite_app::{ImportJob, ImportOrder, PartyQuery};
use tonalite_core::access::View;
use tonalite_core::csv::import::{ImportColumn, MAX_BYTES};
use tonalite_core::csv::write::CsvWriter;
use tonalite_core::csv::{Dialect, Naming};
use tonalite_core::error::FieldError;
use tonalite_core::id::SiteId;
use tonalite_core::import::{ImportApply, ImportMode};
use tonalite_core::page::Limit;
use tonalite_core::party::{Feature, Party, PartyKind};
use tonalite_core::search::Search;
use tonalite_core::site::Site;
use tonalite_core::{Error, Result};

use super::devices::found;
use super::import_told::wait_for;
use super::imports::{CustomerQuery, party_of};
use super::view::choice::Choice;
use super::view::device_new::TypeGroup;
use super::view::form::FormErrors;
use super::view::import_new::{Chosen, CustomerPick, ImportCustomerPage, ImportMenu, ImportNewPage};
use super::visit::Visit;
use crate::api::imports::customer;
use crate::problem::Problem;
use crate::route_table::{Routes, get, post};
use crate::upload::{Pieces, check_length, choice, drain_form, file_name, next_field, save};

/// A list that one can look over; beyond, a name is searched.
const MOST_PICKS: u64 = 50;
/// As in the form of a new device: a list box longer than this is no longer one.
const MOST_SITES: usize = 1_000;

/// The pages of this file.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/imports/new", get(show_new_import))
        .route("/imports/typed", post(create_typed_import))
        .merge(Routes::new().route("/imports", post(create_import)).layer(DefaultBodyLimit::disable()))
}

/// The menu on the list of devices: for who may import. Where the feature is off, the place says so.
pub(super) async fn menu(visit: &Visit, site: Option<&Site>) -> Result<Option<ImportMenu>> {
    if !visit.may_manage() {
        return Ok(None);
    }
    let actor = visit.actor()?;
    let customer = match site {
        Some(site) => Some(site.customer_id),
        None if visit.sees_customers() => None,
        None => Some(visit.ctx.app.own_party(actor).await?.id),
    };
    let off = match customer {
        Some(id) => {
            let customer = visit.ctx.app.find_party(actor, id).await?;
            visit.feature_off(customer.key, Feature::DeviceImport).await?
        }
        None => None,
    };
    Ok(Some(ImportMenu { off, ..ImportMenu::new(customer.map(|id| id.to_string()).as_deref()) }))
}

/// Its name, for people who see several.
pub(super) fn customer_name(visit: &Visit, customer: &Party) -> Option<String> {
    visit.sees_customers().then(|| customer.name.clone())
}

/// Asks for which customer: a list, or a search where there are many.
pub(super) async fn choose_customer(
    visit: &Visit,
    action: &'static str,
    q: &str,
) -> Result<Response, Problem> {
    let search = Search::parse(q).map_err(|error| Error::Invalid(vec![error]))?;
    let query = PartyQuery { kind: Some(PartyKind::Customer), search, ..PartyQuery::default() };
    let page = visit.ctx.app.page_parties(visit.actor()?, query, Limit::at_most(MOST_PICKS), None).await?;
    visit.show(&ImportCustomerPage {
        t: visit.t(),
        frame: visit.frame(),
        action,
        q: q.to_owned(),
        more: page.next.is_some(),
        customers: page
            .items
            .into_iter()
            .map(|placed| CustomerPick {
                address: format!("{action}?party_id={}", placed.party.id),
                name: placed.party.name,
            })
            .collect(),
    })
}

async fn show_new_import(visit: Visit, Query(query): Query<CustomerQuery>) -> Result<Response, Problem> {
    visit.actor()?;
    if !visit.may_manage() {
        return Err(Error::Forbidden.into());
    }
    let party = party_of(&query.party_id)?;
    if party.is_none() && visit.sees_customers() {
        return choose_customer(&visit, "/imports/new", &query.q).await;
    }
    let customer = customer(&visit.ctx, party).await?;
    let page = page(&visit, &customer, &Choices::untouched(), &[]).await?;
    visit.show(&page)
}

/// What was chosen in one of the two forms, as it was sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Choices {
    party_id: String,
    mode: String,
    at_once: String,
    site_id: String,
    device_type_id: String,
    paste_site_id: String,
    macs: String,
}

impl Choices {
    /// Of a form that nobody has touched: the tick is there, until somebody takes it away.
    fn untouched() -> Choices {
        Choices { at_once: "1".to_owned(), ..Choices::default() }
    }

    fn mode(&self) -> ImportMode {
        ImportMode::parse(&self.mode).unwrap_or(ImportMode::Add)
    }

    fn apply(&self) -> ImportApply {
        if self.at_once.is_empty() { ImportApply::No } else { ImportApply::AllOrNothing }
    }
}

async fn page(
    visit: &Visit,
    customer: &View<Party>,
    choices: &Choices,
    errors: &[FieldError],
) -> Result<ImportNewPage> {
    let app = &visit.ctx.app;
    let off = visit.feature_off(customer.key, Feature::DeviceImport).await?;
    let limit = Limit::parse("200").unwrap_or(Limit::DEFAULT);
    let (mut sites, mut after) = (Vec::new(), None);
    loop {
        let page = app.page_sites(visit.actor()?, Some(customer), limit, after).await?;
        sites.extend(page.items);
        after = page.next;
        if after.is_none() || sites.len() >= MOST_SITES {
            break;
        }
    }
    let options = |chosen: &str| -> Vec<Choice> {
        sites.iter().map(|site| Choice::new(site.id.to_string(), site.name.as_str(), chosen)).collect()
    };
    let mut paste_sites = options(&choices.paste_site_id);
    // Where there is only one site, there is nothing to choose.
    if let [only] = paste_sites.as_mut_slice() {
        only.selected = true;
    }
    let approved = app.approved_for_party(customer).await?;
    // A type without an address has no place in a list of addresses.
    let types = approved.iter().filter(|kind| kind.has_mac);
    let types = types.map(|kind| (kind.vendor_name.as_str(), kind.id.as_str(), kind.name.as_str()));
    Ok(ImportNewPage {
        t: visit.t(),
        frame: visit.frame(),
        party_id: customer.id.to_string(),
        customer: customer_name(visit, customer),
        other_address: visit.sees_customers().then(|| "/imports/new".to_owned()),
        off,
        sites: options(&choices.site_id),
        paste_sites,
        types: TypeGroup::of(types, &choices.device_type_id),
        chosen: Chosen {
            mode: choices.mode().as_str(),
            at_once: !choices.at_once.is_empty(),
            macs: choices.macs.clone(),
        },
        form_errors: FormErrors::new(visit.t(), errors),
        limit: MAX_BYTES,
    })
}

/// The form again, with what is wrong at its field.
async fn again(
    visit: &Visit,
    choices: &Choices,
    status: StatusCode,
    error: FieldError,
) -> Result<Response, Problem> {
    let customer = customer(&visit.ctx, party_of(&choices.party_id)?).await?;
    let page = page(visit, &customer, choices, &[error]).await?;
    visit.show_with(status, &page)
}

fn begun(visit: &Visit, jar: CookieJar, job: &ImportJob) -> Response {
    (wait_for(&visit.ctx, jar, job.id), visit.go(&format!("/imports/{}", job.id))).into_response()
}

async fn create_import(visit: Visit, jar: CookieJar, request: Request) -> Result<Response, Problem> {
    visit.actor()?;
    let length = check_length(request.headers());
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| Problem::http(StatusCode::BAD_REQUEST, "malformed_request"))?;
    let mut choices = Choices::default();
    let received = receive(&visit, &mut form, &mut choices, length).await;
    drain_form(&mut form).await;
    match received {
        Ok(job) => Ok(begun(&visit, jar, &job)),
        // What is wrong with the file is said where the file was chosen.
        Err(problem) if problem.code() == "file_too_large" => {
            again(&visit, &choices, problem.status(), FieldError::new("file", "file_too_large")).await
        }
        Err(problem) => match problem.fields() {
            [field, ..] if matches!(field.field.as_str(), "file" | "site_id") => {
                let field = field.clone();
                again(&visit, &choices, StatusCode::UNPROCESSABLE_ENTITY, field).await
            }
            _ => Err(problem),
        },
    }
}

async fn receive(
    visit: &Visit,
    form: &mut Multipart,
    choices: &mut Choices,
    length: Result<(), Problem>,
) -> Result<ImportJob, Problem> {
    while let Some(field) = next_field(form).await? {
        let name = field.name().unwrap_or_default().to_owned();
        if name != "file" {
            let text = choice(field).await?;
            match name.as_str() {
                "party_id" => choices.party_id = text,
                "mode" => choices.mode = text,
                "at_once" => choices.at_once = text,
                "site_id" => choices.site_id = text,
                _ => {}
            }
            continue;
        }
        // A form without a file sends one without a name.
        let Some(file_name) = file_name(&field) else { break };
        // What was chosen is known by now, and the form can be shown again with it.
        length?;
        let order = ImportOrder {
            mode: choices.mode(),
            apply: choices.apply(),
            file_name: Some(file_name),
            site: site(visit, choices, "site_id", &choices.site_id).await?,
        };
        let mut upload = begin(visit, choices, order).await?;
        save(Pieces::Field(Box::new(field)), &mut upload).await?;
        return Ok(upload.finish(visit.now()).await?);
    }
    Err(Error::invalid("file", "file_missing").into())
}

async fn begin(
    visit: &Visit,
    choices: &Choices,
    order: ImportOrder,
) -> Result<tonalite_app::ImportUpload, Problem> {
    let customer = customer(&visit.ctx, party_of(&choices.party_id)?).await?;
    Ok(visit.ctx.app.begin_import(visit.actor()?, customer, order, visit.now()).await?)
}

/// The site that was chosen, if one was: of this customer, and of no other.
async fn site(visit: &Visit, choices: &Choices, field: &str, id: &str) -> Result<Option<Site>> {
    if id.is_empty() {
        return Ok(None);
    }
    let site = match id.parse::<SiteId>() {
        Ok(id) => found(visit.ctx.app.find_site(visit.actor()?, id).await)?,
        Err(_) => None,
    };
    let customer = customer(&visit.ctx, party_of(&choices.party_id)?).await?;
    let site = site.map(View::into_inner).filter(|site| site.customer_key == customer.key);
    site.map(Some).ok_or_else(|| Error::invalid(field, "not_found"))
}

async fn create_typed_import(
    visit: Visit,
    jar: CookieJar,
    Form(choices): Form<Choices>,
) -> Result<Response, Problem> {
    visit.actor()?;
    match typed(&visit, &choices).await {
        Ok(job) => Ok(begun(&visit, jar, &job)),
        Err(problem) => match problem.fields() {
            [field, ..] => {
                let field = field.clone();
                again(&visit, &choices, StatusCode::UNPROCESSABLE_ENTITY, field).await
            }
            [] => Err(problem),
        },
    }
}

/// What was typed becomes a file of two columns: there is one way in, and its findings name the line.
async fn typed(visit: &Visit, choices: &Choices) -> Result<ImportJob, Problem> {
    if choices.device_type_id.is_empty() {
        return Err(Error::invalid("device_type_id", "required").into());
    }
    if visit.ctx.app.device_type(&choices.device_type_id).is_none() {
        return Err(Error::invalid("device_type_id", "device_type_unknown").into());
    }
    let site = site(visit, choices, "paste_site_id", &choices.paste_site_id).await?;
    let Some(site) = site else { return Err(Error::invalid("paste_site_id", "required").into()) };
    let macs: Vec<&str> = choices.macs.lines().map(str::trim).filter(|mac| !mac.is_empty()).collect();
    if macs.is_empty() {
        return Err(Error::invalid("macs", "required").into());
    }
    let mut writer = CsvWriter::new(Dialect::default());
    for column in [ImportColumn::Mac, ImportColumn::DeviceType] {
        writer.plain(&column.heading(Naming::Keys));
    }
    writer.end_row();
    for mac in macs {
        writer.text(mac);
        writer.text(&choices.device_type_id);
        writer.end_row();
    }
    let file_name = Some(visit.t().text("imports-pasted"));
    let order = ImportOrder { mode: ImportMode::Add, apply: choices.apply(), file_name, site: Some(site) };
    let mut upload = begin(visit, choices, order).await?;
    upload.write(&writer.take()).await?;
    Ok(upload.finish(visit.now()).await?)
}
