//! The export of line states as a use case: who may, through the gate, one run for all who see the same, each in their own
//! form, and every one of them written down, whatever became of it.

use std::sync::Arc;

use tokio::runtime::Handle;
use tonalite_core::access::{Actor, Export, View};
use tonalite_core::audit::Action;
use tonalite_core::error::Cause;
use tonalite_core::export_gate::{FlightKey, Refusal, SessionId, Source};
use tonalite_core::filter::LineFilter;
use tonalite_core::party::{Feature, Party, PartyKind};
use tonalite_core::site::Site;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::world::Clock;
use tonalite_core::{Error, Result};
use tonalite_store::{AuditRecord, Store};
use uuid::Uuid;

use super::gate::{Answer, Asker, Order, Waiting};
use super::line_states::{LineSheet, NeutralFile};
use super::spool::SpoolFile;
use crate::{App, Session};

/// What somebody asks for.
pub struct LineExportOrder {
    /// The session or token, as a digest.
    pub session: SessionId,
    /// Whose line states.
    pub customer: Export<Party>,
    /// Of one site, or of all.
    pub site: Option<View<Site>>,
    /// The rest of the filter; its party and site are those above.
    pub filter: LineFilter,
    /// What the file looks like.
    pub sheet: LineSheet,
    /// The request, for the audit log.
    pub asked: serde_json::Value,
}

/// What became of a request.
pub enum LineExport {
    /// The file.
    Ready {
        /// In the form that was asked for.
        file: SpoolFile,
        /// For who was given what another run had made before: how old the states are.
        cached: Option<Span>,
    },
    /// Come back later.
    Rejected {
        /// When.
        retry_after: Span,
        /// Why.
        refusal: Refusal,
    },
    /// Waited in the queue for too long.
    TimedOut,
    /// The run failed; this finds the cause in the log.
    Failed(Uuid),
}

impl App {
    /// The right to export the line states of a customer. A refusal is written down.
    ///
    /// # Errors
    /// `customer_needed` for any other party, [`Error::Forbidden`], [`Error::FeatureDisabled`].
    pub async fn may_export_lines(
        &self,
        actor: &Actor,
        party: View<Party>,
        now: Timestamp,
    ) -> Result<Export<Party>> {
        if party.kind != PartyKind::Customer {
            return Err(Error::invalid("party_id", "customer_needed"));
        }
        let refused = match actor.export(party.clone()) {
            Ok(customer) => match self.require_feature(&customer, Feature::LineStateExport).await {
                Ok(()) => return Ok(customer),
                Err(refused) => refused,
            },
            Err(refused) => refused,
        };
        let record = audit(actor, &party, None, serde_json::json!({}), now).refused(refused.code());
        self.store.add_audit(&record).await?;
        Err(refused)
    }

    /// The customer of a site that the actor sees.
    pub async fn customer_of_site(&self, actor: &Actor, site: &View<Site>) -> Result<View<Party>> {
        let customer = site.tenancy.customer.ok_or(Error::NotFound)?;
        actor.view(self.store.find_party_by_key(customer).await?.ok_or(Error::NotFound)?)
    }

    /// Waits for the file, as the contract has it. Dropping the future is hanging up.
    ///
    /// # Errors
    /// [`Error::Internal`] when the file could not be written.
    pub async fn export_line_states(
        self: &Arc<App>,
        session: &Session,
        order: LineExportOrder,
        clock: &Arc<dyn Clock>,
    ) -> Result<LineExport> {
        let account = Account::open(&self.store, &session.actor, &order, clock.now());
        let (mut waiting, sheet) = match self.enter_line_gate(session, order, clock).await {
            Ok(entered) => entered,
            Err(error) => return Err(account.close_with(error).await),
        };
        match waiting.answer().await? {
            Answer::Ready { file, age, source, .. } => {
                let sent = match self.send_line_states(&file, &sheet).await {
                    Ok(sent) => sent,
                    Err(error) => return Err(account.close_with(as_a_fault(error)).await),
                };
                account.close(&Closing::ready(&file, age, source)).await?;
                let cached = (source == Source::Cached).then_some(age);
                Ok(LineExport::Ready { file: sent, cached })
            }
            Answer::Rejected { retry_after, refusal } => {
                account.close(&Closing::refused(refused_code(refusal))).await?;
                Ok(LineExport::Rejected { retry_after, refusal })
            }
            Answer::TimedOut => {
                account.close(&Closing::refused("export_timed_out")).await?;
                Ok(LineExport::TimedOut)
            }
            Answer::Failed(id) => {
                account.close(&Closing::failed(id)).await?;
                Ok(LineExport::Failed(id))
            }
        }
    }

