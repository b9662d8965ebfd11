//! The messages of the control socket, in both directions, and their bytes.

use super::codec::{CodecError, Decoder, Encoder};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::path::PathBuf;

/// Bytes of a cancel key. Source: the length PostgreSQL 18 itself uses with protocol 3.2; a 3.0
/// client is given the first four only.
pub const CANCEL_KEY_BYTES: usize = 32;

/// The secret by which a client may cancel its running statement. Never shown, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct CancelKey(pub [u8; CANCEL_KEY_BYTES]);

impl fmt::Debug for CancelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CancelKey(…)")
    }
}

/// Where a client connects from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Peer {
    /// Over TCP, from this address and port.
    Tcp(SocketAddr),
    /// Over a unix socket, as this operating-system user.
    Local {
        /// The user id the kernel vouches for.
        uid: u32,
    },
}

impl Peer {
    /// The address without the port, `None` over a unix socket.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Tcp(address) => Some(address.ip()),
            Self::Local { .. } => None,
        }
    }

    /// Whether the client is on this machine, so that nobody is on the path.
    pub fn is_local(&self) -> bool {
        self.ip().is_none_or(|ip| ip.is_loopback())
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "{address}"),
            Self::Local { .. } => f.write_str("[local]"),
        }
    }
}

/// Why a client is refused in PostgreSQL's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// 53300 `sorry, too many clients already`.
    TooManyConnections,
    /// 57P03 `the database system is shutting down`.
    ShuttingDown,
    /// 57P03 `the database system is starting up`.
    StartingUp,
}

/// What a worker is to do with the client it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Serve it.
    Serve,
    /// Read its startup packet (and the negotiation before it), answer with this FATAL error and
    /// exit. IRIS is not entered, no `Admit` is asked.
    Refuse(Refusal),
}

/// Why a worker must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Termination {
    /// An operator's command, or the grace time of a shutdown is over: 57P01.
    Administrator,
    /// Shutdown at once: 57P02.
    Immediate,
    /// The client did not complete its login in time: close without a word.
    LoginTimeout,
    /// The configuration changed or too many spares wait: exit. Only a spare is told this.
    NotNeeded,
}

/// The answer to [`Outgoing::Admit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Call IRIS now.
    Go,
    /// Wait this many milliseconds, then call IRIS without asking again.
    Wait {
        /// Milliseconds.
        ms: u32,
    },
    /// Tell the client so and exit.
    Refuse(Refusal),
}

/// The first message to a worker. Its descriptor, the shared page, travels beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// The configuration's generation; raised by every reload.
    pub generation: u64,
    /// The library to load.
    pub library: PathBuf,
    /// What `IrisSetDir` gets.
    pub manager_directory: PathBuf,
    /// The settings that differ from their defaults: (name, text).
    pub settings: Vec<(String, String)>,
}

/// A client is handed over.
#[derive(Debug)]
pub struct Client {
    /// The connected socket; blocking, `TCP_NODELAY` and keepalive set, not one byte consumed.
    pub socket: OwnedFd,
    /// The worker's slot in the shared page.
    pub slot: u32,
    /// The key for BackendKeyData; protocol 3.0 uses its first four bytes.
    pub cancel_key: CancelKey,
    /// Where it connects from.
    pub peer: Peer,
    /// Serve it or refuse it.
    pub purpose: Purpose,
    /// What is left of the login timeout, in milliseconds, counted from the accept.
    pub login_ms: u32,
}

/// Supervisor → worker.
#[derive(Debug)]
pub enum Message {
    /// The one client of this worker.
    Client(Client),
    /// Cancel the running statement. The connection of the one who asked comes along, and is
    /// closed when it is done: whoever waits for that may be sure that the next statement is not
    /// hit, as with PostgreSQL.
    Cancel {
        /// The connection; none for a request that came inside TLS.
        asker: Option<OwnedFd>,
    },
    /// End as the reason says.
    Terminate(Termination),
    /// No new work: an idle session ends with 57P01 at once, a running statement or transaction
    /// may go on for this long.
    Drain {
        /// Milliseconds from now.
        deadline_ms: u32,
    },
    /// The configuration changed; settings that a running session may take over are here.
    Reload {
        /// The new generation.
        generation: u64,
        /// The settings that differ from their defaults: (name, text).
        settings: Vec<(String, String)>,
    },
    /// The answer to [`Outgoing::Admit`].
    Admit(Admission),
}

/// A session came into being.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedIn {
    /// The IRIS user.
    pub user: String,
    /// The IRIS namespace.
    pub namespace: String,
    /// The client's `application_name`, or empty.
    pub application: String,
    /// `$ZVERSION` of the library, or empty when it was not asked.
    pub version: String,
    /// How many bytes of the cancel key the client was given: 4 (protocol 3.0) or 32 (3.2).
    pub key_bytes: u8,
}

