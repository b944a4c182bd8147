//! Making parties, sites, users, devices and lines through the API, as an integration would.

use serde_json::{Value, json};

use crate::api::Api;

/// An assigned line with the credentials that its phone is given.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) device: String,
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) domain: String,
    /// Host and port.
    pub(crate) registrar: String,
}

impl Api {
    /// Makes a provider, a customer and a site; gives the site. Without a domain the provider gets one of its own.
    pub(crate) fn make_site(&self, sip_domain: Option<&str>) -> String {
        let provider = json!({
            "kind": "provider", "name": "Télécom du Parc", "parent_id": "platform", "sip_domain": sip_domain,
        });
        let provider = self.make("/api/v1/parties", &provider);
        let customer = json!({"kind": "customer", "name": "Clinique du Parc", "parent_id": provider});
        let customer = self.make("/api/v1/parties", &customer);
        self.make("/api/v1/sites", &json!({"party_id": customer, "name": "Lyon Part-Dieu"}))
    }

    /// Makes a user, a device and a line; `number` tells it from others at the site and in the tree.
    pub(crate) fn make_line(&self, site: &str, number: u32) -> Line {
        let device = self.make_device(site, number);
        self.make_line_on(site, &device, number)
    }

    /// Makes a user, and gives it the first port of a device.
    pub(crate) fn make_line_on(&self, site: &str, device: &str, number: u32) -> Line {
        let user = json!({"site_id": site, "name": format!("User {number}"), "extension": format!("{}", 1000 + number)});
        let user = self.make("/api/v1/users", &user);
        let line = format!("/api/v1/devices/{device}/lines/1");
        self.put(&format!("{line}/user"), &json!({"user_id": user})).must(200);
        let made = self.post(&format!("{line}/credentials"), &json!({})).must(201);
        let text = |key: &str| made[key].as_str().unwrap().to_owned();
        Line {
            device: device.to_owned(),
            username: text("username"),
            password: text("password"),
            domain: text("domain"),
            registrar: text("registrar"),
        }
    }

    /// Adds a device.
    pub(crate) fn make_device(&self, site: &str, number: u32) -> String {
        self.make("/api/v1/devices", &new_device(site, number))
    }

    /// What is known of a device: it, and its status.
    pub(crate) fn look_at(&self, device: &str) -> (Value, Value) {
        let page = self.get(&format!("/api/v1/devices/{device}")).must(200);
        let status = self.get(&format!("/api/v1/devices/{device}/status")).must(200);
        (page, status)
    }

    fn make(&self, path: &str, body: &Value) -> String {
        self.post(path, body).must(201)["id"].as_str().unwrap().to_owned()
    }
}

/// The body that adds a device.
pub(crate) fn new_device(site: &str, number: u32) -> Value {
    json!({"site_id": site, "device_type_id": "yealink-t54w", "mac": mac(number), "name": format!("Desk {number}")})
}

/// A MAC address of the maker's, as it is answered.
pub(crate) fn mac(number: u32) -> String {
    format!("001565{number:06x}")
}
