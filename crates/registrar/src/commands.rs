//! The commands of the use cases, carried out in order; each sender is told when it is done. A question to a phone is only begun here.

use std::sync::Arc;

use tokio::sync::mpsc::Receiver;
use tonalite_app::PhoneCommand;

use crate::engine::Engine;

/// Runs until the application lets go of its end.
pub(crate) async fn run(engine: Arc<Engine>, mut inbox: Receiver<PhoneCommand>) {
    while let Some(command) = inbox.recv().await {
        let done = match command {
            PhoneCommand::LineAssigned(line, done) => {
                engine.add_line(*line);
                done
            }
            PhoneCommand::LineRemoved(line, done) => {
                engine.remove_line(line);
                done
            }
            PhoneCommand::CredentialChanged(line, credential, done) => {
                engine.change_credential(line, *credential);
                done
            }
            PhoneCommand::Request(request, told) => {
                engine.ask(request, told);
                continue;
            }
        };
        // Who asked may have stopped waiting.
        let _ = done.send(());
    }
}
