//! Filling an empty installation: whole fleets of customers at once. People add and import elsewhere.

use tonalite_core::access::{Actor, Manage};
use tonalite_core::audit::Action;
use tonalite_core::id::LineId;
use tonalite_core::line::{Algorithms, SipIdentity};
use tonalite_core::mac::Mac;
use tonalite_core::name::fold;
use tonalite_core::party::Party;
use tonalite_core::search::searchable;
use tonalite_core::secret::Secret;
use tonalite_core::time::Timestamp;
use tonalite_core::world::random_name;
use tonalite_core::{Error, Result};
use tonalite_store::{AuditRecord, FleetDevice, FleetSite};

use crate::lines::{PASSWORD, USERNAME};
use crate::{App, PhoneCommand};

/// A site with its devices, to be made.
#[derive(Debug, Clone)]
pub struct SitePlan {
    /// Name, one of a kind at the customer.
    pub name: String,
    /// IANA name of its time zone.
    pub time_zone: &'static str,
    /// `en` or `fr`.
    pub language: &'static str,
    /// What there is.
    pub devices: Vec<DevicePlan>,
}

/// A device with one line and its user, to be made.
#[derive(Debug, Clone)]
pub struct DevicePlan {
    /// Address.
    pub mac: Mac,
    /// Id of its type in the catalogue.
    pub type_id: &'static str,
    /// Name.
    pub name: String,
    /// Name of the user.
    pub user_name: String,
    /// Extension of the user, one of a kind at the site.
    pub extension: String,
    /// Number of the user, E.164.
    pub number: String,
}

/// What a line registers with. No `Debug`: it holds a password.
pub struct LinePassword {
    /// Digest user name and realm.
    pub sip: SipIdentity,
    /// The password.
    pub password: Secret<String>,
}

impl App {
    /// Whether nobody has put anything here yet.
    pub async fn is_empty(&self) -> Result<bool> {
        self.store.is_empty().await
    }

    /// Makes sites, users, devices and lines of a customer where nobody else adds devices meanwhile, in one transaction; gives the credentials in
    /// order. Its phones are known to pages and registrar only after [`App::open_fleets`].
    ///
    /// # Errors
    /// [`Error::NotFound`] for a type that the catalogue does not have.
    pub async fn create_fleet(
        &self,
        actor: &Actor,
        customer: Manage<Party>,
        plans: &[SitePlan],
        now: Timestamp,
    ) -> Result<Vec<LinePassword>> {
        let (mut sites, mut devices, mut passwords) = (Vec::new(), Vec::new(), Vec::new());
        let domain = self.sip_domain_of(customer.key).await?;
        for plan in plans {
            let name_folded = fold(&plan.name);
            for device in &plan.devices {
                let sip = SipIdentity {
                    username: random_name(USERNAME, self.entropy()),
                    domain: domain.clone(),
                    algorithms: Algorithms::default(),
                };
                let password = Secret::new(random_name(PASSWORD, self.entropy()));
                devices.push(self.fleet_device(device, &name_folded, &sip, &password, now)?);
                passwords.push(LinePassword { sip, password });
            }
            sites.push(FleetSite {
                uid: self.new_uid(now),
                name: plan.name.clone(),
                name_folded,
                time_zone: plan.time_zone,
                language: plan.language,
            });
        }
        let audit = AuditRecord::new(actor, customer.key, customer.tenancy, Action::FleetCreate, now)
            .on("party", customer.id.uuid())
            .detail(serde_json::json!({ "sites": sites.len(), "devices": devices.len() }));
        let algorithms = Algorithms::default().names().join(",");
        let sip = (domain.as_str(), algorithms.as_str());
        self.store.insert_fleet(&customer, &sites, &devices, sip, now, &audit).await?;
        Ok(passwords)
    }

    /// A new id as the statements for whole fleets take it.
    fn new_uid(&self, now: Timestamp) -> String {
        self.new_id(now).simple().to_string()
    }

    fn fleet_device(
        &self,
        plan: &DevicePlan,
        site: &str,
        sip: &SipIdentity,
        password: &Secret<String>,
        now: Timestamp,
    ) -> Result<FleetDevice> {
        let ports = self.device_type(plan.type_id).ok_or(Error::NotFound)?.ports;
        let line = LineId::from_uuid(self.new_id(now));
        let sealed = self.sealer.seal(line, password, self.entropy())?;
        Ok(FleetDevice {
            uid: self.new_uid(now),
            user_uid: self.new_uid(now),
            line_uid: line.uuid().simple().to_string(),
            site: site.to_owned(),
            mac: plan.mac.as_u64(),
            device_type: plan.type_id.to_owned(),
            ports,
            name: plan.name.clone(),
            user_name: plan.user_name.clone(),
            user_found_by: searchable(&format!("{} {} {}", plan.user_name, plan.extension, plan.number)),
            extension: plan.extension.clone(),
            number: plan.number.clone(),
            sip_username: sip.username.clone(),
            secret: sealed.0.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }

    /// Gives every new device its state and count, and tells the registrar of every line it does not know yet.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the registrar does not take its lines in time.
    pub async fn open_fleets(&self, now: Timestamp) -> Result<()> {
        self.store.mend_live().await?;
        if !self.phones.are_attached() {
            return Ok(());
        }
        let mut lines = Vec::new();
        self.store.load_registrar_lines(now, &mut |line| lines.push(line)).await?;
        for line in lines {
            self.phones.command(|done| PhoneCommand::LineAssigned(Box::new(line), done)).await?;
        }
        Ok(())
    }
}
