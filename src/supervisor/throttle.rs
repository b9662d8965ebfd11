//! Who asks too often: failed logins by address and by user, wrong cancel requests by address.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// The span over which failed logins are counted (facts/reliability.md §6).
const LOGIN_WINDOW: Duration = Duration::from_secs(60);
/// The first delay beyond the allowed failures, doubled with every further one.
const DELAY_FIRST_MS: u32 = 1000;
/// The longest delay (facts/reliability.md §6).
const DELAY_MAX_MS: u32 = 30_000;
/// The delay of a user who is attacked from elsewhere: an honest login takes under a second
/// (facts/reliability.md B12), yet guessing from many addresses is no free ride.
const DELAY_USER_MS: u32 = 500;
/// Addresses or users remembered at once. Beyond, forgetting the stale ones comes first and then
/// forgetting one at random: memory is bounded, whatever strangers invent.
const ENTRIES_MAX: usize = 10_000;

/// Counts events per key in a sliding window, kept as two halves: the present window, and the one
/// before it by the share that the sliding window still covers.
struct Rates<K> {
    window: Duration,
    entries: HashMap<K, Rate>,
}

struct Rate {
    start: Instant,
    present: u32,
    before: u32,
}

impl Rate {
    fn turn(&mut self, window: Duration, now: Instant) {
        let age = now.saturating_duration_since(self.start);
        if age >= window * 2 {
            *self = Self { start: now, present: 0, before: 0 };
        } else if age >= window {
            *self = Self { start: self.start + window, present: 0, before: self.present };
        }
    }

    fn count(&self, window: Duration, now: Instant) -> u32 {
        let age = now.saturating_duration_since(self.start).min(window).as_millis();
        let window = window.as_millis().max(1);
        let before = u128::from(self.before) * (window - age.min(window)) / window;
        self.present.saturating_add(u32::try_from(before).unwrap_or(u32::MAX))
    }
}

impl<K: Hash + Eq + Clone> Rates<K> {
    fn new(window: Duration) -> Self {
        Self { window, entries: HashMap::new() }
    }

    fn count(&mut self, key: &K, now: Instant) -> u32 {
        let window = self.window;
        self.entries.get_mut(key).map_or(0, |rate| {
            rate.turn(window, now);
            rate.count(window, now)
        })
    }

    fn add(&mut self, key: K, now: Instant) -> u32 {
        let window = self.window;
        if self.entries.len() >= ENTRIES_MAX && !self.entries.contains_key(&key) {
            self.entries.retain(|_, rate| now.saturating_duration_since(rate.start) < window * 2);
            if self.entries.len() >= ENTRIES_MAX {
                let any = self.entries.keys().next().cloned();
                any.and_then(|any| self.entries.remove(&any));
            }
        }
        let new = Rate { start: now, present: 0, before: 0 };
        let rate = self.entries.entry(key).or_insert(new);
        rate.turn(window, now);
        rate.present = rate.present.saturating_add(1);
        rate.count(window, now)
    }
}

/// The address a rate belongs to: one IPv4 address, or an IPv6 /64, which one host may use whole;
/// `None` for unix sockets.
fn block(ip: Option<IpAddr>) -> Option<IpAddr> {
    ip.map(|ip| match ip {
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    })
}

/// The table of failed logins. It delays, and never locks anybody out: lock-out is IRIS's.
pub(super) struct Logins {
    addresses: Rates<Option<IpAddr>>,
    users: Rates<String>,
}

impl Logins {
    pub(super) fn new() -> Self {
        Self { addresses: Rates::new(LOGIN_WINDOW), users: Rates::new(LOGIN_WINDOW) }
    }

    /// A login failed.
    pub(super) fn failed(&mut self, ip: Option<IpAddr>, user: &str, now: Instant) {
        self.addresses.add(block(ip), now);
        self.users.add(folded(user), now);
    }

    /// How many milliseconds this login must wait before it is tried.
    pub(super) fn delay(
        &mut self,
        ip: Option<IpAddr>,
        user: &str,
        per_minute: u32,
        now: Instant,
    ) -> u32 {
        let by_address = match self.addresses.count(&block(ip), now).checked_sub(per_minute) {
            None => 0,
            Some(beyond) => {
                DELAY_FIRST_MS.checked_shl(beyond.min(16)).unwrap_or(DELAY_MAX_MS).min(DELAY_MAX_MS)
            }
        };
        let users = self.users.count(&folded(user), now);
        by_address.max(if users < per_minute { 0 } else { DELAY_USER_MS })
    }
}

