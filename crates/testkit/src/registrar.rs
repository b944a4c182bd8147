//! The registrar over a [`TestApp`], on a real socket of the loopback address and on the test's clock.

use std::net::{Ipv4Addr, SocketAddr};

use tonalite_core::line_state::Policy;
use tonalite_registrar::{Registrar, RegistrarConfig, StreamLimits};

use crate::TestApp;
use crate::app::must;

/// A running registrar. Dropping it stops its threads.
pub struct TestRegistrar {
    registrar: Registrar,
    address: SocketAddr,
}

impl TestRegistrar {
    /// Starts with the limits of the product on a port that the system chooses.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(t: &TestApp) -> TestRegistrar {
        Self::start_with(t, Policy::default()).await
    }

    /// Starts with other limits.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_with(t: &TestApp, policy: Policy) -> TestRegistrar {
        let config = RegistrarConfig {
            listen: vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))],
            // One is enough for a test, and leaves the order of its datagrams as it was sent.
            workers: 1,
            policy,
            public_address: None,
            streams: StreamLimits::default(),
        };
        let started = Registrar::start(t.app.clone(), config, t.clock.clone(), t.entropy.clone()).await;
        let registrar = must(started, "the registrar does not start");
        let address = registrar.udp_addresses().first().copied();
        let address = address.unwrap_or_else(|| panic!("the registrar has no address"));
        t.app.set_registrar_address(address.to_string());
        TestRegistrar { registrar, address }
    }

    /// Where phones find it, over UDP.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The registrar itself.
    pub const fn registrar(&self) -> &Registrar {
        &self.registrar
    }

    /// Stops in good order, and lets go of the application.
    pub async fn shutdown(self) {
        self.registrar.shutdown().await;
    }
}
