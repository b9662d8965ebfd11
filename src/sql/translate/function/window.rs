//! Window functions.
//!
//! IRIS has frames of rows only, and its own is ROWS UNBOUNDED PRECEDING to CURRENT ROW where
//! PostgreSQL's takes in the peers of the current row (RANGE), and the whole partition without
//! ORDER BY. Frames are therefore printed where the function heeds one, and where peers would
//! count, the call is refused. In IRIS a NULL counts as 0 in the SUM of a frame and COUNT heeds no
//! frame at all, so both go by sums of ones.

use super::table::{Aggregate, Form, Window};
use crate::sql::error::SqlError;
use crate::sql::statement::Version;
use crate::sql::translate::order::Direction;
use crate::sql::translate::types::is_integer;
use crate::sql::translate::value::{self, negated_number};
use crate::sql::translate::{Translator, refuse};
use irispg_grammar::ast::{
    Expr, WindowFrame, WindowFrameBound as Bound, WindowFrameUnits as Units, WindowSpec, WindowType,
};

/// The «clause» that a window function's arguments and window are.
const INSIDE: &str = "window functions";

/// The «clause» that a window itself is.
const DEFINED: &str = "window definitions";

/// The first release that has the functions of neighbours and buckets, and MIN and MAX of windows.
/// UNVERIFIED(iris): they came one after another between 2021.2 and 2024.1.
const NEIGHBOURS_SINCE: Version = Version { major: 2024, minor: 1 };

fn windowing(message: &'static str) -> SqlError {
    SqlError::new("42P20", message)
}

/// A frame, where a call must have one.
#[derive(Debug, Clone, Copy)]
enum Frame<'t> {
    /// The function heeds none.
    None,
    /// The whole partition.
    Whole,
    /// These rows.
    Rows(&'t Bound, Option<&'t Bound>),
    /// To the last peer of the current row.
    Peers,
}

/// Checks frames as PostgreSQL's grammar does.
fn check_frames(frame: &WindowFrame) -> Result<(), SqlError> {
    use Bound::{CurrentRow, Following, Preceding};
    let end = frame.end_bound.as_ref().unwrap_or(&CurrentRow);
    match (&frame.start_bound, end) {
        (Following(None), _) => Err(windowing("frame start cannot be UNBOUNDED FOLLOWING")),
        (_, Preceding(None)) => Err(windowing("frame end cannot be UNBOUNDED PRECEDING")),
        (CurrentRow, Preceding(_)) => {
            Err(windowing("frame starting from current row cannot have preceding rows"))
        }
        (Following(_), Preceding(_) | CurrentRow) => {
            Err(windowing("frame starting from following row cannot have preceding rows"))
        }
        _ => Ok(()),
    }
}

/// The number of rows of a bound.
fn offset(expr: &Expr) -> Result<u64, SqlError> {
    match negated_number(value::bare(expr)) {
        Some(Ok(number)) if is_integer(number.ty) => number
            .digits
            .parse()
            .map_err(|_| SqlError::new("22013", "frame starting offset must not be negative")),
        _ => Err(refuse("frame bounds are supported as constants only")),
    }
}

fn frame(spec: &WindowSpec) -> Result<Frame<'_>, SqlError> {
    let Some(frame) = &spec.window_frame else {
        return Ok(if spec.order_by.is_empty() { Frame::Whole } else { Frame::Peers });
    };
    check_frames(frame)?;
    let end = frame.end_bound.as_ref();
    if matches!((&frame.start_bound, end), (Bound::Preceding(None), Some(Bound::Following(None)))) {
        return Ok(Frame::Whole);
    }
    let counted = |bound: Option<&Bound>| {
        matches!(bound, Some(Bound::Preceding(Some(_)) | Bound::Following(Some(_))))
    };
    match frame.units {
        Units::Rows => {
            // IRIS takes bounds in either order, PostgreSQL has no rows between such.
            let number = |bound: &Bound| match bound {
                Bound::Preceding(Some(n)) | Bound::Following(Some(n)) => offset(n).map(Some),
                _ => Ok(None),
            };
            let first = number(&frame.start_bound)?;
            let last = end.map(number).transpose()?.flatten();
            let empty = match (&frame.start_bound, end) {
                (Bound::Preceding(_), Some(Bound::Preceding(_))) => first < last && first.is_some(),
                (Bound::Following(_), Some(Bound::Following(_))) => first > last && last.is_some(),
                _ => false,
            };
            if empty {
                return Err(refuse("a frame that never has a row is not supported"));
            }
            Ok(Frame::Rows(&frame.start_bound, end))
        }
        Units::Range | Units::Groups if counted(Some(&frame.start_bound)) || counted(end) => {
            Err(refuse("frames of RANGE and GROUPS with an offset are not supported")
                .hint("Use a frame of ROWS."))
        }
        _ if spec.order_by.is_empty() => Ok(Frame::Whole),
        _ => Ok(Frame::Peers),
    }
}

