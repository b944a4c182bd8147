//! The device types as shipped: that they are right, and that the look-ups find them.

use std::collections::HashSet;

use tonalite_catalog::{Catalog, Kind, MAX_PORTS, PrefixFit, VENDOR_FILES, catalog};

#[test]
fn the_shipped_files_are_right() {
    if let Err(error) = Catalog::read(VENDOR_FILES) {
        panic!("{error}");
    }
}

/// The build finds them; a build that found too few would offer too few.
#[test]
fn every_file_in_the_folder_is_listed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/vendors");
    let on_disk: HashSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let listed: HashSet<String> = VENDOR_FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(on_disk, listed);
}

#[test]
fn there_are_real_models_of_every_vendor_and_kind() {
    let catalog = catalog();
    for vendor in [
        "cisco",
        "fanvil",
        "gigaset",
        "grandstream",
        "mitel",
        "panasonic",
        "poly",
        "snom",
        "yealink",
        "generic",
    ] {
        assert!(catalog.types().iter().any(|t| t.vendor == vendor), "no type of {vendor}");
        assert_eq!(catalog.vendor(vendor).unwrap().id, vendor);
    }
    for kind in Kind::ALL {
        assert!(catalog.types().iter().any(|t| t.kind == kind), "no type of kind {}", kind.as_str());
        assert_eq!(Kind::parse(kind.as_str()), Some(kind));
    }
    assert_eq!(Kind::parse("Desk"), None);
    assert!(catalog.types().iter().filter(|t| t.kind != Kind::Generic).count() >= 60);
    for device_type in catalog.types() {
        assert!((1..=MAX_PORTS).contains(&device_type.ports), "{}", device_type.id);
        assert_eq!(device_type.has_mac, device_type.vendor != "generic", "{}", device_type.id);
        assert_eq!(device_type.sample_user_agent.is_some(), device_type.has_mac, "{}", device_type.id);
    }
}

/// Lines by the makers' data sheets, one or more of each family.
#[test]
fn ports_are_those_of_the_data_sheets() {
    let expected = [
        ("yealink-t31p", 2),
        ("yealink-t33g", 4),
        ("yealink-t53w", 12),
        ("yealink-t54w", 16),
        ("yealink-w60b", 8),
        ("yealink-w70b", 10),
        ("poly-vvx-150", 2),
        ("poly-vvx-450", 12),
        ("poly-obi302", 2),
        ("cisco-7841", 4),
        ("cisco-7861", 16),
        ("cisco-8851", 10),
        ("cisco-ata-192", 2),
        ("cisco-dbs-110", 30),
        ("grandstream-ht818", 8),
        ("grandstream-gxw4248", 48),
        ("snom-d785", 12),
        ("generic-sip", 1),
        ("generic-sip-8", 8),
    ];
    for (id, ports) in expected {
        assert_eq!(catalog().get(id).map(|t| t.ports), Some(ports), "{id}");
    }
}

#[test]
fn a_type_is_found_under_what_people_write() {
    let cases = [
        ("Yealink T54W", Some("yealink-t54w")),
        ("yealink t54w", Some("yealink-t54w")),
        ("  YEALINK\u{a0}\u{a0}T54 W ", Some("yealink-t54w")),
        ("Yéalink T54W", Some("yealink-t54w")),
        ("T54W", Some("yealink-t54w")),
        ("SIP-T54W", Some("yealink-t54w")),
        ("yealink-t54w", Some("yealink-t54w")),
        ("W73P", Some("yealink-w70b")),
        ("Polycom VVX450", Some("poly-vvx-450")),
        ("VVX 450", Some("poly-vvx-450")),
        ("Cisco 8851", Some("cisco-8851")),
        ("CP-8851-3PCC", Some("cisco-8851")),
        ("Cisco ATA192", Some("cisco-ata-192")),
        ("Cisco ATA\u{2011}192", Some("cisco-ata-192")),
        ("Generic SIP", Some("generic-sip")),
        ("generic sip (4 ports)", Some("generic-sip-4")),
        ("Yealink T54", None),
        ("Yealink", None),
        ("", None),
        (" - ", None),
    ];
    for (text, id) in cases {
        assert_eq!(catalog().find(text).map(|t| t.id.as_str()), id, "{text:?}");
    }
    for device_type in catalog().types() {
        let names = [&device_type.id, &device_type.name, &device_type.model];
        for name in names.into_iter().chain(&device_type.aliases) {
            assert_eq!(catalog().find(name).map(|t| &t.id), Some(&device_type.id), "{name:?}");
        }
        assert_eq!(catalog().get(&device_type.id), Some(device_type));
    }
    assert_eq!(catalog().get("Yealink-T54W"), None);
}

