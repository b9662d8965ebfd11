//! CAST and CONVERT (iris-sql §1.5, §2).

use super::super::api::SqlFailure;
use super::super::ast::{Conversion, Expr, TypeName};
use super::super::sqlcode::{bare, fail};
use super::super::types::{Kept, STRING_MAX, Ty};
use super::calls::moment_of;
use super::expr::ANY_NUMBER;
use super::{Binder, Bound, Origin};

/// The targets of CAST and CONVERT with their default lengths (iris-sql §1.5). p is ignored, and
/// without s up to 15 decimals are kept. UNVERIFIED(iris): the lengths of BINARY and VARBINARY are
/// those of CHAR and VARCHAR; FLOAT is a target because one real program prepares it (iris-sql
/// §1.8); MAX keeps everything.
fn target(name: &TypeName) -> Option<Ty> {
    let scaled = matches!(name.name.as_str(), "DEC" | "DECIMAL" | "NUMERIC");
    if name.args.len() > if scaled { 2 } else { 1 } {
        return None;
    }
    let length = |missing: u32| match name.args.first().map(String::as_str) {
        None => Some(missing),
        Some("MAX") => Some(0),
        Some(digits) => digits.parse::<u32>().ok().map(|n| n.min(STRING_MAX)),
    };
    let digits = |at: usize| name.args.get(at).map(|text| text.parse::<u8>().ok());
    if name.args.len() > 2 {
        return None;
    }
    Some(match name.name.as_str() {
        "CHAR" | "CHARACTER" | "NCHAR" => Ty::Varchar(length(1)?),
        "VARCHAR" | "NVARCHAR" => Ty::Varchar(length(30)?),
        "CHAR VARYING" | "CHARACTER VARYING" => Ty::Varchar(length(0)?),
        "INT" | "INTEGER" => Ty::Integer,
        "BIGINT" => Ty::BigInt,
        "SMALLINT" => Ty::SmallInt,
        "TINYINT" => Ty::TinyInt,
        "BIT" => Ty::Bit,
        "DEC" | "DECIMAL" | "NUMERIC" => match (digits(0), digits(1)) {
            (None, _) => Ty::Decimal { p: 18, s: 15 },
            (Some(p), None) => Ty::Decimal { p: p?, s: 15 },
            (Some(p), Some(s)) => Ty::Decimal { p: p?, s: s?.min(18) },
        },
        "DOUBLE" | "FLOAT" => Ty::Double,
        "MONEY" | "SMALLMONEY" => Ty::Decimal { p: 19, s: 4 },
        "DATE" => Ty::Date,
        "TIME" => Ty::Time(digits(0).flatten().unwrap_or(0).min(9)),
        "TIMESTAMP" | "DATETIME" | "SMALLDATETIME" => Ty::TimeStamp,
        "POSIXTIME" => Ty::PosixTime,
        "BINARY" => Ty::VarBinary(length(1)?),
        "VARBINARY" => Ty::VarBinary(length(30)?),
        "GUID" => Ty::Guid,
        _ => return None,
    })
}

/// −376 (iris-sql §1.5, Appendix A).
fn unsupported(name: &TypeName) -> SqlFailure {
    let shown = name.name.trim_start_matches('?');
    fail(-376, format!("Unsupported CAST target specified: {shown}"))
}

impl Binder<'_> {
    /// CAST: what cannot be read becomes 0, 1840-12-31 or midnight without an error, but a
    /// timestamp −400; a stream is −37 (iris-sql §1.5, §2).
    pub(super) fn cast(&mut self, inner: &Expr, name: &TypeName) -> Result<Bound, SqlFailure> {
        let ty = target(name).ok_or_else(|| unsupported(name))?;
        let inner = self.operand(inner, ty)?;
        if matches!(inner.origin, Origin::Null) {
            return Ok(null_of(ty));
        }
        Ok(Bound::expression(cast_text(&inner, ty), ty))
    }

    /// CONVERT as CAST, with a style for dates, and −141 for what cannot be read (iris-sql §2).
    pub(super) fn convert(&mut self, conversion: &Conversion) -> Result<Bound, SqlFailure> {
        let name = &conversion.ty;
        let ty = target(name).ok_or_else(|| unsupported(name))?;
        let inner = self.operand(&conversion.value, ty)?;
        let style = match &conversion.style {
            Some(style) => {
                let style = self.value(style)?;
                self.settled(style, ANY_NUMBER).decimal()
            }
            None => "NULL".to_owned(),
        };
        if matches!(inner.origin, Origin::Null) {
            return Ok(null_of(ty));
        }
        let text = inner.ty.is_text();
        let moment = matches!(inner.ty, Ty::Date | Ty::Time(_) | Ty::PosixTime | Ty::TimeStamp);
        let sql = match ty {
            Ty::Varchar(n) if moment && conversion.style.is_some() => {
                cut(format!("i_styled({},{style})", moment_of(&inner)), n)
            }
            Ty::Date | Ty::Time(_) | Ty::PosixTime | Ty::TimeStamp if text => {
                let name = match ty {
                    Ty::Date => "i_convdate",
                    Ty::Time(_) => "i_convtime",
                    Ty::PosixTime => "i_convposix",
                    _ => "i_convstamp",
                };
                format!("{name}({},{style})", inner.sql)
            }
            ty if text && (ty.is_number() || ty == Ty::Bit) => {
                let number = format!("i_convnumber({})", inner.sql);
                cast_text(&Bound::expression(number, Ty::Decimal { p: 18, s: 15 }), ty)
            }
            ty => cast_text(&inner, ty),
        };
        Ok(Bound::expression(sql, ty))
    }

    /// What is cast; a stream is −37 (iris-sql §1.5).
    fn operand(&mut self, inner: &Expr, ty: Ty) -> Result<Bound, SqlFailure> {
        let inner = self.value(inner)?;
        let inner = self.settled(inner, parameter(ty));
        if inner.ty.is_stream() { Err(bare(-37)) } else { Ok(inner) }
    }
}

