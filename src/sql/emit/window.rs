//! Window functions.
//!
//! IRIS has frames of rows only, and its own is ROWS UNBOUNDED PRECEDING to CURRENT ROW where
//! PostgreSQL's takes in the peers of the current row (RANGE), and the whole partition without
//! ORDER BY. Frames are therefore printed where the function heeds one, and where peers would
//! count, the call is refused. In IRIS a NULL counts as 0 in the SUM of a frame and COUNT heeds no
//! frame at all, so both go by sums of ones.

use super::expr::{Null, is_null};
use super::table::{Aggregate as Which, Form, Window};
use super::text::whole;
use super::{Emitter, refuse};
use crate::sql::bound::{Expr, FrameBound as Bound, FrameUnit, Literal, Node, WindowCall};
use crate::sql::error::SqlError;
use crate::sql::statement::Version;

/// The first release that has MIN and MAX of windows.
/// UNVERIFIED(iris): they came one after another between 2021.2 and 2024.1.
const EXTREMES_SINCE: Version = Version { major: 2024, minor: 1 };

/// A frame, where a call must have one.
#[derive(Debug, Clone, Copy)]
enum Frame<'t> {
    /// The function heeds none.
    None,
    /// The whole partition.
    Whole,
    /// These rows.
    Rows(&'t Bound, &'t Bound),
    /// To the last peer of the current row.
    Peers,
}

/// The number of rows of a bound.
fn offset(expr: &Expr) -> Result<u64, SqlError> {
    let count =
        whole(expr).ok_or_else(|| refuse("frame bounds are supported as constants only"))?;
    u64::try_from(count)
        .map_err(|_| SqlError::new("22013", "frame starting offset must not be negative").late())
}

fn frame(call: &WindowCall) -> Result<Frame<'_>, SqlError> {
    let frame = &call.frame;
    if frame.excludes {
        return Err(refuse("frames with EXCLUDE are not supported"));
    }
    if matches!((&frame.start, &frame.end), (Bound::First, Bound::Last)) {
        return Ok(Frame::Whole);
    }
    let counted = |bound: &Bound| matches!(bound, Bound::Preceding(_) | Bound::Following(_));
    match frame.unit {
        FrameUnit::Rows => {
            // IRIS takes bounds in either order, PostgreSQL has no rows between such.
            let empty = match (&frame.start, &frame.end) {
                (Bound::Preceding(first), Bound::Preceding(last)) => offset(first)? < offset(last)?,
                (Bound::Following(first), Bound::Following(last)) => offset(first)? > offset(last)?,
                _ => false,
            };
            if empty {
                return Err(refuse("a frame that never has a row is not supported"));
            }
            Ok(Frame::Rows(&frame.start, &frame.end))
        }
        FrameUnit::Range | FrameUnit::Groups if counted(&frame.start) || counted(&frame.end) => {
            Err(refuse("frames of RANGE and GROUPS with an offset are not supported")
                .hint("Use a frame of ROWS."))
        }
        _ if call.order.is_empty() => Ok(Frame::Whole),
        _ => Ok(Frame::Peers),
    }
}