#[test]
fn a_mac_prefix_tells_the_maker() {
    let catalog = catalog();
    let cases = [
        (0x00_15_65, Some("yealink")),
        (0x80_5e_c0, Some("yealink")),
        (0x00_04_f2, Some("poly")),
        (0x64_16_7f, Some("poly")),
        (0x00_56_2b, Some("cisco")),
        (0xdc_f7_19, Some("cisco")),
        (0x00_0b_82, Some("grandstream")),
        (0xc0_74_ad, Some("grandstream")),
        (0x00_04_13, Some("snom")),
        (0x00_00_00, None),
        (0xff_ff_ff, None),
        (0x01_00_15_65, None),
    ];
    for (prefix, vendor) in cases {
        assert_eq!(catalog.vendor_of_mac_prefix(prefix).map(|v| v.id.as_str()), vendor, "{prefix:06x}");
    }
    let t54w = catalog.get("yealink-t54w").unwrap();
    assert_eq!(catalog.prefix_fit(t54w, 0x00_15_65), PrefixFit::Fits);
    assert_eq!(catalog.prefix_fit(t54w, 0x00_04_13), PrefixFit::OtherMaker(catalog.vendor("snom").unwrap()));
    assert_eq!(catalog.prefix_fit(t54w, 0x02_00_00), PrefixFit::Unknown);
    for vendor in catalog.vendors().iter().filter(|vendor| vendor.id != "generic") {
        assert!(!vendor.mac_prefixes.is_empty(), "{}", vendor.id);
        assert!(vendor.mac_prefixes.is_sorted(), "{}", vendor.id);
    }
}

/// User-Agents seen in the field, in SIP and over HTTP, many of models that the catalogue does not hold.
#[test]
fn a_user_agent_tells_vendor_and_model() {
    let cases = [
        ("Yealink SIP-T46G 28.83.0.120 00:15:65:4a:a9:37", Some("yealink"), None),
        ("yealink SIP-T18 18.0.0.80", Some("yealink"), None),
        ("Yealink SIP-T54W 96.86.0.70 80:5e:c0:12:34:56", Some("yealink"), Some("yealink-t54w")),
        ("Yealink SIP-T31P 124.86.0.75", Some("yealink"), Some("yealink-t31p")),
        ("Yealink W60B 77.81.0.35 80:5e:c0:09:ab:dc", Some("yealink"), Some("yealink-w60b")),
        ("Yealink W90DM 130.85.0.15 80:5e:c0:09:ab:dc", Some("yealink"), None),
        (
            "FileTransport PolycomVVX-VVX_450-UA/5.9.5.0614 Type/Application",
            Some("poly"),
            Some("poly-vvx-450"),
        ),
        ("PolycomVVX-VVX_350-UA/5.9.5.0614", Some("poly"), Some("poly-vvx-350")),
        ("PolycomVVX-VVX_150-UA/6.4.1.2280_482567164887", Some("poly"), Some("poly-vvx-150")),
        ("PolyEdge-Edge_E350-UA/8.3.1.0614", Some("poly"), None),
        ("OBIHAI/OBi302-3.2.2.5921", Some("poly"), Some("poly-obi302")),
        ("Cisco-CP-7832-3PCC/11.0.1 (00562b043615)", Some("cisco"), Some("cisco-7832")),
        ("Cisco-CP-8865-3PCC/12.0.3_dcf719f39350_0a_0b", Some("cisco"), Some("cisco-8865")),
        ("Cisco/ATA191-MPP-11-1-0-MSR4 (FCH2443D9R4)", Some("cisco"), Some("cisco-ata-191")),
        ("Cisco/SPA501G-7.4.4 (8843E157DDCC)(CBT141100HR)", Some("cisco"), None),
        ("Linksys/SPA-942-6.1.5(a) (88019FA42805)", Some("cisco"), None),
        (
            "Grandstream Model HW GRP2614 SW 1.0.5.15 DevId c074ad0b63ee",
            Some("grandstream"),
            Some("grandstream-grp2614"),
        ),
        (
            "Grandstream Model HW HT801 V1.1A SW 1.0.17.5 DevId c074ad0b63ee",
            Some("grandstream"),
            Some("grandstream-ht801"),
        ),
        ("Grandstream Model HW HT802V2 V1.0A", Some("grandstream"), Some("grandstream-ht802")),
        ("Grandstream HT802 1.0.29.8", Some("grandstream"), Some("grandstream-ht802")),
        ("Grandstream GXP2140 1.0.11.85", Some("grandstream"), Some("grandstream-gxp2140")),
        (
            "Mozilla/4.0 (compatible; snom715-SIP 8.7.5.35 1.1.5-IFX-05.01.12 000413741767)",
            Some("snom"),
            Some("snom-d715"),
        ),
        ("Mozilla/4.0 (compatible; Snom M700 05.20.0001 000413b60680)", Some("snom"), Some("snom-m700")),
        ("snomM700/03.23.0005 (MAC=0004136323B2; SER=00000; HW=255)", Some("snom"), Some("snom-m700")),
        ("snomD345/10.1.39.11", Some("snom"), Some("snom-d345")),
        ("snomD785-SIP 10.1.169.16", Some("snom"), Some("snom-d785")),
        ("baresip v1.0.0 (x86_64/linux)", None, None),
        ("Mozilla/5.0 (X11; Linux x86_64)", None, None),
        ("friendly-scanner", None, None),
        ("", None, None),
    ];
    for (user_agent, vendor, id) in cases {
        assert_eq!(
            catalog().vendor_of_user_agent(user_agent).map(|v| v.id.as_str()),
            vendor,
            "{user_agent:?}"
        );
        assert_eq!(catalog().type_of_user_agent(user_agent).map(|t| t.id.as_str()), id, "{user_agent:?}");
    }
}

