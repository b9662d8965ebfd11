//! The servers that scripts run against: a private cluster of PostgreSQL, and the gateway.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::connection::{Address, Connection};
use crate::message::{encode, frame};
use crate::token::{self, Token};

/// How long a server may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// User, password and database that every script knows, on both sides.
const USER: &str = "_SYSTEM";
const PASSWORD: &str = "SYS";
const DATABASE: &str = "USER";

/// Where Debian keeps the servers of each version, the wanted one first.
const POSTGRESQL_VERSION: &str = "15";
const POSTGRESQL_PORT: &str = "5432";
const POSTGRESQL_DIRECTORY: &str = "/usr/lib/postgresql";

/// A server that runs.
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: Address,
    child: Child,
    directory: PathBuf,
    stop: Option<Command>,
}

impl Drop for Server {
    fn drop(&mut self) {
        // Errors while cleaning up would hide the test's own.
        if let Some(stop) = &mut self.stop {
            let _status = stop.status();
        }
        let deadline = Instant::now() + Duration::from_secs(10);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(20));
        }
        let _killed = self.child.kill();
        let _reaped = self.child.wait();
        let _removed = fs::remove_dir_all(&self.directory);
    }
}

/// An unprivileged user for a server that refuses to run as root.
#[derive(Clone, Copy)]
struct Account {
    uid: u32,
    gid: u32,
}

/// Starts PostgreSQL; `None` when none is installed.
pub(crate) fn postgresql() -> Result<Option<Server>, String> {
    let Some(programs) = programs() else { return Ok(None) };
    let account =
        if rustix::process::geteuid().is_root() { Some(account("postgres")?) } else { None };
    let directory = scratch("postgresql", account)?;
    let data = directory.join("data");
    let password = directory.join("password");
    fs::write(&password, PASSWORD).map_err(text)?;
    if let Some(account) = account {
        chown(&password, Some(account.uid), Some(account.gid)).map_err(text)?;
    }
    let command = |program: &str| {
        let mut command = Command::new(programs.join(program));
        command.current_dir(&directory).stdin(Stdio::null()).stdout(Stdio::null());
        command.env_remove("PGDATA").env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
        if let Some(account) = account {
            command.uid(account.uid).gid(account.gid);
        }
        command
    };
    let made = command("initdb")
        .arg("--pgdata")
        .arg(&data)
        .args(["--username", USER, "--auth", "password", "--encoding", "UTF8"])
        .args(["--locale", "C.UTF-8", "--no-sync"])
        .arg("--pwfile")
        .arg(&password)
        .stderr(Stdio::piped())
        .output()
        .map_err(text)?;
    if !made.status.success() {
        return Err(format!("initdb: {}", String::from_utf8_lossy(&made.stderr)));
    }
    // A socket file has a port in its name and no port of its own.
    let address = Address::Unix(directory.join(format!(".s.PGSQL.{POSTGRESQL_PORT}")));
    let log = fs::File::create(directory.join("log")).map_err(text)?;
    let sockets = format!("unix_socket_directories={}", directory.display());
    let child = command("postgres")
        .arg("-D")
        .arg(&data)
        .args(["-p", POSTGRESQL_PORT])
        .args(["-c", "listen_addresses=", "-c", &sockets])
        .args(["-c", "fsync=off", "-c", "timezone=UTC", "-c", "log_timezone=UTC"])
        .stderr(log)
        .spawn()
        .map_err(text)?;
    let mut stop = command("pg_ctl");
    stop.arg("-D").arg(&data).args(["-m", "immediate", "stop"]).stderr(Stdio::null());
    let server = Server { address, child, directory, stop: Some(stop) };
    create_database(&server.address)?;
    Ok(Some(server))
}

