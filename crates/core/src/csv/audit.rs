//! The columns of the audit log as a file.

use super::columns::columns;

columns! {
    /// A column.
    AuditColumn, "csv-audit-", times: [At];
    /// When.
    At = "at",
    /// Who, in words: a user name, the command line, the program.
    Actor = "actor",
    /// Who, as the API says it.
    ActorId = "actor_id",
    /// The party that the person belongs to.
    ActorParty = "actor_party",
    /// The customer in whose portal the person worked.
    ActingFor = "acting_for",
    /// For which party.
    Party = "party",
    /// Its id in the API.
    PartyId = "party_id",
    /// What, in words.
    Action = "action",
    /// What, as the API says it.
    ActionCode = "action_code",
    /// Kind of the thing acted on.
    TargetKind = "target_kind",
    /// Its id in the API.
    TargetId = "target_id",
    /// Done or refused.
    Result = "result",
    /// Why it was refused.
    Code = "code",
    /// From where.
    Address = "address",
    /// Details, as JSON.
    Detail = "detail",
}
