//! A private server per test, and a client that knows just enough of the protocol.

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long a test waits for a state before it gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for a state.
pub(crate) fn until(what: &str, mut reached: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !reached() {
        assert!(Instant::now() < end, "waited {PATIENCE:?} for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_irispg"));
    command.args(arguments).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("IRISPG_") || text.starts_with("ISC_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs the program to its end.
pub(crate) fn program(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

/// A running server with a data directory of its own.
pub(crate) struct Server {
    child: Child,
    directory: PathBuf,
    arguments: Vec<String>,
    port: u16,
}

impl Server {
    /// Starts one with these arguments; `@DATA@` is its data directory.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::with_file("", arguments)
    }

    /// The same with this text as settings file.
    pub(crate) fn with_file(text: &str, arguments: &[&str]) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let library = Path::new(env!("CARGO_BIN_EXE_irispg")).with_file_name("libirisdb.so");
        assert!(library.exists(), "run `cargo build -p iris-mock` first: no {}", library.display());
        let files = getrlimit(Resource::Nofile);
        setrlimit(Resource::Nofile, Rlimit { current: files.maximum, ..files }).unwrap();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("irispg-supervisor-{}-{number}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("irispg.toml"), text).unwrap();
        let data = directory.join("data");
        let arguments: Vec<String> = arguments
            .iter()
            .map(|argument| argument.replace("@DATA@", data.to_str().unwrap()))
            .collect();
        Self::launch(directory, arguments, 0)
    }

    fn launch(directory: PathBuf, arguments: Vec<String>, port: u16) -> Self {
        let log = std::fs::File::create(directory.join("log")).unwrap();
        let child = command(&["serve", "--log", "debug", "--listen"])
            .arg(format!("127.0.0.1:{port}"))
            .arg("--data")
            .arg(directory.join("data"))
            .arg("--config")
            .arg(directory.join("irispg.toml"))
            .args(&arguments)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Self { child, directory, arguments, port };
        let marker = "listening on 127.0.0.1:";
        until("the server to listen", || {
            assert!(server.child.try_wait().unwrap().is_none(), "it ended: {}", server.log());
            server.log().contains(marker)
        });
        let log = server.log();
        let port: String =
            log.split(marker).nth(1).unwrap().chars().take_while(char::is_ascii_digit).collect();
        server.port = port.parse().unwrap();
        server
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.directory.join("log")).unwrap()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn write_file(&self, text: &str) {
        std::fs::write(self.directory.join("irispg.toml"), text).unwrap();
    }

    /// A line of `irispg status`.
    pub(crate) fn status(&self, name: &str) -> String {
        let output = program(&["status", "--data", self.data().to_str().unwrap()]);
        let text = String::from_utf8(output.stdout).unwrap();
        let prefix = format!("{name}: ");
        let line = text.lines().find_map(|line| line.strip_prefix(&prefix));
        line.unwrap_or_else(|| panic!("no {name} in {text:?}")).to_owned()
    }

    /// The workers' process ids, in order.
    pub(crate) fn workers(&self) -> Vec<u32> {
        let pid = self.child.id();
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
        let mut workers: Vec<u32> =
            children.split_whitespace().map(|pid| pid.parse().unwrap()).collect();
        workers.sort_unstable();
        workers
    }

    pub(crate) fn raw(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).unwrap()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        self.kill(self.child.id(), signal);
    }

    /// Signals the server or one of its workers.
    pub(crate) fn kill(&self, pid: u32, signal: Signal) {
        assert!(pid == self.child.id() || self.workers().contains(&pid), "{pid} is not ours");
        kill_process(Pid::from_raw(i32::try_from(pid).unwrap()).unwrap(), signal).unwrap();
    }

    pub(crate) fn kill_supervisor(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for the end that a signal asked for.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let mut status = None;
        until("the server to end", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    /// `irispg stop`, which must be done when it returns; the server's exit status.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        let output = program(&["stop", "--data", self.data().to_str().unwrap()]);
        assert!(output.status.success(), "{output:?}");
        self.wait()
    }

    /// Starts another one on the same data and port.
    pub(crate) fn restart(mut self) -> Self {
        assert!(self.child.try_wait().unwrap().is_some(), "the first one still runs");
        let directory = std::mem::take(&mut self.directory);
        Self::launch(directory, std::mem::take(&mut self.arguments), self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.try_wait().unwrap().is_none() {
            self.child.kill().unwrap();
            self.child.wait().unwrap();
        }
        if self.directory.as_os_str().is_empty() {
            return;
        }
        if std::thread::panicking() {
            eprintln!("{}", self.log());
        }
        std::fs::remove_dir_all(&self.directory).unwrap();
    }
}

/// A startup packet of protocol 3.0.
pub(crate) fn startup(parameters: &[(&str, &str)]) -> Vec<u8> {
    let mut body = 196_608_u32.to_be_bytes().to_vec();
    for (name, value) in parameters {
        body.extend([name.as_bytes(), &[0], value.as_bytes(), &[0]].concat());
    }
    body.push(0);
    let length = u32::try_from(body.len() + 4).unwrap();
    [&length.to_be_bytes()[..], &body].concat()
}

trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

/// A logged-in client.
pub(crate) struct Client {
    stream: Box<dyn Wire>,
    pub(crate) pid: u32,
    pub(crate) key: Vec<u8>,
}

const ACCOUNT: [(&str, &str); 2] = [("user", "_SYSTEM"), ("database", "USER")];

impl Client {
    /// Logs in as `_SYSTEM`.
    pub(crate) fn log_in(server: &Server) -> Self {
        let stream = server.raw();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self::over(Box::new(stream))
    }

    pub(crate) fn over_unix(path: &Path) -> Self {
        let stream = UnixStream::connect(path).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self::over(Box::new(stream))
    }

    fn over(mut stream: Box<dyn Wire>) -> Self {
        stream.write_all(&startup(&ACCOUNT)).unwrap();
        let mut client = Self { stream, pid: 0, key: Vec::new() };
        loop {
            let (kind, body) = client.message();
            match kind {
                b'R' if body == [0, 0, 0, 3] => client.send(b'p', b"SYS\0"),
                b'K' => {
                    client.pid = u32::from_be_bytes(body[..4].try_into().unwrap());
                    client.key = body[4..].to_vec();
                }
                b'Z' => return client,
                b'E' => panic!("refused: {}", String::from_utf8_lossy(&body)),
                _ => {}
            }
        }
    }

    /// What a client that is not let in is told.
    pub(crate) fn refused(server: &Server) -> String {
        let mut stream = server.raw();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(&startup(&ACCOUNT)).unwrap();
        let mut told = Vec::new();
        stream.read_to_end(&mut told).unwrap();
        String::from_utf8_lossy(&told).into_owned()
    }

    fn send(&mut self, kind: u8, body: &[u8]) {
        let length = u32::try_from(body.len() + 4).unwrap();
        self.stream.write_all(&[&[kind], &length.to_be_bytes()[..], body].concat()).unwrap();
    }

    fn message(&mut self) -> (u8, Vec<u8>) {
        let mut head = [0; 5];
        self.stream.read_exact(&mut head).unwrap();
        let length = u32::from_be_bytes(head[1..].try_into().unwrap());
        let mut body = vec![0; usize::try_from(length).unwrap() - 4];
        self.stream.read_exact(&mut body).unwrap();
        (head[0], body)
    }

    /// Runs a simple query: the first column of its rows, and the transaction status.
    pub(crate) fn query(&mut self, sql: &str) -> (Vec<String>, u8) {
        self.send(b'Q', &[sql.as_bytes(), &[0]].concat());
        let mut rows = Vec::new();
        loop {
            let (kind, body) = self.message();
            match kind {
                b'D' => {
                    let length = u32::from_be_bytes(body[2..6].try_into().unwrap());
                    let end = 6 + usize::try_from(length).unwrap();
                    rows.push(String::from_utf8(body[6..end].to_vec()).unwrap());
                }
                b'E' => panic!("{sql}: {}", String::from_utf8_lossy(&body)),
                b'Z' => return (rows, body[0]),
                _ => {}
            }
        }
    }

    /// All bytes up to the end of the connection; a reset is an end.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self.stream.read_to_end(&mut bytes) {
            Err(error) if error.kind() != std::io::ErrorKind::ConnectionReset => panic!("{error}"),
            _ => bytes,
        }
    }
}
