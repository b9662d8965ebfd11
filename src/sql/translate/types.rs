//! PostgreSQL's type names, and what IRIS is told for them in DDL and in casts.

use super::refuse;
use crate::sql::bind::typename::FOREIGN;
use crate::sql::error::SqlError;
use crate::sql::printer::Printer;
use crate::types::iris::{character_length, data_class, moment_class, numeric_digits};
use crate::types::pg::PgType;
use irispg_grammar::ast::{
    BinaryLength, CharacterLength, DataType, ExactNumberInfo, ObjectName, TimezoneInfo,
};

/// `MAXLEN` of columns declared `text`, `varchar` without a length, and `bytea`, in characters:
/// IRIS's longest string. UNVERIFIED(iris): that DDL takes a length as large as that; the
/// published limit is that of strings. Longer values are refused by IRIS (SQLCODE −104).
pub(crate) const TEXT_LENGTH: u64 = 3_641_144;

/// Greatest precision of a `numeric` column, in digits: every number of 18 digits is exact in
/// IRIS's 64-bit decimals. IRIS's DDL takes up to 19 + s digits and rounds what it cannot hold.
const NUMERIC_DIGITS: u64 = 18;

/// A type with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TypeSpec {
    /// The type.
    pub(crate) ty: PgType,
    /// `n` of `varchar(n)`, `char(n)`, `varbinary(n)`, `timestamp(n)`.
    pub(crate) length: Option<u64>,
    /// `p, s` of `numeric(p,s)`.
    pub(crate) digits: Option<(u64, u64)>,
    /// Whether it is one of the serial types, which only a column may have.
    pub(crate) serial: bool,
}

impl TypeSpec {
    pub(crate) const fn plain(ty: PgType) -> Self {
        Self { ty, length: None, digits: None, serial: false }
    }

    const fn serial(ty: PgType) -> Self {
        Self { ty, length: None, digits: None, serial: true }
    }

    const fn sized(ty: PgType, length: Option<u64>) -> Self {
        Self { ty, length, digits: None, serial: false }
    }
}

/// Reads a type name.
pub(crate) fn spec(data_type: &DataType) -> Result<TypeSpec, SqlError> {
    use PgType as P;
    let plain = |ty| Ok(TypeSpec::plain(ty));
    match data_type {
        DataType::Boolean | DataType::Bool => plain(P::Bool),
        DataType::SmallInt(None) | DataType::Int2(None) => plain(P::Int2),
        DataType::Int(None) | DataType::Integer(None) | DataType::Int4(None) => plain(P::Int4),
        DataType::BigInt(None) | DataType::Int8(None) => plain(P::Int8),
        DataType::Real | DataType::Float4 => plain(P::Float4),
        DataType::DoublePrecision | DataType::Float8 => plain(P::Float8),
        DataType::Double(ExactNumberInfo::None) => plain(P::Float8),
        DataType::Float(info) => float(info),
        DataType::Numeric(info) | DataType::Decimal(info) | DataType::Dec(info) => numeric(info),
        DataType::Character(length) | DataType::Char(length) => {
            Ok(TypeSpec::sized(P::Bpchar, Some(characters("char", *length)?.unwrap_or(1))))
        }
        DataType::CharacterVarying(length)
        | DataType::CharVarying(length)
        | DataType::Varchar(length) => {
            Ok(TypeSpec::sized(P::Varchar, characters("varchar", *length)?))
        }
        DataType::Varbinary(Some(BinaryLength::IntegerLength { length })) => {
            Ok(TypeSpec::sized(P::Bytea, Some(*length)))
        }
        DataType::Text => plain(P::Text),
        DataType::Bytea => plain(P::Bytea),
        DataType::Date => plain(P::Date),
        DataType::Uuid => plain(P::Uuid),
        DataType::JSON => plain(P::Json),
        DataType::Interval { fields: None, precision: None } => plain(P::Interval),
        DataType::Time(precision, TimezoneInfo::None | TimezoneInfo::WithoutTimeZone) => {
            micros(*precision, P::Time)
        }
        DataType::Timestamp(precision, TimezoneInfo::None | TimezoneInfo::WithoutTimeZone) => {
            micros(*precision, P::Timestamp)
        }
        DataType::Timestamp(precision, TimezoneInfo::WithTimeZone | TimezoneInfo::Tz) => {
            micros(*precision, P::Timestamptz)
        }
        DataType::Custom(name, modifiers) if modifiers.is_empty() => named(name),
        DataType::Time(..) => Err(refuse("type time with time zone is not supported")
            .hint("Use time, or timestamp with times in UTC.")),
        other => Err(refuse(format!("type {} is not supported", shown(other)))),
    }
}

