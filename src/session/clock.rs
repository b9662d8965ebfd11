//! The two moments that SQL knows: the beginning of the transaction and that of the statement.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::types::Zone;

/// 2000-01-01, from which PostgreSQL and [`Zone`] count, in microseconds since 1970-01-01.
const EPOCH_US: i64 = 946_684_800_000_000;

/// Seconds of a day.
const DAY_S: i64 = 86_400;

/// The moments of one session, in microseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Clock {
    transaction_us: i64,
    statement_us: i64,
    /// Whether a transaction has begun, perhaps one that only the next Sync ends.
    began: bool,
}

impl Clock {
    /// A message begins that may run or bind something. As in PostgreSQL, the first one since the
    /// last transaction begins the next, be it Parse.
    pub(super) fn tick(&mut self) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.statement_us = i64::try_from(now.as_micros()).unwrap_or(i64::MAX);
        if !self.began {
            self.transaction_us = self.statement_us;
            self.began = true;
        }
    }

    /// The transaction is over. What follows in the same message begins another at its moment.
    pub(super) fn rest(&mut self) {
        self.transaction_us = self.statement_us;
        self.began = false;
    }

    /// When the transaction began, as `YYYY-MM-DD HH:MM:SS.ffffff` in UTC.
    pub(super) fn transaction(&self) -> String {
        timestamp(self.transaction_us)
    }

    /// When the transaction began, as the clocks of a zone showed it, in the same form.
    pub(super) fn local(&self, zone: Zone) -> String {
        let east_us = zone.offset(self.transaction_us.saturating_sub(EPOCH_US)) * 1_000_000;
        timestamp(self.transaction_us.saturating_add(east_us))
    }

    /// When the statement began, in the same form.
    pub(super) fn statement(&self) -> String {
        timestamp(self.statement_us)
    }
}

fn timestamp(us: i64) -> String {
    let seconds = us.div_euclid(1_000_000);
    let fraction = us.rem_euclid(1_000_000);
    let (year, month, day) = civil(seconds.div_euclid(DAY_S));
    let second = seconds.rem_euclid(DAY_S);
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}.{fraction:06}",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// Year, month and day of a day number since 1970-01-01 in the Gregorian calendar: the year is
/// taken to begin in March, so that the leap day is its last.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_postgresql_reads_them() {
        assert_eq!(timestamp(0), "1970-01-01 00:00:00.000000");
        assert_eq!(timestamp(951_827_696_000_001), "2000-02-29 12:34:56.000001");
        assert_eq!(timestamp(4_102_444_799_999_999), "2099-12-31 23:59:59.999999");
    }

    #[test]
    fn zones_have_their_own_clocks() {
        let clock = Clock { transaction_us: 951_827_696_000_001, ..Clock::default() };
        let zone = Zone::of_name("Asia/Kolkata").unwrap();
        assert_eq!(clock.local(zone), "2000-02-29 18:04:56.000001");
        assert_eq!(clock.local(Zone::UTC), clock.transaction());
    }

    #[test]
    fn the_transaction_keeps_its_moment() {
        let mut clock = Clock::default();
        clock.tick();
        let began = clock.transaction_us;
        clock.statement_us = 0;
        clock.tick();
        assert_eq!(clock.transaction_us, began);
        assert!(clock.statement_us >= began);
        clock.transaction_us = 0;
        clock.rest();
        assert_eq!(clock.transaction_us, clock.statement_us);
        clock.transaction_us = 0;
        clock.tick();
        assert!(clock.transaction_us >= began);
    }
}
