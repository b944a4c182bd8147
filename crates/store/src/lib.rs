//! The state of the installation: every SQL statement of the product, on SQLite or PostgreSQL.
//! `Store` holds what people typed (inventory); `live` what phones tell us. No rules of the trade here: those are in `core`.

mod acting;
mod approved;
mod assignment;
mod audit;
mod audit_personal;
mod audit_read;
mod audit_seal;
mod credential;
mod db;
mod dect_join;
mod dect_reboot;
mod dect_system;
mod device;
mod device_candidates;
mod device_export;
mod device_list;
mod device_search;
mod error;
mod fleet;
mod idempotency;
mod import;
mod line;
mod line_candidates;
mod line_export;
mod line_list;
pub mod live;
mod migrate;
mod party;
mod party_change;
mod party_close;
mod party_list;
mod personal_data;
mod portal_user;
mod reboot;
mod retention;
mod row;
mod session;
mod site;
mod sql;
mod token;
mod user;
mod user_list;

pub use approved::{Owner, Place};
pub use assignment::{Assignee, Assignment, PortInsert};
pub use audit::AuditRecord;
pub use audit_read::{AuditPage, AuditRow};
pub use audit_seal::{AuditCheck, AuditFault, AuditSeal};
pub use credential::{SecretMaker, SheetLine, TakenOver};
pub use db::{Engine, Location, Store};
pub use dect_join::DectJoin;
pub use dect_system::DectSystemInsert;
pub use device::{DeviceFields, DeviceInsert};
pub use device_export::{DeviceDetails, DeviceRecord, RawDevice};
pub use device_list::LineUser;
pub use error::OpenError;
pub use fleet::{FleetDevice, FleetSite};
pub use idempotency::Remembered;
pub use import::{
    ChangedRow, ImportChains, ImportInsert, ImportProgress, ImportRecord, ImportWritten, ImportedChain,
    ImportedDevice, KeptDevice, KnownDevice, Occurrence, Placed, PlannedDevice, StagedFinding, StagedRow,
};
pub use line::LineInsert;
pub use line_export::{LineContact, LineRecord, PortRecord, RawLine};
pub use line_list::{LineCount, ListedContact, ListedLine, ListedPort};
pub use party::PartyUpdate;
pub use party_change::{PartyAct, PartyChangeRow};
pub use party_close::{PartyRemainder, SiteRemainder};
pub use party_list::{Differs, PartyFilter, PlacedParty};
pub use personal_data::{Mention, PortalUserTraces, SessionTrace, TokenTrace, UsedLine, UserTraces};
pub use portal_user::PortalUserInsert;
pub use reboot::RebootInsert;
pub use retention::Swept;
pub use session::{SessionInsert, SessionRow};
pub use token::{TokenInsert, TokenRow};
pub use user_list::HeldLine;
