//! DECT systems: base devices of one customer that hand calls over to one another, and their *Multi Cell Chain ID*.
//! The ID is what a person typed or a file said; we make none, and no phone is claimed to report it.

use std::fmt;

use crate::access::{Actor, Owned};
use crate::device::short;
use crate::error::FieldError;
use crate::id::{
    DectRebootId, DectRebootKey, DectSystemId, DectSystemKey, DeviceId, DeviceKey, PartyId, PartyKey,
    RebootId, SiteKey,
};
use crate::mac::Mac;
use crate::party::{PartyKind, Tenancy};
use crate::portal_user::Role;
use crate::reboot::RebootState;
use crate::time::Timestamp;

/// A *Multi Cell Chain ID*: a number of 1 to 10 digits. The makers' pages take 5, cloud platforms give 10.
/// Held without leading zeros: tables and platforms drop them, and one system must not have two names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChainId(u64);

impl ChainId {
    /// What every base says as it leaves the factory: it tells no two systems apart.
    pub const FACTORY_DEFAULT: ChainId = ChainId(512);

    /// Reads what was typed; nothing is `None`.
    ///
    /// # Errors
    /// `chain_id_malformed`.
    pub fn parse(text: &str) -> Result<Option<ChainId>, FieldError> {
        let digits = text.trim();
        if digits.is_empty() {
            return Ok(None);
        }
        let well_formed = digits.len() <= 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
        match digits.parse() {
            Ok(number) if well_formed => Ok(Some(ChainId(number))),
            _ => Err(FieldError::new("chain_id", "chain_id_malformed").with("value", short(digits))),
        }
    }

    /// A stored number; `None` for what no ID can be.
    pub fn from_i64(number: i64) -> Option<ChainId> {
        u64::try_from(number).ok().filter(|number| *number <= 9_999_999_999).map(ChainId)
    }

    /// The number, for storage.
    pub fn as_i64(self) -> i64 {
        // Ten digits fit.
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }

    /// Not unique: several systems of one customer may have it.
    pub fn is_factory_default(self) -> bool {
        self == Self::FACTORY_DEFAULT
    }
}

impl fmt::Display for ChainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// From where a chain ID is known. There is one way so far: nothing that the registrar hears carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainSource {
    /// By hand or by import.
    Entered,
}

impl ChainSource {
    /// The word used in storage and API.
    pub const fn as_str(self) -> &'static str {
        match self {
            ChainSource::Entered => "entered",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<ChainSource> {
        (text == "entered").then_some(ChainSource::Entered)
    }
}

/// A DECT system as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DectSystem {
    /// Storage key.
    pub key: DectSystemKey,
    /// Public id.
    pub id: DectSystemId,
    /// The customer.
    pub customer_key: PartyKey,
    /// Public id of the customer.
    pub customer_id: PartyId,
    /// Name of the customer.
    pub customer_name: String,
    /// Place in the tree.
    pub tenancy: Tenancy,
    /// What people call it, up to 80 characters.
    pub name: String,
    /// Its chain ID and from where it is known. Not for everybody: [`Actor::may_see_chain_id`].
    pub chain: Option<(ChainId, ChainSource)>,
    /// Its bases, at all sites.
    pub bases: u32,
    /// Version for concurrent edits.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Owned for DectSystem {
    fn tenancy(&self) -> Tenancy {
        self.tenancy
    }
    /// Its bases may stand at several sites: who is narrowed to some is asked about each base.
    fn site(&self) -> Option<SiteKey> {
        None
    }
}

/// That a device is a base of a system, as lists and pages of devices say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DectMember {
    /// Public id of the system.
    pub system: DectSystemId,
    /// Name of the system.
    pub name: String,
    /// It has other bases.
    pub has_others: bool,
}

/// Longest name of a system, in characters.
pub const MAX_NAME: usize = 80;
/// Bases of one system: the largest that is sold has 250 (Cisco DBS-210).
pub const MAX_BASES: usize = 250;

impl Actor {
    /// Whether this person may know a *Multi Cell Chain ID* of a customer: admins of the customer, and support and above
    /// of the parties above it. For everybody else it is absent everywhere, not empty. An admin of the customer who is
    /// narrowed to some sites is one: what they see of a system is a base at their sites, and its ID is needed there.
    pub fn may_see_chain_id(&self, customer: Tenancy) -> bool {
        self.scope.contains(customer) && self.may_see_chain_ids()
    }