    /// Asks at the gate; what is given back is hanging up when it is dropped.
    pub(super) async fn enter_line_gate(
        self: &Arc<App>,
        session: &Session,
        order: LineExportOrder,
        clock: &Arc<dyn Clock>,
    ) -> Result<(Waiting<NeutralFile>, LineSheet)> {
        let LineExportOrder { session: session_id, customer, site, filter, sheet, .. } = order;
        let site = site.map(|site| site.key);
        let filter = LineFilter { party: Some((customer.kind, customer.key)), site, ..filter };
        let key = FlightKey {
            customer: customer.key,
            site,
            filter: filter.normalized().into(),
            sees: session.actor.narrowed_to(site).map(Into::into),
        };
        let user = &session.portal_user;
        let asker = Asker {
            name: user.username.as_str().to_owned(),
            party: user.party_key,
            tenancy: self.tenancy_of(user.party_key).await?,
        };
        let (app, actor) = (Arc::clone(self), session.actor.clone());
        let make: Order<NeutralFile> = Box::new(move |now| {
            Box::pin(async move {
                if let Some(before) = &app.exports.before_run {
                    before().await?;
                }
                app.make_line_states(&actor, &filter, now).await
            })
        });
        Ok((self.exports.gate.ask(session_id, key, asker, make, clock), sheet))
    }

    /// Keeps the deadlines of the exports until it is dropped. One per installation: the server calls it.
    pub async fn drive_exports(self: &Arc<App>, clock: Arc<dyn Clock>) {
        let mut ticks = tokio::time::interval(EXPIRY_CHECK);
        let expiry = async {
            loop {
                ticks.tick().await;
                self.exports.jobs.prune(clock.now());
            }
        };
        tokio::join!(self.exports.gate.drive(Arc::clone(&clock)), expiry);
    }

    /// What [`App::drive_exports`] does at this moment. Tests call it after they moved their clock.
    pub fn turn_exports(&self, clock: &Arc<dyn Clock>) {
        self.exports.gate.turn(clock);
        self.exports.jobs.prune(clock.now());
    }

    /// Exports of line states that run, that wait, and requests without an answer.
    pub fn export_load(&self) -> tonalite_core::export_gate::Load {
        self.exports.gate.load()
    }
}

/// How long after its end a followed export may still take room.
const EXPIRY_CHECK: std::time::Duration = std::time::Duration::from_secs(5);

/// The code of a refusal, in the audit log and in problem documents.
pub const fn refused_code(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Parallel => "export_parallel",
        Refusal::Window => "export_window",
        Refusal::CustomerWaits => "export_customer_waits",
        Refusal::QueueFull => "export_queue_full",
    }
}

/// A full spool or disk is no fault of who asks: what was promised could not be written.
pub(super) fn as_a_fault(error: Error) -> Error {
    match error {
        Error::TooMany(_) => Error::Internal(Cause::new("the spool of exports is full")),
        other => other,
    }
}

fn audit(
    actor: &Actor,
    customer: &Party,
    site: Option<&Site>,
    asked: serde_json::Value,
    now: Timestamp,
) -> AuditRecord {
    let site = site.map(|site| site.id.to_string());
    AuditRecord::new(actor, customer.key, customer.tenancy, Action::LineStatesExport, now)
        .on("party", customer.id.uuid())
        .detail(serde_json::json!({ "asked": asked, "site_id": site }))
}

/// The audit record of one request. It is written at the end; when it is dropped before, who asked hung up.
pub(super) struct Account {
    store: Arc<Store>,
    record: Option<AuditRecord>,
}

/// How a request ended, for the audit log.
pub(super) struct Closing {
    result: &'static str,
    detail: serde_json::Value,
}

impl Closing {
    pub(super) const fn refused(result: &'static str) -> Closing {
        Closing { result, detail: serde_json::Value::Null }
    }

    pub(super) fn failed(id: Uuid) -> Closing {
        Closing { result: "internal", detail: serde_json::json!({ "failure_id": id.to_string() }) }
    }

    pub(super) fn ready(file: &NeutralFile, age: Span, source: Source) -> Closing {
        let run = match source {
            Source::Own => "own",
            Source::Shared => "shared",
            Source::Cached => "cached",
        };
        let detail = serde_json::json!({ "rows": file.rows(), "run": run, "age_seconds": age.0 / 1000 });
        Closing { result: "ok", detail }
    }
}

impl Account {
    pub(super) fn open(
        store: &Arc<Store>,
        actor: &Actor,
        order: &LineExportOrder,
        now: Timestamp,
    ) -> Account {
        let record = audit(actor, &order.customer, order.site.as_deref(), order.asked.clone(), now);
        Account { store: Arc::clone(store), record: Some(record) }
    }

    /// Writes down that it came to this error, and gives it back.
    pub(super) async fn close_with(self, error: Error) -> Error {
        match self.close(&Closing::refused(error.code())).await {
            Ok(()) => error,
            Err(unwritten) => unwritten,
        }
    }

    /// Writes it down.
    ///
    /// # Errors
    /// What the store says. Then nobody is given a file.
    pub(super) async fn close(mut self, closing: &Closing) -> Result<()> {
        let Some(mut record) = self.record.take() else { return Ok(()) };
        record.result = closing.result;
        if let (Some(detail), Some(more)) = (record.detail.as_object_mut(), closing.detail.as_object()) {
            detail.extend(more.clone());
        }
        self.store.add_audit(&record).await
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let (Some(record), Ok(runtime)) = (self.record.take(), Handle::try_current()) else { return };
        let store = Arc::clone(&self.store);
        runtime.spawn(async move {
            if let Err(error) = store.add_audit(&record.refused("client_gone")).await {
                tracing::warn!(error.code = error.code(), "a hang-up could not be written down");
            }
        });
    }
}
