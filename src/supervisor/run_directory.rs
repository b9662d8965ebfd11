//! The run directory: who serves this data directory, and the socket to talk to it.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The longest command on the administration socket.
pub(super) const COMMAND_BYTES_MAX: u64 = 64;

/// Why there is no run directory, or nobody in it.
#[derive(Debug)]
pub enum RunError {
    /// Another server has this data directory.
    Taken {
        /// The data directory.
        data: PathBuf,
        /// Its process id as it wrote it.
        pid: String,
    },
    /// No server has it.
    NotRunning(PathBuf),
    /// The file system refuses.
    Io(PathBuf, io::Error),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken { data, pid } => write!(
                f,
                "another irispg (process {pid}) serves data directory {}; stop it with \
                 \"irispg stop --data {}\" or choose another directory",
                data.display(),
                data.display()
            ),
            Self::NotRunning(data) => {
                write!(f, "no irispg serves data directory {}", data.display())
            }
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for RunError {}

fn directory(data: &Path) -> PathBuf {
    data.join("run")
}

fn lock_file(data: &Path) -> PathBuf {
    directory(data).join("irispg.pid")
}

/// The run directory of a running server, locked as long as this lives.
#[derive(Debug)]
pub(super) struct RunDirectory {
    lock: File,
    path: PathBuf,
}

impl RunDirectory {
    /// Makes and locks it. The kernel gives the lock back when the process dies in any way, so a
    /// file that was left behind locks nobody out.
    pub(super) fn take(data: &Path) -> Result<Self, RunError> {
        let path = directory(data);
        let failed = |path: &Path, error| RunError::Io(path.to_owned(), error);
        // Private as well: the simulator keeps its tables there.
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(data)
            .map_err(|error| failed(data, error))?;
        match fs::DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let private = fs::Permissions::from_mode(0o700);
                fs::set_permissions(&path, private).map_err(|error| failed(&path, error))?;
            }
            Err(error) => return Err(failed(&path, error)),
        }
        let file = lock_file(data);
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&file)
            .map_err(|error| failed(&file, error))?;
        if lock.try_lock().is_err() {
            let pid = fs::read_to_string(&file).unwrap_or_default().trim().to_owned();
            return Err(RunError::Taken { data: data.to_owned(), pid });
        }
        lock.set_len(0)
            .and_then(|()| writeln!(lock, "{}", std::process::id()))
            .map_err(|error| failed(&file, error))?;
        Ok(Self { lock, path })
    }

    /// The administration socket, for the holder of the lock; what a dead one left is replaced.
    pub(super) fn listen(&self) -> Result<UnixListener, RunError> {
        let path = self.path.join("admin.sock");
        let failed = |error| RunError::Io(path.clone(), error);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let (_held, name) = short_name(&path).map_err(failed)?;
        let listener = UnixListener::bind(name).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        Ok(listener)
    }
}

impl Drop for RunDirectory {
    fn drop(&mut self) {
        // The locked file stays: whoever waits for its lock must not hold the lock of a file
        // that no longer has the name. Without a process id in it nobody serves.
        let removed = fs::remove_file(self.path.join("admin.sock"));
        if let Err(error) = removed.and_then(|()| self.lock.set_len(0)) {
            tracing::debug!("cannot tidy {}: {error}", self.path.display());
        }
    }
}

/// A name for a socket below the 108 bytes that the kernel allows: the directory is opened and
/// named by its descriptor, which must stay open until the name has been used.
fn short_name(path: &Path) -> io::Result<(File, PathBuf)> {
    let directory = File::open(path.parent().unwrap_or(Path::new(".")))?;
    let file = path.file_name().unwrap_or_default();
    let name = Path::new("/proc/self/fd").join(directory.as_raw_fd().to_string()).join(file);
    Ok((directory, name))
}

/// Talks to the server of a data directory.
#[derive(Debug)]
pub struct Operator {
    data: PathBuf,
}

impl Operator {
    /// For the server of this data directory, running or not.
    pub fn new(data: &Path) -> Self {
        Self { data: data.to_owned() }
    }

    fn connect(&self) -> Result<UnixStream, RunError> {
        let path = directory(&self.data).join("admin.sock");
        let connect = || short_name(&path).and_then(|(_held, name)| UnixStream::connect(name));
        connect().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                RunError::NotRunning(self.data.clone())
            }
            _ => RunError::Io(path.clone(), error),
        })
    }

    /// Sends a command and returns the answer.
    ///
    /// # Errors
    /// [`RunError::NotRunning`], or the system's.
    pub fn ask(&self, command: &str) -> Result<String, RunError> {
        let failed = |error| RunError::Io(directory(&self.data), error);
        let mut stream = self.connect()?;
        writeln!(stream, "{command}").map_err(failed)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map_err(failed)?;
        Ok(answer)
    }

    /// Stops the server (`stop`, or `stop immediate`) and waits until it is gone, at most this
    /// long. `Ok(false)` when it is still there.
    ///
    /// # Errors
    /// As [`Operator::ask`].
    pub fn stop(&self, command: &str, timeout: Duration) -> Result<bool, RunError> {
        let failed = |error| RunError::Io(directory(&self.data), error);
        let until = Instant::now() + timeout;
        let mut stream = self.connect()?;
        stream.set_read_timeout(Some(timeout)).map_err(failed)?;
        writeln!(stream, "{command}").map_err(failed)?;
        let mut answers = BufReader::new(stream);
        let mut line = String::new();
        // The first line says that it is stopping; the end of the stream, that it has.
        while matches!(answers.read_line(&mut line), Ok(1..)) {}
        while self.is_running() {
            if Instant::now() >= until {
                return Ok(false);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(true)
    }

    /// Whether the process that wrote its id is there.
    fn is_running(&self) -> bool {
        let pid = fs::read_to_string(lock_file(&self.data)).unwrap_or_default();
        let pid = pid.trim();
        !pid.is_empty() && Path::new("/proc").join(pid).exists()
    }
}
