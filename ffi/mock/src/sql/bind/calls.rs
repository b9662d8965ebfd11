//! Scalar functions (iris-sql §2, Appendix C).

use super::super::api::SqlFailure;
use super::super::ast::{Expr, Place};
use super::super::functions::part_code;
use super::super::sqlcode::{bare, fail};
use super::super::types::Ty;
use super::expr::ANY_NUMBER;
use super::{Binder, Bound, Constant};

/// How many arguments a function takes.
fn arity(name: &str) -> Option<(usize, usize)> {
    Some(match name {
        "NOW" | "CURDATE" | "CURTIME" | "USER" | "DATABASE" | "PI" | "LAST_IDENTITY" => (0, 0),
        "GETDATE" | "GETUTCDATE" => (0, 1),
        "UPPER" | "LOWER" | "UCASE" | "LCASE" | "LENGTH" | "LEN" | "CHAR_LENGTH"
        | "CHARACTER_LENGTH" | "DATALENGTH" | "REVERSE" | "SPACE" | "ASCII" | "CHAR" | "ABS"
        | "FLOOR" | "CEILING" | "SQRT" | "SQUARE" | "SIGN" | "YEAR" | "MONTH" | "DAY" | "HOUR"
        | "MINUTE" | "SECOND" | "DAYOFMONTH" | "DAYOFWEEK" | "DAYOFYEAR" | "WEEK" | "QUARTER"
        | "DATE" | "TIME" => (1, 1),
        "TRIM" | "LTRIM" | "RTRIM" => (1, 2),
        "ISNULL" | "NVL" | "NULLIF" | "CONCAT" | "POWER" | "MOD" | "REPEAT" | "REPLICATE"
        | "LEFT" | "RIGHT" | "DATEPART" | "DATENAME" | "TRUNCATE" => (2, 2),
        "IFNULL" | "SUBSTRING" | "SUBSTR" | "CHARINDEX" | "INSTR" | "ROUND" => (2, 3),
        "REPLACE" | "DATEADD" | "DATEDIFF" => (3, 3),
        "COALESCE" => (2, usize::MAX),
        "GREATEST" | "LEAST" | "STRING" => (1, usize::MAX),
        "%SYSTEM_SQL.DEFAULTSCHEMA" => (0, 0),
        _ => return None,
    })
}

