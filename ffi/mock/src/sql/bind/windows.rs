//! Window functions (iris-sql §1.2).

use super::super::api::{SqlFailure, Version};
use super::super::ast::{self, Expr, WindowCall};
use super::super::sqlcode::{bare, fail};
use super::super::types::Ty;
use super::aggregates::{extreme, quotient, sum_type};
use super::calls::given;
use super::expr::ANY_NUMBER;
use super::{Aggregates, Binder, Bound, Origin};

/// What a window function is.
struct Window {
    name: &'static str,
    /// How few and how many arguments it takes.
    args: (usize, usize),
    /// Whether ROWS has an effect on it (iris-sql §1.2).
    framed: bool,
    since: Version,
}

/// An entry of the table of iris-sql §1.2.
const fn w(name: &'static str, args: (usize, usize), framed: bool, since: u16) -> Window {
    Window { name, args, framed, since: Version::new(since, 1) }
}

/// The window functions of iris-sql §1.2 and Appendix C. UNVERIFIED(iris): the first versions;
/// those that the facts call later additions are taken to have come with 2024.1.
const WINDOWS: [Window; 16] = [
    w("AVG", (1, 1), true, 2024),
    w("COUNT", (0, 1), false, 2024),
    w("CUME_DIST", (0, 0), false, 2024),
    w("DENSE_RANK", (0, 0), false, 2021),
    w("FIRST_VALUE", (1, 1), true, 2021),
    w("LAG", (1, 3), false, 2024),
    w("LAST_VALUE", (1, 1), true, 2024),
    w("LEAD", (1, 3), false, 2024),
    w("MAX", (1, 1), true, 2024),
    w("MIN", (1, 1), true, 2024),
    w("NTH_VALUE", (2, 2), true, 2024),
    w("NTILE", (1, 1), false, 2024),
    w("PERCENT_RANK", (0, 0), false, 2021),
    w("RANK", (0, 0), false, 2021),
    w("ROW_NUMBER", (0, 0), false, 2021),
    w("SUM", (1, 1), true, 2021),
];

/// The parts of OVER as SQLite's text.
struct Over {
    /// `PARTITION BY …`.
    partition: String,
    /// `ORDER BY …`.
    order: String,
    frame: String,
}

impl Over {
    fn with(&self, frame: &str) -> String {
        let all = [self.partition.as_str(), self.order.as_str(), frame];
        let all: Vec<&str> = all.into_iter().filter(|part| !part.is_empty()).collect();
        format!("OVER ({})", all.join(" "))
    }

    fn framed(&self) -> String {
        self.with(&self.frame)
    }

    fn whole(&self) -> String {
        format!("OVER ({})", self.partition)
    }
}

/// The frame without a ROWS clause: from the first row to the present one (iris-sql §1.2).
/// UNVERIFIED(iris): also without ORDER BY, where the documentation's own examples speak of the
/// whole partition; who means that must say so, or fails here.
const DEFAULT_FRAME: &str = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW";