    /// The same of whatever the actor sees at all: all of one list have one answer.
    pub fn may_see_chain_ids(&self) -> bool {
        // Who acts for the customer comes from above.
        let of_the_customer = self.scope.kind == PartyKind::Customer && self.acting_for.is_none();
        self.role.includes(if of_the_customer { Role::Admin } else { Role::Support })
    }
}

/// Where the reboot of a whole system stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DectRebootState {
    /// One base after the other.
    Running,
    /// Every base had its turn.
    Done,
    /// It ended before its end; the bases that had no turn were left alone.
    Stopped,
}

impl DectRebootState {
    /// The word used in storage and API.
    pub const fn as_str(self) -> &'static str {
        match self {
            DectRebootState::Running => "running",
            DectRebootState::Done => "done",
            DectRebootState::Stopped => "stopped",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<DectRebootState> {
        [Self::Running, Self::Done, Self::Stopped].into_iter().find(|state| state.as_str() == text)
    }
}

/// Why the reboot of a system stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DectRebootStop {
    /// A base did not come back in its time.
    NotBack,
    /// A base gave no answer: whether it restarts, nobody knows.
    NoAnswer,
    /// Somebody rebooted a base meanwhile.
    Superseded,
    /// We were restarted ourselves.
    Interrupted,
    /// The feature was switched off, or the base could not be asked for another reason of ours.
    Refused,
}

impl DectRebootStop {
    /// All of them.
    pub const ALL: [DectRebootStop; 5] =
        [Self::NotBack, Self::NoAnswer, Self::Superseded, Self::Interrupted, Self::Refused];

    /// The word used in storage and API.
    pub const fn as_str(self) -> &'static str {
        match self {
            DectRebootStop::NotBack => "not_back",
            DectRebootStop::NoAnswer => "no_answer",
            DectRebootStop::Superseded => "superseded",
            DectRebootStop::Interrupted => "interrupted",
            DectRebootStop::Refused => "refused",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<DectRebootStop> {
        Self::ALL.into_iter().find(|stop| stop.as_str() == text)
    }
}

/// What follows when a base's own reboot stands at `state`: go on to the next, wait, or stop.
/// A base that refused, accepted without restarting, or was never asked is up as before: the next may have its turn.
pub const fn after_base(state: RebootState) -> AfterBase {
    match state {
        RebootState::Requested | RebootState::Sent | RebootState::Accepted | RebootState::Down => {
            AfterBase::Wait
        }
        RebootState::Back | RebootState::Refused | RebootState::NotRestarted | RebootState::NotPossible => {
            AfterBase::Next
        }
        RebootState::NotBack => AfterBase::Stop(DectRebootStop::NotBack),
        RebootState::NoAnswer => AfterBase::Stop(DectRebootStop::NoAnswer),
        RebootState::Superseded => AfterBase::Stop(DectRebootStop::Superseded),
    }
}

/// See [`after_base`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterBase {
    /// It is under way.
    Wait,
    /// It is up.
    Next,
    /// It may be down: no other base is to follow it.
    Stop(DectRebootStop),
}

/// The reboot of a whole system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DectReboot {
    /// Storage key.
    pub key: DectRebootKey,
    /// Public id.
    pub id: DectRebootId,
    /// Public id of the system.
    pub system_id: DectSystemId,
    /// Name of the system as it was.
    pub system_name: String,
    /// Place in the tree.
    pub tenancy: Tenancy,
    /// Name of who asked, where it was a portal user.
    pub asked_by: Option<String>,
    /// Where it stands.
    pub state: DectRebootState,
    /// Why it stopped.
    pub stop: Option<DectRebootStop>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When it came to this state.
    pub updated_at: Timestamp,
    /// Its bases in the order of their turns; one that was removed from the inventory since is not among them.
    pub bases: Vec<DectRebootBase>,
}

