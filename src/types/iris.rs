//! From IRIS's description of a column to a PostgreSQL type.
//!
//! Source: the ODBC type numbers and the data type classes that `%SQL.StatementMetadata` reports.

use super::pg::PgType;

/// From this `MAXLEN` on (characters) a `VARCHAR` column is shown as `text`.
///
/// IRIS shows a string without limit with a precision of up to 3 641 144 and has no other type for
/// PostgreSQL's `text`; lengths that people choose on purpose lie far below 32 000.
pub const TEXT_PRECISION_MIN: i64 = 32_000;

/// PostgreSQL adds this to a length or precision in a type modifier (`VARHDRSZ`, bytes).
const TYPMOD_OFFSET: i32 = 4;

/// PostgreSQL's greatest precision of a `numeric(p,s)`, in digits (`NUMERIC_MAX_PRECISION`).
const NUMERIC_PRECISION_MAX: i64 = 1000;

/// No type modifier.
const NO_TYPMOD: i32 = -1;

/// The ODBC type numbers of IRIS's metadata. 91 to 93 are JDBC's for date, time and timestamp.
mod odbc {
    pub(super) const GUID: i64 = -11;
    pub(super) const BIT: i64 = -7;
    pub(super) const TINYINT: i64 = -6;
    pub(super) const BIGINT: i64 = -5;
    pub(super) const LONGVARBINARY: i64 = -4;
    pub(super) const VARBINARY: i64 = -3;
    pub(super) const BINARY: i64 = -2;
    pub(super) const LONGVARCHAR: i64 = -1;
    pub(super) const CHAR: i64 = 1;
    pub(super) const NUMERIC: i64 = 2;
    pub(super) const DECIMAL: i64 = 3;
    pub(super) const INTEGER: i64 = 4;
    pub(super) const SMALLINT: i64 = 5;
    pub(super) const FLOAT: i64 = 6;
    pub(super) const REAL: i64 = 7;
    pub(super) const DOUBLE: i64 = 8;
    pub(super) const DATE: i64 = 9;
    pub(super) const TIME: i64 = 10;
    pub(super) const TIMESTAMP: i64 = 11;
    pub(super) const VARCHAR: i64 = 12;
    pub(super) const JDBC_DATE: i64 = 91;
    pub(super) const JDBC_TIME: i64 = 92;
    pub(super) const JDBC_TIMESTAMP: i64 = 93;
}

/// The PostgreSQL type and type modifier of a column or parameter.
///
/// `type_class` is the name of the data type class (`%Library.Boolean`), empty when unknown. It
/// tells apart what the ODBC type alone does not: boolean, GUID, vector.
#[must_use]
pub fn column_type(odbc: i64, precision: i64, scale: i64, type_class: &str) -> (PgType, i32) {
    if let Some(class) = type_class.strip_prefix(PACKAGE) {
        return package_type(class, precision);
    }
    let class = type_class.rsplit('.').next().unwrap_or_default().trim_start_matches('%');
    match class {
        "Boolean" => return (PgType::Bool, NO_TYPMOD),
        "UniqueIdentifier" => return (PgType::Uuid, NO_TYPMOD),
        "PosixTime" => return (PgType::Timestamp, NO_TYPMOD),
        "Vector" => return (PgType::Text, NO_TYPMOD),
        _ => {}
    }
    match odbc {
        odbc::BIT => (PgType::Bool, NO_TYPMOD),
        odbc::TINYINT | odbc::SMALLINT => (PgType::Int2, NO_TYPMOD),
        odbc::INTEGER => (PgType::Int4, NO_TYPMOD),
        odbc::BIGINT => (PgType::Int8, NO_TYPMOD),
        odbc::NUMERIC | odbc::DECIMAL => (PgType::Numeric, numeric_typmod(precision, scale)),
        odbc::FLOAT | odbc::REAL | odbc::DOUBLE => (PgType::Float8, NO_TYPMOD),
        odbc::DATE | odbc::JDBC_DATE => (PgType::Date, NO_TYPMOD),
        odbc::TIME | odbc::JDBC_TIME => (PgType::Time, NO_TYPMOD),
        odbc::TIMESTAMP | odbc::JDBC_TIMESTAMP => (PgType::Timestamp, NO_TYPMOD),
        odbc::GUID => (PgType::Uuid, NO_TYPMOD),
        odbc::BINARY | odbc::VARBINARY | odbc::LONGVARBINARY => (PgType::Bytea, NO_TYPMOD),
        odbc::CHAR => (PgType::Bpchar, length_typmod(precision)),
        odbc::VARCHAR if precision >= TEXT_PRECISION_MIN => (PgType::Text, NO_TYPMOD),
        odbc::VARCHAR => (PgType::Varchar, length_typmod(precision)),
        odbc::LONGVARCHAR => (PgType::Text, NO_TYPMOD),
        _ => (PgType::Text, NO_TYPMOD),
    }
}

