//! What can be wrong with a value, in PostgreSQL's words.
//!
//! The texts and states are those of PostgreSQL 15's input and receive functions, except for the
//! variants that say what IRIS cannot hold; those are ours.

use super::list::ListError;
use super::pg::PgType;

/// A value that cannot be read, or cannot be sent, as the type that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueError {
    /// The text is no value of the type.
    InvalidText {
        /// The type asked for.
        ty: PgType,
        /// The text as given.
        text: String,
    },
    /// The text is a number, but not one of this type.
    OutOfRange {
        /// The type asked for.
        ty: PgType,
        /// The text as given.
        text: String,
    },
    /// A date or time field such as month 13.
    FieldRange {
        /// The text as given.
        text: String,
        /// True when another order of day and month could have been meant.
        order_hint: bool,
    },
    /// A zone offset beyond ±15:59:59.
    ZoneRange {
        /// The text as given.
        text: String,
    },
    /// A zone name that is not known.
    ZoneUnknown {
        /// The zone's name.
        zone: String,
    },
    /// A field of an interval that is too large.
    IntervalField {
        /// The text as given.
        text: String,
    },
    /// An interval of more months than 32 bits hold.
    IntervalRange,
    /// The text is no JSON.
    Json,
    /// A JSON text with too many brackets within one another.
    Depth,
    /// The text is no array.
    ArrayText {
        /// The text as given.
        text: String,
        /// PostgreSQL's DETAIL.
        detail: &'static str,
    },
    /// An array of several dimensions, or one that does not begin at 1.
    ArrayShape {
        /// True for several dimensions.
        dimensions: bool,
    },
    /// An array whose upper bound is below its lower one.
    ArrayBounds,
    /// A field of a binary array that has no such value.
    ArrayField {
        /// `array flags` or `number of dimensions`.
        field: &'static str,
    },
    /// A binary array of elements of another type.
    ArrayElement,
    /// A date, time or timestamp outside of the years 0001 to 9999, which are IRIS's.
    DateRange {
        /// The type asked for.
        ty: PgType,
        /// The text as given; empty for a binary value.
        text: String,
    },
    /// `infinity`, `NaN`, `now` and the like, where IRIS has no such value.
    NoSuchValue {
        /// The type asked for.
        ty: PgType,
        /// The text as given.
        text: String,
    },
    /// A number with more digits than IRIS keeps exactly.
    Precision {
        /// The number's text.
        text: String,
    },
    /// The type has a name here and no values.
    NoCodec {
        /// The type.
        ty: PgType,
    },
    /// A number beyond PostgreSQL's `numeric`.
    NumericOverflow,
    /// The divisor of a quotient is zero.
    DivisionByZero,
    /// A byte string of length zero, which IRIS cannot tell from NULL or from one zero byte.
    EmptyBytes,
    /// A value longer than IRIS's longest string.
    TooLong {
        /// The value's length in bytes.
        length: usize,
    },
    /// Bytes that are not UTF-8, or a zero byte in text.
    InvalidUtf8 {
        /// The offending bytes.
        bytes: Vec<u8>,
    },
    /// A half of a surrogate pair in IRIS's text.
    LoneSurrogate {
        /// The code unit.
        unit: u16,
    },
    /// A character in a hexadecimal `bytea` that is no digit.
    HexDigit {
        /// The character.
        digit: String,
    },
    /// A hexadecimal `bytea` with an odd number of digits.
    HexOdd,
    /// A backslash sequence in an escaped `bytea` that means nothing.
    ByteaEscape,
    /// A binary value that is shorter than its type needs.
    InsufficientData,
    /// A binary value with bytes left over.
    TrailingData {
        /// The parameter's number from 1, 0 when it is not known.
        parameter: usize,
    },
    /// A field of a binary `numeric` that is out of its range.
    NumericField {
        /// `length`, `sign`, `scale` or `digit`.
        field: &'static str,
    },
    /// The row or block from IRIS is no well-formed list.
    List(ListError),
    /// The row from IRIS has another number of columns than its metadata.
    ColumnCount {
        /// Columns in the metadata.
        expected: usize,
    },
}

impl From<ListError> for ValueError {
    fn from(error: ListError) -> Self {
        Self::List(error)
    }
}

