//! One connection of a script to a server.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use crate::message;
use crate::token::Token;

/// How long an answer may take. A test waits for a state, never for a time: this is only the end of
/// patience.
const PATIENCE: Duration = Duration::from_secs(10);

/// A message longer than this is none: what came is shown as bytes.
const PLAUSIBLE_BYTES_MAX: usize = 1 << 30;

/// Where a server listens.
#[derive(Debug, Clone)]
pub(crate) enum Address {
    /// A port of this machine.
    Tcp(SocketAddr),
    /// A socket file. PostgreSQL refuses encryption there, as the gateway does without a
    /// certificate.
    Unix(PathBuf),
}

/// Either kind of stream.
enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Stream {
    fn shutdown_write(&self) -> io::Result<()> {
        match self {
            Stream::Tcp(stream) => stream.shutdown(Shutdown::Write),
            Stream::Unix(stream) => stream.shutdown(Shutdown::Write),
        }
    }

    fn set_patience(&self, patience: Duration) -> io::Result<()> {
        match self {
            Stream::Tcp(stream) => stream.set_read_timeout(Some(patience)),
            Stream::Unix(stream) => stream.set_read_timeout(Some(patience)),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(stream) => stream.read(buffer),
            Stream::Unix(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(stream) => stream.write(bytes),
            Stream::Unix(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A connection.
pub(crate) struct Connection {
    stream: Stream,
    /// Answers of one byte that are due: one for each request for encryption.
    single_bytes: usize,
    /// Process id and secret key, when the server has told them.
    pub(crate) key: Option<Vec<u8>>,
    /// Whether the server has closed it.
    pub(crate) closed: bool,
    /// Whether the script has.
    pub(crate) hung_up: bool,
}

impl Connection {
    /// Connects.
    pub(crate) fn open(address: &Address) -> Result<Connection, String> {
        let stream = match address {
            Address::Tcp(address) => {
                let stream = TcpStream::connect_timeout(address, PATIENCE).map_err(text)?;
                stream.set_nodelay(true).map_err(text)?;
                stream.set_write_timeout(Some(PATIENCE)).map_err(text)?;
                Stream::Tcp(stream)
            }
            Address::Unix(path) => {
                let stream = UnixStream::connect(path).map_err(text)?;
                stream.set_write_timeout(Some(PATIENCE)).map_err(text)?;
                Stream::Unix(stream)
            }
        };
        stream.set_patience(PATIENCE).map_err(text)?;
        Ok(Connection { stream, single_bytes: 0, key: None, closed: false, hung_up: false })
    }

    /// Writes bytes. That the server may have closed already shows when its answer is read.
    pub(crate) fn send(&mut self, bytes: &[u8], single_bytes: usize) -> Result<(), String> {
        self.single_bytes += single_bytes;
        match self.stream.write_all(bytes) {
            Err(error) if !is_end(error.kind()) => Err(text(error)),
            _ => Ok(()),
        }
    }

    /// Says that nothing more will be sent.
    pub(crate) fn hang_up(&mut self) {
        self.hung_up = true;
        // A connection that is gone already needs no goodbye.
        let _gone = self.stream.shutdown_write();
    }

    /// The next message, or `close`. `None` when nothing came in time.
    pub(crate) fn receive(
        &mut self,
        patience: Option<Duration>,
    ) -> Result<Option<Vec<Token>>, String> {
        if self.closed {
            return Ok(Some(vec![Token::word("close")]));
        }
        let patience = patience.unwrap_or(PATIENCE);
        self.stream.set_patience(patience).map_err(text)?;
        let mut kind = [0];
        match self.stream.read(&mut kind) {
            Ok(0) => return Ok(Some(self.ended())),
            Ok(_) => {}
            Err(error) if is_end(error.kind()) => return Ok(Some(self.ended())),
            Err(error) if is_silence(error.kind()) => return Ok(None),
            Err(error) => return Err(text(error)),
        }
        self.stream.set_patience(PATIENCE).map_err(text)?;
        // An error may come in the place of the byte; no answer of one byte is an E.
        if self.single_bytes > 0 && kind[0] != b'E' {
            self.single_bytes -= 1;
            let byte = char::from(kind[0]);
            return Ok(Some(vec![Token::word("Byte"), Token::word(byte)]));
        }
        self.rest_of_message(kind[0]).map(Some)
    }

    fn rest_of_message(&mut self, kind: u8) -> Result<Vec<Token>, String> {
        let mut word = [0; 4];
        self.stream.read_exact(&mut word).map_err(text)?;
        let length = usize::try_from(u32::from_be_bytes(word)).map_err(text)?;
        if !(4..=PLAUSIBLE_BYTES_MAX).contains(&length) {
            let mut bytes = vec![kind];
            bytes.extend(word);
            self.stream.read_to_end(&mut bytes).map_err(text)?;
            return Ok(match bytes.strip_prefix(b"E").and_then(|b| b.strip_suffix(b"\n\0")) {
                // An error as clients before protocol 3 know it.
                Some(message) => vec![Token::word("OldError"), Token::bytes(message)],
                None => vec![Token::word("Raw"), Token::bytes(bytes)],
            });
        }
        let mut body = vec![0; length - 4];
        self.stream.read_exact(&mut body).map_err(text)?;
        if kind == b'K' {
            self.key = Some(body.clone());
        }
        Ok(message::decode(kind, &body))
    }

    fn ended(&mut self) -> Vec<Token> {
        self.closed = true;
        vec![Token::word("close")]
    }
}

fn is_end(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::NotConnected)
}

fn is_silence(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