/// User names are compared without case, as in IRIS, and cut: only equality matters here.
fn folded(user: &str) -> String {
    user.chars().take(64).flat_map(char::to_lowercase).collect()
}

/// The table of cancel requests with wrong keys.
pub(super) struct Cancels(Rates<Option<IpAddr>>);

impl Cancels {
    pub(super) fn new() -> Self {
        Self(Rates::new(Duration::from_secs(1)))
    }

    /// Whether requests from there are looked at.
    pub(super) fn allow(&mut self, ip: Option<IpAddr>, per_second: u32, now: Instant) -> bool {
        self.0.count(&block(ip), now) < per_second
    }

    /// A request had a wrong key. Right ones are not counted: one application may cancel many
    /// statements at once.
    pub(super) fn wrong(&mut self, ip: Option<IpAddr>, now: Instant) {
        self.0.add(block(ip), now);
    }
}

/// Compares in a time that depends on the length alone, which is no secret.
pub(super) fn same_secret(one: &[u8], other: &[u8]) -> bool {
    let difference = one.iter().zip(other).fold(0u8, |sum, (a, b)| sum | (a ^ b));
    one.len() == other.len() && std::hint::black_box(difference) == 0
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const HERE: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)));
    const THERE: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2)));

    #[test]
    fn failures_delay_their_address_and_little_their_user() {
        let mut logins = Logins::new();
        let now = Instant::now();
        for _ in 0..9 {
            logins.failed(HERE, "joe", now);
        }
        assert_eq!(logins.delay(HERE, "joe", 10, now), 0);
        logins.failed(HERE, "joe", now);
        assert_eq!(logins.delay(HERE, "joe", 10, now), 1000);
        logins.failed(HERE, "joe", now);
        assert_eq!(logins.delay(HERE, "other", 10, now), 2000);
        for _ in 0..20 {
            logins.failed(HERE, "joe", now);
        }
        assert_eq!(logins.delay(HERE, "joe", 10, now), 30_000);
        assert_eq!(logins.delay(THERE, "JOE", 10, now), 500);
        assert_eq!(logins.delay(THERE, "other", 10, now), 0);
    }

    #[test]
    fn failures_are_forgotten() {
        let mut logins = Logins::new();
        let now = Instant::now();
        for _ in 0..20 {
            logins.failed(HERE, "joe", now);
        }
        assert!(logins.delay(HERE, "joe", 10, now + Duration::from_secs(70)) > 0);
        assert_eq!(logins.delay(HERE, "joe", 10, now + Duration::from_secs(100)), 0);
        assert_eq!(logins.delay(HERE, "joe", 10, now + Duration::from_secs(600)), 0);
    }

    #[test]
    fn the_tables_are_bounded() {
        let mut logins = Logins::new();
        let now = Instant::now();
        for number in 0..30_000 {
            logins.failed(HERE, &format!("user{number}"), now);
        }
        assert!(logins.users.entries.len() <= ENTRIES_MAX);
    }

    #[test]
    fn cancel_requests_beyond_the_rate_are_refused() {
        let mut cancels = Cancels::new();
        let now = Instant::now();
        for _ in 0..9 {
            cancels.wrong(HERE, now);
        }
        assert!(cancels.allow(HERE, 10, now));
        cancels.wrong(HERE, now);
        assert!(!cancels.allow(HERE, 10, now));
        assert!(cancels.allow(THERE, 10, now));
        assert!(cancels.allow(HERE, 10, now + Duration::from_secs(3)));
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        let of = |text: &str| block(Some(text.parse().unwrap()));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
    }

    #[test]
    fn secrets_are_compared_whole() {
        assert!(same_secret(&[1, 2, 3, 4], &[1, 2, 3, 4]));
        assert!(!same_secret(&[1, 2, 3, 4], &[1, 2, 3, 5]));
        assert!(!same_secret(&[1, 2, 3, 4], &[1, 2, 3]));
        assert!(!same_secret(&[], &[1]));
    }
}