/// Worker → supervisor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// The library is loaded and the worker waits for a client.
    Ready,
    /// May I call IRIS for this user? Answered by [`Message::Admit`].
    Admit {
        /// The user as the client named it.
        user: String,
        /// The database as the client named it.
        database: String,
    },
    /// The session exists. Sent before ReadyForQuery, since it makes the cancel key valid.
    LoggedIn(LoggedIn),
    /// IRIS refused this user's password.
    LoginFailed {
        /// The user as the client named it.
        user: String,
    },
    /// A CancelRequest came through this worker (inside TLS).
    Cancel {
        /// The process to cancel.
        pid: i32,
        /// The key the client sent.
        key: Vec<u8>,
    },
    /// The worker ends; one line for the log, empty when there is nothing to say.
    Bye {
        /// Why, for the log; without secrets.
        reason: String,
    },
}

fn peer(out: &mut Encoder, peer: &Peer) {
    match peer {
        Peer::Tcp(address) => {
            match address.ip() {
                IpAddr::V4(ip) => out.u8(4).raw(&ip.octets()),
                IpAddr::V6(ip) => out.u8(6).raw(&ip.octets()),
            };
            out.u16(address.port());
        }
        Peer::Local { uid } => {
            out.u8(0).u32(*uid);
        }
    }
}

fn read_peer(input: &mut Decoder<'_>) -> Result<Peer, CodecError> {
    let ip = match input.u8()? {
        0 => return Ok(Peer::Local { uid: input.u32()? }),
        4 => IpAddr::V4(Ipv4Addr::from(input.array::<4>()?)),
        6 => IpAddr::V6(Ipv6Addr::from(input.array::<16>()?)),
        _ => return Err(CodecError::BadValue("peer")),
    };
    Ok(Peer::Tcp(SocketAddr::new(ip, input.u16()?)))
}

fn refusal(refusal: Refusal) -> u8 {
    match refusal {
        Refusal::TooManyConnections => 1,
        Refusal::ShuttingDown => 2,
        Refusal::StartingUp => 3,
    }
}

fn read_refusal(byte: u8) -> Result<Refusal, CodecError> {
    match byte {
        1 => Ok(Refusal::TooManyConnections),
        2 => Ok(Refusal::ShuttingDown),
        3 => Ok(Refusal::StartingUp),
        _ => Err(CodecError::BadValue("refusal")),
    }
}

fn pairs(out: &mut Encoder, pairs: &[(String, String)]) {
    // Truncation cannot pass unseen: more than 65 535 pairs never fit into one message.
    out.u16(u16::try_from(pairs.len()).unwrap_or(u16::MAX));
    for (name, value) in pairs {
        out.text(name).text(value);
    }
}

fn read_pairs(input: &mut Decoder<'_>) -> Result<Vec<(String, String)>, CodecError> {
    let count = input.u16()?;
    (0..count).map(|_| Ok((input.text()?, input.text()?))).collect()
}

fn path(out: &mut Encoder, path: &std::path::Path) {
    use std::os::unix::ffi::OsStrExt;
    out.bytes(path.as_os_str().as_bytes());
}

fn read_path(input: &mut Decoder<'_>) -> Result<PathBuf, CodecError> {
    use std::os::unix::ffi::OsStringExt;
    Ok(PathBuf::from(std::ffi::OsString::from_vec(input.bytes()?.to_vec())))
}

impl Hello {
    /// The packet; the page's descriptor goes beside it.
    ///
    /// # Errors
    /// [`CodecError::TooLong`] when the settings do not fit into one message.
    pub fn encode(&self) -> Result<Vec<u8>, CodecError> {
        let mut out = Encoder::new(b'h');
        out.u64(self.generation);
        path(&mut out, &self.library);
        path(&mut out, &self.manager_directory);
        pairs(&mut out, &self.settings);
        out.finish()
    }

    /// Reads the packet.
    ///
    /// # Errors
    /// When the bytes are no `Hello`.
    pub fn decode(packet: &[u8]) -> Result<Self, CodecError> {
        let mut input = Decoder::new(packet);
        match input.u8()? {
            b'h' => {}
            other => return Err(CodecError::UnknownType(other)),
        }
        let hello = Self {
            generation: input.u64()?,
            library: read_path(&mut input)?,
            manager_directory: read_path(&mut input)?,
            settings: read_pairs(&mut input)?,
        };
        input.finish()?;
        Ok(hello)
    }
}