/// The gateway's own package, with the dot. Its data type classes say what IRIS's do not.
const PACKAGE: &str = "IrisPG.";

/// The type of a class of the gateway's package.
fn package_type(class: &str, precision: i64) -> (PgType, i32) {
    match class {
        "TimestampTZ" => (PgType::Timestamptz, NO_TYPMOD),
        // The modifier is the number of digits of a second.
        "Timestamp0" => (PgType::Timestamp, 0),
        "Timestamp3" => (PgType::Timestamp, 3),
        "TimestampTZ0" => (PgType::Timestamptz, 0),
        "TimestampTZ3" => (PgType::Timestamptz, 3),
        "Real" => (PgType::Float4, NO_TYPMOD),
        "Oid" => (PgType::Oid, NO_TYPMOD),
        "Name" => (PgType::Name, NO_TYPMOD),
        "Json" => (PgType::Json, NO_TYPMOD),
        "Interval" => (PgType::Interval, NO_TYPMOD),
        "Char" => (PgType::Bpchar, length_typmod(precision)),
        // A class of a later package: its values are shown as IRIS shows them.
        _ => (PgType::Varchar, length_typmod(precision)),
    }
}

/// The class of the gateway's package, without the package, by which IRIS tells a column of this
/// type; none where IRIS has a type of its own for it.
#[must_use]
pub const fn data_class(ty: PgType) -> Option<&'static str> {
    match ty {
        PgType::Timestamptz => Some("TimestampTZ"),
        PgType::Float4 => Some("Real"),
        PgType::Oid => Some("Oid"),
        PgType::Name => Some("Name"),
        PgType::Json => Some("Json"),
        PgType::Interval => Some("Interval"),
        PgType::Bpchar => Some("Char"),
        _ => None,
    }
}

/// The class of `timestamp(digits)` or `timestamptz(digits)`, for those that have one.
#[must_use]
pub const fn moment_class(ty: PgType, digits: u64) -> Option<&'static str> {
    match (ty, digits) {
        (PgType::Timestamp, 0) => Some("Timestamp0"),
        (PgType::Timestamp, 3) => Some("Timestamp3"),
        (PgType::Timestamptz, 0) => Some("TimestampTZ0"),
        (PgType::Timestamptz, 3) => Some("TimestampTZ3"),
        _ => None,
    }
}

/// The modifier of `varchar(length)`; none when IRIS gives no length.
fn length_typmod(length: i64) -> i32 {
    match i32::try_from(length) {
        Ok(length) if length > 0 => length.checked_add(TYPMOD_OFFSET).unwrap_or(NO_TYPMOD),
        _ => NO_TYPMOD,
    }
}

/// The modifier of `numeric(precision,scale)`; none when the two make no sense together.
#[must_use]
pub fn numeric_typmod(precision: i64, scale: i64) -> i32 {
    if !(1..=NUMERIC_PRECISION_MAX).contains(&precision) || !(0..=precision).contains(&scale) {
        return NO_TYPMOD;
    }
    let packed = precision.checked_mul(1 << 16).and_then(|high| high.checked_add(scale));
    packed
        .and_then(|packed| i32::try_from(packed).ok())
        .and_then(|packed| packed.checked_add(TYPMOD_OFFSET))
        .unwrap_or(NO_TYPMOD)
}

/// A modifier that makes the encoder show at least `scale` digits after the point; it is not sent.
#[must_use]
pub fn numeric_display(scale: u16) -> i32 {
    numeric_typmod(NUMERIC_PRECISION_MAX, i64::from(scale))
}