/// A base in the reboot of its system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DectRebootBase {
    /// The base.
    pub device_key: DeviceKey,
    /// Public id of the base.
    pub device_id: DeviceId,
    /// Its site.
    pub site: SiteKey,
    /// Its address.
    pub mac: Option<Mac>,
    /// Its own reboot and where that stands; `None` before its turn.
    pub reboot: Option<(RebootId, RebootState)>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Scope;

    #[test]
    fn one_to_ten_digits_with_one_way_to_write_them() {
        for (text, expected) in [
            ("", Ok(None)),
            ("  ", Ok(None)),
            ("48213", Ok(Some("48213"))),
            (" 1356802345\u{a0}", Ok(Some("1356802345"))),
            ("00512", Ok(Some("512"))),
            ("0", Ok(Some("0"))),
            ("9999999999", Ok(Some("9999999999"))),
            ("00000000001", Err("00000000001")),
            ("12345678901", Err("12345678901")),
            ("48 213", Err("48 213")),
            ("+512", Err("+512")),
            ("-1", Err("-1")),
            ("４８", Err("４８")),
            ("1e5", Err("1e5")),
            ("sip:512", Err("sip:512")),
        ] {
            let read = ChainId::parse(text).map(|id| id.map(|id| id.to_string()));
            let read = read.map_err(|error| {
                assert_eq!((error.field.as_str(), error.code), ("chain_id", "chain_id_malformed"));
                error.args[0].1.clone()
            });
            assert_eq!(read, expected.map(|id| id.map(str::to_owned)).map_err(str::to_owned), "{text}");
        }
        assert!(ChainId(512).is_factory_default() && !ChainId(513).is_factory_default());
        assert_eq!(ChainId::from_i64(-1), None);
        assert_eq!(ChainId::from_i64(10_000_000_000), None);
        assert_eq!(ChainId::from_i64(ChainId(9_999_999_999).as_i64()), Some(ChainId(9_999_999_999)));
    }

    #[test]
    fn who_may_see_a_chain_id() {
        use PartyKind::{Customer, Operator, Platform, Provider};
        use Role::{Admin, Manager, Support, Viewer};
        // 2 provider · 3 its operator · 4 the customer
        let customer =
            Tenancy { provider: Some(PartyKey(2)), operator: Some(PartyKey(3)), customer: Some(PartyKey(4)) };
        for (kind, party, role, expected) in [
            (Customer, 4, Admin, true),
            (Customer, 4, Manager, false),
            (Customer, 4, Support, false),
            (Customer, 4, Viewer, false),
            (Operator, 3, Admin, true),
            (Operator, 3, Manager, true),
            (Operator, 3, Support, true),
            (Operator, 3, Viewer, false),
            (Provider, 2, Support, true),
            (Provider, 2, Viewer, false),
            (Platform, 1, Admin, true),
            (Platform, 1, Support, true),
            (Platform, 1, Viewer, false),
            // Somebody else's customer.
            (Customer, 5, Admin, false),
            (Operator, 6, Admin, false),
            (Provider, 7, Support, false),
        ] {
            let scope = Scope { kind, party: PartyKey(party) };
            let mut actor = Actor { scope, role, ..Actor::system() };
            assert_eq!(actor.may_see_chain_id(customer), expected, "{kind:?} {party} {role:?}");
            // Narrowed to some sites, a person is still what they are.
            actor.sites = Some(vec![SiteKey(1)]);
            assert_eq!(actor.may_see_chain_id(customer), expected, "{kind:?} {party} {role:?} narrowed");
        }
    }

    #[test]
    fn a_base_that_may_be_down_stops_the_others() {
        use RebootState::{
            Accepted, Back, Down, NoAnswer, NotBack, NotPossible, NotRestarted, Refused, Requested, Sent,
            Superseded,
        };
        for (state, expected) in [
            (Requested, AfterBase::Wait),
            (Sent, AfterBase::Wait),
            (Accepted, AfterBase::Wait),
            (Down, AfterBase::Wait),
            (Back, AfterBase::Next),
            (Refused, AfterBase::Next),
            (NotRestarted, AfterBase::Next),
            (NotPossible, AfterBase::Next),
            (NotBack, AfterBase::Stop(DectRebootStop::NotBack)),
            (NoAnswer, AfterBase::Stop(DectRebootStop::NoAnswer)),
            (Superseded, AfterBase::Stop(DectRebootStop::Superseded)),
        ] {
            assert_eq!(after_base(state), expected, "{state:?}");
            assert_eq!(after_base(state) == AfterBase::Wait, !state.is_over(), "{state:?}");
        }
        for stop in DectRebootStop::ALL {
            assert_eq!(DectRebootStop::parse(stop.as_str()), Some(stop));
        }
    }
}
