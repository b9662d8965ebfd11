//! `current_setting`, `set_config`, and unlocking what is not locked.

use super::failure::Failure;
use super::utility::Reply;
use super::{Session, utility};
use crate::protocol::report::Report;
use crate::sql::{Ask, Asked};
use crate::types::list::{Item, Reader};

impl Session {
    /// Carries out the calls of a query, in their order; `arguments` are those of all of them.
    pub(super) fn answer(&mut self, asked: &Asked, arguments: &[u8]) -> Result<Reply, Failure> {
        let mut values = Reader::new(arguments).map(|item| item.map_or(None, text));
        let mut next = || values.next().flatten();
        let mut row = Vec::with_capacity(asked.calls.len());
        for call in &asked.calls {
            row.push(match call {
                Ask::Setting { .. } => {
                    let (name, missing_ok) = (next(), next());
                    self.setting_asked(name, missing_ok)?
                }
                Ask::Set { .. } => {
                    let (name, value, local) = (next(), next(), next());
                    Some(self.setting_set(name, value, local.as_deref() == Some("1"))?)
                }
                Ask::UnlockAll => Some(String::new()),
            });
        }
        utility::Reply::row(&asked.outputs, row)
    }

    fn setting_asked(
        &self,
        name: Option<String>,
        missing_ok: Option<String>,
    ) -> Result<Option<String>, Failure> {
        // Both functions are strict.
        let (Some(name), Some(missing_ok)) = (name, missing_ok) else { return Ok(None) };
        match self.settings.show(&name) {
            Ok((_, value)) => Ok(Some(value)),
            Err(_) if missing_ok == "1" => Ok(None),
            Err(report) => Err(report.into()),
        }
    }

    fn setting_set(
        &mut self,
        name: Option<String>,
        value: Option<String>,
        local: bool,
    ) -> Result<String, Failure> {
        let name = name.ok_or_else(|| Report::error("22004", "SET requires parameter name"))?;
        let in_transaction = !self.transaction.is_none();
        if local && !in_transaction {
            // It ends with the statement.
            return Ok(self.settings.reads(&name, value.as_deref())?);
        }
        self.check_mode(&name, value.as_deref())?;
        match value {
            Some(value) => self.settings.set(&name, &value, local, in_transaction)?,
            None => self.settings.reset(&name, local, in_transaction)?,
        }
        Ok(self.settings.show(&name)?.1)
    }
}

/// A bound text or truth value.
fn text(item: Item<'_>) -> Option<String> {
    match item {
        Item::Bytes(b"\0") => Some(String::new()),
        Item::Integer(flag) => Some(flag.to_string()),
        item if item.is_null() => None,
        Item::Bytes(bytes) => Some(bytes.iter().map(|&byte| char::from(byte)).collect()),
        Item::Wide(bytes) => {
            let units = bytes.chunks_exact(2).map(|pair| match pair {
                [low, high] => u16::from_le_bytes([*low, *high]),
                _ => 0,
            });
            let shown = char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}'));
            Some(shown.collect())
        }
        _ => None,
    }
}
