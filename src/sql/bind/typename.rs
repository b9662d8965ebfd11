//! Types as they are written in expressions.

use super::refuse;
use crate::sql::error::SqlError;
use crate::types::iris::{character_typmod, numeric_typmod};
use crate::types::pg::PgType;
use irispg_grammar::ast::{
    ArrayElemTypeDef, CharacterLength, DataType, ExactNumberInfo, IntervalFields, ObjectName,
    TimezoneInfo,
};
use irispg_grammar::{self as grammar};

/// A type and its modifier, −1 for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) ty: PgType,
    pub(super) typmod: i32,
}

/// No modifier.
pub(super) const NO_TYPMOD: i32 = -1;

/// The longest `varchar(n)` (`MaxAttrSize`), in characters.
const LENGTH_MAX: u64 = 10_485_760;

/// The greatest precision of a `numeric` (`NUMERIC_MAX_PRECISION`), in digits.
const PRECISION_MAX: u64 = 1000;

/// The most digits after the point of a second (`MAX_TIMESTAMP_PRECISION`).
const FRACTION_MAX: u64 = 6;

const fn plain(ty: PgType) -> Named {
    Named { ty, typmod: NO_TYPMOD }
}

/// Reads a type's name.
pub(super) fn named(written: &DataType) -> Result<Named, SqlError> {
    use PgType as P;
    Ok(match written {
        DataType::Boolean | DataType::Bool => plain(P::Bool),
        DataType::SmallInt(None) | DataType::Int2(None) => plain(P::Int2),
        DataType::Int(None) | DataType::Integer(None) | DataType::Int4(None) => plain(P::Int4),
        DataType::BigInt(None) | DataType::Int8(None) => plain(P::Int8),
        DataType::Real | DataType::Float4 => plain(P::Float4),
        DataType::DoublePrecision | DataType::Float8 => plain(P::Float8),
        DataType::Double(ExactNumberInfo::None) => plain(P::Float8),
        DataType::Float(info) => float(info)?,
        DataType::Numeric(info) | DataType::Decimal(info) | DataType::Dec(info) => numeric(info)?,
        DataType::Character(length) | DataType::Char(length) => {
            characters(P::Bpchar, Some(length.unwrap_or(ONE)))?
        }
        DataType::CharacterVarying(length)
        | DataType::CharVarying(length)
        | DataType::Varchar(length) => characters(P::Varchar, *length)?,
        DataType::Text => plain(P::Text),
        DataType::Bytea => plain(P::Bytea),
        DataType::Date => plain(P::Date),
        DataType::Uuid => plain(P::Uuid),
        DataType::JSON => plain(P::Json),
        DataType::JSONB => plain(P::Jsonb),
        DataType::Time(digits, zone) => match zone {
            TimezoneInfo::None | TimezoneInfo::WithoutTimeZone => fraction(P::Time, *digits),
            TimezoneInfo::WithTimeZone | TimezoneInfo::Tz => fraction(P::Timetz, *digits),
        },
        DataType::Timestamp(digits, zone) => match zone {
            TimezoneInfo::None | TimezoneInfo::WithoutTimeZone => fraction(P::Timestamp, *digits),
            TimezoneInfo::WithTimeZone | TimezoneInfo::Tz => fraction(P::Timestamptz, *digits),
        },
        DataType::Interval { fields, precision } => interval(fields.as_ref(), *precision),
        DataType::Array(
            ArrayElemTypeDef::SquareBracket(element, _) | ArrayElemTypeDef::Qualified(element, _),
        ) => array(named(element)?)?,
        DataType::Regclass => return Err(unsupported("regclass")),
        DataType::Bit(_) => return Err(unsupported("bit")),
        DataType::BitVarying(_) | DataType::VarBit(_) => return Err(unsupported("bit varying")),
        DataType::TsVector => return Err(unsupported("tsvector")),
        DataType::TsQuery => return Err(unsupported("tsquery")),
        DataType::Custom(name, modifiers) => custom(name, modifiers)?,
        other => {
            let shown: String = other.to_string().to_lowercase().chars().take(64).collect();
            return Err(SqlError::new("42704", format!("type \"{shown}\" does not exist")));
        }
    })
}

const ONE: CharacterLength = CharacterLength::IntegerLength { length: 1, unit: None };

