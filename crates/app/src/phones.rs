//! The bounded channel between the use cases and whoever speaks with the phones. Neither side knows the other.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tonalite_core::contact_request::{ContactAnswer, ContactRequest};
use tonalite_core::id::LineKey;
use tonalite_core::registration::{LineCredential, RegistrarLine, SealedSecret};
use tonalite_core::time::Span;
use tonalite_core::{Error, Result};

/// Commands that may wait.
const QUEUE: usize = 1024;
/// How long a person waits for the registrar to take a command.
const PATIENCE: Duration = Duration::from_secs(2);

/// Told when the command is carried out.
pub type CarriedOut = oneshot::Sender<()>;

/// What the registrar is asked to do.
pub enum PhoneCommand {
    /// A line exists now.
    LineAssigned(Box<RegistrarLine>, CarriedOut),
    /// Forget a line and its bindings; submit nothing for it afterwards.
    LineRemoved(LineKey, CarriedOut),
    /// The secrets of a line changed.
    CredentialChanged(LineKey, Box<LineCredential>, CarriedOut),
    /// Ask one contact of a line something, and tell what came of it. Taken at once; the answer may take its time.
    Request(ContactRequest, oneshot::Sender<ContactAnswer>),
}

/// Both ends of the channel.
pub struct Phones {
    registrar: Mutex<Option<mpsc::Sender<PhoneCommand>>>,
    confirmed: mpsc::Sender<(LineKey, SealedSecret)>,
}

impl Phones {
    pub(crate) fn new() -> (Phones, mpsc::Receiver<(LineKey, SealedSecret)>) {
        let (confirmed, inbox) = mpsc::channel(QUEUE);
        (Phones { registrar: Mutex::new(None), confirmed }, inbox)
    }

    /// The registrar's end. A later call takes the place of an earlier one.
    pub fn attach(&self) -> mpsc::Receiver<PhoneCommand> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        *self.registrar.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        receiver
    }

    /// Whether a registrar listens.
    pub(crate) fn are_attached(&self) -> bool {
        self.registrar.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// The new secret of a line is the only one from now on: a phone used it, or the time of the old one ran out.
    /// Never blocks; when the queue is full the next use says it again.
    /// The secret says which was confirmed: a still newer one may have been made meanwhile.
    pub fn confirmed(&self, line: LineKey, secret: SealedSecret) {
        let _ = self.confirmed.try_send((line, secret));
    }

    /// Asks a contact. Waits as long as a request of its kind may take; the registrar always tells an end.
    /// Without a registrar there is no path to any phone. Asks nobody whether it may: use cases hold the right to the device.
    pub async fn request(&self, request: ContactRequest) -> ContactAnswer {
        let sender = self.registrar.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(sender) = sender else { return ContactAnswer::NoPath };
        let (tell, told) = oneshot::channel();
        match tokio::time::timeout(PATIENCE, sender.send(PhoneCommand::Request(request, tell))).await {
            Ok(Ok(())) => told.await.unwrap_or(ContactAnswer::NoPath),
            Ok(Err(_)) => ContactAnswer::NoPath,
            Err(_) => ContactAnswer::Busy,
        }
    }

    /// Sends a command and waits until it is carried out. Without a registrar (command line, tests) there is nobody to tell.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the registrar does not take it in time; the change itself is committed, and the
    /// registrar learns of it at its next start.
    pub(crate) async fn command(&self, command: impl FnOnce(CarriedOut) -> PhoneCommand) -> Result<()> {
        let sender = self.registrar.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(sender) = sender else { return Ok(()) };
        let (tell, told) = oneshot::channel();
        let wait = async {
            sender.send(command(tell)).await.ok()?;
            told.await.ok()
        };
        match tokio::time::timeout(PATIENCE, wait).await {
            Ok(Some(())) => Ok(()),
            Ok(None) if sender.is_closed() => Ok(()),
            _ => {
                tracing::error!("the registrar does not take commands");
                Err(Error::Unavailable(Span::from_secs(5)))
            }
        }
    }
}
