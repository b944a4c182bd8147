//! The demo's customers and sites as data: some devices are told one by one, because each shows something; the others are
//! made by chance from the mixture of the site. Names are invented; numbers come from the ranges that regulators keep for
//! fiction (ARCEP, Ofcom).

use super::phones::HOSTILE;

/// A customer with its sites.
pub(super) struct CustomerPlan {
    pub(super) name: &'static str,
    pub(super) sites: &'static [SitePlan],
}

/// A site: what is told one by one, and how much more there is of what.
pub(super) struct SitePlan {
    pub(super) name: &'static str,
    pub(super) time_zone: &'static str,
    pub(super) language: &'static str,
    /// Extensions count upwards from here.
    pub(super) first_extension: u32,
    /// How its numbers begin, in E.164; they end in the extension.
    pub(super) number: &'static str,
    pub(super) people: &'static [&'static str],
    pub(super) devices: &'static [DevicePlan],
    /// Devices made by chance beside those told, and from what.
    pub(super) more: (u16, Mixture),
}

/// A device: its type, how many lines it gets, its name, and what its phone does (see `phones`).
pub(super) struct DevicePlan(
    pub(super) &'static str,
    pub(super) u16,
    pub(super) &'static str,
    pub(super) &'static str,
);

/// What a place is furnished with: type, lines, share. Shares are out of their sum.
pub(super) type Mixture = &'static [(&'static str, u16, u32)];

const WARD: Mixture = &[
    ("yealink-t54w", 1, 22),
    ("yealink-t31p", 1, 30),
    ("yealink-t46u", 2, 8),
    ("cisco-7841", 1, 12),
    ("snom-d785", 1, 6),
    ("yealink-w70b", 4, 3),
    ("snom-m700", 3, 2),
    ("grandstream-ht802", 1, 6),
    ("yealink-cp925", 1, 3),
];
const OFFICE: Mixture = &[
    ("poly-vvx-250", 1, 30),
    ("poly-vvx-450", 1, 20),
    ("yealink-t54w", 1, 15),
    ("cisco-8851", 1, 10),
    ("snom-d785", 1, 8),
    ("yealink-cp965", 1, 5),
    ("grandstream-ht801", 1, 2),
];
const TOWN: Mixture = &[
    ("grandstream-grp2614", 1, 26),
    ("yealink-t31g", 1, 22),
    ("snom-d120", 1, 12),
    ("cisco-6841", 1, 8),
    ("grandstream-dp752", 3, 3),
    ("grandstream-ht812", 2, 5),
    ("generic-sip", 1, 2),
    ("yealink-t57w", 2, 4),
    ("fanvil-x4u", 1, 8),
    ("mitel-6867i", 1, 6),
    ("panasonic-kx-hdv230", 1, 5),
    ("gigaset-n670-ip-pro", 4, 2),
];

const PARIS: &str = "Europe/Paris";
const LONDON: &str = "Europe/London";

/// A site of which nothing is told one by one.
const fn plain(
    name: &'static str,
    zone: (&'static str, &'static str),
    first_extension: u32,
    number: &'static str,
    more: (u16, Mixture),
) -> SitePlan {
    let (time_zone, language) = zone;
    SitePlan { name, time_zone, language, first_extension, number, people: &[], devices: &[], more }
}