fn unsupported(name: &str) -> SqlError {
    refuse(format!("type {name} is not supported"))
}

fn float(info: &ExactNumberInfo) -> Result<Named, SqlError> {
    match info {
        ExactNumberInfo::None | ExactNumberInfo::Precision(25..=53) => Ok(plain(PgType::Float8)),
        ExactNumberInfo::Precision(1..=24) => Ok(plain(PgType::Float4)),
        ExactNumberInfo::Precision(0) => {
            Err(SqlError::new("22023", "precision for type float must be at least 1 bit"))
        }
        _ => Err(SqlError::new("22023", "precision for type float must be less than 54 bits")),
    }
}

fn numeric(info: &ExactNumberInfo) -> Result<Named, SqlError> {
    let (precision, scale) = match *info {
        ExactNumberInfo::None => return Ok(plain(PgType::Numeric)),
        ExactNumberInfo::Precision(precision) => (precision, 0),
        ExactNumberInfo::PrecisionAndScale(precision, scale) => (precision, scale),
    };
    if precision == 0 || precision > PRECISION_MAX {
        let message =
            format!("NUMERIC precision {precision} must be between 1 and {PRECISION_MAX}");
        return Err(SqlError::new("22023", message));
    }
    let digits = i64::try_from(precision).unwrap_or(0);
    if !(-1000..=1000).contains(&scale) {
        let message = format!("NUMERIC scale {scale} must be between -1000 and 1000");
        return Err(SqlError::new("22023", message));
    }
    if scale < 0 || scale > digits {
        return Err(refuse(format!("type numeric({precision},{scale}) is not supported"))
            .hint("Use a scale between 0 and the precision."));
    }
    Ok(Named { ty: PgType::Numeric, typmod: numeric_typmod(digits, scale) })
}

fn characters(ty: PgType, length: Option<CharacterLength>) -> Result<Named, SqlError> {
    let name = if ty == PgType::Bpchar { "char" } else { "varchar" };
    let length = match length {
        None => return Ok(plain(ty)),
        Some(CharacterLength::IntegerLength { length, unit: None }) => length,
        Some(_) => return Err(refuse("lengths in units and MAX are not supported")),
    };
    if length == 0 {
        let message = format!("length for type {name} must be at least 1");
        return Err(SqlError::new("22023", message));
    }
    if length > LENGTH_MAX {
        let message = format!("length for type {name} cannot exceed {LENGTH_MAX}");
        return Err(SqlError::new("22023", message));
    }
    Ok(Named { ty, typmod: character_typmod(Some(length)) })
}

/// `time(p)` and its kin; PostgreSQL reduces what is too much, with a warning.
fn fraction(ty: PgType, digits: Option<u64>) -> Named {
    let typmod = digits
        .map_or(NO_TYPMOD, |digits| i32::try_from(digits.min(FRACTION_MAX)).unwrap_or(NO_TYPMOD));
    Named { ty, typmod }
}

/// A modifier of `interval`: which fields, and how many digits of a second, all for 65535.
///
/// Source: `INTERVAL_TYPMOD` and `INTERVAL_MASK` of PostgreSQL's `timestamp.h`.
pub(super) fn interval(fields: Option<&IntervalFields>, precision: Option<u64>) -> Named {
    const YEAR: i32 = 1 << 2;
    const MONTH: i32 = 1 << 1;
    const DAY: i32 = 1 << 3;
    const HOUR: i32 = 1 << 10;
    const MINUTE: i32 = 1 << 11;
    const SECOND: i32 = 1 << 12;
    const ALL: i32 = 0x7FFF;
    const FULL: i32 = 0xFFFF;
    let range = match fields {
        None => ALL,
        Some(IntervalFields::Year) => YEAR,
        Some(IntervalFields::Month) => MONTH,
        Some(IntervalFields::Day) => DAY,
        Some(IntervalFields::Hour) => HOUR,
        Some(IntervalFields::Minute) => MINUTE,
        Some(IntervalFields::Second) => SECOND,
        Some(IntervalFields::YearToMonth) => YEAR | MONTH,
        Some(IntervalFields::DayToHour) => DAY | HOUR,
        Some(IntervalFields::DayToMinute) => DAY | HOUR | MINUTE,
        Some(IntervalFields::DayToSecond) => DAY | HOUR | MINUTE | SECOND,
        Some(IntervalFields::HourToMinute) => HOUR | MINUTE,
        Some(IntervalFields::HourToSecond) => HOUR | MINUTE | SECOND,
        Some(IntervalFields::MinuteToSecond) => MINUTE | SECOND,
    };
    let typmod = match precision {
        None if range == ALL => NO_TYPMOD,
        None => range << 16 | FULL,
        Some(digits) => range << 16 | i32::try_from(digits.min(FRACTION_MAX)).unwrap_or(FULL),
    };
    Named { ty: PgType::Interval, typmod }
}

