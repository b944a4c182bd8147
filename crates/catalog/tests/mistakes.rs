//! Mistakes in a vendor's file, each found and told with file, table and key.

use tonalite_catalog::Catalog;

const GOOD: &str = r#"
vendor = "acme"
name = "Acme"
mac_prefixes = ["001565"]
user_agents = ["Acme *"]

[recipe.phone]
reboot_event = "check-sync;reboot=true"
resync_event = "check-sync"
reboot_is_conditional = false
challenges = "never"
to_user = "contact"
window_seconds = 180

[[type]]
id = "acme-one"
model = "One"
kind = "desk"
ports = 1
recipe = "phone"
user_agents = ["Acme One"]
sample_user_agent = "Acme One 1.0"

[[type]]
id = "acme-two"
model = "Two"
aliases = ["Deux"]
kind = "ata"
ports = 48
recipe = "phone"
user_agents = ["Acme Two"]
sample_user_agent = "Acme Two 1.0"
"#;

#[test]
fn a_good_file_is_read() {
    let catalog = Catalog::read(&[("acme.toml", GOOD)]).unwrap();
    assert_eq!(catalog.find("acme deux").map(|t| t.id.as_str()), None);
    assert_eq!(catalog.find("deux").map(|t| t.id.as_str()), Some("acme-two"));
    assert_eq!(catalog.get("acme-one").unwrap().name, "Acme One");
}

/// Each case replaces the last occurrence of one text by another.
#[test]
fn mistakes_name_file_table_and_key() {
    let cases = [
        ("vendor = \"acme\"", "vendor = \"other\"", "acme.toml vendor: "),
        ("vendor = \"acme\"", "vendor = 7", "acme.toml vendor: "),
        ("name = \"Acme\"", "name = \" \"", "acme.toml name: "),
        ("\"001565\"", "\"00156\"", "acme.toml mac_prefixes: "),
        ("\"001565\"", "\"00156G\"", "acme.toml mac_prefixes: "),
        ("\"001565\"", "\"00AB65\"", "acme.toml mac_prefixes: "),
        ("\"001565\"", "\"011565\"", "acme.toml mac_prefixes: "),
        ("\"001565\"", "\"021565\"", "acme.toml mac_prefixes: "),
        ("\"001565\"", "\"001565\", \"001565\"", "acme.toml mac_prefixes: "),
        ("user_agents = [\"Acme *\"]", "user_agents = [\"*\"]", "acme.toml user_agents: "),
        ("user_agents = [\"Acme *\"]", "user_agent = [\"Acme *\"]", "acme.toml user_agent: unknown field"),
        (
            "user_agents = [\"Acme *\"]",
            "user_agents = [\"Bcme *\"]",
            "acme.toml [type[1]] sample_user_agent: ",
        ),
        (
            "challenges = \"never\"",
            "challenges = \"often\"",
            "acme.toml [recipe.phone] challenges: unknown variant",
        ),
        ("to_user = \"contact\"\n", "", "acme.toml [recipe.phone] to_user: missing field"),
        ("window_seconds = 180", "window_seconds = 5", "acme.toml [recipe.phone] window_seconds: "),
        ("\"check-sync\"", "\"\"", "acme.toml [recipe.phone] resync_event: "),
        ("\"check-sync\"", "\"check\\r\\nX: y\"", "acme.toml [recipe.phone] resync_event: "),
        ("\"check-sync\"", "\"Reset;now\"", "acme.toml [recipe.phone] resync_event: the event reset"),
        ("[recipe.phone]", "[recipe.fone]", "acme.toml [type[1]] recipe: "),
        ("recipe = \"phone\"", "recipe = \"desk\"", "acme.toml [type[2]] recipe: "),
        ("id = \"acme-two\"", "id = \"two\"", "acme.toml [type[2]] id: "),
        ("id = \"acme-two\"", "id = \"acme-Two\"", "acme.toml [type[2]] id: "),
        ("id = \"acme-two\"", "id = \"acme-one\"", "acme.toml [type[2]] id: "),
        ("id = \"acme-two\"\n", "", "acme.toml [type[2]] id: missing field"),
        ("model = \"Two\"", "model = \"O-n e\"", "acme.toml [type[2]] model: "),
        ("aliases = [\"Deux\"]", "aliases = [\"ACME  ONE\"]", "acme.toml [type[2]] aliases: "),
        ("aliases = [\"Deux\"]", "aliases = [\"two\"]", "acme.toml [type[2]] aliases: "),
        ("aliases = [\"Deux\"]", "aliases = [\"Deux\", \"deux\"]", "acme.toml [type[2]] aliases: "),
        ("aliases = [\"Deux\"]", "aliases = [\" \"]", "acme.toml [type[2]] aliases: "),
        ("kind = \"ata\"", "kind = \"fax\"", "acme.toml [type[2]] kind: unknown variant"),
        ("ports = 48", "ports = 0", "acme.toml [type[2]] ports: "),
        ("ports = 48", "ports = 65", "acme.toml [type[2]] ports: "),
        ("ports = 48", "ports = -1", "acme.toml [type[2]] ports: "),
        ("ports = 48", "ports = 48\nfxs = 2", "acme.toml [type[2]] fxs: unknown field"),
        ("[\"Acme Two\"]", "[\"Acme Three\"]", "acme.toml [type[2]] sample_user_agent: "),
        ("[\"Acme Two\"]", "[\"Acme*\"]", "acme.toml [type[1]] sample_user_agent: acme-two matches it too"),
        ("user_agents = [\"Acme Two\"]\n", "", "acme.toml [type[2]] sample_user_agent: "),
        ("sample_user_agent = \"Acme Two 1.0\"\n", "", "acme.toml [type[2]] sample_user_agent: "),
    ];
    for (from, to, expected) in cases {
        let at = GOOD.rfind(from).unwrap_or_else(|| panic!("{from:?} is not in the good file"));
        let text = format!("{}{to}{}", &GOOD[..at], &GOOD[at + from.len()..]);
        match Catalog::read(&[("acme.toml", &text)]) {
            Ok(_) => panic!("{from:?} → {to:?} was accepted"),
            Err(error) => {
                let shown = error.to_string();
                assert!(shown.starts_with(expected), "{from:?} → {to:?}: {shown}\nexpected {expected}");
            }
        }
    }
}

