//! Constants of type interval: months, days and milliseconds.

/// Months, days and milliseconds, which PostgreSQL adds in this order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) months: i64,
    pub(super) days: i64,
    pub(super) millis: i64,
}

/// One unit of an interval's text.
fn unit(name: &str) -> Option<Span> {
    let months = |months| Span { months, ..Span::default() };
    let days = |days| Span { days, ..Span::default() };
    let millis = |millis| Span { millis, ..Span::default() };
    Some(match name {
        "year" | "years" => months(12),
        "month" | "months" | "mon" | "mons" => months(1),
        "week" | "weeks" => days(7),
        "day" | "days" => days(1),
        "hour" | "hours" => millis(3_600_000),
        "minute" | "minutes" | "min" | "mins" => millis(60_000),
        "second" | "seconds" | "sec" | "secs" => millis(1_000),
        _ => return None,
    })
}

/// `n` times one unit; fractions only of seconds, down to milliseconds.
fn times(number: &str, unit: Span) -> Option<Span> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let count = whole.parse::<i64>().ok()?;
    let mut millis = unit.millis.checked_mul(count)?;
    if !fraction.is_empty() {
        if unit.millis != 1_000 || fraction.len() > 3 {
            return None;
        }
        let digits = format!("{fraction:0<3}").parse::<i64>().ok()?;
        let digits = if whole.starts_with('-') { digits.checked_neg()? } else { digits };
        millis = millis.checked_add(digits)?;
    }
    Some(Span {
        months: unit.months.checked_mul(count)?,
        days: unit.days.checked_mul(count)?,
        millis,
    })
}

impl Span {
    /// The span backwards; `None` beyond 64 bits.
    pub(super) fn negated(self) -> Option<Self> {
        Some(Self {
            months: self.months.checked_neg()?,
            days: self.days.checked_neg()?,
            millis: self.millis.checked_neg()?,
        })
    }
}

/// Reads `1 year 2 days`, `01:30:00`.
pub(super) fn read(written: &str) -> Option<Span> {
    let mut span = Span::default();
    let mut words = written.split_whitespace().peekable();
    words.peek()?;
    while let Some(word) = words.next() {
        let part = if word.contains(':') {
            clock(word)?
        } else {
            let letters = word.find(|c: char| c.is_ascii_alphabetic());
            let (number, name) = match letters {
                Some(at) => word.split_at_checked(at)?,
                None => (word, words.next()?),
            };
            times(number, unit(&name.to_lowercase())?)?
        };
        span = Span {
            months: span.months.checked_add(part.months)?,
            days: span.days.checked_add(part.days)?,
            millis: span.millis.checked_add(part.millis)?,
        };
    }
    Some(span)
}

/// `HH:MM` or `HH:MM:SS`.
fn clock(word: &str) -> Option<Span> {
    let sign = if word.starts_with('-') { -1 } else { 1 };
    let mut parts = word.strip_prefix(['-', '+']).unwrap_or(word).split(':');
    let mut number = |missing: &'static str| parts.next().unwrap_or(missing).parse::<u32>().ok();
    let (hours, minutes, seconds) = (number("")?, number("")?, number("0")?);
    if parts.next().is_some() || minutes > 59 || seconds > 59 {
        return None;
    }
    let seconds = i64::from(hours)
        .checked_mul(3_600)?
        .checked_add(i64::from(minutes).checked_mul(60)?.checked_add(i64::from(seconds))?)?;
    Some(Span { millis: seconds.checked_mul(1_000)?.checked_mul(sign)?, ..Span::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_read() {
        let span = |months, days, millis| Some(Span { months, days, millis });
        assert_eq!(read("1 year 2 mons -3 days"), span(14, -3, 0));
        assert_eq!(read("1day 01:30"), span(0, 1, 5_400_000));
        assert_eq!(read("-00:00:01"), span(0, 0, -1_000));
        assert_eq!(read("-0.5 seconds"), span(0, 0, -500));
        for wrong in ["", "1", "1 fortnight", "1.5 days", "1 day ago", "01:60", "0.1234 sec"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
