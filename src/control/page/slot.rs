//! One worker's slot: its words, its writer, its reader.

use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::time::{SystemTime, UNIX_EPOCH};

/// Bytes of a statement's text that a slot keeps. Source: PostgreSQL's
/// `track_activity_query_size`, 1 024.
pub const TEXT_BYTES_MAX: usize = 1024;

/// A text field of a slot: where its words begin and how many there are. The first word is the
/// length in bytes.
#[derive(Clone, Copy)]
struct Field {
    start: usize,
    words: usize,
}

impl Field {
    const fn after(start: usize, bytes: usize) -> Self {
        Self { start, words: 1 + bytes / 8 }
    }

    const fn end(self) -> usize {
        self.start + self.words
    }
}

const SEQUENCE: usize = 0;
const STATE: usize = 1;
const PID: usize = 2;
const BACKEND_START: usize = 3;
const TRANSACTION_START: usize = 4;
const QUERY_START: usize = 5;
const STATE_CHANGE: usize = 6;
const STATEMENTS: usize = 7;
const ROWS: usize = 8;
const ERRORS: usize = 9;
const BYTES_IN: usize = 10;
const BYTES_OUT: usize = 11;
/// IRIS user names have up to 160 characters (facts, Callin §4); longer UTF-8 is cut.
const USER: Field = Field::after(12, 192);
const NAMESPACE: Field = Field::after(USER.end(), 64);
/// PostgreSQL cuts `application_name` to 63 bytes.
const APPLICATION: Field = Field::after(NAMESPACE.end(), 64);
const ADDRESS: Field = Field::after(APPLICATION.end(), 64);
const QUERY: Field = Field::after(ADDRESS.end(), TEXT_BYTES_MAX);
/// Words of a slot, a whole number of cache lines so that two workers never share one.
pub(super) const SLOT_WORDS: usize = QUERY.end().next_multiple_of(8);
/// How often a reader tries before it takes the slot for abandoned in the middle of a write; a
/// write takes some tens of nanoseconds.
const READS_MAX: usize = 1000;

/// What a session does: the `state` of `pg_stat_activity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Between accept and ReadyForQuery.
    Starting,
    /// `idle`
    Idle,
    /// `active`
    Active,
    /// `idle in transaction`
    IdleInTransaction,
    /// `idle in transaction (aborted)`
    IdleInFailedTransaction,
}

impl State {
    const fn number(self) -> u64 {
        match self {
            Self::Starting => 1,
            Self::Idle => 2,
            Self::Active => 3,
            Self::IdleInTransaction => 4,
            Self::IdleInFailedTransaction => 5,
        }
    }

    const fn from_number(number: u64) -> Option<Self> {
        match number {
            1 => Some(Self::Starting),
            2 => Some(Self::Idle),
            3 => Some(Self::Active),
            4 => Some(Self::IdleInTransaction),
            5 => Some(Self::IdleInFailedTransaction),
            _ => None,
        }
    }

    /// PostgreSQL's word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Idle => "idle",
            Self::Active => "active",
            Self::IdleInTransaction => "idle in transaction",
            Self::IdleInFailedTransaction => "idle in transaction (aborted)",
        }
    }
}

/// Moments, in microseconds since 1970-01-01 UTC; 0 when there was none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// The client was accepted.
    pub backend_start: u64,
    /// The open transaction began.
    pub transaction_start: u64,
    /// The present or last statement began.
    pub query_start: u64,
    /// The state changed last.
    pub state_change: u64,
}

/// Sums over the session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Statements begun.
    pub statements: u64,
    /// Rows sent.
    pub rows: u64,
    /// Errors sent.
    pub errors: u64,
    /// Bytes received.
    pub bytes_in: u64,
    /// Bytes sent.
    pub bytes_out: u64,
}

/// What a reader finds in a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// The worker's process id.
    pub pid: u32,
    /// What it does.
    pub state: State,
    /// Since when.
    pub times: Times,
    /// How much it did.
    pub counters: Counters,
    /// The IRIS user, empty before login.
    pub user: String,
    /// The IRIS namespace, empty before login.
    pub namespace: String,
    /// `application_name`.
    pub application: String,
    /// The client's address as text.
    pub address: String,
    /// The first [`TEXT_BYTES_MAX`] bytes of the present or last statement.
    pub query: String,
}

/// The present moment as a slot keeps it.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// Writes one slot. There is one writer per slot, so it needs no lock.
pub struct SlotWriter<'a> {
    words: &'a [AtomicU64],
    counters: Counters,
    state: u64,
}

impl<'a> SlotWriter<'a> {
    pub(super) fn new(words: &'a [AtomicU64]) -> Self {
        Self { words, counters: Counters::default(), state: 0 }
    }

    /// Begins the slot's life: a client from `address` was accepted by process `pid`.
    pub fn open(&mut self, pid: u32, address: &str) {
        let now = now();
        self.state = State::Starting.number();
        let state = self.state;
        self.write(|words| {
            for word in words.iter().skip(1) {
                word.store(0, Ordering::Relaxed);
            }
            set(words, STATE, state);
            set(words, PID, u64::from(pid));
            set(words, BACKEND_START, now);
            set(words, STATE_CHANGE, now);
            set_text(words, ADDRESS, address);
        });
    }

