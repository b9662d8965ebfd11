//! IRIS's SQL types: what DDL and CAST name, how values are kept, what metadata says.

mod classes;
mod ddl;

pub(in crate::sql) use ddl::{DdlType, ddl_type};

/// The type of a column or an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Ty {
    /// `NULL`, or a parameter of which nothing is known.
    Unknown,
    Bit,
    TinyInt,
    SmallInt,
    Integer,
    BigInt,
    /// Kept as a 64-bit integer of `s` decimals.
    Numeric {
        p: u8,
        s: u8,
    },
    /// A computed number of any scale, kept as canonical text; `p` and `s` are for metadata.
    Decimal {
        p: u8,
        s: u8,
    },
    Double,
    /// Length in characters, 0 for unlimited.
    Varchar(u32),
    LongVarchar,
    VarBinary(u32),
    LongVarBinary,
    Date,
    /// Kept in nanoseconds since midnight.
    Time(u8),
    PosixTime,
    /// %TimeStamp and %DateTime: text.
    TimeStamp,
    Guid,
    /// %List: a `$LIST`.
    List,
}

/// How SQLite holds a value of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Kept {
    /// A 64-bit integer with that many decimals.
    Whole(u8),
    /// Canonical text of a number, compared by the collation `IRISDEC`.
    Number,
    Real,
    Text,
    Blob,
}

impl Ty {
    pub(in crate::sql) fn kept(self) -> Kept {
        match self {
            Ty::Bit
            | Ty::TinyInt
            | Ty::SmallInt
            | Ty::Integer
            | Ty::BigInt
            | Ty::Date
            | Ty::PosixTime => Kept::Whole(0),
            Ty::Numeric { s, .. } => Kept::Whole(s),
            Ty::Time(_) => Kept::Whole(9),
            Ty::Decimal { .. } => Kept::Number,
            Ty::Double => Kept::Real,
            Ty::Unknown | Ty::Varchar(_) | Ty::LongVarchar | Ty::TimeStamp | Ty::Guid => Kept::Text,
            Ty::VarBinary(_) | Ty::LongVarBinary | Ty::List => Kept::Blob,
        }
    }