impl Translator<'_> {
    /// Prints a call with OVER.
    pub(super) fn windowed(
        &mut self,
        form: Form,
        arguments: &[&Expr],
        star: bool,
        filter: Option<&Expr>,
        over: &WindowType,
    ) -> Result<(), SqlError> {
        match self.no_aggregates {
            None => {}
            Some(INSIDE) => return Err(windowing("window function calls cannot be nested")),
            Some(DEFINED) => {
                return Err(windowing("window functions are not allowed in window definitions"));
            }
            Some(super::aggregate::INSIDE) => {
                let message = "aggregate function calls cannot contain window function calls";
                return Err(SqlError::new("42803", message));
            }
            Some(clause) => {
                let message = format!("window functions are not allowed in {clause}");
                return Err(SqlError::new("42P20", message));
            }
        }
        let newer = matches!(
            form,
            Form::Window(Window::Ntile | Window::Lag | Window::Lead | Window::Last | Window::Nth)
                | Form::Aggregate(
                    Aggregate::Min | Aggregate::Max | Aggregate::All | Aggregate::Any
                )
        );
        if newer && self.options.version < NEIGHBOURS_SINCE {
            return Err(refuse("this window function is not supported by this release of IRIS")
                .hint("It needs IRIS 2024.1 or later."));
        }
        let spec = self.window(over)?;
        self.no_aggregates = Some(INSIDE);
        match form {
            Form::Aggregate(aggregate) => {
                self.running(aggregate, arguments.first().copied(), star, filter, &spec)?;
            }
            Form::Window(window) if filter.is_none() => {
                self.window_call(window, arguments, &spec)?;
            }
            _ => {
                let message = "FILTER is not implemented for non-aggregate window functions";
                return Err(SqlError::new("0A000", message));
            }
        }
        self.no_aggregates = None;
        Ok(())
    }

    /// The window that a call means.
    fn window(&self, over: &WindowType) -> Result<WindowSpec, SqlError> {
        let named = |name: &str| {
            let windows = self.scopes.last().map(|scope| scope.windows.as_slice());
            let found = windows.unwrap_or_default().iter().find(|(own, _)| own == name);
            found
                .map(|(_, spec)| spec.clone())
                .ok_or_else(|| SqlError::new("42704", format!("window \"{name}\" does not exist")))
        };
        match over {
            WindowType::NamedWindow(name) => named(&name.value),
            WindowType::WindowSpec(spec) => match &spec.window_name {
                None => Ok(spec.clone()),
                Some(_) => Err(refuse("windows that begin with another's name are not supported")
                    .hint("Write the window out.")),
            },
        }
    }

    /// An aggregate over the rows of its frame.
    fn running(
        &mut self,
        aggregate: Aggregate,
        argument: Option<&Expr>,
        star: bool,
        filter: Option<&Expr>,
        spec: &WindowSpec,
    ) -> Result<(), SqlError> {
        let frame = frame(spec)?;
        if let Some(argument) = argument {
            self.check_aggregated(aggregate, argument)?;
        } else if !star || aggregate != Aggregate::Count {
            let message = "count(*) must be used to call a parameterless aggregate function";
            return Err(SqlError::new("42809", message));
        }
        // The frames that hold the current row, and so at least one.
        let holds = !matches!(
            frame,
            Frame::Rows(Bound::Following(_), _) | Frame::Rows(_, Some(Bound::Preceding(_)))
        );
        let counted = |own: &mut Self| -> Result<(), SqlError> {
            own.out.call("SUM");
            match (argument, filter) {
                (None, None) => {
                    own.out.count(1);
                }
                (Some(argument), None) => own.present(argument)?,
                (argument, Some(filter)) => {
                    own.out.word("CASE WHEN");
                    own.predicate(filter, "FILTER")?;
                    own.out.word("THEN");
                    match argument {
                        Some(argument) => own.present(argument)?,
                        None => {
                            own.out.count(1);
                        }
                    }
                    own.out.word("ELSE").count(0).word("END");
                }
            }
            own.out.close();
            own.over(spec, frame)
        };
        let Some(argument) = argument.filter(|_| aggregate != Aggregate::Count) else {
            if holds {
                return counted(self);
            }
            self.out.call("COALESCE");
            counted(self)?;
            self.out.comma().count(0).close();
            return Ok(());
        };
        let name = match aggregate {
            Aggregate::Min | Aggregate::All => "MIN",
            Aggregate::Max | Aggregate::Any => "MAX",
            _ => "SUM",
        };
        let summed = name == "SUM";
        let whole = holds && filter.is_none() && self.never_null(argument);
        let guarded = summed && (!whole || aggregate == Aggregate::Avg);
        if guarded {
            self.out.word("CASE WHEN");
            counted(self)?;
            self.out.word(">").count(0).word("THEN");
        }
        self.out.call(name);
        match filter {
            None => self.value(argument, false)?,
            Some(filter) => self.filtered(filter, Some(argument))?,
        }
        self.out.close();
        self.over(spec, frame)?;
        if aggregate == Aggregate::Avg {
            self.out.word("/");
            counted(self)?;
        }
        if guarded {
            self.out.word("END");
        }
        Ok(())
    }

    /// 1 for a value, 0 for NULL.
    fn present(&mut self, argument: &Expr) -> Result<(), SqlError> {
        self.out.word("CASE WHEN");
        self.operand(argument, true)?;
        self.out.word("IS NULL THEN").count(0).word("ELSE").count(1).word("END");
        Ok(())
    }

    fn window_call(
        &mut self,
        window: Window,
        arguments: &[&Expr],
        spec: &WindowSpec,
    ) -> Result<(), SqlError> {
        if let Some(frame) = &spec.window_frame {
            check_frames(frame)?;
        }
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
        if matches!(window, Window::Rank | Window::DenseRank) && spec.order_by.is_empty() {
            // All rows are peers.
            self.out.count(1);
            return Ok(());
        }
        let frame = match window {
            Window::First => match frame(spec)? {
                // Whatever the frame's end, the first row is the same.
                Frame::Peers if starts_at_first(spec) => {
                    Frame::Rows(&Bound::Preceding(None), Some(&Bound::CurrentRow))
                }
                other => other,
            },
            Window::Last | Window::Nth => frame(spec)?,
            _ => Frame::None,
        };
        self.out.call(name);
        match (window, arguments) {
            (Window::Ntile, [buckets]) => self.constant_count(buckets, 1, "ntile")?,
            (Window::Nth, [value, n]) => {
                self.value(value, false)?;
                self.out.comma();
                self.constant_count(n, 1, "nth_value")?;
            }
            (Window::Lag | Window::Lead, [value, rest @ ..]) => {
                let ty = self.common(std::iter::once(*value).chain(rest.get(1).copied()));
                self.beside(value, value, ty)?;
                if let Some(offset) = rest.first() {
                    self.out.comma();
                    self.constant_count(offset, 1, "an offset of lag and lead")?;
                }
                if let Some(default) = rest.get(1) {
                    self.out.comma();
                    self.beside(default, value, ty)?;
                }
            }
            (_, [value]) => self.value(value, false)?,
            _ => {}
        }
        self.out.close();
        self.over(spec, frame)
    }

    fn constant_count(&mut self, expr: &Expr, least: u64, what: &str) -> Result<(), SqlError> {
        let count = match negated_number(value::bare(expr)) {
            Some(Ok(number)) if is_integer(number.ty) => number.digits.parse::<u64>().ok(),
            _ => None,
        };
        let count = count
            .filter(|count| *count >= least)
            .ok_or_else(|| refuse(format!("{what} is supported as a positive constant only")))?;
        self.out.count(count);
        Ok(())
    }

    /// Prints `OVER (…)`.
    fn over(&mut self, spec: &WindowSpec, frame: Frame<'_>) -> Result<(), SqlError> {
        if matches!(frame, Frame::Peers) {
            return Err(refuse(
                "a window whose frame ends with the peers of a row is not supported",
            )
            .detail("With ORDER BY and no frame, PostgreSQL takes in all rows that sort alike.")
            .hint("Add ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW, if no rows sort alike."));
        }
        let before = self.no_aggregates.replace(DEFINED);
        self.out.word("OVER").open();
        for (index, expr) in spec.partition_by.iter().enumerate() {
            if index == 0 {
                self.out.word("PARTITION BY");
            }
            self.out.separate(index);
            self.value(expr, true)?;
        }
        for (index, key) in spec.order_by.iter().enumerate() {
            self.out.separate(index);
            if index == 0 {
                self.out.word("ORDER BY");
            }
            let direction = Direction::read(key)?;
            self.sorted(&key.expr, direction)?;
        }
        self.no_aggregates = before;
        match frame {
            Frame::None | Frame::Peers => {}
            Frame::Whole => {
                self.out.word("ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING");
            }
            Frame::Rows(start, end) => {
                self.out.word("ROWS BETWEEN");
                self.bound_of(start)?;
                self.out.word("AND");
                self.bound_of(end.unwrap_or(&Bound::CurrentRow))?;
            }
        }
        self.out.close();
        Ok(())
    }

    fn bound_of(&mut self, bound: &Bound) -> Result<(), SqlError> {
        let (number, side) = match bound {
            Bound::CurrentRow => {
                self.out.word("CURRENT ROW");
                return Ok(());
            }
            Bound::Preceding(number) => (number, "PRECEDING"),
            Bound::Following(number) => (number, "FOLLOWING"),
        };
        match number {
            None => self.out.word("UNBOUNDED"),
            Some(number) => self.out.count(offset(number)?),
        };
        self.out.word(side);
        Ok(())
    }
}

/// Whether a frame begins with the partition's first row.
fn starts_at_first(spec: &WindowSpec) -> bool {
    match &spec.window_frame {
        None => true,
        Some(frame) => matches!(frame.start_bound, Bound::Preceding(None)),
    }
}