/// The type of a stored column, as if it were written.
pub(crate) fn of_column(ty: PgType, typmod: i32) -> TypeSpec {
    let mut spec = TypeSpec::plain(ty);
    match ty {
        PgType::Varchar | PgType::Bpchar => {
            spec.length = character_length(typmod).and_then(|length| u64::try_from(length).ok());
        }
        PgType::Numeric => spec.digits = numeric_digits(typmod),
        PgType::Timestamp | PgType::Timestamptz => {
            spec.length = u64::try_from(typmod).ok().filter(|digits| *digits < 6);
        }
        _ => {}
    }
    spec
}

/// Whether every value of `old` is the same value in `new`.
pub(crate) fn widens(old: TypeSpec, new: TypeSpec) -> bool {
    use PgType as P;
    match (old.ty, new.ty) {
        (P::Int2, P::Int4 | P::Int8) | (P::Int4, P::Int8) => true,
        (P::Varchar, P::Varchar) => {
            new.length.is_none_or(|new| old.length.is_some_and(|o| o <= new))
        }
        (P::Varchar, P::Text) | (P::Text, P::Varchar) => new.length.is_none(),
        (P::Numeric, P::Numeric) => match (old.digits, new.digits) {
            (Some((p, s)), Some((precision, scale))) => {
                scale >= s && precision.saturating_sub(scale) >= p.saturating_sub(s)
            }
            _ => false,
        },
        (old_type, new_type) => old_type == new_type && old.length == new.length,
    }
}

/// Type names that the grammar does not know.
fn named(name: &ObjectName) -> Result<TypeSpec, SqlError> {
    let parts: Vec<&str> =
        name.0.iter().filter_map(|part| part.as_ident()).map(|i| i.value.as_str()).collect();
    let last = match parts.as_slice() {
        [last] | ["pg_catalog", last] => *last,
        ["public", _] => return Err(missing(&parts)),
        _ => return Err(refuse("types of a schema are not supported")),
    };
    Ok(match last {
        "serial" | "serial4" => TypeSpec::serial(PgType::Int4),
        "bigserial" | "serial8" => TypeSpec::serial(PgType::Int8),
        "smallserial" | "serial2" => TypeSpec::serial(PgType::Int2),
        "bool" => TypeSpec::plain(PgType::Bool),
        "int2" => TypeSpec::plain(PgType::Int2),
        "int4" => TypeSpec::plain(PgType::Int4),
        "int8" => TypeSpec::plain(PgType::Int8),
        "float4" => TypeSpec::plain(PgType::Float4),
        "float8" => TypeSpec::plain(PgType::Float8),
        "numeric" => TypeSpec::plain(PgType::Numeric),
        "text" => TypeSpec::plain(PgType::Text),
        "varchar" => TypeSpec::plain(PgType::Varchar),
        "bpchar" => TypeSpec::plain(PgType::Bpchar),
        "name" => TypeSpec::plain(PgType::Name),
        "bytea" => TypeSpec::plain(PgType::Bytea),
        "date" => TypeSpec::plain(PgType::Date),
        "time" => TypeSpec::plain(PgType::Time),
        "timestamp" => TypeSpec::plain(PgType::Timestamp),
        "timestamptz" => TypeSpec::plain(PgType::Timestamptz),
        "uuid" => TypeSpec::plain(PgType::Uuid),
        "oid" => TypeSpec::plain(PgType::Oid),
        "json" => TypeSpec::plain(PgType::Json),
        "interval" => TypeSpec::plain(PgType::Interval),
        name if name == "jsonb" || name == "timetz" || FOREIGN.contains(&name) => {
            return Err(refuse(format!("type {name} is not supported")));
        }
        _ => {
            return Err(missing(&parts));
        }
    })
}