fn null_of(ty: Ty) -> Bound {
    Bound::expression("NULL".to_owned(), ty).with_origin(Origin::Expression)
}

/// Cuts silently (iris-sql §1.5).
fn cut(sql: String, length: u32) -> String {
    if length == 0 { sql } else { format!("i_cut({sql},{length})") }
}

fn cast_text(inner: &Bound, ty: Ty) -> String {
    match ty {
        // A date becomes `YYYY-MM-DD` (iris-sql §1.5).
        Ty::Varchar(n) => cut(inner.shown_text(), n),
        // UNVERIFIED(iris): any number but 0 is 1, as in Display mode (iris-sql §4.1).
        Ty::Bit => format!("(i_sign({}) <> 0)", inner.decimal()),
        // Towards zero (iris-sql §1.5).
        ty if ty.is_integer() => match inner.ty {
            from if from.is_integer() || from == Ty::Date => inner.sql.clone(),
            _ => format!("i_trunc({})", inner.decimal()),
        },
        // Rounded to s; p is ignored (iris-sql §1.5).
        Ty::Decimal { s, .. } => format!("i_round({},{s},0)", inner.decimal()),
        Ty::TimeStamp if inner.ty != Ty::TimeStamp => format!("i_stamp({})", moment_of(inner)),
        Ty::TimeStamp => format!("i_stamp({},'s')", inner.sql),
        Ty::PosixTime => format!("i_posix({})", moment_of(inner)),
        Ty::Date if !inner.ty.is_number() => format!("i_castdate({})", moment_of(inner)),
        Ty::Time(p) if !inner.ty.is_number() => format!("i_casttime({},{p})", moment_of(inner)),
        Ty::Date => format!("i_daynumber({})", inner.decimal()),
        Ty::Time(_) => format!("i_timenumber({})", inner.decimal()),
        Ty::VarBinary(n) if inner.ty.kept() == Kept::Blob => {
            if n == 0 {
                inner.sql.clone()
            } else {
                format!("substr({},1,{n})", inner.sql)
            }
        }
        Ty::VarBinary(n) => {
            let bytes = format!("i_bytes({})", inner.shown_text());
            if n == 0 { bytes } else { format!("substr({bytes},1,{n})") }
        }
        ty => inner.to(ty),
    }
}

/// What a parameter that is cast arrives as.
fn parameter(ty: Ty) -> Ty {
    match ty {
        Ty::Double => Ty::Double,
        Ty::VarBinary(n) => Ty::VarBinary(n),
        Ty::Varchar(_) | Ty::Guid | Ty::Date | Ty::Time(_) | Ty::PosixTime | Ty::TimeStamp => {
            Ty::Varchar(0)
        }
        _ => ANY_NUMBER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_and_their_lengths() {
        // iris-sql §1.5.
        let of = |name: &str, args: &[&str]| {
            let args = args.iter().map(|a| (*a).to_owned()).collect();
            target(&TypeName { name: name.to_owned(), args })
        };
        assert_eq!(of("CHAR", &[]), Some(Ty::Varchar(1)));
        assert_eq!(of("VARCHAR", &[]), Some(Ty::Varchar(30)));
        assert_eq!(of("CHAR VARYING", &[]), Some(Ty::Varchar(0)));
        assert_eq!(of("NUMERIC", &["5"]), Some(Ty::Decimal { p: 5, s: 15 }));
        assert_eq!(of("NUMERIC", &["5", "2"]), Some(Ty::Decimal { p: 5, s: 2 }));
        for other in ["REAL", "TEXT", "CLOB", "JSON", "TIMESTAMP2", "UNIQUEIDENTIFIER"] {
            assert_eq!(of(other, &[]), None, "{other}");
        }
    }
}
