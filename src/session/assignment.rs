//! What PostgreSQL does to a value when it is stored into a column: its assignment casts.
//!
//! IRIS cuts fractions off silently and has words of its own for texts that are too long, so
//! values are rounded and measured before IRIS sees them (DESIGN §6).

use super::cause::counted_as_two;
use super::failure::Failure;
use crate::protocol::report::Report;
use crate::types::PgType;
use crate::types::list::{Item, Reader, Writer};

/// PostgreSQL counts a length in a type modifier from here (`VARHDRSZ`, bytes).
const TYPMOD_OFFSET: i32 = 4;

/// A column that takes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    /// The column's type.
    pub(crate) ty: PgType,
    /// Its modifier.
    pub(crate) typmod: i32,
}

impl Target {
    /// Characters that the column takes, where it has such a limit.
    pub(crate) fn length(self) -> Option<usize> {
        match self.ty {
            PgType::Varchar | PgType::Bpchar => {
                usize::try_from(self.typmod.checked_sub(TYPMOD_OFFSET)?).ok().filter(|n| *n > 0)
            }
            _ => None,
        }
    }

    /// Least and greatest integer that the column takes, where it takes integers.
    fn range(self) -> Option<(i64, i64)> {
        match self.ty {
            PgType::Int2 => Some((i64::from(i16::MIN), i64::from(i16::MAX))),
            PgType::Int4 => Some((i64::from(i32::MIN), i64::from(i32::MAX))),
            PgType::Oid => Some((0, i64::from(u32::MAX))),
            // UNVERIFIED(iris): whether IRIS keeps the least 64-bit number exactly; refused.
            PgType::Int8 => Some((i64::MIN.saturating_add(1), i64::MAX)),
            _ => None,
        }
    }

    /// Whether a value of type `from` has to be looked at before it is stored.
    pub(crate) fn minds(self, from: PgType) -> bool {
        let number = matches!(
            from,
            PgType::Int2
                | PgType::Int4
                | PgType::Int8
                | PgType::Numeric
                | PgType::Float4
                | PgType::Float8
        );
        self.length().is_some()
            || number && (from != self.ty || from == PgType::Int8) && self.range().is_some()
    }

    /// Takes the one element of `own` over into `list`, as PostgreSQL's assignment cast leaves it.
    ///
    /// # Errors
    ///
    /// 22003 for a number beyond the column's type, 22001 for a text that is too long.
    pub(crate) fn store(self, own: &[u8], list: &mut Writer) -> Result<(), Failure> {
        let item = Reader::new(own).next();
        if let Some(range) = self.range() {
            let whole = match item {
                Some(Ok(Item::Integer(number))) => Some(number),
                Some(Ok(Item::Decimal { mantissa, exponent })) => rounded(mantissa, exponent),
                Some(Ok(Item::Double(number))) => nearest(number),
                _ => {
                    list.append(own);
                    return Ok(());
                }
            };
            let fits = |number: &i64| (range.0..=range.1).contains(number);
            let number = whole.filter(fits).ok_or_else(|| {
                let name = if self.ty == PgType::Oid { "OID" } else { self.ty.name() };
                Report::error("22003", format!("{name} out of range"))
            })?;
            list.integer(number);
            return Ok(());
        }
        if let (Some(length), Some(Ok(item))) = (self.length(), item) {
            return self.measure(item, length, own, list);
        }
        list.append(own);
        Ok(())
    }

    /// Blanks beyond the length are cut off, as the SQL standard wants; anything else is too long.
    /// A `char(n)` is kept without any blanks at its end.
    fn measure(
        self,
        item: Item<'_>,
        length: usize,
        own: &[u8],
        list: &mut Writer,
    ) -> Result<(), Failure> {
        let blank = self.ty == PgType::Bpchar;
        let text: String = match item {
            Item::Integer(number) => number.to_string(),
            Item::Bytes(bytes) if bytes.len() > length || blank && bytes.ends_with(b" ") => {
                bytes.iter().map(|&byte| char::from(byte)).collect()
            }
            Item::Wide(bytes) if bytes.len() / 2 > length || blank && bytes.ends_with(b" \0") => {
                let units = bytes.chunks_exact(2).map(|pair| match pair {
                    [low, high] => u16::from_le_bytes([*low, *high]),
                    _ => 0,
                });
                char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect()
            }
            _ => {
                list.append(own);
                return Ok(());
            }
        };
        let text = if blank { text.trim_end_matches(' ') } else { &text };
        match text.char_indices().nth(length) {
            // IRIS measures UTF-16.
            None if text.encode_utf16().count() > length => {
                return Err(counted_as_two(self.ty, length).into());
            }
            None if blank => list.text(text),
            None => list.append(own),
            Some((end, _)) => {
                let (kept, beyond) = text.split_at_checked(end).unwrap_or((text, ""));
                if beyond.bytes().any(|byte| byte != b' ') {
                    let message = format!("value too long for type {}({length})", self.ty.name());
                    return Err(Report::error("22001", message).into());
                }
                list.text(kept);
            }
        }
        Ok(())
    }
}

