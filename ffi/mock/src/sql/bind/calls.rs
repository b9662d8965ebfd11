//! Scalar functions (iris-sql §2, Appendix C), by the table of functions.

use super::super::api::SqlFailure;
use super::super::ast::{Expr, Op, Place};
use super::super::functions::part_code;
use super::super::functions::table::{self, Function, Gives};
use super::super::sqlcode::{bare, fail};
use super::super::types::{Kept, Ty};
use super::expr::{ANY_NUMBER, arithmetic};
use super::{Binder, Bound, Constant, Origin};

/// −359 (iris-sql §1.8). UNVERIFIED(iris): the text, which names schema and function.
fn unknown(name: &str) -> SqlFailure {
    let full = if name.contains('.') { name.to_owned() } else { format!("SQLUSER.{name}") };
    fail(-359, format!("User defined SQL function '{full}' does not exist"))
}

/// The place of argument `at`; a missing one is −380 (iris-sql Appendix A).
pub(super) fn given<T>(all: &[T], at: usize) -> Result<&T, SqlFailure> {
    all.get(at).ok_or_else(|| bare(-380))
}

impl Binder<'_> {
    /// A call by the table: an unknown name is −359, too few arguments are −380, too many −381
    /// (iris-sql §1.8, Appendix A).
    pub(super) fn call(
        &mut self,
        name: &str,
        args: &[Expr],
        escape: bool,
        _at: Place,
    ) -> Result<Bound, SqlFailure> {
        let Some(function) = table::find(name, escape, self.version) else {
            return Err(unknown(name));
        };
        let (least, most) = function.arity();
        if args.len() < least {
            return Err(bare(-380));
        }
        if args.len() > most {
            return Err(bare(-381));
        }
        if function.gives == Gives::Own || function.sql.is_empty() {
            return self.own_call(function, args, escape);
        }
        let mut bounds = Vec::with_capacity(args.len());
        let mut texts = Vec::with_capacity(args.len());
        for (at, arg) in args.iter().enumerate() {
            let letter = function.letter(at);
            if letter == b'P' {
                texts.push(self.date_part(function, arg)?);
                continue;
            }
            let bound = self.argument(arg, letter, function, at)?;
            texts.push(in_form(&bound, letter));
            bounds.push(bound);
        }
        let sql = format!("{}({})", function.sql, texts.join(","));
        Ok(typed(function.gives, sql, &bounds))
    }

    /// An argument, its parameter typed. Streams go into SUBSTRING and the length functions only,
    /// else −37 (iris-sql §1.5, §4.1).
    fn argument(
        &mut self,
        arg: &Expr,
        letter: u8,
        function: &Function,
        at: usize,
    ) -> Result<Bound, SqlFailure> {
        let bound = self.value(arg)?;
        let streams = matches!(
            function.name,
            "SUBSTRING" | "CHAR_LENGTH" | "CHARACTER_LENGTH" | "DATALENGTH" | "LENGTH"
        );
        if bound.ty.is_stream() && !(streams && at == 0) {
            return Err(bare(-37));
        }
        Ok(match letter {
            b'N' => self.settled(bound, ANY_NUMBER),
            _ => self.settled(bound, Ty::Varchar(0)),
        })
    }

    /// A date part, bare or quoted. An unknown one in the text is −8, in a host variable it gives
    /// NULL; DATEDIFF gives NULL for both in Dynamic SQL (iris-sql §2, §1.8).
    fn date_part(&mut self, function: &Function, arg: &Expr) -> Result<String, SqlFailure> {
        let part = match arg {
            Expr::Text(text) => text.clone(),
            _ => {
                let bound = self.value(arg)?;
                return Ok(self.settled(bound, Ty::Varchar(0)).logical_text());
            }
        };
        let code = match function.name {
            "TIMESTAMPADD" | "TIMESTAMPDIFF" => interval_code(&part),
            _ => part_code(&part),
        };
        // `sqltimestamp` is for DATENAME and DATEPART alone (iris-sql §2).
        let code = code.filter(|c| *c != "sts" || matches!(function.name, "DATENAME" | "DATEPART"));
        match code {
            Some(code) => Ok(format!("'{code}'")),
            None if function.name == "DATEDIFF" => Ok("NULL".to_owned()),
            // UNVERIFIED(iris): DATE_TRUNC, TIMESTAMPADD and TIMESTAMPDIFF refuse alike.
            None => Err(bare(-8)),
        }
    }

    /// Functions that take more than their arguments in one form (iris-sql §2, Appendix C).
    fn own_call(
        &mut self,
        function: &Function,
        args: &[Expr],
        escape: bool,
    ) -> Result<Bound, SqlFailure> {
        match function.name {
            "COALESCE" | "ISNULL" | "NVL" | "GREATEST" | "LEAST" | "NULLIF" | "IFNULL"
            | "DECODE" => {
                let all: Result<Vec<Bound>, SqlFailure> =
                    args.iter().map(|arg| self.value(arg)).collect();
                self.choice(function.name, all?, escape)
            }
            "JSON_ARRAY" | "JSON_OBJECT" => self.json_text(function.name, args),
            "XMLELEMENT" | "XMLFOREST" | "XMLCONCAT" => self.xml_text(function.name, args),
            "MOD" => {
                let a = self.argument(given(args, 0)?, b'N', function, 0)?;
                let b = self.argument(given(args, 1)?, b'N', function, 1)?;
                Ok(arithmetic(Op::Modulo, &a, &b))
            }
            "ROUND" | "TRUNCATE" => self.rounded(function, args),
            "DATEPART" | "DATEADD" | "DATE_TRUNC" | "TIMESTAMPADD" => self.moved(function, args),
            "SECOND" => {
                let moment = self.argument(given(args, 0)?, b'M', function, 0)?;
                Ok(Bound::expression(format!("i_second({})", moment_of(&moment)), Ty::Integer))
            }
            "TO_CHAR" | "TOCHAR" => self.written(function, args),
            "UNIX_TIMESTAMP" => {
                let moment = match args.first() {
                    Some(arg) => moment_of(&self.argument(arg, b'M', function, 0)?),
                    None => {
                        let now = Constant::Special("CURRENT_TIMESTAMP".to_owned(), 3);
                        format!("{},'s'", self.constant(now))
                    }
                };
                let ty = Ty::Decimal { p: 18, s: 6 };
                Ok(Bound::expression(format!("i_unix({moment})"), ty))
            }
            "%EXTERNAL" | "%ODBCOUT" | "%INTERNAL" | "%ODBCIN" => self.converted(function, args),
            "$LIST" => {
                let list = self.argument(given(args, 0)?, b'B', function, 0)?;
                let mut texts = vec![in_form(&list, b'B')];
                for (at, arg) in args.iter().enumerate().skip(1) {
                    texts.push(self.argument(arg, b'N', function, at)?.decimal());
                }
                // With an end it is a list of elements, else one element.
                let (sql, ty) = if args.len() > 2 {
                    ("i_listpart", Ty::List)
                } else {
                    ("i_list", Ty::Varchar(0))
                };
                Ok(Bound::expression(format!("{sql}({})", texts.join(",")), ty))
            }
            _ => self.session_value(function, args),
        }
    }

    /// Functions whose value the session knows (iris-sql §2); a precision is a number, else −80
    /// (Appendix A).
    fn session_value(&mut self, function: &Function, args: &[Expr]) -> Result<Bound, SqlFailure> {
        let precision = match args.first() {
            Some(Expr::Number(digits)) => digits.parse::<u8>().unwrap_or(0).min(9),
            Some(_) => return Err(bare(-80)),
            None => 0,
        };
        let (special, ty) = match function.name {
            "CURDATE" => ("CURRENT_DATE", Ty::Date),
            "CURTIME" => ("CURRENT_TIME", Ty::Time(0)),
            "USER" => ("USER", Ty::Varchar(255)),
            "DATABASE" => ("$NAMESPACE", Ty::Varchar(255)),
            // Dynamic SQL, which is all there is here, does not set it (iris-sql §1.3).
            "LAST_IDENTITY" => return Ok(Bound::expression("NULL".to_owned(), Ty::BigInt)),
            "NOW" | "GETDATE" | "GETUTCDATE" => ("CURRENT_TIMESTAMP", Ty::TimeStamp),
            "%SYSTEM_SQL.DEFAULTSCHEMA" => ("DEFAULT_SCHEMA", Ty::Varchar(128)),
            other => return Err(unknown(other)),
        };
        let sql = self.constant(Constant::Special(special.to_owned(), precision));
        Ok(Bound::expression(sql, ty))
    }

    fn choice(&mut self, name: &str, all: Vec<Bound>, escape: bool) -> Result<Bound, SqlFailure> {
        let all_refs: Vec<&Bound> = all.iter().collect();
        self.no_streams(&all_refs)?;
        match name {
            "NULLIF" => return self.null_if(all),
            "DECODE" => return self.decode(all),
            "COALESCE" => one_family(&all)?,
            _ => {}
        }
        let (ty, texts) = self.unified(all);
        let sql = match name {
            // The plain function never gives its first argument; the escape is COALESCE
            // (iris-sql §2).
            "IFNULL" if escape => format!("COALESCE({})", texts.join(", ")),
            "IFNULL" => {
                let pick = |at: usize| texts.get(at).map_or("NULL", String::as_str);
                format!("CASE WHEN {} IS NULL THEN {} ELSE {} END", pick(0), pick(1), pick(2))
            }
            "GREATEST" | "LEAST" => {
                let word = if name == "GREATEST" { "MAX" } else { "MIN" };
                let collate = Bound::expression(String::new(), ty).collate();
                let first = texts.first().cloned().unwrap_or_default();
                let rest = texts.get(1..).unwrap_or_default().join(", ");
                format!("{word}({first}{collate}, {rest})")
            }
            _ => format!("COALESCE({})", texts.join(", ")),
        };
        Ok(Bound::expression(sql, ty))
    }

    /// NULLIF; a missing argument is −380 (iris-sql Appendix A).
    fn null_if(&mut self, all: Vec<Bound>) -> Result<Bound, SqlFailure> {
        let mut all = all.into_iter();
        let (Some(first), Some(second)) = (all.next(), all.next()) else { return Err(bare(-380)) };
        let first = self.settled(first, Ty::Varchar(0));
        let ty = first.ty;
        let same = self.compare("=", first.clone(), second)?;
        Ok(Bound::expression(format!("CASE WHEN {same} THEN NULL ELSE {} END", first.sql), ty))
    }

    /// `DECODE(value {, search, result} [, default])`. UNVERIFIED(iris): NULL is found by NULL, as
    /// in the function's model.
    fn decode(&mut self, all: Vec<Bound>) -> Result<Bound, SqlFailure> {
        let value = self.settled(given(&all, 0)?.clone(), Ty::Varchar(0));
        let mut conditions = Vec::new();
        let mut results = Vec::new();
        for pair in all.get(1..).unwrap_or_default().chunks(2) {
            match pair {
                [search, result] => {
                    let same = self.compare("=", value.clone(), search.clone())?;
                    let found = self.settled(search.clone(), Ty::Varchar(0)).sql;
                    let nulls = format!("({} IS NULL AND {found} IS NULL)", value.sql);
                    conditions.push(format!("({same} OR {nulls})"));
                    results.push(result.clone());
                }
                rest => results.extend(rest.iter().cloned()),
            }
        }
        let (ty, texts) = self.unified(results);
        let mut sql = "CASE".to_owned();
        let mut texts = texts.into_iter();
        for condition in conditions {
            sql.push_str(&format!(" WHEN {condition} THEN {}", texts.next().unwrap_or_default()));
        }
        sql.push_str(&format!(" ELSE {} END", texts.next().unwrap_or("NULL".to_owned())));
        Ok(Bound::expression(sql, ty))
    }

    /// ROUND and TRUNCATE; the scale is that of the argument, or less when the number of places is
    /// a literal (iris-sql §2).
    fn rounded(&mut self, function: &Function, args: &[Expr]) -> Result<Bound, SqlFailure> {
        let mut numbers = Vec::new();
        for (at, arg) in args.iter().enumerate() {
            numbers.push(self.argument(arg, b'N', function, at)?);
        }
        let (first, places) = (given(&numbers, 0)?, given(&numbers, 1)?);
        let cut = match (function.name, numbers.get(2)) {
            (_, Some(flag)) => flag.decimal(),
            ("TRUNCATE", None) => "1".to_owned(),
            _ => "0".to_owned(),
        };
        let sql = format!("i_round({},{},{cut})", first.decimal(), places.decimal());
        let literal = match &places.origin {
            Origin::Number(n) => n.truncated().map(|n| u8::try_from(n.max(0)).unwrap_or(u8::MAX)),
            _ => None,
        };
        let (p, s) = first.ty.digits();
        Ok(match first.ty {
            Ty::Double => Bound::expression(format!("i_real({sql})"), Ty::Double),
            ty if ty.is_integer() => Bound::expression(format!("i_trunc({sql})"), ty),
            _ => Bound::expression(sql, Ty::Decimal { p, s: literal.map_or(s, |n| n.min(s)) }),
        })
    }

    /// Functions of a date part and a moment. DATEADD gives a timestamp, %PosixTime when it was
    /// given one (iris-sql §2). UNVERIFIED(iris): DATE_TRUNC and TIMESTAMPADD do the same.
    fn moved(&mut self, function: &Function, args: &[Expr]) -> Result<Bound, SqlFailure> {
        let part = self.date_part(function, given(args, 0)?)?;
        let last = args.len().saturating_sub(1);
        let moment = self.argument(given(args, last)?, b'M', function, last)?;
        let at = moment_of(&moment);
        let name = match function.name {
            "DATEPART" => {
                let ty = if part == "'sts'" { Ty::Varchar(29) } else { Ty::Integer };
                return Ok(Bound::expression(format!("i_datepart({part},{at})"), ty));
            }
            "DATE_TRUNC" => "i_datetrunc",
            "TIMESTAMPADD" => "i_tsadd",
            _ => "i_dateadd",
        };
        let count = match name {
            "i_datetrunc" => String::new(),
            _ => format!("{},", self.argument(given(args, 1)?, b'N', function, 1)?.decimal()),
        };
        let posix = moment.ty == Ty::PosixTime;
        let ty = if posix { Ty::PosixTime } else { Ty::TimeStamp };
        Ok(Bound::expression(format!("{name}({part},{count}{at})"), ty))
    }

    /// TO_CHAR; without a format the logical value (iris-sql §2).
    fn written(&mut self, function: &Function, args: &[Expr]) -> Result<Bound, SqlFailure> {
        let value = self.argument(given(args, 0)?, b'A', function, 0)?;
        let value = if value.ty.is_number() {
            format!("{},'n'", value.decimal())
        } else {
            moment_of(&value)
        };
        let format = match args.get(1) {
            Some(arg) => self.argument(arg, b'T', function, 1)?.logical_text(),
            None => "NULL".to_owned(),
        };
        Ok(Bound::expression(format!("i_tochar({value},{format})"), Ty::Varchar(0)))
    }

    /// %EXTERNAL and %ODBCOUT give Display and ODBC format. UNVERIFIED(iris): %INTERNAL and %ODBCIN
    /// give what they are given, because a column's value is logical already.
    fn converted(&mut self, function: &Function, args: &[Expr]) -> Result<Bound, SqlFailure> {
        let value = self.argument(given(args, 0)?, b'A', function, 0)?;
        Ok(match (function.name, value.ty) {
            ("%EXTERNAL", Ty::Date) => {
                Bound::expression(format!("i_displaydate({})", value.sql), Ty::Varchar(10))
            }
            ("%EXTERNAL" | "%ODBCOUT", Ty::Varchar(_)) => value,
            ("%EXTERNAL" | "%ODBCOUT", _) => Bound::expression(value.shown_text(), Ty::Varchar(0)),
            _ => value,
        })
    }
}