#[test]
fn two_files_cannot_claim_the_same() {
    let other = GOOD.replace("acme", "bcme").replace("Acme", "Bcme");
    let cases = [
        (other.clone(), "bcme.toml mac_prefixes: 001565 is already of Acme"),
        (other.replace("001565", "001566"), "bcme.toml [type[1]] model: \"One\" is also a name of acme-one"),
    ];
    for (text, expected) in cases {
        let error = Catalog::read(&[("acme.toml", GOOD), ("bcme.toml", &text)]).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn an_unused_recipe_and_an_empty_vendor_are_mistakes() {
    let unused = GOOD.replace("[[type]]", "[recipe.spare]\nreboot_event = \"x\"\nreboot_is_conditional = true\nchallenges = \"maybe\"\nto_user = \"chain_id\"\nwindow_seconds = 60\n\n[[type]]");
    // The replacement also stands before the second type, where TOML itself refuses the same table twice.
    assert!(Catalog::read(&[("acme.toml", &unused)]).is_err());
    let unused = unused.replacen("[recipe.spare]", "[recipe.other]", 1);
    let error = Catalog::read(&[("acme.toml", &unused)]).unwrap_err();
    assert_eq!(error.to_string(), "acme.toml [recipe.other]: no type uses this recipe");
    let text =
        "vendor = \"acme\"\nname = \"Acme\"\nmac_prefixes = []\nuser_agents = []\ntype = []\n[recipe]\n";
    let error = Catalog::read(&[("acme.toml", text)]).unwrap_err();
    assert_eq!(error.to_string(), "acme.toml [type]: a vendor needs at least one type");
    assert!(Catalog::read(&[("acme.toml", "= what")]).is_err());
}