fn missing(parts: &[&str]) -> SqlError {
    SqlError::new("42704", format!("type \"{}\" does not exist", parts.join(".")))
}

fn shown(data_type: &DataType) -> String {
    let shown = data_type.to_string().to_lowercase();
    shown.chars().take(64).collect()
}

fn float(info: &ExactNumberInfo) -> Result<TypeSpec, SqlError> {
    match info {
        ExactNumberInfo::None | ExactNumberInfo::Precision(25..=53) => {
            Ok(TypeSpec::plain(PgType::Float8))
        }
        ExactNumberInfo::Precision(1..=24) => Ok(TypeSpec::plain(PgType::Float4)),
        _ => Err(SqlError::new("22023", "precision for type float must be between 1 and 53")),
    }
}

fn numeric(info: &ExactNumberInfo) -> Result<TypeSpec, SqlError> {
    let digits = match *info {
        ExactNumberInfo::None => None,
        ExactNumberInfo::Precision(p) => Some((p, 0)),
        ExactNumberInfo::PrecisionAndScale(p, s) => {
            let scale = u64::try_from(s)
                .map_err(|_| refuse("numeric types with a negative scale are not supported"))?;
            Some((p, scale))
        }
    };
    if let Some((p, s)) = digits {
        if p == 0 || p > 1000 {
            let message = format!("NUMERIC precision {p} must be between 1 and 1000");
            return Err(SqlError::new("22023", message));
        }
        if s > p {
            return Err(refuse("numeric types with a scale above the precision are not supported"));
        }
    }
    Ok(TypeSpec { ty: PgType::Numeric, length: None, digits, serial: false })
}

fn characters(name: &str, length: Option<CharacterLength>) -> Result<Option<u64>, SqlError> {
    match length {
        None => Ok(None),
        Some(CharacterLength::IntegerLength { length: 0, .. }) => {
            Err(SqlError::new("22023", format!("length for type {name} must be at least 1")))
        }
        Some(CharacterLength::IntegerLength { length, unit: None }) => Ok(Some(length)),
        Some(_) => Err(refuse("lengths in units and MAX are not supported")),
    }
}

/// PostgreSQL's own precision is microseconds; fewer digits would have to be rounded.
fn micros(precision: Option<u64>, ty: PgType) -> Result<TypeSpec, SqlError> {
    match precision {
        None | Some(6) => Ok(TypeSpec::plain(ty)),
        Some(p) if moment_class(ty, p).is_some() => Ok(TypeSpec::sized(ty, Some(p))),
        Some(p) => Err(refuse(format!("type {}({p}) is not supported", ty.name())).hint(
            "Leave out the precision: six digits are kept. timestamp(0) and (3) are supported.",
        )),
    }
}