/// The text of an argument in the form that its letter asks for.
fn in_form(bound: &Bound, letter: u8) -> String {
    match letter {
        b'N' => bound.decimal(),
        b'M' => moment_of(bound),
        b'B' if bound.ty.kept() == Kept::Blob => bound.sql.clone(),
        b'B' => format!("i_bytes({})", bound.logical_text()),
        b'A' => match bound.ty.kept() {
            Kept::Whole(0) | Kept::Real => format!("{},'v'", bound.sql),
            Kept::Whole(_) | Kept::Number => format!("{},'n'", bound.decimal()),
            Kept::Text | Kept::Blob => format!("{},'v'", bound.sql),
        },
        _ => bound.logical_text(),
    }
}

/// A date, time or timestamp as SQLite's functions take one: the value and how it is kept. Numbers
/// are logical dates, texts are read when the statement runs.
pub(super) fn moment_of(bound: &Bound) -> String {
    match bound.ty {
        Ty::Date => format!("{},'d'", bound.sql),
        Ty::Time(_) => format!("{},'t'", bound.sql),
        Ty::PosixTime => format!("{},'p'", bound.sql),
        ty if ty.is_integer() => format!("{},'d'", bound.sql),
        ty if ty.is_number() => format!("i_trunc({}),'d'", bound.decimal()),
        _ => format!("{},'s'", bound.logical_text()),
    }
}

