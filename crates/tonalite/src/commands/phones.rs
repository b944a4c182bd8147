//! `tonalite phones`: a simulated fleet against any registrar, with its rates printed.

use std::io::BufReader;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::json;
use tonalite_phones::{Fleet, FleetOptions, Stats, Transport, read_credentials};

use crate::cli::{Phones, TransportArg, resolve};
use crate::server::stop_signal;

pub(crate) async fn run(options: &Phones, json: bool) -> anyhow::Result<()> {
    let registrar = resolve(&options.registrar)?;
    let path = &options.credentials;
    let file = std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let credentials = read_credentials(BufReader::new(file), options.count.unwrap_or(usize::MAX))
        .with_context(|| format!("{} is not a file of credentials", path.display()))?;
    if credentials.is_empty() {
        bail!("{} holds no credentials", path.display());
    }
    let phones = credentials
        .into_iter()
        .map(|credential| {
            let mut phone = credential.into_phone(registrar);
            phone.expires = options.expires;
            phone.on_reboot = options.on_reboot;
            phone.reboot_time = Duration::from_secs(u64::from(options.reboot_time));
            phone
        })
        .collect();
    let transport = match options.transport {
        TransportArg::Udp => Transport::Udp,
        TransportArg::Tcp => Transport::Tcp,
    };
    let fleet_options = FleetOptions { bind: options.bind, transport, ..FleetOptions::default() };
    let fleet = Fleet::start(phones, &fleet_options).await?;
    eprintln!("{} phones on {} sockets, Ctrl-C ends them", fleet.len(), fleet.sockets());

    let stop = stop_signal();
    tokio::pin!(stop);
    let mut before = fleet.stats();
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    let mut shown = None;
    loop {
        tokio::select! {
            signal = &mut stop => {
                signal?;
                break;
            }
            _ = ticks.tick() => {
                let now = fleet.stats();
                let line = if json { figures(&before, &now).to_string() } else { describe(&before, &now) };
                // A fleet at rest says nothing new.
                if shown.as_ref() != Some(&line) {
                    println!("{line}");
                    shown = Some(line);
                }
                before = now;
            }
        }
    }
    let end = fleet.shutdown(!options.vanish).await;
    if json {
        println!("{}", json!({ "registered": end.registered, "withdrew": end.total.withdrawals }));
    } else {
        println!("{} registered at the end, {} withdrew", end.registered, end.total.withdrawals);
    }
    Ok(())
}

fn figures(before: &Stats, now: &Stats) -> serde_json::Value {
    json!({
        "phones": now.phones,
        "registered": now.registered,
        "registers_per_second": now.registers_per_second(before).round(),
        "refused": now.total.refused,
        "no_answer": now.total.no_answer,
        "mean_register_ms": now.mean_register_time(before).map(|time| time.as_secs_f64() * 1000.0),
    })
}

fn describe(before: &Stats, now: &Stats) -> String {
    let mut line = format!(
        "{} of {} registered, {:.0} a second, {} refused, {} without an answer",
        now.registered,
        now.phones,
        now.registers_per_second(before),
        now.total.refused,
        now.total.no_answer,
    );
    if let Some(time) = now.mean_register_time(before) {
        line.push_str(&format!(", {:.1} ms each", time.as_secs_f64() * 1000.0));
    }
    line
}
