//! People and ports together: a user who is set up with a line, a range of ports that goes to many. All of it or nothing.

use std::collections::HashSet;

use futures_util::future::join_all;
use tonalite_core::access::{Actor, Manage, View};
use tonalite_core::audit::Action;
use tonalite_core::device::Device;
use tonalite_core::error::{FieldError, FieldErrors};
use tonalite_core::id::{LineId, UserId};
use tonalite_core::line::{Algorithms, LineUse, SipIdentity};
use tonalite_core::registration::LineRef;
use tonalite_core::secret::Secret;
use tonalite_core::site::Site;
use tonalite_core::time::Timestamp;
use tonalite_core::user::{NewUser, User};
use tonalite_core::world::random_name;
use tonalite_core::{Error, Result};
use tonalite_store::{Assignee, Assignment, AuditRecord, PortInsert};

use crate::devices::{customer_key, device_ref};
use crate::lines::{PASSWORD, USERNAME};
use crate::{App, NewCredentials};

/// Lines that are told of at once, to the registrar and to the live tables.
const TOGETHER: usize = 100;

/// Who is to get a port.
#[derive(Debug, Clone)]
pub enum PortTaker {
    /// A user of the site.
    Known(Box<View<User>>),
    /// A user to be made at the site.
    New(Box<NewUser>),
}

/// One user, and the port that it is to get.
#[derive(Debug, Clone)]
pub struct PortOrder {
    /// Who.
    pub taker: PortTaker,
    /// Which port.
    pub port: u16,
}

/// What became of one order.
pub struct AssignedPort {
    /// Which port.
    pub port: u16,
    /// Who has it.
    pub user_id: UserId,
    /// Whether the user was made with it.
    pub is_new: bool,
    /// What a phone that is set up by hand needs.
    pub credentials: NewCredentials,
}

impl App {
    /// Makes a user of a site, with a line of a device there or without any.
    ///
    /// # Errors
    /// [`Error::Taken`] `extension_taken`, [`Error::Conflict`] `line_taken`, [`Error::Invalid`] when the device stands
    /// elsewhere; nothing is written then.
    pub async fn set_up_user(
        &self,
        actor: &Actor,
        site: Manage<Site>,
        new: NewUser,
        place: Option<(Manage<Device>, u16, LineUse)>,
        now: Timestamp,
    ) -> Result<(User, Option<AssignedPort>)> {
        let Some((device, port, line_use)) = place else {
            return Ok((self.create_user(actor, site, new, now).await?, None));
        };
        if device.site_key != site.key {
            return Err(Error::invalid("device_id", "user_other_site"));
        }
        let order = PortOrder { taker: PortTaker::New(Box::new(new)), port };
        let made = self.assign_ports(actor, site, device, vec![order], line_use, "", now).await?;
        let made = made.into_iter().next().ok_or(Error::NotFound)?;
        let user = self.store.find_user(made.user_id).await?.ok_or(Error::NotFound)?;
        Ok((user, Some(made)))
    }

    /// Says whether a user with this extension may be made at a site.
    ///
    /// # Errors
    /// [`Error::Taken`] `extension_taken`.
    pub async fn check_extension(&self, site: &View<Site>, extension: &str) -> Result<()> {
        match self.store.find_extensions(site.key, &[extension]).await?.is_empty() {
            true => Ok(()),
            false => {
                Err(Error::Taken(FieldError::new("extension", "extension_taken").with("value", extension)))
            }
        }
    }