impl ValueError {
    /// The five characters of the SQLSTATE.
    #[must_use]
    pub const fn sqlstate(&self) -> &'static str {
        match self {
            Self::InvalidText { ty, .. } => match ty {
                PgType::Date
                | PgType::Time
                | PgType::Timestamp
                | PgType::Timestamptz
                | PgType::Interval => "22007",
                _ => "22P02",
            },
            Self::NoCodec { .. } => "0A000",
            Self::OutOfRange { .. } | Self::Precision { .. } | Self::NumericOverflow => "22003",
            Self::DivisionByZero => "22012",
            Self::FieldRange { .. } | Self::DateRange { .. } | Self::IntervalRange => "22008",
            Self::IntervalField { .. } => "22015",
            Self::ArrayText { .. } | Self::Json => "22P02",
            Self::Depth => "54001",
            Self::ArrayShape { .. } => "0A000",
            Self::ArrayBounds => "2202E",
            Self::ArrayField { .. } => "22P03",
            Self::ArrayElement => "42804",
            Self::ZoneRange { .. } => "22009",
            Self::ZoneUnknown { .. } | Self::HexDigit { .. } | Self::HexOdd => "22023",
            Self::NoSuchValue { .. } | Self::EmptyBytes => "0A000",
            Self::TooLong { .. } => "54000",
            Self::InvalidUtf8 { .. } => "22021",
            Self::LoneSurrogate { .. } => "22P05",
            Self::ByteaEscape => "22P02",
            Self::InsufficientData => "08P01",
            Self::TrailingData { .. } | Self::NumericField { .. } => "22P03",
            Self::List(_) | Self::ColumnCount { .. } => "XX001",
        }
    }

    /// PostgreSQL's DETAIL, where one helps.
    #[must_use]
    pub const fn detail(&self) -> Option<&'static str> {
        match self {
            Self::ArrayText { detail, .. } => Some(*detail),
            Self::Precision { .. } => {
                Some("IRIS keeps a decimal number as a 64-bit integer and a power of ten.")
            }
            Self::EmptyBytes => Some("IRIS keeps a zero-length byte string as NULL."),
            Self::NoSuchValue { .. } => Some("IRIS has no such value."),
            Self::TooLong { .. } => Some("The longest string of IRIS has 3641144 characters."),
            _ => None,
        }
    }

    /// PostgreSQL's HINT, where it gives one.
    #[must_use]
    pub const fn hint(&self) -> Option<&'static str> {
        match self {
            Self::FieldRange { order_hint: true, .. } => {
                Some("Perhaps you need a different \"datestyle\" setting.")
            }
            _ => None,
        }
    }

    /// The same error with the number of its parameter (from 1), for the message that names it.
    #[must_use]
    pub fn at_parameter(self, number: usize) -> Self {
        match self {
            Self::TrailingData { .. } => Self::TrailingData { parameter: number },
            other => other,
        }
    }
}

impl std::error::Error for ValueError {}

impl std::fmt::Display for ValueError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InvalidText { ty, text } => {
                write!(f, "invalid input syntax for type {}: \"{text}\"", ty.input_name())
            }
            Self::OutOfRange { ty: ty @ (PgType::Float4 | PgType::Float8), text } => {
                write!(f, "\"{text}\" is out of range for type {}", ty.name())
            }
            Self::OutOfRange { ty, text } => {
                write!(f, "value \"{text}\" is out of range for type {}", ty.name())
            }
            Self::FieldRange { text, .. } => {
                write!(f, "date/time field value out of range: \"{text}\"")
            }
            Self::ZoneRange { text } => {
                write!(f, "time zone displacement out of range: \"{text}\"")
            }
            Self::ZoneUnknown { zone } => write!(f, "time zone \"{zone}\" not recognized"),
            Self::IntervalField { text } => {
                write!(f, "interval field value out of range: \"{text}\"")
            }
            Self::ArrayText { text, .. } => write!(f, "malformed array literal: \"{text}\""),
            Self::ArrayShape { dimensions: true } => {
                f.write_str("arrays of more than one dimension are not supported")
            }
            Self::ArrayShape { dimensions: false } => {
                f.write_str("arrays with a lower bound other than 1 are not supported")
            }
            Self::Json => f.write_str("invalid input syntax for type json"),
            Self::Depth => f.write_str("stack depth limit exceeded"),
            Self::ArrayBounds => f.write_str("upper bound cannot be less than lower bound"),
            Self::ArrayField { field } => write!(f, "invalid {field}"),
            Self::ArrayElement => f.write_str("wrong element type"),
            Self::IntervalRange => f.write_str("interval out of range"),
            Self::DateRange { ty, text } => date_range(f, *ty, text),
            Self::NoSuchValue { ty, text } => {
                write!(f, "value \"{text}\" of type {} is not supported", ty.name())
            }
            Self::Precision { text } => {
                write!(f, "value \"{text}\" has too many digits for type numeric")
            }
            Self::DivisionByZero => f.write_str("division by zero"),
            Self::NoCodec { ty } => write!(f, "type {} is not supported", ty.name()),
            Self::NumericOverflow => write!(f, "value overflows numeric format"),
            Self::EmptyBytes => write!(f, "empty value of type bytea is not supported"),
            Self::TooLong { length } => write!(f, "value of {length} bytes is too long"),
            Self::InvalidUtf8 { bytes } => {
                write!(f, "invalid byte sequence for encoding \"UTF8\":")?;
                bytes.iter().try_for_each(|byte| write!(f, " 0x{byte:02x}"))
            }
            Self::LoneSurrogate { unit } => {
                let [high, low] = unit.to_be_bytes();
                write!(f, "character with byte sequence 0x{high:02x} 0x{low:02x} in encoding ")?;
                write!(f, "\"UTF16\" has no equivalent in encoding \"UTF8\"")
            }
            Self::HexDigit { digit } => write!(f, "invalid hexadecimal digit: \"{digit}\""),
            Self::HexOdd => write!(f, "invalid hexadecimal data: odd number of digits"),
            Self::ByteaEscape => write!(f, "invalid input syntax for type bytea"),
            Self::InsufficientData => write!(f, "insufficient data left in message"),
            Self::TrailingData { parameter } => {
                write!(f, "incorrect binary data format in bind parameter {parameter}")
            }
            Self::NumericField { field } => {
                write!(f, "invalid {field} in external \"numeric\" value")
            }
            Self::List(error) => write!(f, "invalid list from IRIS: {error}"),
            Self::ColumnCount { expected } => {
                write!(f, "row from IRIS does not have the {expected} columns of its metadata")
            }
        }
    }
}

fn date_range(f: &mut std::fmt::Formatter<'_>, ty: PgType, text: &str) -> std::fmt::Result {
    let name = match ty {
        PgType::Timestamptz => "timestamp",
        other => other.input_name(),
    };
    if text.is_empty() {
        write!(f, "{name} out of range")
    } else {
        write!(f, "{name} out of range: \"{text}\"")
    }
}