    /// The column type of a STRICT table (DESIGN §5).
    pub(in crate::sql) fn storage(self) -> &'static str {
        match self.kept() {
            Kept::Whole(_) => "INTEGER",
            Kept::Real => "REAL",
            Kept::Blob => "BLOB",
            Kept::Number | Kept::Text => "TEXT",
        }
    }

    pub(in crate::sql) fn is_number(self) -> bool {
        self.is_integer() || matches!(self, Ty::Numeric { .. } | Ty::Decimal { .. } | Ty::Double)
    }

    pub(in crate::sql) fn is_integer(self) -> bool {
        matches!(self, Ty::Bit | Ty::TinyInt | Ty::SmallInt | Ty::Integer | Ty::BigInt)
    }

    pub(in crate::sql) fn is_text(self) -> bool {
        matches!(self, Ty::Varchar(_) | Ty::LongVarchar)
    }

    pub(in crate::sql) fn is_stream(self) -> bool {
        matches!(self, Ty::LongVarchar | Ty::LongVarBinary)
    }

    /// Digits before and after the point, for the result types of arithmetic (iris-sql §1.1).
    pub(in crate::sql) fn digits(self) -> (u8, u8) {
        match self {
            Ty::Bit => (1, 0),
            Ty::TinyInt => (3, 0),
            Ty::SmallInt => (5, 0),
            Ty::Integer | Ty::Date => (10, 0),
            Ty::Numeric { p, s } | Ty::Decimal { p, s } => (p, s),
            Ty::Time(p) => (5 + p, p),
            _ => (19, 0),
        }
    }

    /// ODBC type number, precision, scale (iris-sql §5.3). UNVERIFIED(iris): precision and scale of
    /// timestamps and streams, which the facts leave open.
    pub(in crate::sql) fn meta(self) -> (i64, i64, i64) {
        match self {
            Ty::Unknown => (12, 0, 0),
            Ty::Bit => (-7, 1, 0),
            Ty::TinyInt => (-6, 3, 0),
            Ty::SmallInt => (5, 5, 0),
            Ty::Integer => (4, 10, 0),
            Ty::BigInt => (-5, 19, 0),
            Ty::Numeric { p, s } | Ty::Decimal { p, s } => (2, i64::from(p), i64::from(s)),
            // iris-sql §1.5: metadata precision 20.
            Ty::Double => (8, 20, 0),
            // iris-sql §3: unlimited length reports the system's maximum, by default 4096.
            Ty::Varchar(0) => (12, 4096, 0),
            Ty::Varchar(n) => (12, i64::from(n), 0),
            Ty::LongVarchar => (-1, 2_147_483_647, 0),
            Ty::VarBinary(0) => (-3, 4096, 0),
            Ty::VarBinary(n) => (-3, i64::from(n), 0),
            Ty::LongVarBinary => (-4, 2_147_483_647, 0),
            Ty::Date => (9, 10, 0),
            // iris-sql §1.5: precision 8 + 1 + p.
            Ty::Time(0) => (10, 8, 0),
            Ty::Time(p) => (10, 9 + i64::from(p), i64::from(p)),
            Ty::PosixTime => (11, 26, 6),
            Ty::TimeStamp => (11, 29, 9),
            Ty::Guid => (-11, 36, 0),
            // Lists report 12 (iris-sql §5.3).
            Ty::List => (12, 4096, 0),
        }
    }

    /// The data type class of an expression of this type (iris-sql §1.5).
    pub(in crate::sql) fn class(self) -> &'static str {
        match self {
            Ty::Bit => "%Library.Boolean",
            Ty::TinyInt => "%Library.TinyInt",
            Ty::SmallInt => "%Library.SmallInt",
            Ty::Integer => "%Library.Integer",
            Ty::BigInt => "%Library.BigInt",
            Ty::Numeric { .. } | Ty::Decimal { .. } => "%Library.Numeric",
            Ty::Double => "%Library.Double",
            Ty::Unknown | Ty::Varchar(_) => "%Library.String",
            Ty::LongVarchar => "%Stream.GlobalCharacter",
            Ty::VarBinary(_) => "%Library.Binary",
            Ty::LongVarBinary => "%Stream.GlobalBinary",
            Ty::Date => "%Library.Date",
            Ty::Time(_) => "%Library.Time",
            Ty::PosixTime => "%Library.PosixTime",
            Ty::TimeStamp => "%Library.TimeStamp",
            Ty::Guid => "%Library.UniqueIdentifier",
            Ty::List => "%Library.List",
        }
    }

    /// Rank when several types meet (iris-sql §1.5, type precedence).
    fn rank(self) -> u8 {
        match self {
            Ty::LongVarBinary => 16,
            Ty::LongVarchar => 15,
            Ty::VarBinary(_) => 14,
            Ty::Varchar(_) | Ty::List => 13,
            Ty::Guid => 12,
            Ty::PosixTime | Ty::TimeStamp => 11,
            Ty::Double => 10,
            Ty::Numeric { .. } | Ty::Decimal { .. } => 9,
            Ty::BigInt => 8,
            Ty::Integer => 7,
            Ty::Date => 6,
            Ty::Time(_) => 5,
            Ty::SmallInt => 4,
            Ty::TinyInt => 3,
            Ty::Bit => 2,
            Ty::Unknown => 0,
        }
    }

    /// The type that holds values of both (CASE, COALESCE, UNION).
    pub(in crate::sql) fn common(self, other: Ty) -> Ty {
        match (self, other) {
            (Ty::Varchar(a), Ty::Varchar(b)) => {
                Ty::Varchar(if a == 0 || b == 0 { 0 } else { a.max(b) })
            }
            (Ty::VarBinary(a), Ty::VarBinary(b)) => {
                Ty::VarBinary(if a == 0 || b == 0 { 0 } else { a.max(b) })
            }
            (Ty::Numeric { p: p1, s: s1 }, Ty::Numeric { p: p2, s: s2 }) => {
                let s = s1.max(s2);
                Ty::Numeric { p: (p1 - s1).max(p2 - s2).saturating_add(s).min(18 + s), s }
            }
            (Ty::Numeric { .. } | Ty::Decimal { .. }, _)
            | (_, Ty::Numeric { .. } | Ty::Decimal { .. })
                if self.rank() <= 9
                    && other.rank() <= 9
                    && self.is_number()
                    && other.is_number() =>
            {
                let ((p1, s1), (p2, s2)) = (self.digits(), other.digits());
                let s = s1.max(s2);
                let p = (p1.saturating_sub(s1)).max(p2.saturating_sub(s2)).saturating_add(s);
                match (self, other) {
                    (Ty::Decimal { .. }, _) | (_, Ty::Decimal { .. }) => {
                        Ty::Decimal { p: p.min(36), s }
                    }
                    _ => Ty::Numeric { p: p.min(18 + s), s },
                }
            }
            _ if self.rank() >= other.rank() => self,
            _ => other,
        }
    }
}

/// Who fills a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Filled {
    /// The statement.
    Given,
    /// A counter of the column when the statement gives nothing (SERIAL, AUTO_INCREMENT).
    Counter,
    /// A counter of the namespace, always (ROWVERSION).
    RowVersion,
    /// The RowID itself (IDENTITY).
    Identity,
}

/// The largest length of a string column. 3 641 144 characters (iris-sql §4.3).
pub(in crate::sql) const STRING_MAX: u32 = 3_641_144;

/// The largest scale of a stored number (iris-sql §1.5).
pub(in crate::sql) const SCALE_MAX: u8 = 18;

fn number(arg: Option<&String>) -> Option<u32> {
    arg.and_then(|text| text.parse().ok())
}

fn numeric(args: &[String]) -> Option<Ty> {
    // iris-sql §1.5: default p 15, s 0; s ≤ 18, p ≤ 19 + s.
    if args.is_empty() {
        return Some(Ty::Numeric { p: 15, s: 0 });
    }
    let p = u8::try_from(number(args.first())?).ok()?;
    let s = if args.len() > 1 { u8::try_from(number(args.get(1))?).ok()? } else { 0 };
    (s <= SCALE_MAX && p >= 1 && p <= 19 + s).then_some(Ty::Numeric { p, s })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_meet_in_the_wider_type() {
        assert_eq!(Ty::Integer.common(Ty::BigInt), Ty::BigInt);
        assert_eq!(Ty::Varchar(3).common(Ty::Varchar(9)), Ty::Varchar(9));
        let money = Ty::Numeric { p: 10, s: 2 };
        assert_eq!(money.common(Ty::Integer), Ty::Numeric { p: 12, s: 2 });
        assert_eq!(Ty::Unknown.common(Ty::Date), Ty::Date);
    }
}
