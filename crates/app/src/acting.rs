//! Acting for a customer: somebody of a party above works in its portal for a while, sees what its people see, and every row
//! of the audit log and the timeline says both. It is a state of the session: what a token may do does not change.

use tonalite_core::access::{Actor, Scope};
use tonalite_core::audit::Action;
use tonalite_core::id::{PartyId, PartyKey};
use tonalite_core::party::{Party, PartyKind};
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::{Error, Result};
use tonalite_store::AuditRecord;

use crate::sessions::hash_of;
use crate::{App, Session};

/// It ends by itself after this: a door that was forgotten open.
pub const ACTING: Span = Span::from_hours(1);

/// For whom a session acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acting {
    /// Id of the customer.
    pub id: PartyId,
    /// Its name.
    pub name: String,
    /// When it ends by itself.
    pub until: Timestamp,
}

impl App {
    /// Begins to work in a customer's portal; whoever acted for another one acts for this one now.
    ///
    /// # Errors
    /// [`Error::NotFound`] outside one's own subtree, [`Error::Invalid`] `not_a_customer`, [`Error::Refused`]
    /// `already_your_own` for the people of the customer itself.
    pub async fn begin_acting(
        &self,
        cookie: &str,
        session: &Session,
        customer: PartyId,
        now: Timestamp,
    ) -> Result<Acting> {
        let own = own_actor(session);
        let party = own.view(self.store.find_party(customer).await?.ok_or(Error::NotFound)?)?;
        if party.kind != PartyKind::Customer {
            return Err(Error::invalid("party_id", "not_a_customer"));
        }
        if own.scope.kind == PartyKind::Customer {
            return Err(Error::Refused("already_your_own"));
        }
        let until = now + ACTING;
        let audit = AuditRecord::new(&own, party.key, party.tenancy, Action::ActingBegin, now)
            .on("party", party.id.uuid())
            .detail(serde_json::json!({ "until": until.0 }));
        self.store.set_acting(&hash_of(cookie), Some((party.key, until)), &audit).await?;
        Ok(Acting { id: party.id, name: party.name.clone(), until })
    }

    /// Ends it; nothing happens when nobody acts.
    pub async fn end_acting(&self, cookie: &str, session: &Session, now: Timestamp) -> Result<()> {
        let Some(acting) = &session.acting else { return Ok(()) };
        let Some(customer) = self.store.find_party(acting.id).await? else { return Ok(()) };
        let audit = AuditRecord::new(&session.actor, customer.key, customer.tenancy, Action::ActingEnd, now)
            .on("party", customer.id.uuid());
        self.store.set_acting(&hash_of(cookie), None, &audit).await
    }

    /// Makes a session act for the customer that is written down with it, or ends that when its time has come.
    pub(crate) async fn act(
        &self,
        id_hash: &[u8],
        session: Session,
        acting: Option<(PartyKey, Timestamp)>,
        now: Timestamp,
    ) -> Result<Session> {
        let Some((customer, until)) = acting else { return Ok(session) };
        let Some(customer) = self.store.find_party_by_key(customer).await? else { return Ok(session) };
        if until <= now {
            let actor = Actor { acting_for: Some(customer.key), ..session.actor.clone() };
            let audit = AuditRecord::new(&actor, customer.key, customer.tenancy, Action::ActingEnd, until)
                .on("party", customer.id.uuid())
                .detail(serde_json::json!({ "by_itself": true }));
            self.store.end_acting(id_hash, now, &audit).await?;
            return Ok(session);
        }
        // Rights are looked at anew with each request: who has lost the customer meanwhile acts for nobody.
        let Ok(customer) = session.actor.view(customer) else { return Ok(session) };
        Ok(acting_for(session, &customer, until))
    }
}

fn acting_for(session: Session, customer: &Party, until: Timestamp) -> Session {
    let scope = Scope { kind: PartyKind::Customer, party: customer.key };
    Session {
        actor: Actor { scope, acting_for: Some(customer.key), ..session.actor },
        acting: Some(Acting { id: customer.id, name: customer.name.clone(), until }),
        ..session
    }
}

/// Who acts, in its own place of the tree.
fn own_actor(session: &Session) -> Actor {
    Actor { scope: session.own, acting_for: None, ..session.actor.clone() }
}