/// Prints a type as DDL declares a column of it.
pub(crate) fn declare(out: &mut Printer, spec: TypeSpec) -> Result<(), SqlError> {
    use PgType as P;
    match spec.ty {
        P::Bool => out.word("BIT"),
        P::Int2 => out.word("SMALLINT"),
        P::Int4 => out.word("INTEGER"),
        P::Int8 => out.word("BIGINT"),
        P::Float8 => out.word("DOUBLE"),
        P::Numeric => return declare_numeric(out, spec.digits),
        P::Text => out.call("VARCHAR").count(TEXT_LENGTH).close(),
        P::Varchar => out.call("VARCHAR").count(checked(spec.length, P::Varchar)?).close(),
        P::Bpchar => {
            let Some(length) = spec.length else {
                return Err(refuse("columns of type bpchar without a length are not supported")
                    .hint("Give a length, such as char(10), or use text."));
            };
            let length = checked(Some(length), P::Bpchar)?;
            out.word("IrisPG").dot().call("Char").word("MAXLEN").word("=").count(length).close()
        }
        P::Bytea => out.call("VARBINARY").count(checked(spec.length, P::Bytea)?).close(),
        P::Date => out.word("DATE"),
        P::Time => out.call("TIME").count(6).close(),
        P::Timestamp | P::Timestamptz if spec.length.is_some() => {
            let class = spec.length.and_then(|digits| moment_class(spec.ty, digits));
            let name = spec.ty.name();
            let class = class.ok_or_else(|| refuse(format!("this {name} is not supported")))?;
            out.word("IrisPG").dot().word(class)
        }
        P::Timestamp => out.word("TIMESTAMP"),
        P::Uuid => out.word("UNIQUEIDENTIFIER"),
        // IRIS has one type for these and others; read back, the class tells them apart. Only the
        // bound tree knows a column's type by its class.
        ty => match data_class(ty) {
            Some(class) => out.word("IrisPG").dot().word(class),
            None => {
                return Err(refuse(format!("columns of type {} are not supported", ty.name())));
            }
        },
    };
    Ok(())
}

fn checked(length: Option<u64>, ty: PgType) -> Result<u64, SqlError> {
    match length {
        None => Ok(TEXT_LENGTH),
        Some(length) if length <= TEXT_LENGTH => Ok(length),
        Some(_) => {
            let message = format!("length for type {} cannot exceed {TEXT_LENGTH}", ty.name());
            Err(SqlError::new("22023", message))
        }
    }
}

/// A `numeric` without precision keeps every digit in PostgreSQL, which no type of IRIS does, and
/// one of more than 18 digits would be rounded: both are refused, here and nowhere else.
fn declare_numeric(out: &mut Printer, digits: Option<(u64, u64)>) -> Result<(), SqlError> {
    let Some((p, s)) = digits else {
        return Err(refuse("columns of type numeric without a precision are not supported")
            .hint("Give a precision and a scale, such as numeric(18,4)."));
    };
    if p > NUMERIC_DIGITS {
        return Err(refuse(format!("columns of type numeric({p},{s}) are not supported"))
            .hint("IRIS keeps 18 digits exactly: use numeric(18, s) or less."));
    }
    out.call("NUMERIC").count(p).comma().count(s).close();
    Ok(())
}

/// Prints the target of an IRIS CAST; `false` when there is none that keeps the value.
pub(crate) fn cast_target(out: &mut Printer, spec: TypeSpec) -> bool {
    use PgType as P;
    match spec.ty {
        P::Bool => out.word("BIT"),
        P::Int2 => out.word("SMALLINT"),
        P::Int4 => out.word("INTEGER"),
        P::Int8 => out.word("BIGINT"),
        P::Float8 => out.word("DOUBLE"),
        P::Numeric => match spec.digits {
            Some((p, s)) if p <= NUMERIC_DIGITS => {
                out.call("NUMERIC").count(p).comma().count(s).close()
            }
            _ => return false,
        },
        P::Text | P::Varchar => {
            out.call("VARCHAR").count(spec.length.unwrap_or(TEXT_LENGTH).min(TEXT_LENGTH)).close()
        }
        P::Date => out.word("DATE"),
        P::Time => out.word("TIME"),
        P::Timestamp | P::Timestamptz => out.word("TIMESTAMP"),
        _ => return false,
    };
    true
}

/// Whether values of the type are whole numbers.
pub(crate) fn is_integer(ty: PgType) -> bool {
    matches!(ty, PgType::Int2 | PgType::Int4 | PgType::Int8)
}

/// Whether values of the type are texts.
pub(crate) fn is_text(ty: PgType) -> bool {
    matches!(ty, PgType::Text | PgType::Varchar | PgType::Name)
}
