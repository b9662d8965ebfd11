//! Operators' commands: one line in, a text out.

use super::run_directory::COMMAND_BYTES_MAX;
use super::{Event, Life, Supervisor};
use rustix::process::geteuid;
use std::fmt::Write as _;
use std::io;
use std::time::{Duration, UNIX_EPOCH};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};

/// How long an operator may take to send a command or to take the answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The task that listens to operators.
pub(super) fn listen(
    listener: std::os::unix::net::UnixListener,
    events: mpsc::Sender<Event>,
) -> io::Result<impl Future<Output = ()>> {
    let listener = UnixListener::from_std(listener)?;
    Ok(async move {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    tokio::spawn(attend(stream, events.clone()));
                }
                Err(error) => {
                    tracing::error!("administration socket: {error}");
                    tokio::time::sleep(PATIENCE).await;
                }
            }
        }
    })
}

async fn attend(mut stream: UnixStream, events: mpsc::Sender<Event>) {
    // The directory is private already; this holds if somebody widens its mode.
    let allowed =
        stream.peer_cred().is_ok_and(|peer| peer.uid() == 0 || peer.uid() == geteuid().as_raw());
    if !allowed {
        tracing::warn!("administration socket: another user was turned away");
        return;
    }
    let conversation = async {
        let (reader, mut writer) = stream.split();
        let mut line = String::new();
        BufReader::new(reader.take(COMMAND_BYTES_MAX)).read_line(&mut line).await?;
        let command = line.trim().to_owned();
        let lasting = command.starts_with("stop");
        let (answer, told) = oneshot::channel();
        let asked = events.send(Event::Command { command, answer }).await;
        if let (Ok(()), Ok(text)) = (asked, told.await) {
            writer.write_all(text.as_bytes()).await?;
        }
        Ok::<bool, io::Error>(lasting)
    };
    match tokio::time::timeout(PATIENCE, conversation).await {
        // Who asked for the end waits for it: the connection closes with this process.
        Ok(Ok(true)) => std::future::pending().await,
        Ok(Ok(false)) => {}
        Ok(Err(error)) => tracing::debug!("administration socket: {error}"),
        Err(_) => tracing::debug!("administration socket: too slow"),
    }
}

impl Supervisor {
    /// Carries out a command; the answer ends with a line break.
    pub(super) fn command(&mut self, command: &str) -> String {
        match command {
            "status" => self.status(),
            "reload" => self.reload() + "\n",
            "stop" => {
                // Asked again, it is waited for again; only a second signal is impatience.
                if !self.life.is_ending() {
                    self.stop("operator");
                }
                "stopping\n".to_owned()
            }
            "stop immediate" => {
                self.stop_at_once("operator");
                "stopping\n".to_owned()
            }
            _ => "error: there is no such command\n".to_owned(),
        }
    }

    /// One `name: value` per line, for people and scripts.
    fn status(&self) -> String {
        let count = self.places.count();
        let since = self.since.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let uptime = self.since.elapsed().unwrap_or_default().as_secs();
        let life = match self.life {
            Life::Starting => "starting",
            Life::Serving => "serving",
            _ => "stopping",
        };
        let mut text = String::new();
        let mut line = |name: &str, value: &dyn std::fmt::Display| {
            let written = writeln!(text, "{name}: {value}");
            debug_assert!(written.is_ok(), "writing to a String cannot fail");
        };
        line("state", &life);
        line("pid", &std::process::id());
        line("since", &since);
        line("uptime_seconds", &uptime);
        for address in &self.addresses {
            line("listening", address);
        }
        line("library", &self.located.library.display());
        line("manager_directory", &self.located.manager_directory.display());
        line("version", &self.version.as_deref().unwrap_or("not known before the first login"));
        line("generation", &self.generation);
        line("connections", &count.serving);
        line("connections_max", &self.settings.connections_max);
        line("unauthenticated", &count.unauthenticated);
        line("refusing", &count.refusing);
        line("spares", &count.spares);
        line("at_the_door", &self.lobby.len());
        line("waiting", &self.places.waiting());
        line("accepted", &self.accepted);
        text
    }
}