    /// Names the session after its login, and again when `application_name` changes.
    pub fn identify(&mut self, user: &str, namespace: &str, application: &str) {
        self.write(|words| {
            set_text(words, USER, user);
            set_text(words, NAMESPACE, namespace);
            set_text(words, APPLICATION, application);
        });
    }

    /// A statement begins: its text, and whether it opens a transaction.
    pub fn begin(&mut self, query: &str, opens_transaction: bool) {
        let now = now();
        self.state = State::Active.number();
        self.counters.statements = self.counters.statements.wrapping_add(1);
        let (state, statements) = (self.state, self.counters.statements);
        self.write(|words| {
            set(words, STATE, state);
            set(words, QUERY_START, now);
            set(words, STATE_CHANGE, now);
            set(words, STATEMENTS, statements);
            if opens_transaction {
                set(words, TRANSACTION_START, now);
            }
            set_text(words, QUERY, query);
        });
    }

    /// The session's state and text at once; `begin` and `rest` are the shorter ways.
    pub fn publish(&mut self, state: State, query: &str) {
        let now = now();
        self.state = state.number();
        let number = self.state;
        self.write(|words| {
            set(words, STATE, number);
            set(words, STATE_CHANGE, now);
            set_text(words, QUERY, query);
        });
    }

    /// A statement ended and the session waits for its client in this state.
    pub fn rest(&mut self, state: State) {
        let now = now();
        self.state = state.number();
        let (number, counters) = (self.state, self.counters);
        self.write(|words| {
            set(words, STATE, number);
            set(words, STATE_CHANGE, now);
            if state == State::Idle {
                set(words, TRANSACTION_START, 0);
            }
            set(words, ROWS, counters.rows);
            set(words, ERRORS, counters.errors);
            set(words, BYTES_IN, counters.bytes_in);
            set(words, BYTES_OUT, counters.bytes_out);
        });
    }

    /// The sums, to be added to; the next [`SlotWriter::rest`] publishes them.
    pub fn counters(&mut self) -> &mut Counters {
        &mut self.counters
    }

    fn write(&mut self, change: impl FnOnce(&[AtomicU64])) {
        let Some(sequence) = self.words.get(SEQUENCE) else { return };
        // Only this writer changes the number, so load and store need not be one step.
        let odd = sequence.load(Ordering::Relaxed) | 1;
        sequence.store(odd, Ordering::Relaxed);
        // No store below may become visible before the odd number.
        fence(Ordering::Release);
        change(self.words);
        sequence.store(odd.wrapping_add(1), Ordering::Release);
    }
}

fn set(words: &[AtomicU64], index: usize, value: u64) {
    if let Some(word) = words.get(index) {
        word.store(value, Ordering::Relaxed);
    }
}

/// Stores a text, cut at a character boundary to what the field holds.
fn set_text(words: &[AtomicU64], field: Field, text: &str) {
    let mut length = text.len().min((field.words - 1) * 8);
    while !text.is_char_boundary(length) {
        length -= 1;
    }
    let text = text.as_bytes().get(..length).unwrap_or_default();
    set(words, field.start, u64::try_from(length).unwrap_or(0));
    for (index, chunk) in text.chunks(8).enumerate() {
        let mut bytes = [0; 8];
        for (to, from) in bytes.iter_mut().zip(chunk) {
            *to = *from;
        }
        set(words, field.start + 1 + index, u64::from_le_bytes(bytes));
    }
}

pub(super) fn clear(words: &[AtomicU64]) {
    let mut writer = SlotWriter::new(words);
    writer.write(|words| set(words, STATE, 0));
}

pub(super) fn read(words: &[AtomicU64]) -> Option<Activity> {
    let sequence = words.get(SEQUENCE)?;
    for _ in 0..READS_MAX {
        let before = sequence.load(Ordering::Acquire);
        if before % 2 == 0 {
            let copy: Vec<u64> = words.iter().map(|word| word.load(Ordering::Relaxed)).collect();
            // No load above may happen after the second look at the number.
            fence(Ordering::Acquire);
            if sequence.load(Ordering::Relaxed) == before {
                return activity(&copy);
            }
        }
        std::hint::spin_loop();
    }
    None
}

fn activity(words: &[u64]) -> Option<Activity> {
    let word = |index: usize| words.get(index).copied().unwrap_or(0);
    let text = |field: Field| {
        let room = (field.words - 1) * 8;
        let length = usize::try_from(word(field.start)).map_or(room, |length| length.min(room));
        let mut bytes: Vec<u8> =
            (field.start + 1..field.end()).flat_map(|index| word(index).to_le_bytes()).collect();
        bytes.truncate(length);
        String::from_utf8_lossy(&bytes).into_owned()
    };
    Some(Activity {
        pid: u32::try_from(word(PID)).ok()?,
        state: State::from_number(word(STATE))?,
        times: Times {
            backend_start: word(BACKEND_START),
            transaction_start: word(TRANSACTION_START),
            query_start: word(QUERY_START),
            state_change: word(STATE_CHANGE),
        },
        counters: Counters {
            statements: word(STATEMENTS),
            rows: word(ROWS),
            errors: word(ERRORS),
            bytes_in: word(BYTES_IN),
            bytes_out: word(BYTES_OUT),
        },
        user: text(USER),
        namespace: text(NAMESPACE),
        application: text(APPLICATION),
        address: text(ADDRESS),
        query: text(QUERY),
    })
}