pub(super) const CLINIC: CustomerPlan = CustomerPlan {
    name: "Clinique du Parc",
    sites: &[
        SitePlan {
            name: "Lyon Part-Dieu",
            time_zone: PARIS,
            language: "fr",
            first_extension: 1001,
            number: "+3346571",
            people: &[
                "Anne Leroy",
                "Paul Moreau",
                "Inès Caron",
                "Hugo Lefèvre",
                "Camille Fournier",
                "Nadia Benali",
                "Julien Roux",
                "Salle Rhône",
                "Accueil",
                "Pharmacie",
                "Bloc opératoire",
                "Secrétariat médical",
                "Élodie Garnier",
                "Marc Aubert",
                "Salle de soins 1",
                "Salle de soins 2",
                "Fatou Diallo",
                "Rémi Charpentier",
                "Standard de nuit",
            ],
            devices: &[
                DevicePlan("yealink-t54w", 3, "Accueil", ""),
                DevicePlan("poly-vvx-450", 2, "Secrétariat", ""),
                DevicePlan("yealink-t46u", 1, "Bureau 12", ""),
                DevicePlan("yealink-t54w", 1, "Pharmacie", "loses its power soon"),
                DevicePlan("snom-d785", 1, "Bureau 14", ""),
                DevicePlan("cisco-8851", 2, "Direction", ""),
                DevicePlan("grandstream-ht818", 4, "Ascenseurs et alarmes", "its last port is dead"),
                DevicePlan("yealink-t54w", 0, "Réserve", ""),
                DevicePlan("poly-vvx-350", 1, "Salle de soins 1", "accepts a reboot but stays up"),
                DevicePlan(
                    "grandstream-gxp2170",
                    1,
                    "Salle de soins 2",
                    "asks for the password before a reboot",
                ),
                DevicePlan("yealink-t58w", 1, "Bureau 16", "does not come back from a reboot"),
                DevicePlan("snom-d735", 1, "Bureau 17", "refuses a reboot"),
                DevicePlan("cisco-7861", 1, "Standard de nuit", "answers no request"),
            ],
            more: (58, WARD),
        },
        SitePlan {
            name: "Brest Port",
            time_zone: PARIS,
            language: "fr",
            first_extension: 1101,
            number: "+3326191",
            people: &[
                "Yann Le Goff",
                "Maëlle Kerbrat",
                "Accueil Brest",
                "Soazig Riou",
                "Loïc Tanguy",
                "Consultations",
                "Gwenaël Cadiou",
            ],
            devices: &[
                DevicePlan("yealink-t46u", 2, "Accueil", ""),
                DevicePlan("snom-d785", 1, "Consultations", ""),
                DevicePlan("grandstream-ht802", 1, "Télécopie", "has a wrong password"),
                DevicePlan("poly-vvx-250", 1, "Bureau 3", ""),
                DevicePlan("yealink-t54w", 1, "Bureau 4", "comes and goes"),
            ],
            more: (35, WARD),
        },
        SitePlan {
            name: "Nantes Gare",
            time_zone: PARIS,
            language: "fr",
            first_extension: 1201,
            number: "+3326191",
            people: &["Océane Guérin", "Thomas Bodin", "Accueil Nantes", "Clémence Albert", "Salle Loire"],
            devices: &[
                DevicePlan("grandstream-grp2614", 2, "Accueil", ""),
                DevicePlan("yealink-t54w", 1, "Bureau 21", "never plugged in"),
                DevicePlan("cisco-8851", 1, "Bureau 22", ""),
                DevicePlan("generic-sip", 1, "Interphone du portail", ""),
            ],
            more: (31, WARD),
        },
        plain("Annecy Lac", (PARIS, "fr"), 1301, "+3346571", (28, WARD)),
        plain("Bordeaux Chartrons", (PARIS, "fr"), 1401, "+3353649", (26, WARD)),
        plain("Clermont Jaude", (PARIS, "fr"), 1501, "+3346571", (22, WARD)),
        plain("Dijon Toison d’Or", (PARIS, "fr"), 1601, "+3335301", (20, WARD)),
        plain("Fort-de-France", ("America/Martinique", "fr"), 1701, "+3353649", (14, WARD)),
        plain("Grenoble Bastille", (PARIS, "fr"), 1801, "+3346571", (20, WARD)),
        plain("Lille Europe", (PARIS, "fr"), 1901, "+3335301", (18, WARD)),
        plain("Rennes Sainte-Anne", (PARIS, "fr"), 2001, "+3326191", (16, WARD)),
        plain("Strasbourg Krutenau", (PARIS, "fr"), 2101, "+3335301", (15, WARD)),
    ],
};

pub(super) const LAWYERS: CustomerPlan = CustomerPlan {
    name: "Harbour Legal",
    sites: &[
        SitePlan {
            name: "London, Fleet Street",
            time_zone: LONDON,
            language: "en",
            first_extension: 201,
            number: "+442079460",
            people: &[
                "Oliver Hughes",
                "Amelia Clarke",
                "Priya Shah",
                "Reception",
                "George Bennett",
                "Boardroom",
                "Isla Murray",
            ],
            devices: &[
                DevicePlan("poly-vvx-450", 2, "Reception", ""),
                DevicePlan("yealink-t54w", 1, "Room 4", ""),
                DevicePlan("yealink-t54w", 1, "Room 5", ""),
                DevicePlan("cisco-8851", 1, "Partner", ""),
                DevicePlan("yealink-cp965", 1, "Boardroom", ""),
                DevicePlan("snom-d785", 0, "Spare", ""),
            ],
            more: (34, OFFICE),
        },
        SitePlan {
            name: "Leeds, Park Row",
            time_zone: LONDON,
            language: "en",
            first_extension: 301,
            number: "+441134960",
            people: &["Harry Walker", "Grace Thompson", "Front desk", "Sophie Patel"],
            devices: &[
                DevicePlan("grandstream-grp2614", 1, "Front desk", ""),
                DevicePlan("yealink-t46u", 1, "Room 1", ""),
                DevicePlan("poly-vvx-250", 1, "Room 2", "never plugged in"),
            ],
            more: (19, OFFICE),
        },
        plain("Birmingham, Colmore Row", (LONDON, "en"), 401, "+441214960", (16, OFFICE)),
        plain("Manchester, Deansgate", (LONDON, "en"), 501, "+441614960", (14, OFFICE)),
    ],
};

pub(super) const TOWN_HALL: CustomerPlan = CustomerPlan {
    name: "Ville de Montrebois",
    sites: &[
        SitePlan {
            people: &["Accueil Mairie"],
            devices: &[DevicePlan("yealink-t31g", 1, "Guichet unique", HOSTILE)],
            ..plain("Mairie", (PARIS, "fr"), 3001, "+3346571", (42, TOWN))
        },
        plain("Centre technique", (PARIS, "fr"), 3101, "+3346571", (24, TOWN)),
        plain("École Jules-Ferry", (PARIS, "fr"), 3201, "+3346571", (14, TOWN)),
        plain("École des Tilleuls", (PARIS, "fr"), 3301, "+3346571", (13, TOWN)),
        plain("Médiathèque", (PARIS, "fr"), 3401, "+3346571", (16, TOWN)),
        plain("Police municipale", (PARIS, "fr"), 3501, "+3346571", (18, TOWN)),
        plain("Piscine", (PARIS, "fr"), 3601, "+3346571", (9, TOWN)),
        plain("Résidence des Aînés", (PARIS, "fr"), 3701, "+3346571", (26, TOWN)),
        plain("Théâtre", (PARIS, "fr"), 3801, "+3346571", (12, TOWN)),
    ],
};

/// All of them.
pub(super) const CUSTOMERS: [&CustomerPlan; 3] = [&CLINIC, &LAWYERS, &TOWN_HALL];
