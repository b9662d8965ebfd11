//! The sums of an interval while it is read. Source: the `Adjust…` functions of `datetime.c`.

use super::Interval;

/// Microseconds of a day, for fractions of one.
const DAY_MICROS: f64 = 86_400_000_000.0;
/// Days of a month, for fractions of one (`DAYS_PER_MONTH`).
pub(super) const MONTH_DAYS: f64 = 30.0;

/// Why a text is no interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Not the form of one.
    Format,
    /// A field is too large.
    Overflow,
}

/// Years, months, days and microseconds so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Span {
    years: i32,
    months: i32,
    days: i32,
    pub(super) micros: i64,
}

fn checked<T>(sum: Option<T>) -> Result<T, Fault> {
    sum.ok_or(Fault::Overflow)
}

fn narrow(number: i64) -> Result<i32, Fault> {
    i32::try_from(number).map_err(|_| Fault::Overflow)
}

impl Span {
    /// `number` years of `scale` years each.
    pub(super) fn years(&mut self, number: i64, fraction: f64, scale: i32) -> Result<(), Fault> {
        let years = checked(narrow(number)?.checked_mul(scale))?;
        self.years = checked(self.years.checked_add(years))?;
        let months = (fraction * f64::from(scale) * 12.0).round_ties_even();
        self.months = checked(self.months.checked_add(narrow(whole(months)?)?))?;
        Ok(())
    }

    pub(super) fn months(&mut self, number: i64, fraction: f64) -> Result<(), Fault> {
        self.months = checked(self.months.checked_add(narrow(number)?))?;
        self.part_of_days(fraction, MONTH_DAYS)
    }

    pub(super) fn weeks(&mut self, number: i64, fraction: f64) -> Result<(), Fault> {
        self.whole_days(number, 7)?;
        self.part_of_days(fraction, 7.0)
    }

    pub(super) fn days(&mut self, number: i64, fraction: f64) -> Result<(), Fault> {
        self.whole_days(number, 1)?;
        self.part_of_micros(fraction, DAY_MICROS)
    }

    fn whole_days(&mut self, number: i64, scale: i32) -> Result<(), Fault> {
        let days = checked(narrow(number)?.checked_mul(scale))?;
        self.days = checked(self.days.checked_add(days))?;
        Ok(())
    }

    /// `number` units of `scale` microseconds each.
    pub(super) fn micros(&mut self, number: i64, fraction: f64, scale: i32) -> Result<(), Fault> {
        self.whole_micros(number, i64::from(scale))?;
        self.part_of_micros(fraction, f64::from(scale))
    }

    /// Hours do not fit the scale's 32 bits.
    pub(super) fn hours(&mut self, number: i64, fraction: f64) -> Result<(), Fault> {
        self.whole_micros(number, 3_600_000_000)?;
        self.part_of_micros(fraction, 3_600_000_000.0)
    }

    fn whole_micros(&mut self, number: i64, scale: i64) -> Result<(), Fault> {
        let micros = checked(number.checked_mul(scale))?;
        self.micros = checked(self.micros.checked_add(micros))?;
        Ok(())
    }

    fn part_of_days(&mut self, fraction: f64, scale: f64) -> Result<(), Fault> {
        let days = fraction * scale;
        self.days = checked(self.days.checked_add(narrow(whole(days)?)?))?;
        self.part_of_micros(days - days.trunc(), DAY_MICROS)
    }

    /// Rounded to the nearest; a half goes towards zero.
    pub(super) fn part_of_micros(&mut self, fraction: f64, scale: f64) -> Result<(), Fault> {
        let micros = fraction * scale;
        let rest = micros - micros.trunc();
        let step = i64::from(rest > 0.5).saturating_sub(i64::from(rest < -0.5));
        let micros = checked(whole(micros)?.checked_add(step))?;
        self.micros = checked(self.micros.checked_add(micros))?;
        Ok(())
    }

    /// The same with the other sign.
    pub(super) fn negated(self) -> Result<Self, Fault> {
        Ok(Self {
            years: checked(self.years.checked_neg())?,
            months: checked(self.months.checked_neg())?,
            days: checked(self.days.checked_neg())?,
            micros: checked(self.micros.checked_neg())?,
        })
    }

    /// The interval; `None` when its months do not fit.
    pub(super) fn interval(self) -> Option<Interval> {
        let years = i64::from(self.years).checked_mul(12)?;
        let months = years.checked_add(i64::from(self.months))?;
        Some(Interval { months: i32::try_from(months).ok()?, days: self.days, micros: self.micros })
    }
}

/// Bits of a double's mantissa below the leading one.
const MANTISSA_BITS: i32 = 52;

/// The whole part of a double, as an integer.
pub(super) fn whole(number: f64) -> Result<i64, Fault> {
    let bits = number.to_bits();
    let power = i32::try_from((bits >> MANTISSA_BITS) & 0x7FF).unwrap_or(0).saturating_sub(1023);
    if power < 0 {
        return Ok(0);
    }
    if power >= 63 {
        return Err(Fault::Overflow);
    }
    let mantissa = (bits & ((1 << MANTISSA_BITS) - 1)) | (1 << MANTISSA_BITS);
    let shift = power.saturating_sub(MANTISSA_BITS);
    let size = u64::from(shift.unsigned_abs().min(63));
    let size = u32::try_from(size).unwrap_or(63);
    let magnitude = if shift < 0 {
        mantissa.checked_shr(size).unwrap_or(0)
    } else {
        mantissa.checked_shl(size).ok_or(Fault::Overflow)?
    };
    let value = i64::try_from(magnitude).map_err(|_| Fault::Overflow)?;
    Ok(if number < 0.0 { value.saturating_neg() } else { value })
}