/// The modifier of `varchar(length)` and `char(length)`; none without a length.
#[must_use]
pub fn character_typmod(length: Option<u64>) -> i32 {
    length_typmod(length.and_then(|length| i64::try_from(length).ok()).unwrap_or(0))
}

/// The length in a modifier of `varchar` or `char`, in characters; `None` without a modifier.
#[must_use]
pub fn character_length(typmod: i32) -> Option<usize> {
    usize::try_from(typmod.checked_sub(TYPMOD_OFFSET)?).ok()
}

/// The scale in a `numeric` modifier: digits after the point; `None` without a modifier.
#[must_use]
pub fn numeric_scale(typmod: i32) -> Option<u16> {
    let packed = typmod.checked_sub(TYPMOD_OFFSET).filter(|packed| *packed >= 0)?;
    u16::try_from(packed & 0x7FF).ok()
}

/// Precision and scale in a `numeric` modifier; `None` without a modifier.
#[must_use]
pub fn numeric_digits(typmod: i32) -> Option<(u64, u64)> {
    let packed = typmod.checked_sub(TYPMOD_OFFSET).filter(|packed| *packed >= 0)?;
    let scale = u64::from(numeric_scale(typmod)?);
    u64::try_from(packed >> 16).ok().map(|precision| (precision, scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_common_columns() {
        let cases = [
            ((4, 10, 0, "%Library.Integer"), (PgType::Int4, -1)),
            ((-7, 1, 0, "%Library.Boolean"), (PgType::Bool, -1)),
            ((-6, 3, 0, ""), (PgType::Int2, -1)),
            ((2, 10, 2, "%Library.Numeric"), (PgType::Numeric, 655_366)),
            ((2, 0, 0, ""), (PgType::Numeric, -1)),
            ((12, 50, 0, "%Library.String"), (PgType::Varchar, 54)),
            ((12, 3_641_144, 0, "%Library.String"), (PgType::Text, -1)),
            ((12, 36, 0, "%Library.UniqueIdentifier"), (PgType::Uuid, -1)),
            ((-1, 0, 0, "%Stream.GlobalCharacter"), (PgType::Text, -1)),
            ((-4, 0, 0, "%Stream.GlobalBinary"), (PgType::Bytea, -1)),
            ((11, 26, 6, "%Library.PosixTime"), (PgType::Timestamp, -1)),
            ((-5, 20, 0, "%Library.PosixTime"), (PgType::Timestamp, -1)),
            ((9, 10, 0, "%Library.Date"), (PgType::Date, -1)),
            ((1, 3, 0, ""), (PgType::Bpchar, 7)),
            ((77, 0, 0, ""), (PgType::Text, -1)),
            ((12, i64::MIN, i64::MAX, ""), (PgType::Varchar, -1)),
        ];
        for ((odbc, precision, scale, class), expected) in cases {
            assert_eq!(column_type(odbc, precision, scale, class), expected, "{odbc} {class}");
        }
    }

    #[test]
    fn classes_of_the_package_name_their_types() {
        for ty in super::super::pg::ALL.iter().copied() {
            if let Some(class) = data_class(ty) {
                let class = format!("{PACKAGE}{class}");
                let typmod = if ty == PgType::Bpchar { 14 } else { -1 };
                assert_eq!(column_type(12, 10, 0, &class), (ty, typmod), "{class}");
            }
        }
        assert_eq!(column_type(12, 10, 0, "User.Json").0, PgType::Varchar);
        for (ty, digits) in [
            (PgType::Timestamp, 0),
            (PgType::Timestamp, 3),
            (PgType::Timestamptz, 0),
            (PgType::Timestamptz, 3),
        ] {
            let class = moment_class(ty, digits).map(|class| format!("{PACKAGE}{class}"));
            let known = column_type(-5, 20, 0, &class.unwrap_or_default());
            assert_eq!(known, (ty, i32::try_from(digits).unwrap_or(-1)));
        }
    }

    #[test]
    fn scale_is_found_again_in_the_modifier() {
        assert_eq!(numeric_scale(numeric_typmod(10, 2)), Some(2));
        assert_eq!(numeric_scale(numeric_typmod(1000, 1000)), Some(1000));
        assert_eq!(numeric_scale(-1), None);
    }
}
