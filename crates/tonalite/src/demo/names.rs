//! Names for the demo's people and places, in the language of the site. Invented: a given name and a family name drawn apart.

use tonalite_phones::SplitMix64;

const FRENCH: Pool = Pool {
    given: &[
        "Adèle",
        "Baptiste",
        "Céline",
        "Damien",
        "Élise",
        "Fabien",
        "Géraldine",
        "Hélène",
        "Ismaël",
        "Jeanne",
        "Karim",
        "Léa",
        "Mathieu",
        "Noémie",
        "Olivier",
        "Pauline",
        "Quentin",
        "Raphaël",
        "Salomé",
        "Théo",
        "Ursule",
        "Valérie",
        "William",
        "Yasmine",
        "Zoé",
        "Agathe",
        "Benoît",
        "Chloé",
        "Driss",
        "Emma",
    ],
    family: &[
        "Barbier",
        "Chevalier",
        "Dumas",
        "Étienne",
        "Ferrand",
        "Gauthier",
        "Haddad",
        "Jacquet",
        "Klein",
        "Lemoine",
        "Marchand",
        "Nguyen",
        "Olivier",
        "Perrot",
        "Renard",
        "Schmitt",
        "Toussaint",
        "Vasseur",
        "Weber",
        "Aubry",
        "Blanchet",
        "Collin",
        "Delmas",
        "Faure",
        "Grondin",
        "Hamon",
        "Joly",
        "Lacroix",
        "Masson",
        "Picard",
    ],
    room: "Bureau",
    spare: "Réserve",
};
const ENGLISH: Pool = Pool {
    given: &[
        "Ada",
        "Benjamin",
        "Charlotte",
        "Daniel",
        "Eleanor",
        "Finlay",
        "Georgia",
        "Henry",
        "Imogen",
        "Jack",
        "Katherine",
        "Leo",
        "Matilda",
        "Nathan",
        "Olivia",
        "Poppy",
        "Rupert",
        "Sarah",
        "Theodore",
        "Violet",
        "Zara",
        "Arjun",
    ],
    family: &[
        "Archer",
        "Bailey",
        "Cartwright",
        "Dawson",
        "Ellis",
        "Fraser",
        "Graham",
        "Holland",
        "Iqbal",
        "Jennings",
        "Kaur",
        "Lowe",
        "Marsh",
        "Newton",
        "Osborne",
        "Pearce",
        "Quinn",
        "Reid",
        "Sutton",
        "Turner",
        "Vaughan",
        "Webb",
    ],
    room: "Room",
    spare: "Spare",
};

/// Where names are drawn from.
pub(crate) struct Pool {
    given: &'static [&'static str],
    family: &'static [&'static str],
    room: &'static str,
    /// Where a phone lies that nobody uses.
    pub(crate) spare: &'static str,
}

impl Pool {
    /// That of a language; English for all but French.
    pub(crate) const fn of(language: &str) -> &'static Pool {
        if matches!(language.as_bytes(), b"fr") { &FRENCH } else { &ENGLISH }
    }

    /// A person.
    pub(crate) fn person(&self, chance: &mut SplitMix64) -> String {
        format!("{} {}", draw(self.given, chance), draw(self.family, chance))
    }

    /// A room, by its number.
    pub(crate) fn room(&self, number: usize) -> String {
        format!("{} {number}", self.room)
    }
}

fn draw(names: &[&'static str], chance: &mut SplitMix64) -> &'static str {
    names[below(names.len(), chance)]
}

/// A number from 0 to `bound` − 1.
pub(crate) fn below(bound: usize, chance: &mut SplitMix64) -> usize {
    let bound = u64::try_from(bound).unwrap_or(1).max(1);
    usize::try_from(chance.next() % bound).unwrap_or(0)
}