/// A result by its entry in the table.
fn typed(gives: Gives, sql: String, all: &[Bound]) -> Bound {
    let first = all.first().map_or(Ty::Unknown, |bound| bound.ty);
    let double = all.iter().any(|bound| bound.ty == Ty::Double);
    let (p, s) = first.digits();
    let ty = match gives {
        Gives::Number(..) | Gives::Like | Gives::Whole if double => {
            return Bound::expression(format!("i_real({sql})"), Ty::Double);
        }
        Gives::Like | Gives::Whole if first.is_integer() => {
            return Bound::expression(format!("i_trunc({sql})"), first);
        }
        Gives::Number(p, s) => Ty::Decimal { p, s },
        Gives::Like => Ty::Decimal { p, s },
        Gives::Whole => Ty::Decimal { p: p.saturating_sub(s).max(1), s: 0 },
        Gives::First => match first {
            Ty::Varchar(n) => Ty::Varchar(n),
            _ => Ty::Varchar(0),
        },
        Gives::Text(n) => Ty::Varchar(n),
        Gives::Small => Ty::SmallInt,
        Gives::Int => Ty::Integer,
        Gives::Big => Ty::BigInt,
        Gives::Date => Ty::Date,
        Gives::Time => Ty::Time(0),
        Gives::Stamp => Ty::TimeStamp,
        Gives::Posix => Ty::PosixTime,
        Gives::Bytes => Ty::VarBinary(0),
        Gives::Guid => Ty::Guid,
        Gives::List => Ty::List,
        Gives::Own => Ty::Unknown,
    };
    Bound::expression(sql, ty)
}