impl Emitter<'_> {
    /// Whether no two rows sort alike in a window: each has a frame's end of its own.
    fn sorts_apart(&self, call: &WindowCall) -> bool {
        let sorted = |part: &Expr| {
            let mut keys = call.order.iter().map(|key| &key.expr).chain(&call.partition);
            keys.any(|expr| expr == part)
        };
        let keys = self.scopes.last().map(|scope| scope.unique.as_slice()).unwrap_or_default();
        keys.iter().any(|key| key.iter().all(sorted))
    }

    /// The frame of a call: where no two rows are peers, RANGE and GROUPS are ROWS.
    fn frame<'t>(&mut self, call: &'t WindowCall) -> Result<Frame<'t>, SqlError> {
        match frame(call)? {
            Frame::Peers if self.sorts_apart(call) => {
                self.rule(
                    "a frame that ends with the peers of a row ends with a row that has none",
                );
                Ok(Frame::Rows(&call.frame.start, &call.frame.end))
            }
            other => Ok(other),
        }
    }

    /// Prints a call with OVER.
    pub(super) fn windowed(&mut self, call: &WindowCall) -> Result<(), SqlError> {
        let line = self.line(call.function, &call.arguments)?;
        match line.form {
            Form::Aggregate(Which::Min | Which::Max | Which::All | Which::Any)
                if self.options.version < EXTREMES_SINCE =>
            {
                Err(refuse("this window function is not supported by this release of IRIS")
                    .hint("It needs IRIS 2024.1 or later."))
            }
            Form::Aggregate(Which::Joined) => {
                Err(refuse("string_agg as a window function is not supported"))
            }
            Form::Aggregate(which) => self.running(which, call),
            Form::Window(window) => self.window_call(window, call),
            _ => Err(refuse(format!("window function {} is not supported", call.function.name))),
        }
    }

    /// An aggregate over the rows of its frame.
    fn running(&mut self, which: Which, call: &WindowCall) -> Result<(), SqlError> {
        let frame = self.frame(call)?;
        // The frames that hold the current row, and so at least one.
        let holds = !matches!(
            frame,
            Frame::Rows(Bound::Following(_), _) | Frame::Rows(_, Bound::Preceding(_))
        );
        let Some(argument) = call.arguments.first().filter(|_| which != Which::Count) else {
            if holds {
                return self.counted(call, frame);
            }
            self.out.call("COALESCE");
            self.counted(call, frame)?;
            self.out.comma().count(0).close();
            return Ok(());
        };
        let name = match which {
            Which::Min | Which::All => "MIN",
            Which::Max | Which::Any => "MAX",
            _ => "SUM",
        };
        let whole = holds && call.filter.is_none() && !argument.nullable;
        let guarded = name == "SUM" && (!whole || which == Which::Avg);
        if guarded {
            self.out.word("CASE WHEN");
            self.counted(call, frame)?;
            self.out.word(">").count(0).word("THEN");
        }
        self.out.call(name);
        match &call.filter {
            None => self.value(argument)?,
            Some(filter) => self.filtered(filter, Some(argument))?,
        }
        self.out.close();
        self.over(call, frame)?;
        if which == Which::Avg {
            self.out.word("/");
            self.counted(call, frame)?;
        }
        if guarded {
            self.out.word("END");
        }
        Ok(())
    }

    /// How many rows of the frame count.
    fn counted(&mut self, call: &WindowCall, frame: Frame<'_>) -> Result<(), SqlError> {
        self.out.call("SUM");
        match (call.arguments.first(), &call.filter) {
            (None, None) => {
                self.out.count(1);
            }
            (Some(argument), None) => self.present(argument)?,
            (argument, Some(filter)) => {
                self.out.word("CASE WHEN");
                self.predicate(filter, Null::False)?;
                self.out.word("THEN");
                match argument {
                    Some(argument) => self.present(argument)?,
                    None => {
                        self.out.count(1);
                    }
                }
                self.out.word("ELSE").count(0).word("END");
            }
        }
        self.out.close();
        self.over(call, frame)
    }

    /// 1 for a value, 0 for NULL.
    fn present(&mut self, argument: &Expr) -> Result<(), SqlError> {
        self.out.word("CASE WHEN");
        self.null_test(argument, false)?;
        self.out.word("THEN").count(0).word("ELSE").count(1).word("END");
        Ok(())
    }

    fn window_call(&mut self, window: Window, call: &WindowCall) -> Result<(), SqlError> {
        let name = match window {
            Window::RowNumber => "ROW_NUMBER",
            Window::Rank => "RANK",
            Window::DenseRank => "DENSE_RANK",
            Window::Ntile => "NTILE",
            Window::Lag => "LAG",
            Window::Lead => "LEAD",
            Window::First => "FIRST_VALUE",
            Window::Last => "LAST_VALUE",
            Window::Nth => "NTH_VALUE",
        };
        if matches!(window, Window::Rank | Window::DenseRank) && call.order.is_empty() {
            // All rows are peers.
            self.out.count(1);
            return Ok(());
        }
        let frame = match window {
            Window::First => match self.frame(call)? {
                // Whatever the frame's end, the first row is the same.
                Frame::Peers if matches!(call.frame.start, Bound::First) => {
                    Frame::Rows(&Bound::First, &Bound::Current)
                }
                other => other,
            },
            Window::Last | Window::Nth => self.frame(call)?,
            _ => Frame::None,
        };
        self.out.call(name);
        match (window, call.arguments.as_slice()) {
            (Window::Ntile, [buckets]) => self.constant_count(buckets, 1, "ntile")?,
            (Window::Nth, [value, n]) => {
                self.value(value)?;
                self.out.comma();
                self.constant_count(n, 1, "nth_value")?;
            }
            (Window::Lag | Window::Lead, [value, rest @ ..]) => {
                self.value(value)?;
                if let Some(offset) = rest.first() {
                    self.out.comma();
                    self.constant_count(offset, 1, "an offset of lag and lead")?;
                }
                if let Some(default) = rest.get(1).filter(|default| !is_null(default)) {
                    self.out.comma();
                    self.value(default)?;
                }
            }
            (_, [value]) => self.value(value)?,
            _ => {}
        }
        self.out.close();
        self.over(call, frame)
    }

    fn constant_count(&mut self, expr: &Expr, least: u64, what: &str) -> Result<(), SqlError> {
        let count = whole(expr)
            .and_then(|count| u64::try_from(count).ok())
            .filter(|count| *count >= least)
            .ok_or_else(|| refuse(format!("{what} is supported as a positive constant only")))?;
        self.out.count(count);
        Ok(())
    }

    /// Prints `OVER (…)`.
    fn over(&mut self, call: &WindowCall, frame: Frame<'_>) -> Result<(), SqlError> {
        if matches!(frame, Frame::Peers) {
            return Err(refuse(
                "a window whose frame ends with the peers of a row is not supported",
            )
            .detail("With ORDER BY and no frame, PostgreSQL takes in all rows that sort alike.")
            .hint("Add ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW, if no rows sort alike."));
        }
        self.out.word("OVER").open();
        for (index, expr) in call.partition.iter().enumerate() {
            self.out.separate(index);
            if index == 0 {
                self.out.word("PARTITION BY");
            }
            self.distinguished(expr)?;
        }
        for (index, key) in call.order.iter().enumerate() {
            if matches!(key.expr.node, Node::Literal(Literal::Integer(_) | Literal::Decimal(_))) {
                return Err(refuse("a constant in a window's ORDER BY is not supported"));
            }
            self.out.separate(index);
            if index == 0 {
                self.out.word("ORDER BY");
            }
            if key.nulls_first == key.descending && key.expr.nullable {
                self.rule("NULLs are put where PostgreSQL sorts them");
                let (null, other) = if key.nulls_first { (0, 1) } else { (1, 0) };
                self.out.word("CASE WHEN");
                self.null_test(&key.expr, false)?;
                self.out.word("THEN").count(null).word("ELSE").count(other).word("END").comma();
            }
            self.distinguished(&key.expr)?;
            if key.descending {
                self.out.word("DESC");
            }
        }
        match frame {
            Frame::None | Frame::Peers => {}
            Frame::Whole => {
                self.out.word("ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING");
            }
            Frame::Rows(start, end) => {
                self.out.word("ROWS BETWEEN");
                self.bound_of(start)?;
                self.out.word("AND");
                self.bound_of(end)?;
            }
        }
        self.out.close();
        Ok(())
    }

    fn bound_of(&mut self, bound: &Bound) -> Result<(), SqlError> {
        match bound {
            Bound::First => self.out.word("UNBOUNDED PRECEDING"),
            Bound::Last => self.out.word("UNBOUNDED FOLLOWING"),
            Bound::Current => self.out.word("CURRENT ROW"),
            Bound::Preceding(count) => self.out.count(offset(count)?).word("PRECEDING"),
            Bound::Following(count) => self.out.count(offset(count)?).word("FOLLOWING"),
        };
        Ok(())
    }
}