/// `numeric` to an integer: a half goes away from zero. `None` beyond 64 bits.
pub(crate) fn rounded(mantissa: i64, exponent: i8) -> Option<i64> {
    let power = 10_i128.checked_pow(u32::from(exponent.unsigned_abs()));
    let mantissa = i128::from(mantissa);
    let whole = match (exponent >= 0, power) {
        (true, Some(power)) => mantissa.checked_mul(power)?,
        (true, None) => return None,
        // Less than a half of anything, since a mantissa has 19 digits at most.
        (false, None) => 0,
        (false, Some(power)) => {
            let (whole, rest) = (mantissa / power, mantissa % power);
            match rest.unsigned_abs() >= power.unsigned_abs().div_ceil(2) {
                true => whole + mantissa.signum(),
                false => whole,
            }
        }
    };
    i64::try_from(whole).ok()
}

/// `double precision` to an integer: a half goes to the even neighbour, as C's `rint` does.
pub(crate) fn nearest(number: f64) -> Option<i64> {
    let whole = number.round_ties_even();
    // 2⁶³ is a double, and the least one that is too large.
    let limit = 9_223_372_036_854_775_808.0;
    if !(-limit..limit).contains(&whole) {
        return None;
    }
    format!("{whole:.0}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(ty: PgType, typmod: i32) -> Target {
        Target { ty, typmod }
    }

    fn stored(target: Target, write: impl Fn(&mut Writer)) -> Result<Vec<u8>, &'static str> {
        let mut own = Writer::new();
        write(&mut own);
        let mut list = Writer::new();
        match target.store(own.as_bytes(), &mut list) {
            Ok(()) => Ok(list.as_bytes().to_vec()),
            Err(Failure::Statement(report)) => Err(report.sqlstate),
            Err(_) => Err("other"),
        }
    }

    fn integer(number: i64) -> Result<Vec<u8>, &'static str> {
        let mut list = Writer::new();
        list.integer(number);
        Ok(list.as_bytes().to_vec())
    }

    fn text(text: &str) -> Result<Vec<u8>, &'static str> {
        let mut list = Writer::new();
        list.text(text);
        Ok(list.as_bytes().to_vec())
    }

    #[test]
    fn fractions_are_rounded_as_postgresql_rounds_them() {
        let column = target(PgType::Int4, -1);
        let cases =
            [(17, -1, 2), (15, -1, 2), (-15, -1, -2), (14, -1, 1), (-4, -1, 0), (5, -128, 0)];
        for (mantissa, exponent, expected) in cases {
            let got = stored(column, |list| list.decimal(mantissa, exponent));
            assert_eq!(got, integer(expected), "{mantissa}e{exponent}");
        }
        for (number, expected) in [(0.5, 0), (1.5, 2), (2.5, 2), (-2.6, -3)] {
            assert_eq!(stored(column, |list| list.double(number)), integer(expected), "{number}");
        }
    }

    #[test]
    fn integers_beyond_the_column_are_out_of_range() {
        let small = target(PgType::Int2, -1);
        assert_eq!(stored(small, |list| list.integer(40_000)), Err("22003"));
        assert_eq!(stored(small, |list| list.decimal(327_675, -1)), Err("22003"));
        assert_eq!(stored(small, |list| list.decimal(327_674, -1)), integer(32_767));
        let large = target(PgType::Int8, -1);
        assert_eq!(stored(large, |list| list.double(9.3e18)), Err("22003"));
        assert_eq!(stored(large, |list| list.decimal(1, 19)), Err("22003"));
        assert_eq!(stored(large, |list| list.integer(i64::MIN)), Err("22003"));
    }

    #[test]
    fn characters_are_kept_without_the_blanks_that_fill_them_up() {
        let column = target(PgType::Bpchar, 7);
        for given in ["ab", "ab ", "ab    "] {
            assert_eq!(stored(column, |list| list.text(given)), text("ab"), "{given:?}");
        }
        assert_eq!(stored(column, |list| list.text("日本  ")), text("日本"));
        assert_eq!(stored(column, |list| list.text("   ")), text(""));
        assert_eq!(stored(column, |list| list.text("abcd")), Err("22001"));
    }

    #[test]
    fn texts_are_measured_in_characters_and_may_end_in_blanks() {
        let column = target(PgType::Varchar, 7);
        assert_eq!(stored(column, |list| list.text("abc")), text("abc"));
        assert_eq!(stored(column, |list| list.text("äöü")), text("äöü"));
        assert_eq!(stored(column, |list| list.text("日本語")), text("日本語"));
        assert_eq!(stored(column, |list| list.text("abc  ")), text("abc"));
        assert_eq!(stored(column, |list| list.text("abcd")), Err("22001"));
        assert_eq!(stored(column, |list| list.integer(1234)), Err("22001"));
        assert_eq!(stored(column, |list| list.integer(123)), integer(123));
        assert_eq!(stored(column, |list| list.text("日本語だ")), Err("22001"));
        assert_eq!(stored(target(PgType::Varchar, -1), |list| list.text("abcd")), text("abcd"));
    }
}