impl Binder<'_> {
    pub(super) fn call(
        &mut self,
        name: &str,
        args: &[Expr],
        escape: bool,
        _at: Place,
    ) -> Result<Bound, SqlFailure> {
        let Some((least, most)) = arity(name) else {
            // UNVERIFIED(iris): the text of −359 names schema and function.
            let full = if name.contains('.') { name.to_owned() } else { format!("SQLUSER.{name}") };
            return Err(fail(-359, format!("User defined SQL function '{full}' does not exist")));
        };
        if args.len() < least {
            return Err(bare(-380));
        }
        if args.len() > most {
            return Err(bare(-381));
        }
        if matches!(name, "DATEPART" | "DATENAME" | "DATEADD" | "DATEDIFF") {
            return self.date_part_call(name, args);
        }
        let all: Result<Vec<Bound>, SqlFailure> = args.iter().map(|a| self.value(a)).collect();
        let all = all?;
        match name {
            "COALESCE" | "ISNULL" | "NVL" | "GREATEST" | "LEAST" | "NULLIF" | "IFNULL" => {
                self.choice(name, all, escape)
            }
            "YEAR" | "MONTH" | "DAY" | "HOUR" | "MINUTE" | "SECOND" | "DAYOFMONTH"
            | "DAYOFWEEK" | "DAYOFYEAR" | "WEEK" | "QUARTER" | "DATE" | "TIME" => {
                self.moment_part(name, all)
            }
            "ABS" | "FLOOR" | "CEILING" | "SQRT" | "SQUARE" | "SIGN" | "POWER" | "MOD"
            | "ROUND" | "TRUNCATE" => self.numeric_call(name, all),
            "NOW"
            | "GETDATE"
            | "GETUTCDATE"
            | "CURDATE"
            | "CURTIME"
            | "USER"
            | "DATABASE"
            | "PI"
            | "LAST_IDENTITY"
            | "%SYSTEM_SQL.DEFAULTSCHEMA" => Ok(self.constant_call(name, args)),
            _ => self.text_call(name, all),
        }
    }

    fn constant_call(&mut self, name: &str, args: &[Expr]) -> Bound {
        let precision = match args.first() {
            Some(Expr::Number(digits)) => digits.parse::<u8>().unwrap_or(0).min(9),
            _ => 0,
        };
        let (special, ty) = match name {
            "CURDATE" => ("CURRENT_DATE", Ty::Date),
            "CURTIME" => ("CURRENT_TIME", Ty::Time(0)),
            "USER" => ("USER", Ty::Varchar(255)),
            "DATABASE" => ("$NAMESPACE", Ty::Varchar(255)),
            "LAST_IDENTITY" => ("LAST_IDENTITY", Ty::BigInt),
            "PI" => {
                let pi = "'3.141592653589793238'".to_owned();
                return Bound::expression(pi, Ty::Decimal { p: 19, s: 17 });
            }
            "%SYSTEM_SQL.DEFAULTSCHEMA" => {
                return Bound::expression(format!("'{}'", super::DEFAULT_SCHEMA), Ty::Varchar(128));
            }
            _ => ("CURRENT_TIMESTAMP", Ty::TimeStamp),
        };
        let sql = self.constant(Constant::Special(special.to_owned(), precision));
        Bound::expression(sql, ty)
    }

    fn choice(
        &mut self,
        name: &str,
        mut all: Vec<Bound>,
        escape: bool,
    ) -> Result<Bound, SqlFailure> {
        if name == "NULLIF" {
            let (second, first) = (all.pop(), all.pop());
            let (Some(first), Some(second)) = (first, second) else { return Err(bare(-380)) };
            let first = self.settled(first, Ty::Varchar(0));
            let ty = first.ty;
            let same = self.compare("=", first.clone(), second)?;
            let sql = format!("CASE WHEN {same} THEN NULL ELSE {} END", first.sql);
            return Ok(Bound::expression(sql, ty));
        }
        let colls: Vec<_> = all.iter().map(|b| b.coll).collect();
        let _ = colls;
        let (ty, texts) = self.unified(all);
        let sql = match name {
            // The plain function never gives its first argument; the escape is COALESCE
            // (iris-sql §2).
            "IFNULL" if escape => format!("COALESCE({})", texts.join(", ")),
            "IFNULL" => {
                let pick = |at: usize| texts.get(at).map_or("NULL", String::as_str);
                format!("CASE WHEN {} IS NULL THEN {} ELSE {} END", pick(0), pick(1), pick(2))
            }
            "GREATEST" | "LEAST" if texts.len() > 1 => {
                let word = if name == "GREATEST" { "MAX" } else { "MIN" };
                let collate = Bound::expression(String::new(), ty).collate();
                let first = texts.first().cloned().unwrap_or_default();
                let rest = texts.get(1..).unwrap_or_default().join(", ");
                format!("{word}({first}{collate}, {rest})")
            }
            "GREATEST" | "LEAST" => texts.join(""),
            _ => format!("COALESCE({})", texts.join(", ")),
        };
        Ok(Bound::expression(sql, ty))
    }

    fn text_call(&mut self, name: &str, all: Vec<Bound>) -> Result<Bound, SqlFailure> {
        let counts = |at: usize| match name {
            "SUBSTRING" | "SUBSTR" => at > 0,
            "REPEAT" | "REPLICATE" | "LEFT" | "RIGHT" => at == 1,
            "CHARINDEX" | "INSTR" => at == 2,
            "SPACE" | "CHAR" => true,
            _ => false,
        };
        let mut texts = Vec::new();
        let mut ty = Ty::Varchar(0);
        for (at, bound) in all.into_iter().enumerate() {
            let stream = bound.ty.is_stream() && !(name == "SUBSTRING" && at == 0);
            if stream && !name.contains("LENGTH") {
                return Err(bare(-37));
            }
            let bound = if counts(at) {
                self.settled(bound, ANY_NUMBER)
            } else {
                self.settled(bound, Ty::Varchar(0))
            };
            if at == 0
                && let Ty::Varchar(n) = bound.ty
            {
                ty = Ty::Varchar(n);
            }
            texts.push(if counts(at) { bound.decimal() } else { bound.logical_text() });
        }
        let any = Ty::Varchar(0);
        let arg = |at: usize| texts.get(at).cloned().unwrap_or_default();
        let blank = |at: usize| texts.get(at).cloned().unwrap_or_else(|| "' '".to_owned());
        let (sql, ty) = match name {
            "UPPER" | "UCASE" => (format!("i_upper({})", arg(0)), ty),
            "LOWER" | "LCASE" => (format!("i_lower({})", arg(0)), ty),
            "LENGTH" => (format!("i_len({})", arg(0)), Ty::Integer),
            "LEN" | "CHAR_LENGTH" | "CHARACTER_LENGTH" | "DATALENGTH" => {
                (format!("i_clen({})", arg(0)), Ty::Integer)
            }
            "REVERSE" => (format!("i_reverse({})", arg(0)), ty),
            "SPACE" => (format!("i_repeat(' ',{})", arg(0)), any),
            "ASCII" => (format!("i_ascii({})", arg(0)), Ty::Integer),
            "CHAR" => (format!("i_char({})", arg(0)), Ty::Varchar(1)),
            "TRIM" => (format!("i_trim({},{})", arg(0), blank(1)), ty),
            "LTRIM" => (format!("i_ltrim({},{})", arg(0), blank(1)), ty),
            "RTRIM" => (format!("i_rtrim({},{})", arg(0), blank(1)), ty),
            "CONCAT" => (format!("({} || {})", arg(0), arg(1)), any),
            "STRING" => (format!("i_join({})", texts.join(",")), any),
            "REPEAT" | "REPLICATE" => (format!("i_repeat({},{})", arg(0), arg(1)), any),
            "LEFT" => (format!("i_left({},{})", arg(0), arg(1)), ty),
            "RIGHT" => (format!("i_right({},{})", arg(0), arg(1)), ty),
            "REPLACE" => (format!("i_replace({},{},{})", arg(0), arg(1), arg(2)), any),
            "SUBSTRING" | "SUBSTR" => (format!("i_substr({})", texts.join(",")), ty),
            "CHARINDEX" | "INSTR" => {
                let start = texts.get(2).cloned().unwrap_or_else(|| "1".to_owned());
                let (needle, hay) = if name == "INSTR" { (1, 0) } else { (0, 1) };
                (format!("i_index({},{},{start})", arg(needle), arg(hay)), Ty::Integer)
            }
            _ => return Err(bare(-359)),
        };
        Ok(Bound::expression(sql, ty))
    }

    fn numeric_call(&mut self, name: &str, all: Vec<Bound>) -> Result<Bound, SqlFailure> {
        let mut numbers = Vec::new();
        for bound in all {
            self.no_streams(&[&bound])?;
            numbers.push(self.settled(bound, ANY_NUMBER));
        }
        let Some(first) = numbers.first() else { return Err(bare(-380)) };
        let double = first.ty == Ty::Double;
        let ((p, s), whole) = (first.ty.digits(), first.ty.is_integer());
        let arg = |at: usize| numbers.get(at).map(Bound::decimal).unwrap_or_default();
        let decimal = Ty::Decimal { p, s };
        let integral = if whole { first.ty } else { Ty::Decimal { p, s: 0 } };
        let places = match numbers.get(1).map(|b| &b.origin) {
            Some(super::Origin::Number(n)) => n.truncated().and_then(|n| u8::try_from(n).ok()),
            _ => None,
        };
        let (sql, ty) = match name {
            "ABS" => (format!("i_abs({})", arg(0)), if whole { first.ty } else { decimal }),
            "FLOOR" => (format!("i_floor({})", arg(0)), integral),
            "CEILING" => (format!("i_ceil({})", arg(0)), integral),
            "SIGN" => return Ok(Bound::expression(format!("i_sign({})", arg(0)), Ty::SmallInt)),
            "SQRT" => (format!("i_sqrt({})", arg(0)), Ty::Decimal { p: 36, s: 17 }),
            "SQUARE" => {
                let sql = format!("i_power({},'2')", arg(0));
                (sql, Ty::Decimal { p: 36, s: s.saturating_mul(2).min(17) })
            }
            "POWER" => {
                let sql = format!("i_power({},{})", arg(0), arg(1));
                (sql, Ty::Decimal { p: 36, s: 16 })
            }
            "MOD" => (format!("i_mod({},{})", arg(0), arg(1)), integral),
            _ => {
                let cut = if name == "TRUNCATE" { "1".to_owned() } else { "0".to_owned() };
                let cut = numbers.get(2).map_or(cut, Bound::decimal);
                let sql = format!("i_round({},{},{cut})", arg(0), arg(1));
                let scale = places.unwrap_or(s).min(s.max(1));
                (sql, if whole { first.ty } else { Ty::Decimal { p, s: scale } })
            }
        };
        Ok(match ty {
            _ if double && !matches!(name, "SIGN") => {
                Bound::expression(format!("i_real({sql})"), Ty::Double)
            }
            ty if ty.is_integer() => Bound::expression(format!("i_trunc({sql})"), ty),
            ty => Bound::expression(sql, ty),
        })
    }

    fn moment_part(&mut self, name: &str, all: Vec<Bound>) -> Result<Bound, SqlFailure> {
        let Some(first) = all.into_iter().next() else { return Err(bare(-380)) };
        self.no_streams(&[&first])?;
        let moment = self.settled(first, Ty::Varchar(0));
        Ok(match name {
            "DATE" => Bound::expression(moment.date(), Ty::Date),
            "TIME" => Bound::expression(moment.time(), Ty::Time(0)),
            _ => {
                let part = match name {
                    "DAYOFMONTH" => "day",
                    "DAYOFWEEK" => "weekday",
                    other => other,
                };
                let code = part_code(part).unwrap_or("dd");
                let moment = match moment.ty {
                    Ty::Varchar(_) if matches!(name, "HOUR" | "MINUTE" | "SECOND") => {
                        format!("i_posixtime(i_totime({}))", moment.sql)
                    }
                    _ => moment.posix(),
                };
                Bound::expression(format!("i_part('{code}',{moment})"), Ty::Integer)
            }
        })
    }

    /// The first argument is a keyword, bare or quoted; an unknown literal one is −8
    /// (iris-sql §1.8).
    fn date_part_call(&mut self, name: &str, args: &[Expr]) -> Result<Bound, SqlFailure> {
        let part = match args.first() {
            Some(Expr::Column { table: None, name, .. }) => name.clone(),
            Some(Expr::Text(text)) => text.clone(),
            _ => return Err(bare(-8)),
        };
        let Some(code) = part_code(&part) else {
            if name == "DATEDIFF" {
                return Ok(Bound::expression("NULL".to_owned(), Ty::Integer));
            }
            return Err(bare(-8));
        };
        let mut rest = Vec::new();
        for arg in args.get(1..).unwrap_or_default() {
            let bound = self.value(arg)?;
            self.no_streams(&[&bound])?;
            rest.push(bound);
        }
        let mut rest = rest.into_iter();
        let (Some(first), second) = (rest.next(), rest.next()) else { return Err(bare(-380)) };
        match (name, second) {
            ("DATEADD", Some(moment)) => {
                let count = self.settled(first, ANY_NUMBER).decimal();
                let moment = self.settled(moment, Ty::Varchar(0));
                let sql = format!("i_dateadd('{code}',{count},{})", moment.posix());
                Ok(if moment.ty == Ty::PosixTime {
                    Bound::expression(sql, Ty::PosixTime)
                } else {
                    Bound::expression(format!("i_posixtext({sql})"), Ty::TimeStamp)
                })
            }
            ("DATEDIFF", Some(to)) => {
                let from = self.settled(first, Ty::Varchar(0)).posix();
                let to = self.settled(to, Ty::Varchar(0)).posix();
                Ok(Bound::expression(format!("i_datediff('{code}',{from},{to})"), Ty::Integer))
            }
            _ => {
                let moment = self.settled(first, Ty::Varchar(0)).posix();
                let sql = format!("i_part('{code}',{moment})");
                Ok(if name == "DATENAME" {
                    Bound::expression(format!("i_text({sql},0)"), Ty::Varchar(30))
                } else {
                    Bound::expression(sql, Ty::Integer)
                })
            }
        }
    }
}
