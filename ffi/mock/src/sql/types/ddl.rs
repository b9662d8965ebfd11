//! Column types of CREATE TABLE and the classes they map to (iris-sql §1.5).

use super::super::api::Version;
use super::super::ast::TypeName;
use super::classes::DataClass;
use super::{Filled, STRING_MAX, Ty, number, numeric};

/// A DDL type: its type, class, and limits where the class narrows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) struct DdlType {
    pub(in crate::sql) ty: Ty,
    pub(in crate::sql) class: &'static str,
    pub(in crate::sql) filled: Filled,
    /// MEDIUMINT.
    pub(in crate::sql) medium: bool,
    /// The collation that the class sets.
    pub(in crate::sql) collation: Option<&'static str>,
}

impl DdlType {
    fn of(ty: Ty) -> DdlType {
        DdlType { ty, class: ty.class(), filled: Filled::Given, medium: false, collation: None }
    }

    fn class(ty: Ty, class: &'static str) -> DdlType {
        DdlType { class, ..DdlType::of(ty) }
    }

    fn filled(class: &'static str, filled: Filled) -> DdlType {
        DdlType { class, filled, ..DdlType::of(Ty::BigInt) }
    }
}

/// A length as written: none is 1, `''` is unlimited (0), MAX is a stream.
enum Length {
    Of(u32),
    Stream,
}

fn length(args: &[String]) -> Option<Length> {
    match args {
        [] => Some(Length::Of(1)),
        [empty] if empty.is_empty() => Some(Length::Of(0)),
        [max] if max == "MAX" => Some(Length::Stream),
        [n] => {
            let n = number(Some(n)).filter(|n| (1..=STRING_MAX).contains(n))?;
            Some(Length::Of(n))
        }
        _ => None,
    }
}

fn string(args: &[String]) -> Option<DdlType> {
    Some(DdlType::of(match length(args)? {
        Length::Of(n) => Ty::Varchar(n),
        Length::Stream => Ty::LongVarchar,
    }))
}

fn binary(args: &[String]) -> Option<DdlType> {
    Some(DdlType::of(match length(args)? {
        Length::Of(n) => Ty::VarBinary(n),
        Length::Stream => Ty::LongVarBinary,
    }))
}

/// TIME(p): a precision of 0 to 9.
fn time(precision: Option<&String>) -> Option<DdlType> {
    let p = match precision {
        None => 0,
        some => u8::try_from(number(some)?).ok().filter(|p| *p <= 9)?,
    };
    Some(DdlType::of(Ty::Time(p)))
}

/// A column type of CREATE TABLE (iris-sql §1.5); `None` when no class has that name, or when the
/// class does not compile with these parameters.
pub(in crate::sql) fn ddl_type(name: &TypeName, version: Version) -> Option<DdlType> {
    if name.name.starts_with('%') {
        return class_type(name);
    }
    if let Some(class) = DataClass::named(&name.name) {
        return package_type(&class, &name.args);
    }
    let args = name.args.as_slice();
    Some(match name.name.as_str() {
        "BIT" => DdlType::of(Ty::Bit),
        "TINYINT" => DdlType::of(Ty::TinyInt),
        "SMALLINT" => DdlType::of(Ty::SmallInt),
        "INT" | "INTEGER" => DdlType::of(Ty::Integer),
        "MEDIUMINT" => DdlType { medium: true, ..DdlType::of(Ty::Integer) },
        "BIGINT" => DdlType::of(Ty::BigInt),
        "SERIAL" => DdlType::filled("%Library.Counter", Filled::Counter),
        "ROWVERSION" => DdlType::filled("%Library.RowVersion", Filled::RowVersion),
        "NUMERIC" | "DECIMAL" | "DEC" | "NUMBER" => DdlType::of(numeric(args)?),
        "MONEY" | "SMALLMONEY" => DdlType::class(Ty::Numeric { p: 19, s: 4 }, "%Library.Currency"),
        "DOUBLE" | "DOUBLE PRECISION" | "FLOAT" | "REAL" => DdlType::of(Ty::Double),
        "CHAR"
        | "CHARACTER"
        | "VARCHAR"
        | "VARCHAR2"
        | "NCHAR"
        | "NVARCHAR"
        | "CHAR VARYING"
        | "CHARACTER VARYING"
        | "NCHAR VARYING"
        | "NATIONAL CHAR"
        | "NATIONAL CHARACTER"
        | "NATIONAL CHAR VARYING"
        | "NATIONAL CHARACTER VARYING"
        | "NATIONAL VARCHAR" => string(args)?,
        "SYSNAME" => DdlType::of(Ty::Varchar(128)),
        "TEXT" | "NTEXT" | "CLOB" | "LONGVARCHAR" | "LONG" | "LONGTEXT" | "MEDIUMTEXT"
        | "LONG VARCHAR" => DdlType::of(Ty::LongVarchar),
        "BINARY" | "VARBINARY" | "BINARY VARYING" | "RAW" => binary(args)?,
        "BLOB" | "IMAGE" | "LONGVARBINARY" | "LONG RAW" | "LONG BINARY" | "LONG VARBINARY" => {
            DdlType::of(Ty::LongVarBinary)
        }
        "DATE" => DdlType::of(Ty::Date),
        "TIME" => time(args.first())?,
        "TIMESTAMP" if !version.timestamp_is_posix() => DdlType::of(Ty::TimeStamp),
        "TIMESTAMP" | "POSIXTIME" => DdlType::of(Ty::PosixTime),
        "TIMESTAMP2" => DdlType::of(Ty::TimeStamp),
        "DATETIME" | "DATETIME2" | "SMALLDATETIME" => {
            DdlType::class(Ty::TimeStamp, "%Library.DateTime")
        }
        "UNIQUEIDENTIFIER" => DdlType::of(Ty::Guid),
        _ => return None,
    })
}