impl Message {
    /// The packet and the descriptor that travels beside it.
    ///
    /// # Errors
    /// [`CodecError::TooLong`] when the message does not fit.
    pub fn encode(self) -> Result<(Vec<u8>, Option<OwnedFd>), CodecError> {
        let mut descriptor = None;
        let out = match self {
            Self::Client(client) => {
                let mut out = Encoder::new(b'c');
                out.u32(client.slot).raw(&client.cancel_key.0);
                peer(&mut out, &client.peer);
                out.u8(match client.purpose {
                    Purpose::Serve => 0,
                    Purpose::Refuse(reason) => refusal(reason),
                });
                out.u32(client.login_ms);
                descriptor = Some(client.socket);
                out
            }
            Self::Cancel { asker } => {
                descriptor = asker;
                Encoder::new(b'x')
            }
            Self::Terminate(reason) => {
                let mut out = Encoder::new(b't');
                out.u8(match reason {
                    Termination::Administrator => 1,
                    Termination::Immediate => 2,
                    Termination::LoginTimeout => 3,
                    Termination::NotNeeded => 4,
                });
                out
            }
            Self::Drain { deadline_ms } => {
                let mut out = Encoder::new(b'd');
                out.u32(deadline_ms);
                out
            }
            Self::Reload { generation, settings } => {
                let mut out = Encoder::new(b'r');
                out.u64(generation);
                pairs(&mut out, &settings);
                out
            }
            Self::Admit(admission) => {
                let mut out = Encoder::new(b'a');
                match admission {
                    Admission::Go => out.u8(0),
                    Admission::Wait { ms } => out.u8(1).u32(ms),
                    Admission::Refuse(reason) => out.u8(2).u8(refusal(reason)),
                };
                out
            }
        };
        Ok((out.finish()?, descriptor))
    }

    /// Reads a packet and takes the descriptor that came beside it.
    ///
    /// # Errors
    /// When the bytes are no message, or the descriptor of a `Client` is missing.
    pub fn decode(packet: &[u8], descriptor: Option<OwnedFd>) -> Result<Self, CodecError> {
        let mut input = Decoder::new(packet);
        let message = match input.u8()? {
            b'c' => {
                let slot = input.u32()?;
                let cancel_key = CancelKey(input.array()?);
                let peer = read_peer(&mut input)?;
                let purpose = match input.u8()? {
                    0 => Purpose::Serve,
                    byte => Purpose::Refuse(read_refusal(byte)?),
                };
                let login_ms = input.u32()?;
                let socket = descriptor.ok_or(CodecError::NoDescriptor)?;
                Self::Client(Client { socket, slot, cancel_key, peer, purpose, login_ms })
            }
            b'x' => Self::Cancel { asker: descriptor },
            b't' => Self::Terminate(match input.u8()? {
                1 => Termination::Administrator,
                2 => Termination::Immediate,
                3 => Termination::LoginTimeout,
                4 => Termination::NotNeeded,
                _ => return Err(CodecError::BadValue("termination")),
            }),
            b'd' => Self::Drain { deadline_ms: input.u32()? },
            b'r' => Self::Reload { generation: input.u64()?, settings: read_pairs(&mut input)? },
            b'a' => Self::Admit(match input.u8()? {
                0 => Admission::Go,
                1 => Admission::Wait { ms: input.u32()? },
                2 => Admission::Refuse(read_refusal(input.u8()?)?),
                _ => return Err(CodecError::BadValue("admission")),
            }),
            other => return Err(CodecError::UnknownType(other)),
        };
        input.finish()?;
        Ok(message)
    }
}

impl Outgoing {
    /// The packet.
    ///
    /// # Errors
    /// [`CodecError::TooLong`] when the message does not fit.
    pub fn encode(&self) -> Result<Vec<u8>, CodecError> {
        let mut out;
        match self {
            Self::Ready => out = Encoder::new(b'R'),
            Self::Admit { user, database } => {
                out = Encoder::new(b'A');
                out.text(user).text(database);
            }
            Self::LoggedIn(login) => {
                out = Encoder::new(b'L');
                out.text(&login.user).text(&login.namespace).text(&login.application);
                out.text(&login.version).u8(login.key_bytes);
            }
            Self::LoginFailed { user } => {
                out = Encoder::new(b'F');
                out.text(user);
            }
            Self::Cancel { pid, key } => {
                out = Encoder::new(b'X');
                out.i32(*pid).bytes(key);
            }
            Self::Bye { reason } => {
                out = Encoder::new(b'B');
                out.text(reason);
            }
        }
        out.finish()
    }

    /// Reads a packet.
    ///
    /// # Errors
    /// When the bytes are no message.
    pub fn decode(packet: &[u8]) -> Result<Self, CodecError> {
        let mut input = Decoder::new(packet);
        let message = match input.u8()? {
            b'R' => Self::Ready,
            b'A' => Self::Admit { user: input.text()?, database: input.text()? },
            b'L' => {
                let login = LoggedIn {
                    user: input.text()?,
                    namespace: input.text()?,
                    application: input.text()?,
                    version: input.text()?,
                    key_bytes: input.u8()?,
                };
                if login.key_bytes != 4 && usize::from(login.key_bytes) != CANCEL_KEY_BYTES {
                    return Err(CodecError::BadValue("key_bytes"));
                }
                Self::LoggedIn(login)
            }
            b'F' => Self::LoginFailed { user: input.text()? },
            b'X' => Self::Cancel { pid: input.i32()?, key: input.bytes()?.to_vec() },
            b'B' => Self::Bye { reason: input.text()? },
            other => return Err(CodecError::UnknownType(other)),
        };
        input.finish()?;
        Ok(message)
    }
}