impl Binder<'_> {
    /// A window function is −367 in ON, WHERE, GROUP BY and HAVING (iris-sql §1.2). A name that is
    /// none, or is none yet in this version, is an unknown function, −359.
    pub(super) fn window(&mut self, call: &WindowCall) -> Result<Bound, SqlFailure> {
        if self.having || self.aggregates == Aggregates::Refused {
            let text = "Window function not allowed in ON, WHERE, GROUP BY or HAVING clause";
            return Err(fail(-367, text));
        }
        let found = WINDOWS.iter().find(|window| window.name == call.name);
        let Some(window) = found.filter(|window| self.version >= window.since) else {
            let text = format!("User defined SQL function 'SQLUSER.{}' does not exist", call.name);
            return Err(fail(-359, text));
        };
        if call.args.len() < window.args.0 {
            return Err(bare(-380));
        }
        if call.args.len() > window.args.1 {
            return Err(bare(-381));
        }
        let before = self.aggregates;
        if before == Aggregates::RefusedInOrder {
            self.aggregates = Aggregates::Grouped;
        }
        let out = self.window_inside(call, window);
        self.aggregates = before;
        Ok(out?.with_origin(Origin::Window))
    }

    /// The window functions of iris-sql §1.2 over their rows.
    fn window_inside(&mut self, call: &WindowCall, window: &Window) -> Result<Bound, SqlFailure> {
        let over = self.over(call, window.framed)?;
        let mut args = Vec::new();
        for arg in &call.args {
            let arg = self.value(arg)?;
            self.no_streams(&[&arg])?;
            args.push(arg);
        }
        match window.name {
            "ROW_NUMBER" | "RANK" | "DENSE_RANK" => {
                let name = window.name;
                let sql = format!("{name}() {}", over.with(""));
                Ok(never_null(Bound::expression(sql, Ty::BigInt)))
            }
            "NTILE" => {
                let groups = self.settled(given(&args, 0)?.clone(), Ty::Integer);
                let sql = format!("NTILE(i_positive({})) {}", groups.whole(0), over.with(""));
                Ok(never_null(Bound::expression(sql, Ty::BigInt)))
            }
            "PERCENT_RANK" | "CUME_DIST" => Ok(share(window.name, &over)),
            "COUNT" => {
                let value = args.first().map_or("*".to_owned(), |arg| arg.sql.clone());
                let sql = format!("COUNT({value}) {}", over.framed());
                Ok(never_null(Bound::expression(sql, Ty::BigInt)))
            }
            "SUM" | "AVG" => {
                let arg = self.settled(given(&args, 0)?.clone(), ANY_NUMBER);
                Ok(sum_or_average(window.name, &arg, &over.framed()))
            }
            "MIN" | "MAX" => {
                let arg = self.settled(given(&args, 0)?.clone(), Ty::Varchar(0));
                let plain = format!("{}{}", arg.sql, arg.collate());
                Ok(extreme(window.name, &plain, &format!(" {}", over.framed()), &arg))
            }
            _ => self.neighbour(window, args, &over),
        }
    }

    /// LAG, LEAD, FIRST_VALUE, LAST_VALUE and NTH_VALUE: the value of another row (iris-sql §1.2).
    fn neighbour(
        &mut self,
        window: &Window,
        args: Vec<Bound>,
        over: &Over,
    ) -> Result<Bound, SqlFailure> {
        let value = self.settled(given(&args, 0)?.clone(), Ty::Varchar(0));
        let (coll, offset) = (value.coll, args.get(1).cloned());
        let (ty, mut texts) = match args.get(2) {
            Some(other) => self.unified(vec![value, other.clone()]),
            None => (value.ty, vec![value.sql]),
        };
        if let Some(offset) = offset {
            let offset = self.settled(offset, Ty::Integer).whole(0);
            let nth = window.name == "NTH_VALUE";
            let offset = if nth { format!("i_positive({offset})") } else { offset };
            texts.insert(1.min(texts.len()), offset);
        }
        let rows = if window.framed { over.framed() } else { over.with("") };
        let mut out = Bound::expression(format!("{}({}) {rows}", window.name, texts.join(",")), ty);
        out.coll = coll;
        Ok(out)
    }

    fn over(&mut self, call: &WindowCall, framed: bool) -> Result<Over, SqlFailure> {
        let mut partition = Vec::new();
        for expr in &call.partition {
            let bound = self.value(expr)?;
            let bound = self.settled(bound, Ty::Varchar(0));
            self.no_streams(&[&bound])?;
            partition.push(format!("{}{}", bound.sql, bound.collate()));
        }
        let mut order = Vec::new();
        for item in &call.order {
            let bound = self.value(&item.expr)?;
            let bound = self.settled(bound, Ty::Varchar(0));
            self.no_streams(&[&bound])?;
            let word = if item.descending { " DESC" } else { "" };
            order.push(format!("{}{}{word}", bound.sql, bound.collate()));
        }
        let frame = match &call.frame {
            // A frame that has no effect is accepted (iris-sql §1.2).
            Some(frame) if framed => self.frame(frame),
            _ => DEFAULT_FRAME.to_owned(),
        };
        let clause = |word: &str, all: &[String]| match all {
            [] => String::new(),
            _ => format!("{word} BY {}", all.join(", ")),
        };
        Ok(Over {
            partition: clause("PARTITION", &partition),
            order: clause("ORDER", &order),
            frame,
        })
    }

    /// The bounds stand in either order (iris-sql §1.2); SQLite wants the earlier one first.
    fn frame(&mut self, (a, b): &(ast::Bound, ast::Bound)) -> String {
        let (first, last) = if place(a) <= place(b) { (a, b) } else { (b, a) };
        let mut text = |bound: &ast::Bound| match bound {
            ast::Bound::UnboundedPreceding => "UNBOUNDED PRECEDING".to_owned(),
            ast::Bound::Preceding(count) => format!("{} PRECEDING", self.row_number(count)),
            ast::Bound::CurrentRow => "CURRENT ROW".to_owned(),
            ast::Bound::Following(count) => format!("{} FOLLOWING", self.row_number(count)),
            ast::Bound::UnboundedFollowing => "UNBOUNDED FOLLOWING".to_owned(),
        };
        let (first, last) = (text(first), text(last));
        match (first.as_str(), last.as_str()) {
            // One bound twice may stand at an end only as a whole frame.
            ("UNBOUNDED FOLLOWING", _) | (_, "UNBOUNDED PRECEDING") => {
                "ROWS BETWEEN CURRENT ROW AND CURRENT ROW".to_owned()
            }
            _ => format!("ROWS BETWEEN {first} AND {last}"),
        }
    }

    fn row_number(&mut self, count: &Expr) -> String {
        match count {
            Expr::Param(n) => {
                if let Some(slot) = self.slots.get_mut(*n) {
                    slot.ty = Ty::BigInt;
                }
                // Functions of constants are factored out by SQLite, and read here before they are
                // set; CASE is not. Below 0 is 0, as in TOP (iris-sql §1.2).
                let n = n + 1;
                format!("CASE WHEN ?{n} > 0 THEN ?{n} ELSE 0 END")
            }
            Expr::Number(digits) => {
                let count = super::Decimal::prefix(digits).truncated().unwrap_or(0);
                count.clamp(0, i64::from(i32::MAX)).to_string()
            }
            _ => "0".to_owned(),
        }
    }
}