    /// What is wrong with orders for ports of a device, as far as it can be known before: every error, at its row.
    ///
    /// # Errors
    /// [`Error::Invalid`] with `port_out_of_range`, `line_taken`, `extension_taken`, `user_other_site`,
    /// `duplicate_extension` at `rows[n].…`.
    pub async fn check_ports(
        &self,
        actor: &Actor,
        device: &Manage<Device>,
        orders: &[PortOrder],
    ) -> Result<()> {
        let mut errors = FieldErrors::new();
        let lines = self.store.find_lines_of_device(device.key).await?;
        let extensions: Vec<&str> = orders
            .iter()
            .filter_map(|order| match &order.taker {
                PortTaker::New(new) => Some(new.extension.as_str()),
                PortTaker::Known(_) => None,
            })
            .collect();
        let taken = self.store.find_extensions(device.site_key, &extensions).await?;
        let (mut ports, mut made) = (HashSet::new(), HashSet::new());
        for (n, order) in orders.iter().enumerate() {
            let field = |name: &str| format!("rows[{n}].{name}");
            if !(1..=device.lines_total).contains(&order.port) {
                let error = FieldError::new(field("port"), "port_out_of_range");
                errors.push(error.with("port", order.port).with("max", device.lines_total));
            } else if !ports.insert(order.port) {
                errors.push(FieldError::new(field("port"), "duplicate_port").with("port", order.port));
            } else if let Some(line) = lines.iter().find(|line| line.port == order.port) {
                let error = self.line_taken(actor, line).await?;
                errors.push(FieldError { field: field("port"), ..error });
            }
            match &order.taker {
                PortTaker::Known(user) if user.site_key != device.site_key => {
                    errors.push(FieldError::new(field("user_id"), "user_other_site"));
                }
                PortTaker::Known(_) => {}
                PortTaker::New(new) => {
                    let extension = new.extension.as_str();
                    if taken.contains(extension) {
                        let error = FieldError::new(field("extension"), "extension_taken");
                        errors.push(error.with("value", extension));
                    } else if !made.insert(extension) {
                        let error = FieldError::new(field("extension"), "duplicate_extension");
                        errors.push(error.with("value", extension));
                    }
                }
            }
        }
        errors.finish()
    }

    /// Gives ports of a device to users of its site, new ones among them, all or none.
    ///
    /// # Errors
    /// As [`App::check_ports`].
    pub async fn assign_range(
        &self,
        actor: &Actor,
        device: Manage<Device>,
        orders: Vec<PortOrder>,
        line_use: LineUse,
        now: Timestamp,
    ) -> Result<Vec<AssignedPort>> {
        self.check_ports(actor, &device, &orders).await?;
        let site = self.store.find_site(device.site_id).await?.ok_or(Error::NotFound)?;
        let site = actor.manage(site)?;
        self.assign_ports(actor, site, device, orders, line_use, "rows", now).await
    }

    /// The ports of a device from the first to the last of a range.
    ///
    /// # Errors
    /// [`Error::Invalid`] `port_out_of_range` at `first_port` or `last_port`.
    pub fn range_of_ports(&self, device: &Device, first: u16, last: u16) -> Result<Vec<u16>> {
        let mut errors = FieldErrors::new();
        for (name, port) in [("first_port", first), ("last_port", last)] {
            if !(1..=device.lines_total).contains(&port) {
                let error = FieldError::new(name, "port_out_of_range").with("port", port);
                errors.push(error.with("max", device.lines_total));
            }
        }
        errors.finish()?;
        if first > last {
            let error = FieldError::new("last_port", "port_out_of_range").with("port", last);
            return Err(Error::Invalid(vec![error.with("max", device.lines_total)]));
        }
        Ok((first..=last).collect())
    }

    /// Users of a site who have no line, in the order of their extensions.
    pub async fn takers_without_line(
        &self,
        actor: &Actor,
        site: &View<Site>,
        most: usize,
    ) -> Result<Vec<PortTaker>> {
        let most = u16::try_from(most).unwrap_or(u16::MAX);
        let users = self.store.find_users_without_line(site.key, most).await?;
        users.into_iter().map(|user| Ok(PortTaker::Known(Box::new(actor.view(user)?)))).collect()
    }

    /// Who is meant by rows of extension, name and number: the users of a site that have these extensions, else new ones.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `rows[n].…` with what makes no user.
    pub async fn takers_of_rows(
        &self,
        actor: &Actor,
        site: &View<Site>,
        rows: &[(String, String, String)],
    ) -> Result<Vec<PortTaker>> {
        let extensions: Vec<&str> = rows.iter().map(|(extension, _, _)| extension.as_str()).collect();
        let mut known = self.store.find_users_by_extension(site.key, &extensions).await?;
        let mut errors = FieldErrors::new();
        let mut takers = Vec::with_capacity(rows.len());
        for (n, (extension, name, number)) in rows.iter().enumerate() {
            match known.iter().position(|user| user.details.extension.as_str() == extension) {
                Some(at) => takers.push(PortTaker::Known(Box::new(actor.view(known.swap_remove(at))?))),
                None => match NewUser::parse(name, extension, Some(number), None, None) {
                    Ok(new) => takers.push(PortTaker::New(Box::new(new))),
                    Err(error) => {
                        for error in error.fields() {
                            let field = format!("rows[{n}].{}", error.field);
                            errors.push(FieldError { field, ..error.clone() });
                        }
                    }
                },
            }
        }
        errors.finish()?;
        Ok(takers)
    }

