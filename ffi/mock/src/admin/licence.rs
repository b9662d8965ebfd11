//! Licence units: a book in the instance's directory says which process holds a place.
//!
//! Processes of one licence user share a unit up to a maximum; beyond it each takes one. A place
//! comes back some time after its process has ended, later after a death (facts, callin §3).

use super::{AdminError, Licence};
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Name of the book.
const BOOK: &str = "irismock.licence";

/// How many times longer the place of a process that died is held.
const DEATH_FACTOR: u64 = 2;

/// A place that this process holds.
#[derive(Debug)]
pub(crate) struct Seat {
    book: Option<PathBuf>,
    release: u64,
}

/// One line of the book.
#[derive(Debug, Clone, PartialEq)]
struct Place {
    pid: u32,
    /// Start time of the process, which tells it from a later one of the same number.
    began: u64,
    /// When the place is free again, in milliseconds since 1970; 0 while it is held.
    free: u64,
    user: String,
}

impl Seat {
    /// A place where places are not counted.
    pub(crate) fn unlimited() -> Self {
        Self { book: None, release: 0 }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some(path) = &self.book else { return };
        let free = now().saturating_add(self.release);
        // A book that cannot be written leaves the place to the search for dead processes.
        let _kept = with_book(path, |places| {
            let pid = std::process::id();
            for place in places.iter_mut().filter(|place| place.pid == pid && place.free == 0) {
                place.free = free;
            }
        });
    }
}

/// Takes a place; `None` when all units are used.
pub(super) fn take(
    directory: &Path,
    licence: &Licence,
    user: &str,
) -> Result<Option<Seat>, AdminError> {
    let path = directory.join(BOOK);
    let pid = std::process::id();
    let user = if licence.by_process { format!("{pid}") } else { user.to_lowercase() };
    let own = Place { pid, began: began(pid).unwrap_or(0), free: 0, user };
    let taken = with_book(&path, |places| {
        sweep(places, licence, now());
        let mut wanted = places.clone();
        wanted.push(own);
        let fits = units(&wanted, licence.per_user) <= licence.units;
        if fits {
            *places = wanted;
        }
        fits
    })
    .map_err(|source| AdminError::File { path: path.clone(), source })?;
    Ok(taken.then_some(Seat { book: Some(path), release: licence.release }))
}

/// Drops places that are free again and notices those whose process is gone.
fn sweep(places: &mut Vec<Place>, licence: &Licence, now: u64) {
    for place in places.iter_mut().filter(|place| place.free == 0) {
        if began(place.pid) != Some(place.began) {
            place.free = now.saturating_add(licence.release.saturating_mul(DEATH_FACTOR)).max(1);
        }
    }
    places.retain(|place| place.free == 0 || place.free > now);
}

/// Units that these places use.
fn units(places: &[Place], per_user: usize) -> usize {
    let mut users: HashMap<&str, usize> = HashMap::new();
    for place in places {
        *users.entry(&place.user).or_default() += 1;
    }
    users.values().map(|&count| if count <= per_user { 1 } else { count }).sum()
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// When a process began, in the kernel's ticks; `None` when it is gone.
fn began(pid: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything; 19 fields lie between it and the start time.
    let (_, fields) = text.rsplit_once(')')?;
    fields.split_whitespace().nth(19)?.parse().ok()
}

/// Reads, changes and writes the book under its lock.
fn with_book<T>(path: &Path, change: impl FnOnce(&mut Vec<Place>) -> T) -> std::io::Result<T> {
    let mut file: File =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    file.lock()?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    let mut places: Vec<Place> = text.lines().filter_map(line).collect();
    let result = change(&mut places);
    let text: String = places
        .iter()
        .map(|place| format!("{} {} {} {}\n", place.pid, place.began, place.free, place.user))
        .collect();
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(text.as_bytes())?;
    Ok(result)
}

fn line(text: &str) -> Option<Place> {
    let mut fields = text.splitn(4, ' ');
    let mut next = || fields.next();
    let (pid, began) = (next()?.parse().ok()?, next()?.parse().ok()?);
    let free = next()?.parse().ok()?;
    Some(Place { pid, began, free, user: next()?.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(pid: u32, user: &str, free: u64) -> Place {
        Place { pid, began: began(pid).unwrap_or(1), free, user: user.to_owned() }
    }

    #[test]
    fn processes_of_one_user_share_a_unit_up_to_the_maximum() {
        let own = std::process::id();
        let places = vec![place(own, "a", 0), place(own, "a", 0), place(own, "b", 0)];
        assert_eq!(units(&places, 2), 2);
        assert_eq!(units(&places, 1), 3);
    }

    #[test]
    fn a_place_comes_back_late_and_later_after_a_death() {
        let licence = Licence { units: 1, per_user: 25, release: 100, by_process: false };
        let own = std::process::id();
        let dead = Place { began: 1, ..place(own, "dead", 0) };
        let mut places = vec![place(own, "held", 0), place(own, "ended", 1_050), dead];
        sweep(&mut places, &licence, 1_000);
        assert_eq!(places.iter().map(|p| p.free).collect::<Vec<_>>(), [0, 1_050, 1_200]);
        sweep(&mut places, &licence, 1_100);
        assert_eq!(places.iter().map(|p| p.free).collect::<Vec<_>>(), [0, 1_200]);
    }
}