/// A class of the gateway's package, which is what it extends under another name.
fn package_type(class: &DataClass, args: &[String]) -> Option<DdlType> {
    if args.iter().any(|arg| !arg.contains('=')) {
        return None;
    }
    let base = TypeName { name: class.base.to_ascii_uppercase(), args: class.arguments(args) };
    let collation = class.parameter("COLLATION");
    Some(DdlType { class: class.name, collation, ..class_type(&base)? })
}

/// A class named as type: `%String(MAXLEN=30)`, `%Library.Integer` (iris-sql §1.5).
/// UNVERIFIED(iris): the defaults of their parameters, and that limits of numbers are not followed.
fn class_type(name: &TypeName) -> Option<DdlType> {
    let short =
        name.name.strip_prefix("%LIBRARY.").unwrap_or_else(|| name.name.trim_start_matches('%'));
    let parameter = |wanted: &str| {
        name.args.iter().find_map(|arg| {
            let (key, value) = arg.split_once('=')?;
            (key == wanted).then(|| value.to_owned())
        })
    };
    // A parameter is `NAME=value`; nothing else compiles.
    if name.args.iter().any(|arg| !arg.contains('=')) {
        return None;
    }
    let maxlen = |missing: u32| match parameter("MAXLEN") {
        None => Some(missing),
        Some(text) if text.is_empty() => Some(0),
        some => number(some.as_ref()).filter(|n| (1..=STRING_MAX).contains(n)),
    };
    let scale = || match parameter("SCALE") {
        None => Some(2),
        some => u8::try_from(number(some.as_ref())?).ok().filter(|s| *s <= super::SCALE_MAX),
    };
    Some(match short {
        "BOOLEAN" => DdlType::of(Ty::Bit),
        "TINYINT" => DdlType::of(Ty::TinyInt),
        "SMALLINT" => DdlType::of(Ty::SmallInt),
        "INTEGER" => DdlType::of(Ty::Integer),
        "BIGINT" => DdlType::of(Ty::BigInt),
        "COUNTER" => DdlType::filled("%Library.Counter", Filled::Counter),
        "ROWVERSION" => DdlType::filled("%Library.RowVersion", Filled::RowVersion),
        "NUMERIC" | "DECIMAL" => {
            let s = scale()?;
            DdlType::of(Ty::Numeric { p: 15 + s.min(4), s })
        }
        "CURRENCY" => DdlType::class(Ty::Numeric { p: 19, s: 4 }, "%Library.Currency"),
        "DOUBLE" | "FLOAT" => DdlType::of(Ty::Double),
        "STRING" | "RAWSTRING" => DdlType::of(Ty::Varchar(maxlen(50)?)),
        "BINARY" => DdlType::of(Ty::VarBinary(maxlen(1)?)),
        "LIST" => DdlType::class(Ty::Varchar(0), "%Library.List"),
        "DATE" => DdlType::of(Ty::Date),
        "TIME" => time(parameter("PRECISION").as_ref())?,
        "POSIXTIME" => DdlType::of(Ty::PosixTime),
        "TIMESTAMP" => DdlType::of(Ty::TimeStamp),
        "DATETIME" => DdlType::class(Ty::TimeStamp, "%Library.DateTime"),
        "UNIQUEIDENTIFIER" => DdlType::of(Ty::Guid),
        "STREAM.GLOBALCHARACTER" => DdlType::of(Ty::LongVarchar),
        "STREAM.GLOBALBINARY" => DdlType::of(Ty::LongVarBinary),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, args: &[&str]) -> Option<Ty> {
        let name = TypeName {
            name: name.to_owned(),
            args: args.iter().map(|a| (*a).to_owned()).collect(),
        };
        ddl_type(&name, Version::new(2025, 1)).map(|t| t.ty)
    }

    #[test]
    fn ddl_names_follow_the_facts() {
        // iris-sql §1.5.
        assert_eq!(of("VARCHAR", &[]), Some(Ty::Varchar(1)));
        assert_eq!(of("VARCHAR", &["50"]), Some(Ty::Varchar(50)));
        assert_eq!(of("VARCHAR", &["MAX"]), Some(Ty::LongVarchar));
        assert_eq!(of("NUMERIC", &[]), Some(Ty::Numeric { p: 15, s: 0 }));
        assert_eq!(of("NUMERIC", &["10", "2"]), Some(Ty::Numeric { p: 10, s: 2 }));
        assert_eq!(of("NUMERIC", &["30", "2"]), None);
        assert_eq!(of("TIMESTAMP", &[]), Some(Ty::PosixTime));
        assert_eq!(of("IRISPG.TIMESTAMPTZ", &[]), Some(Ty::PosixTime));
        assert_eq!(of("IRISPG.NAME", &[]), Some(Ty::Varchar(63)));
        assert_eq!(of("IRISPG.NAME", &["MAXLEN=5"]), Some(Ty::Varchar(5)));
        for missing in [
            "IRISPG.SESSION",
            "IRISPG.NOTHING",
            "BOOLEAN",
            "BYTEA",
            "JSON",
            "UUID",
            "INTERVAL",
            "INT4",
        ] {
            assert_eq!(of(missing, &[]), None, "{missing}");
        }
    }
}
