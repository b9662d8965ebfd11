//! A transaction's isolation and whether it may write: parameters that each transaction begins with
//! the session's defaults, and that are gone with it.

use super::Settings;
use crate::sql::{Isolation, Modes};

/// The parameters of a transaction, each with the one that it begins with.
const PAIRS: [(&str, &str); 3] = [
    ("transaction_isolation", "default_transaction_isolation"),
    ("transaction_read_only", "default_transaction_read_only"),
    ("transaction_deferrable", "default_transaction_deferrable"),
];

/// What COMMIT AND CHAIN hands on: a value for each of `PAIRS`.
pub(crate) type Chained = [String; 3];

/// Whether this is a parameter of the transaction and not of the session.
pub(super) fn is_mode(name: &str) -> bool {
    PAIRS.iter().any(|(mode, _)| mode.eq_ignore_ascii_case(name))
}

impl Settings {
    /// BEGIN: the modes that it names, and the defaults for the others.
    pub(crate) fn begin(&mut self, modes: &Modes) {
        // Outside of blocks the defaults hold already.
        if values(modes) != [None; 3] {
            self.put_modes(modes);
            self.gather();
        }
    }

    /// SET TRANSACTION.
    pub(crate) fn change_modes(&mut self, modes: &Modes) {
        self.before.get_or_insert_with(|| self.values.clone());
        self.put_modes(modes);
        self.gather();
    }

    /// SET SESSION CHARACTERISTICS: what transactions begin with from now on.
    pub(crate) fn change_default_modes(&mut self, modes: &Modes, in_transaction: bool) {
        for ((_, default), value) in PAIRS.iter().zip(values(modes)) {
            if let (Ok(index), Some(value)) = (self.find(default), value) {
                self.store(index, value.to_owned(), false, in_transaction);
            }
        }
    }

    /// The modes of the block that is about to end, for the one that follows it.
    pub(crate) fn modes(&self) -> Chained {
        PAIRS.map(|(mode, _)| self.get(mode).unwrap_or_default().to_owned())
    }

    /// AND CHAIN: the new block begins with the modes of the last one.
    pub(crate) fn chain(&mut self, modes: &Chained) {
        for ((mode, _), value) in PAIRS.iter().zip(modes) {
            self.put(mode, value);
        }
        self.gather();
    }

    /// Outside of a block every statement is a transaction of its own, with the defaults.
    pub(super) fn begin_with_defaults(&mut self) {
        for (mode, default) in PAIRS {
            if self.get(mode) != self.get(default) {
                let value = self.get(default).unwrap_or_default().to_owned();
                self.put(mode, &value);
            }
        }
        self.apart = false;
    }

    fn put_modes(&mut self, modes: &Modes) {
        for ((mode, _), value) in PAIRS.iter().zip(values(modes)) {
            if let Some(value) = value {
                self.put(mode, value);
            }
        }
    }

    fn put(&mut self, name: &str, value: &str) {
        self.apart = true;
        if let Some(place) = self.find(name).ok().and_then(|index| self.values.get_mut(index)) {
            value.clone_into(place);
        }
    }
}

/// The values that modes give, in the order of `PAIRS`.
fn values(modes: &Modes) -> [Option<&'static str>; 3] {
    let isolation = modes.isolation.map(|level| match level {
        Isolation::ReadUncommitted => "read uncommitted",
        Isolation::ReadCommitted => "read committed",
        Isolation::RepeatableRead => "repeatable read",
        Isolation::Serializable => "serializable",
    });
    let word = |yes| if yes { "on" } else { "off" };
    [isolation, modes.read_only.map(word), modes.deferrable.map(word)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ_ONLY: Modes = Modes { isolation: None, read_only: Some(true), deferrable: None };

    fn shown(settings: &Settings) -> (&str, bool) {
        (settings.get("transaction_read_only").unwrap(), settings.facts().read_only)
    }

    #[test]
    fn a_blocks_modes_end_with_it() {
        let mut settings = Settings::new();
        settings.begin(&READ_ONLY);
        assert_eq!(shown(&settings), ("on", true));
        settings.end_transaction(true);
        assert_eq!(shown(&settings), ("off", false));
        settings.begin(&Modes::default());
        settings.set("transaction_read_only", "on", false, true).unwrap();
        assert_eq!(shown(&settings), ("on", true));
        settings.end_transaction(false);
        assert_eq!(shown(&settings), ("off", false));
    }

    #[test]
    fn defaults_hold_for_the_transactions_to_come() {
        let mut settings = Settings::new();
        settings.begin(&Modes::default());
        settings.change_default_modes(&READ_ONLY, true);
        assert_eq!(shown(&settings), ("off", false));
        settings.end_transaction(true);
        assert_eq!(shown(&settings), ("on", true));
        let write = Modes { read_only: Some(false), ..Modes::default() };
        settings.begin(&write);
        assert_eq!(shown(&settings), ("off", false));
        settings.end_transaction(true);
        assert_eq!(shown(&settings), ("on", true));
    }

    #[test]
    fn outside_of_a_block_a_mode_has_nothing_to_hold_for() {
        let mut settings = Settings::new();
        settings.set("transaction_read_only", "on", false, false).unwrap();
        assert_eq!(shown(&settings), ("off", false));
    }

    #[test]
    fn a_chained_block_goes_on_alike() {
        let mut settings = Settings::new();
        settings.begin(&READ_ONLY);
        let modes = settings.modes();
        settings.end_transaction(true);
        settings.chain(&modes);
        assert_eq!(shown(&settings), ("on", true));
    }
}