/// The interval keywords of TIMESTAMPADD and TIMESTAMPDIFF (iris-sql §2).
fn interval_code(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_uppercase();
    Some(match word.strip_prefix("SQL_TSI_")? {
        "FRAC_SECOND" => "ms",
        "SECOND" => "ss",
        "MINUTE" => "mi",
        "HOUR" => "hh",
        "DAY" => "dd",
        "WEEK" => "ww",
        "MONTH" => "mm",
        "QUARTER" => "qq",
        "YEAR" => "yy",
        _ => return None,
    })
}

/// COALESCE over different types is −378 (iris-sql §1.8). UNVERIFIED(iris): types are different
/// when they are not both numbers, both texts, both timestamps, or equal; NULL and parameters fit
/// all.
fn one_family(all: &[Bound]) -> Result<(), SqlFailure> {
    let family = |ty: Ty| match ty {
        Ty::Unknown => None,
        Ty::Date => Some(1),
        Ty::Time(_) => Some(2),
        Ty::PosixTime | Ty::TimeStamp => Some(3),
        Ty::VarBinary(_) => Some(4),
        ty if ty.is_number() => Some(5),
        _ => Some(6),
    };
    let mut families = all.iter().filter_map(|bound| family(bound.ty));
    let first = families.next();
    if families.all(|other| Some(other) == first) { Ok(()) } else { Err(bare(-378)) }
}