    #[expect(clippy::too_many_arguments, reason = "the two callers above say it in fewer")]
    async fn assign_ports(
        &self,
        actor: &Actor,
        site: Manage<Site>,
        device: Manage<Device>,
        orders: Vec<PortOrder>,
        line_use: LineUse,
        list: &str,
        now: Timestamp,
    ) -> Result<Vec<AssignedPort>> {
        let entropy = self.entropy.as_ref();
        let domain = self.sip_domain_of(customer_key(&device)).await?;
        let (mut rows, mut made) = (Vec::new(), Vec::new());
        for (n, order) in orders.iter().enumerate() {
            if !(1..=device.lines_total).contains(&order.port) {
                return Err(Error::NotFound);
            }
            let id = LineId::from_uuid(self.new_id(now));
            let sip = SipIdentity {
                username: random_name(USERNAME, entropy),
                domain: domain.clone(),
                algorithms: Algorithms::default(),
            };
            let password = Secret::new(random_name(PASSWORD, entropy));
            let secret = self.sealer.seal(id, &password, entropy)?;
            let mut audit = Vec::new();
            let (user, user_id, is_new) = match &order.taker {
                PortTaker::Known(user) => (Assignee::Known(user.key), user.id, false),
                PortTaker::New(new) => {
                    let user_id = UserId::from_uuid(self.new_id(now));
                    audit.push(
                        AuditRecord::new(actor, site.customer_key, site.tenancy, Action::UserCreate, now)
                            .on("user", user_id.uuid())
                            .detail(
                                serde_json::json!({ "site": site.name, "extension": new.extension.as_str() }),
                            ),
                    );
                    (Assignee::New(user_id, new), user_id, true)
                }
            };
            audit.push(
                AuditRecord::new(actor, customer_key(&device), device.tenancy, Action::LineAssign, now)
                    .on("device", device.id.uuid())
                    .detail(serde_json::json!({
                        "port": order.port, "user_id": user_id.to_string(), "use": line_use.as_str(),
                    })),
            );
            let place = if list.is_empty() { String::new() } else { format!("{list}[{n}].") };
            made.push((
                id,
                AssignedPort {
                    port: order.port,
                    user_id,
                    is_new,
                    credentials: NewCredentials {
                        username: sip.username.clone(),
                        password,
                        domain: sip.domain.as_str().to_owned(),
                        registrar: self.registrar_address(),
                    },
                },
            ));
            let port = PortInsert { id, port: order.port, line_use, sip, secret };
            rows.push(Assignment { user, port: Some(port), place, audit });
        }
        let keys = self.store.insert_assignments(&site, Some(&device), &rows, now).await;
        let keys = match keys {
            Err(Error::Conflict(error)) if error.code == "line_taken" => {
                return Err(Error::Conflict(self.say_who(actor, &device, error).await?));
            }
            keys => keys?,
        };
        let lines: Vec<LineRef> = keys
            .into_iter()
            .zip(&made)
            .map(|(key, (id, made))| LineRef { key, id: *id, port: made.port, device: device_ref(&device) })
            .collect();
        for together in lines.chunks(TOGETHER) {
            join_all(together.iter().map(|line| self.live.add_line(*line, actor.stamp(now)))).await;
            for line in together {
                self.tell_registrar_of(line.key).await?;
            }
        }
        Ok(made.into_iter().map(|(_, made)| made).collect())
    }

    /// Says who has the port that an order wanted, to who may know.
    async fn say_who(&self, actor: &Actor, device: &Device, error: FieldError) -> Result<FieldError> {
        let port =
            error.args.iter().find(|(name, _)| *name == "port").and_then(|(_, port)| port.parse().ok());
        let holder = match port {
            Some(port) => self.store.find_line(device.key, port).await?,
            None => None,
        };
        match holder {
            Some(line) => Ok(FieldError { field: error.field, ..self.line_taken(actor, &line).await? }),
            None => Ok(error.with("known", "no").with("user", "").with("extension", "")),
        }
    }
}