/// What the trade knows of each family: a recipe copied from a neighbour would restart nothing, or the wrong thing.
#[test]
fn reboot_recipes_are_the_vendors_own() {
    let cases = [
        (
            "yealink-t54w",
            "check-sync;reboot=true",
            Some("check-sync;reboot=false"),
            false,
            "never",
            "contact",
            180,
        ),
        (
            "yealink-w70b",
            "check-sync;reboot=true",
            Some("check-sync;reboot=false"),
            false,
            "never",
            "contact",
            300,
        ),
        ("poly-vvx-450", "check-sync", Some("check-sync"), true, "maybe", "contact", 180),
        ("fanvil-x6u", "check-sync;reboot=true", Some("check-sync"), true, "never", "contact", 180),
        ("gigaset-n510-ip-pro", "check-sync", Some("check-sync"), true, "never", "contact", 300),
        (
            "gigaset-n870-ip-pro",
            "check-sync;reboot=true",
            Some("check-sync;reboot=false"),
            true,
            "maybe",
            "contact",
            300,
        ),
        ("mitel-6867i", "check-sync;reboot=true", Some("check-sync"), true, "never", "contact", 180),
        ("panasonic-kx-hdv230", "check-sync;reboot=true", Some("check-sync"), true, "never", "contact", 180),
        ("poly-obi302", "resync", None, false, "maybe", "contact", 120),
        ("cisco-8851", "reboot_now", Some("resync"), false, "always", "contact", 180),
        ("cisco-ata-192", "reboot_now", Some("resync"), false, "always", "contact", 120),
        ("cisco-dbs-210", "check-sync;reboot=true", Some("check-sync"), false, "maybe", "chain_id", 300),
        ("grandstream-ht802", "check-sync;reboot=true", Some("resync"), false, "maybe", "contact", 120),
        (
            "snom-d785",
            "check-sync;reboot=true",
            Some("check-sync;reboot=false"),
            false,
            "maybe",
            "contact",
            180,
        ),
        (
            "snom-m700",
            "check-sync;reboot=true",
            Some("check-sync;reboot=false"),
            false,
            "maybe",
            "chain_id",
            300,
        ),
        ("generic-sip", "check-sync;reboot=true", Some("check-sync"), true, "maybe", "contact", 180),
    ];
    for (id, reboot, resync, conditional, challenges, to_user, window) in cases {
        let recipe = &catalog().get(id).unwrap().reboot;
        assert_eq!(recipe.reboot_event, reboot, "{id}");
        assert_eq!(recipe.resync_event.as_deref(), resync, "{id}");
        assert_eq!(recipe.reboot_is_conditional, conditional, "{id}");
        assert_eq!(recipe.challenges.as_str(), challenges, "{id}");
        assert_eq!(recipe.to_user.as_str(), to_user, "{id}");
        assert_eq!(recipe.window_seconds, window, "{id}");
    }
}

/// Every sample names one but those of makers who put none there.
#[test]
fn the_firmware_stands_in_the_user_agent() {
    for device_type in catalog().types() {
        let Some(sample) = &device_type.sample_user_agent else { continue };
        let firmware = catalog().firmware_of_user_agent(sample);
        assert!(firmware.is_some_and(|firmware| sample.contains(firmware)), "{sample}: {firmware:?}");
    }
    assert_eq!(catalog().firmware_of_user_agent("friendly-scanner 1.2.3"), None, "nobody's");
}
