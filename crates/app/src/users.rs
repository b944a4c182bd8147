//! Users of sites.

use std::collections::HashMap;

use tonalite_core::access::{Actor, Manage, View};
use tonalite_core::audit::Action;
use tonalite_core::id::{PartyKey, UserId, UserKey};
use tonalite_core::line_state::{LineState, StateDetail};
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::registration::LineRef;
use tonalite_core::search::Search;
use tonalite_core::site::Site;
use tonalite_core::time::Timestamp;
use tonalite_core::user::{NewUser, User};
use tonalite_core::{Error, Result};
use tonalite_store::{AuditRecord, HeldLine};

use crate::devices::device_ref;
use crate::{App, PhoneCommand};

impl App {
    /// A user that the actor sees.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what is absent or outside the subtree.
    pub async fn find_user(&self, actor: &Actor, id: UserId) -> Result<View<User>> {
        actor.view(self.store.find_user(id).await?.ok_or(Error::NotFound)?)
    }

    /// Users that the actor sees, by name; narrowed to one site and to what is searched for.
    pub async fn page_users(
        &self,
        actor: &Actor,
        site: Option<&View<Site>>,
        search: Option<&Search>,
        limit: Limit,
        after: Option<Cursor>,
    ) -> Result<Page<User>> {
        self.store.page_users(actor, site.map(|site| site.key), search, limit, after.as_ref()).await
    }

    /// The lines of the users of a page, with their states, by device and port.
    pub async fn lines_of_users(
        &self,
        users: &[User],
        now: Timestamp,
    ) -> Result<HashMap<UserKey, Vec<UserLine>>> {
        let keys: Vec<UserKey> = users.iter().map(|user| user.key).collect();
        let (lines, states) = self.store.find_lines_of_users(&keys, self.ready_at, now).await?;
        let mut of_users: HashMap<UserKey, Vec<UserLine>> = HashMap::new();
        for held in lines {
            let state = states.iter().find(|state| state.line == held.line.key);
            let line = UserLine {
                state: state.map_or(LineState::Unregistered, |state| state.state),
                detail: state.map_or(Some(StateDetail::NeverSeen), |state| state.detail),
                since: state.map(|state| state.since),
                held,
            };
            of_users.entry(line.held.line.user_key).or_default().push(line);
        }
        Ok(of_users)
    }

    /// Makes a user of a site.
    ///
    /// # Errors
    /// [`Error::Taken`] `extension_taken`.
    pub async fn create_user(
        &self,
        actor: &Actor,
        site: Manage<Site>,
        new: NewUser,
        now: Timestamp,
    ) -> Result<User> {
        let id = UserId::from_uuid(self.new_id(now));
        // Names stay out of the audit log: they are a person's, and erasable.
        let audit = AuditRecord::new(actor, site.customer_key, site.tenancy, Action::UserCreate, now)
            .on("user", id.uuid())
            .detail(serde_json::json!({ "site": site.name, "extension": new.extension.as_str() }));
        self.store.insert_user(id, &site, &new, now, &audit).await
    }

    /// Changes a user.
    ///
    /// # Errors
    /// [`Error::Stale`], [`Error::Taken`] `extension_taken`.
    pub async fn update_user(
        &self,
        actor: &Actor,
        user: Manage<User>,
        version: Option<i64>,
        new: NewUser,
        now: Timestamp,
    ) -> Result<User> {
        if version.is_some_and(|version| version != user.version) {
            return Err(Error::Stale);
        }
        let audit = AuditRecord::new(actor, customer_of(&user), user.tenancy, Action::UserUpdate, now)
            .on("user", user.id.uuid())
            .detail(changes(&user.details, &new));
        self.store.update_user(&user, &new, &audit).await
    }

    /// Deletes a user. Its lines are unassigned first; `told` is how many somebody was told of: with others, nothing is done.
    ///
    /// # Errors
    /// [`Error::Stale`], [`Error::Conflict`] `user_has_lines`.
    pub async fn delete_user(
        &self,
        actor: &Actor,
        user: Manage<User>,
        version: Option<i64>,
        told: LinesToLose,
        now: Timestamp,
    ) -> Result<()> {
        if version.is_some_and(|version| version != user.version) {
            return Err(Error::Stale);
        }
        let (lines, _) = self.store.find_lines_of_users(&[user.key], self.ready_at, now).await?;
        let expected = match told {
            LinesToLose::All => lines.len() as u64,
            LinesToLose::Exactly(count) => count,
        };
        let ports: Vec<serde_json::Value> = lines
            .iter()
            .map(
                |held| serde_json::json!({ "device_id": held.device_id.to_string(), "port": held.line.port }),
            )
            .collect();
        let audit = AuditRecord::new(actor, customer_of(&user), user.tenancy, Action::UserDelete, now)
            .on("user", user.id.uuid())
            .detail(serde_json::json!({ "extension": user.details.extension.as_str(), "lines": ports }));
        let mut devices = HashMap::new();
        for held in &lines {
            if let Some(device) = self.store.find_device(held.device_id, self.ready_at, now).await? {
                devices.insert(held.device_id, device_ref(&device));
            }
        }
        let gone = self.store.delete_user(&user, expected, &audit).await?;
        let mut outcome = Ok(());
        for key in gone {
            outcome = outcome.and(self.phones.command(|done| PhoneCommand::LineRemoved(key, done)).await);
            let held = lines.iter().find(|held| held.line.key == key);
            if let Some((held, device)) = held.and_then(|held| Some((held, devices.get(&held.device_id)?))) {
                let line = LineRef { key, id: held.line.id, port: held.line.port, device: *device };
                self.live.remove_line(line, actor.stamp(now)).await;
            }
        }
        outcome
    }
}

/// A line of a user, with its device and state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserLine {
    /// The line and its device.
    pub held: HeldLine,
    /// Its state.
    pub state: LineState,
    /// More about the state.
    pub detail: Option<StateDetail>,
    /// Since when; `None` when no phone has said anything.
    pub since: Option<Timestamp>,
}

/// How many lines a user who is deleted may lose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinesToLose {
    /// As many as there are.
    All,
    /// As many as somebody was told of.
    Exactly(u64),
}

pub(crate) fn customer_of(user: &User) -> PartyKey {
    // Every stored user has a customer; the platform stands in so that nothing is lost if that were ever untrue.
    user.tenancy.customer.unwrap_or(PartyKey::PLATFORM)
}

/// Names, numbers and addresses of people stay out of the audit log: it says that they changed.
fn changes(before: &NewUser, after: &NewUser) -> serde_json::Value {
    let mut detail = serde_json::Map::new();
    let (old, new) = (before.extension.as_str(), after.extension.as_str());
    if old != new {
        detail.insert("extension".to_owned(), serde_json::json!({ "before": old, "after": new }));
    }
    if before.language != after.language {
        let word = |user: &NewUser| user.language.map(tonalite_core::text::Language::as_str);
        let change = serde_json::json!({ "before": word(before), "after": word(after) });
        detail.insert("language".to_owned(), change);
    }
    let personal = [
        ("name", before.name != after.name),
        ("number", before.number != after.number),
        ("email", before.email != after.email),
    ];
    let changed: Vec<&str> = personal.iter().filter(|(_, changed)| *changed).map(|(name, _)| *name).collect();
    if !changed.is_empty() {
        detail.insert("personal".to_owned(), serde_json::json!(changed));
    }
    serde_json::Value::Object(detail)
}