/// Starts the gateway over the library that it finds by itself.
pub(crate) fn gateway(program: &Path) -> Result<Server, String> {
    let directory = scratch("gateway", None)?;
    let address = free_address()?;
    let log = fs::File::create(directory.join("log")).map_err(text)?;
    let output = log.try_clone().map_err(text)?;
    let child = Command::new(program)
        .args(["serve", "--listen", &address.to_string()])
        .arg("--data")
        .arg(directory.join("data"))
        .current_dir(&directory)
        .env("TZ", "UTC")
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(log)
        .spawn()
        .map_err(text)?;
    let mut stop = Command::new("kill");
    stop.arg("-TERM").arg(child.id().to_string());
    let mut server = Server { address: Address::Tcp(address), child, directory, stop: Some(stop) };
    let deadline = Instant::now() + PATIENCE;
    while TcpStream::connect(address).is_err() {
        if let Ok(Some(status)) = server.child.try_wait() {
            let log = fs::read_to_string(server.directory.join("log")).unwrap_or_default();
            return Err(format!("the gateway ended with {status}: {log}"));
        }
        if Instant::now() > deadline {
            return Err("the gateway does not listen".into());
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(server)
}

/// The directory of PostgreSQL's programs: what `PG_BINDIR` says, Debian's place, or `pg_config`'s.
fn programs() -> Option<PathBuf> {
    let debian = Path::new(POSTGRESQL_DIRECTORY).join(POSTGRESQL_VERSION).join("bin");
    let configured = || {
        let output = Command::new("pg_config").arg("--bindir").output().ok()?;
        Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()))
    };
    let named = std::env::var_os("PG_BINDIR").map(PathBuf::from);
    [named, Some(debian), configured()]
        .into_iter()
        .flatten()
        .find(|directory| directory.join("initdb").exists() && directory.join("postgres").exists())
}

fn account(name: &str) -> Result<Account, String> {
    let users = fs::read_to_string("/etc/passwd").map_err(text)?;
    let fields = users.lines().map(|line| line.split(':').collect::<Vec<_>>());
    for user in fields {
        if let [found, _, uid, gid, ..] = user.as_slice()
            && *found == name
        {
            return Ok(Account {
                uid: uid.parse().map_err(text)?,
                gid: gid.parse().map_err(text)?,
            });
        }
    }
    Err(format!("PostgreSQL does not run as root, and there is no user {name}"))
}

/// An empty directory of this process.
fn scratch(name: &str, owner: Option<Account>) -> Result<PathBuf, String> {
    let directory = std::env::temp_dir().join(format!("irispg-wire-{name}-{}", std::process::id()));
    if directory.exists() {
        fs::remove_dir_all(&directory).map_err(text)?;
    }
    fs::create_dir_all(&directory).map_err(text)?;
    if let Some(owner) = owner {
        chown(&directory, Some(owner.uid), Some(owner.gid)).map_err(text)?;
    }
    Ok(directory)
}

/// An address where nothing listens at the moment.
fn free_address() -> Result<SocketAddr, String> {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).map_err(text)
}

/// Waits for the server and makes the database that the scripts use.
fn create_database(address: &Address) -> Result<(), String> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match try_create_database(address) {
            Err(error) if Instant::now() > deadline => return Err(error),
            Err(_) => thread::sleep(Duration::from_millis(50)),
            Ok(()) => return Ok(()),
        }
    }
}

fn try_create_database(address: &Address) -> Result<(), String> {
    let mut connection = Connection::open(address)?;
    let startup = [&format!("user={USER}"), "database=postgres"].map(Token::word);
    connection.send(&encode(&[&[Token::word("Startup")][..], &startup].concat())?, 0)?;
    connection.send(&encode(&[Token::word("Password"), Token::bytes(PASSWORD)])?, 0)?;
    let create = format!("create database \"{DATABASE}\"");
    connection.send(&encode(&[Token::word("Query"), Token::bytes(create)])?, 0)?;
    let created = [Token::word("CommandComplete"), Token::bytes("CREATE DATABASE")];
    loop {
        let message = connection.receive(None)?.ok_or("silence")?;
        if message == created {
            return connection.send(&frame(b'X', b""), 0);
        }
        if [Token::word("Error"), Token::word("close")].contains(&message[0]) {
            return Err(token::line(&message));
        }
    }
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
