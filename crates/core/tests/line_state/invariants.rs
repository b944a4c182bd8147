//! What holds after any sequence of messages, however odd: asked of random ones.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tonalite_core::line_state::{
    Binding, Effect, LineRegistrations, LineState, Register, Requested, RequestedContact,
};
use tonalite_core::time::{Span, Timestamp};

use crate::bench::{Bench, START, from};

#[derive(Debug, Clone)]
enum Act {
    Register(Register, u16),
    Wait(i64),
    End,
}

fn contact() -> impl Strategy<Value = RequestedContact> {
    let expires =
        prop::sample::select(vec![None, Some(0), Some(0), Some(30), Some(60), Some(300), Some(9000)]);
    (0..7_u8, prop::option::of(0..2_u8), prop::option::of(1..3_u32), expires).prop_map(
        |(user, instance, reg_id, expires)| RequestedContact {
            uri: format!("sip:{user}@192.0.2.1"),
            instance: instance.map(|n| format!("urn:uuid:{n}")),
            reg_id,
            expires: expires.map(Span::from_secs),
        },
    )
}

fn act() -> impl Strategy<Value = Act> {
    let requested = prop_oneof![
        1 => Just(Requested::Query),
        1 => Just(Requested::WithdrawAll),
        8 => prop::collection::vec(contact(), 1..4).prop_map(Requested::Contacts),
        1 => prop::collection::vec(contact(), 6..9).prop_map(Requested::Contacts),
    ];
    let register =
        (requested, 0..3_u8, 1..30_u32, 0..2_u8, prop::option::of(0..2_u8), any::<bool>(), any::<u16>());
    prop_oneof![
        10 => register.prop_map(|(requested, call, cseq, source, agent, path, chance)| Act::Register(
            Register {
                call_id: format!("call-{call}"),
                cseq,
                requested,
                source: from(&format!("192.0.2.{source}:5060")),
                path: if path { vec!["<sip:edge;lr>".into()] } else { Vec::new() },
                user_agent: agent.map(|n| format!("Phone {n}")),
            },
            chance,
        )),
        3 => (0..500_i64).prop_map(Act::Wait),
        1 => Just(Act::End),
    ]
}

/// What a store would hold that is told only what the registrar tells it.
#[derive(Default)]
struct Stored(BTreeMap<i64, Binding>);

impl Stored {
    fn apply(&mut self, line: &LineRegistrations, effect: &Effect) {
        let of_id =
            |id: &i64| line.bindings.iter().find(|binding| binding.id == *id).expect("what is stored stands");
        if effect.changed {
            for id in &effect.removed {
                self.0.remove(id);
            }
            self.0.extend(effect.stored.iter().map(|id| (*id, of_id(id).clone())));
        } else {
            for id in &effect.stored {
                let (stored, renewed) = (self.0.get_mut(id).expect("a renewal of what is stored"), of_id(id));
                stored.call_id.clone_from(&renewed.call_id);
                (stored.cseq, stored.granted) = (renewed.cseq, renewed.granted);
                (stored.refreshed_at, stored.expires_at) = (renewed.refreshed_at, renewed.expires_at);
            }
        }
    }
}

fn check(
    before: &LineRegistrations,
    bench: &Bench,
    effect: &Effect,
    now: Timestamp,
) -> Result<(), TestCaseError> {
    let line = &bench.line;
    let ids: Vec<i64> = line.bindings.iter().map(|binding| binding.id).collect();
    prop_assert_eq!(line.state == LineState::Registered, !ids.is_empty(), "registered means a contact");
    prop_assert!(ids.len() <= bench.policy.max_contacts, "too many contacts");
    prop_assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "ids are unique, oldest first");
    prop_assert_eq!(line.since, if line.state == before.state { before.since } else { now });
    for (i, id) in effect.stored.iter().enumerate() {
        prop_assert!(ids.contains(id) && !effect.stored[..i].contains(id), "stored is what stands, once");
    }
    prop_assert!(effect.removed.iter().all(|id| !ids.contains(id)), "removed is gone");
    for binding in &before.bindings {
        match line.bindings.iter().find(|other| other.id == binding.id) {
            None => prop_assert!(effect.removed.contains(&binding.id), "nothing goes without a word"),
            Some(other) if !effect.stored.contains(&binding.id) => {
                prop_assert_eq!(other, binding, "nothing is touched without a word")
            }
            Some(other) => prop_assert_eq!(other.refreshed_at, now),
        }
    }
    if !effect.changed {
        prop_assert!(effect.removed.is_empty());
        prop_assert_eq!((line.state, line.detail), (before.state, before.detail));
        prop_assert_eq!(ids, before.bindings.iter().map(|binding| binding.id).collect::<Vec<_>>());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn any_sequence_keeps_the_rules(acts in prop::collection::vec(act(), 1..40)) {
        let mut bench = Bench::new();
        let mut stored = Stored::default();
        let mut now = START;
        for act in acts {
            let before = bench.line.clone();
            let effect = match &act {
                Act::Register(request, chance) => match bench.register_by_chance(now, request, *chance) {
                    Ok(effect) => effect,
                    Err(_) => {
                        prop_assert_eq!(&bench.line, &before, "a refusal changes nothing");
                        continue;
                    }
                },
                Act::Wait(seconds) => {
                    now = now + Span::from_secs(*seconds);
                    let due = before.next_deadline(&bench.policy).is_some_and(|deadline| deadline <= now);
                    let effect = bench.expire(now);
                    prop_assert_eq!(effect.is_some(), due, "gives up what is past its deadline, and nothing else");
                    let left = bench.line.next_deadline(&bench.policy);
                    prop_assert!(left.is_none_or(|deadline| deadline > now));
                    effect.unwrap_or_default()
                }
                Act::End => {
                    let effect = bench.line.end(now);
                    prop_assert!(bench.line.bindings.is_empty());
                    effect.unwrap_or_default()
                }
            };
            check(&before, &bench, &effect, now)?;
            stored.apply(&bench.line, &effect);
            let standing: Vec<&Binding> = bench.line.bindings.iter().collect();
            prop_assert_eq!(stored.0.values().collect::<Vec<_>>(), standing, "the store knows what stands");
        }
    }
}