fn array(element: Named) -> Result<Named, SqlError> {
    // `int[][]` is `int[]`: PostgreSQL does not count dimensions.
    if element.ty.element().is_some() {
        return Ok(element);
    }
    match element.ty.array() {
        Some(ty) => Ok(Named { ty, typmod: element.typmod }),
        None => Err(unsupported(&format!("{}[]", element.ty.name()))),
    }
}

/// Type names that the grammar does not know.
fn custom(name: &ObjectName, modifiers: &[String]) -> Result<Named, SqlError> {
    let parts: Vec<&str> =
        name.0.iter().filter_map(|part| part.as_ident()).map(|i| i.value.as_str()).collect();
    let last = match parts.as_slice() {
        [last] | ["pg_catalog", last] => *last,
        _ => return Err(refuse("types of a schema are not supported")),
    };
    let found = match last {
        "bool" => PgType::Bool,
        "int2" => PgType::Int2,
        "int4" => PgType::Int4,
        "int8" => PgType::Int8,
        "float4" => PgType::Float4,
        "float8" => PgType::Float8,
        "numeric" => PgType::Numeric,
        "text" => PgType::Text,
        "varchar" => PgType::Varchar,
        "bpchar" => PgType::Bpchar,
        "name" => PgType::Name,
        "bytea" => PgType::Bytea,
        "date" => PgType::Date,
        "time" => PgType::Time,
        "timetz" => PgType::Timetz,
        "timestamp" => PgType::Timestamp,
        "timestamptz" => PgType::Timestamptz,
        "interval" => PgType::Interval,
        "uuid" => PgType::Uuid,
        "oid" => PgType::Oid,
        "json" => PgType::Json,
        "jsonb" => PgType::Jsonb,
        name if FOREIGN.contains(&name) => return Err(unsupported(name)),
        _ => {
            let message = format!("type \"{}\" does not exist", parts.join("."));
            let missing = SqlError::new("42704", message);
            return Err(match grammar::start_of_name(name) {
                Some(offset) => missing.at(offset),
                None => missing,
            });
        }
    };
    with_modifiers(found, modifiers)
}

fn with_modifiers(ty: PgType, modifiers: &[String]) -> Result<Named, SqlError> {
    let numbers: Option<Vec<u64>> = modifiers.iter().map(|one| one.parse().ok()).collect();
    match (ty, numbers.as_deref()) {
        (_, Some([])) => Ok(plain(ty)),
        (PgType::Varchar | PgType::Bpchar, Some([length])) => {
            characters(ty, Some(CharacterLength::IntegerLength { length: *length, unit: None }))
        }
        (PgType::Timestamp | PgType::Timestamptz | PgType::Time | PgType::Timetz, Some([p])) => {
            Ok(fraction(ty, Some(*p)))
        }
        (PgType::Interval, Some([p])) => Ok(interval(None, Some(*p))),
        _ => {
            let message = format!("type modifier is not allowed for type \"{}\"", ty.name());
            Err(SqlError::new("42601", message))
        }
    }
}

/// Types that PostgreSQL has and the gateway has not.
pub(in crate::sql) const FOREIGN: [&str; 32] = [
    "aclitem",
    "bit",
    "box",
    "char",
    "cidr",
    "circle",
    "daterange",
    "inet",
    "int2vector",
    "int4range",
    "int8range",
    "line",
    "lseg",
    "macaddr",
    "macaddr8",
    "money",
    "numrange",
    "oidvector",
    "path",
    "point",
    "polygon",
    "regclass",
    "regnamespace",
    "regproc",
    "regrole",
    "regtype",
    "tsquery",
    "tsrange",
    "tstzrange",
    "tsvector",
    "varbit",
    "xml",
];
