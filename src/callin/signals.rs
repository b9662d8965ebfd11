//! Signals of a process that connects to IRIS.
//!
//! At the first start of a session IRIS takes signals over: of those that end a process it keeps a
//! handler that is there and ignores the others, blocks them in the connected thread, and uses
//! `SIGUSR1`, `SIGUSR2`, `SIGALRM`, `SIGVTALRM`, `SIGXFSZ` and `SIGCHLD` for itself
//! (facts: Callin §3). So, in this order:
//!
//! 1. before the first start, and before any other thread is made, [`receive_terminations`];
//! 2. on each thread that never connects, first of all, [`block_all_signals`], or the kernel may
//!    choose that thread for a signal IRIS sends to itself;
//! 3. that thread reads the descriptor of step 1.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, FromRawFd, OwnedFd};
use std::os::raw::c_int;
use std::ptr;

/// What asks a process to end.
const TERMINATIONS: [c_int; 4] = [libc::SIGTERM, libc::SIGINT, libc::SIGHUP, libc::SIGQUIT];

/// The descriptor through which `SIGTERM`, `SIGINT`, `SIGHUP` and `SIGQUIT` arrive: readable when
/// one has come, not blocking, closed at exec.
#[derive(Debug)]
pub struct Terminations(OwnedFd);

impl Terminations {
    /// The signal that came, if one has.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn next(&self) -> io::Result<Option<i32>> {
        /// Size of `signalfd_siginfo`, which begins with the number of the signal.
        const INFO_BYTES: usize = size_of::<libc::signalfd_siginfo>();
        let mut info = [0_u8; INFO_BYTES];
        match rustix::io::read(&self.0, &mut info) {
            Ok(_) => Ok(info.first_chunk().map(|number| i32::from_ne_bytes(*number))),
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl AsFd for Terminations {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Blocks the signals that ask for an end on this thread, and on those it makes later, and gives
/// the descriptor they arrive through. A handler that does nothing is installed for each, because
/// IRIS would set one without a handler to be ignored, and an ignored signal reaches no descriptor.
///
/// # Errors
///
/// The operating system's.
pub fn receive_terminations() -> io::Result<Terminations> {
    for signal in TERMINATIONS {
        install(signal, do_nothing as *const () as libc::sighandler_t)?;
    }
    let mut set = empty_set();
    for signal in TERMINATIONS {
        // SAFETY: the set is initialised, and the number is a valid signal.
        check(unsafe { libc::sigaddset(&mut set, signal) })?;
    }
    block(&set)?;
    // SAFETY: the set is valid for the call, and −1 asks for a new descriptor.
    let fd = unsafe { libc::signalfd(-1, &set, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK) };
    check(fd)?;
    // SAFETY: the descriptor is new and nobody else's.
    Ok(Terminations(unsafe { OwnedFd::from_raw_fd(fd) }))
}

/// Blocks every signal on this thread. For threads that never connect to IRIS.
///
/// # Errors
///
/// The operating system's.
pub fn block_all_signals() -> io::Result<()> {
    let mut set = empty_set();
    // SAFETY: the pointer is valid for the call.
    check(unsafe { libc::sigfillset(&mut set) })?;
    block(&set)
}

/// Makes a write to a closed socket an error instead of the end of the process.
///
/// # Errors
///
/// The operating system's.
pub fn ignore_sigpipe() -> io::Result<()> {
    install(libc::SIGPIPE, libc::SIG_IGN)
}

extern "C" fn do_nothing(_signal: c_int) {}

fn empty_set() -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: the pointer is valid for the call. It fails for an invalid pointer alone.
    unsafe { libc::sigemptyset(set.as_mut_ptr()) };
    // SAFETY: sigemptyset initialised it.
    unsafe { set.assume_init() }
}

fn block(set: &libc::sigset_t) -> io::Result<()> {
    // SAFETY: the set is valid for the call, and the old mask is not asked for.
    match unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, set, ptr::null_mut()) } {
        0 => Ok(()),
        number => Err(io::Error::from_raw_os_error(number)),
    }
}

fn install(signal: c_int, handler: libc::sighandler_t) -> io::Result<()> {
    let action = libc::sigaction {
        sa_sigaction: handler,
        sa_mask: empty_set(),
        sa_flags: libc::SA_RESTART,
        sa_restorer: None,
    };
    // SAFETY: the action is valid for the call; its handler does nothing, or is SIG_IGN.
    check(unsafe { libc::sigaction(signal, &action, ptr::null_mut()) })
}

fn check(code: c_int) -> io::Result<()> {
    if code < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