/// Where a bound stands among the rows, as bounds come in either order (iris-sql §1.2); a count
/// that is not known yet is a small one.
fn place(bound: &ast::Bound) -> (i8, i64) {
    let count = |expr: &Expr| match expr {
        Expr::Number(digits) => super::Decimal::prefix(digits).truncated().unwrap_or(0),
        _ => 1,
    };
    match bound {
        ast::Bound::UnboundedPreceding => (-2, 0),
        ast::Bound::Preceding(n) => (-1, -count(n)),
        ast::Bound::CurrentRow => (0, 0),
        ast::Bound::Following(n) => (1, count(n)),
        ast::Bound::UnboundedFollowing => (2, 0),
    }
}

fn never_null(mut bound: Bound) -> Bound {
    bound.nullable = 0;
    bound
}

/// PERCENT_RANK and CUME_DIST as exact quotients of row counts.
fn share(name: &str, over: &Over) -> Bound {
    let all = format!("COUNT(*) {}", over.whole());
    let sql = if name == "PERCENT_RANK" {
        let rank = format!("RANK() {}", over.with(""));
        format!("i_ratio({rank} - 1, {all} - 1)")
    } else {
        let to_peers = "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW";
        format!("i_ratio(COUNT(*) {}, {all})", over.with(to_peers))
    };
    never_null(Bound::expression(sql, Ty::Decimal { p: 19, s: 17 }))
}

/// NULL counts as 0 in a SUM frame (iris-sql §1.2); AVG leaves it out.
fn sum_or_average(name: &str, arg: &Bound, over: &str) -> Bound {
    let ty = sum_type(arg.ty);
    let decimal = matches!(ty, Ty::Decimal { .. });
    let (function, value) =
        if decimal { ("i_sum", arg.decimal()) } else { ("SUM", arg.sql.clone()) };
    if name == "SUM" {
        let zero = if decimal { "'0'" } else { "0" };
        return Bound::expression(format!("{function}(COALESCE({value},{zero})) {over}"), ty);
    }
    let total = Bound::expression(format!("{function}({value}) {over}"), ty);
    let count = Bound::expression(format!("COUNT({}) {over}", arg.sql), Ty::BigInt);
    quotient(&total, &count, arg.ty)
}
