//! Windows: WINDOW, OVER, and their frames.

use super::clause::Clause;
use super::limit::no_variables;
use super::scope::{Window, place, place_of};
use super::{Binder, at, refuse};
use crate::sql::bound::{At, Expr, Frame, FrameBound, FrameUnit, SortKey};
use crate::sql::error::SqlError;
use crate::sql::resolve::Context;
use crate::types::pg::PgType;
use irispg_grammar::ast::{
    self, Ident, NamedWindowDefinition, NamedWindowExpr, WindowFrame, WindowFrameBound as Bound,
    WindowFrameUnits as Units, WindowSpec, WindowType,
};

/// Frames that PostgreSQL's grammar refuses; their places are those of a bound.
pub(super) const FROM_UNBOUNDED: &str = "frame start cannot be UNBOUNDED FOLLOWING";
pub(super) const TO_UNBOUNDED: &str = "frame end cannot be UNBOUNDED PRECEDING";
pub(super) const CURRENT_PRECEDING: &str =
    "frame starting from current row cannot have preceding rows";
pub(super) const FOLLOWING_PRECEDING: &str =
    "frame starting from following row cannot have preceding rows";
pub(super) const FROM_FOLLOWING: &str =
    "frame starting from following row cannot end with current row";

fn windowing(message: impl Into<std::borrow::Cow<'static, str>>) -> SqlError {
    SqlError::new("42P20", message)
}

/// PostgreSQL's frame where none was written.
const DEFAULT: Frame = Frame {
    unit: FrameUnit::Range,
    start: FrameBound::First,
    end: FrameBound::Current,
    excludes: false,
};

impl Binder<'_> {
    /// Binds the windows of WINDOW under their names.
    pub(super) fn name_windows(
        &mut self,
        windows: &[NamedWindowDefinition],
    ) -> Result<(), SqlError> {
        for NamedWindowDefinition(name, window) in windows {
            let known = self.scopes.last().map(|scope| scope.windows.as_slice());
            if known.unwrap_or_default().iter().any(|(own, _)| *own == name.value) {
                let message = format!("window \"{}\" is already defined", name.value);
                let place = self.places.behind(place(std::slice::from_ref(name)), 2);
                return Err(at(windowing(message), place));
            }
            let NamedWindowExpr::WindowSpec(spec) = window else {
                return Err(refuse("a window that is another one is not supported"));
            };
            let window = self.window(spec)?;
            if let Some(scope) = self.scopes.last_mut() {
                scope.windows.push((name.value.clone(), window));
            }
        }
        Ok(())
    }

    /// The window that stands behind OVER.
    pub(super) fn over(&mut self, over: &WindowType) -> Result<Window, SqlError> {
        match over {
            WindowType::NamedWindow(name) => self.named_window(name),
            WindowType::WindowSpec(spec) => self.window(spec),
        }
    }

    fn window(&mut self, spec: &WindowSpec) -> Result<Window, SqlError> {
        let WindowSpec { window_name, partition_by, order_by, window_frame } = spec;
        let mut window = match window_name {
            Some(name) => self.copied(name, spec)?,
            None => {
                Window { partition: Vec::new(), order: Vec::new(), frame: DEFAULT, framed: false }
            }
        };
        if !order_by.is_empty() {
            window.order = self.plain_keys(order_by, Clause::WindowOrder)?;
        }
        for expr in partition_by {
            let bound = self.inside(Clause::WindowPartition, |own| own.expression(expr))?;
            let bound = self.decided(bound)?;
            super::select::comparable(bound.ty).map_err(|error| at(error, place_of(Some(expr))))?;
            if !window.partition.contains(&bound) {
                window.partition.push(bound);
            }
        }
        if let Some(frame) = window_frame {
            window.frame = self.frame(frame, &window.order)?;
            window.framed = true;
        }
        Ok(window)
    }

    /// The window that another one begins with.
    fn copied(&mut self, name: &Ident, spec: &WindowSpec) -> Result<Window, SqlError> {
        let window = self.named_window(name)?;
        let opening = self.places.parenthesis(place(std::slice::from_ref(name)));
        let place = |error| at(error, opening);
        if !spec.partition_by.is_empty() {
            let message =
                format!("cannot override PARTITION BY clause of window \"{}\"", name.value);
            return Err(place(windowing(message)));
        }
        if !spec.order_by.is_empty() && !window.order.is_empty() {
            let message = format!("cannot override ORDER BY clause of window \"{}\"", name.value);
            return Err(place(windowing(message)));
        }
        if window.framed {
            let message =
                format!("cannot copy window \"{}\" because it has a frame clause", name.value);
            return Err(place(windowing(message)));
        }
        Ok(window)
    }

    fn frame(&mut self, frame: &WindowFrame, order: &[SortKey]) -> Result<Frame, SqlError> {
        let WindowFrame { units, start_bound, end_bound } = frame;
        let end = end_bound.as_ref().unwrap_or(&Bound::CurrentRow);
        if let (Bound::Following(Some(_)), None) = (start_bound, end_bound) {
            return Err(windowing(FROM_FOLLOWING));
        }
        check_bounds(start_bound, end)?;
        let unit = match units {
            Units::Rows => FrameUnit::Rows,
            Units::Range => FrameUnit::Range,
            Units::Groups => FrameUnit::Groups,
        };
        let counted =
            |bound: &Bound| matches!(bound, Bound::Preceding(Some(_)) | Bound::Following(Some(_)));
        if unit == FrameUnit::Range && (counted(start_bound) || counted(end)) && order.len() != 1 {
            let message =
                "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column";
            return Err(at(windowing(message), self.opening(frame)));
        }
        if unit == FrameUnit::Groups && order.is_empty() {
            let message = "GROUPS mode requires an ORDER BY clause";
            return Err(at(windowing(message), self.opening(frame)));
        }
        Ok(Frame {
            unit,
            start: self.bound(start_bound, unit, order)?,
            end: self.bound(end, unit, order)?,
            excludes: false,
        })
    }

    /// The parenthesis of a window, by its frame's distance.
    fn opening(&self, frame: &WindowFrame) -> At {
        let inside = |bound: &Bound| match bound {
            Bound::Preceding(Some(expr)) | Bound::Following(Some(expr)) => place_of(Some(expr)).0,
            _ => None,
        };
        let inside = inside(&frame.start_bound).or(frame.end_bound.as_ref().and_then(inside));
        self.places.parenthesis(At(inside))
    }

    fn bound(
        &mut self,
        bound: &Bound,
        unit: FrameUnit,
        order: &[SortKey],
    ) -> Result<FrameBound, SqlError> {
        Ok(match bound {
            Bound::CurrentRow => FrameBound::Current,
            Bound::Preceding(None) => FrameBound::First,
            Bound::Following(None) => FrameBound::Last,
            Bound::Preceding(Some(expr)) => {
                FrameBound::Preceding(Box::new(self.distance(expr, unit, order)?))
            }
            Bound::Following(Some(expr)) => {
                FrameBound::Following(Box::new(self.distance(expr, unit, order)?))
            }
        })
    }

    /// How far a frame reaches: rows or groups, or a difference of what is sorted by.
    fn distance(
        &mut self,
        expr: &ast::Expr,
        unit: FrameUnit,
        order: &[SortKey],
    ) -> Result<Expr, SqlError> {
        // The grammar takes every text here for an interval.
        let expr = match expr {
            ast::Expr::Interval(written) if unit != FrameUnit::Range => &written.value,
            other => other,
        };
        let name = match unit {
            FrameUnit::Rows => "ROWS",
            FrameUnit::Range => "RANGE",
            FrameUnit::Groups => "GROUPS",
        };
        let bound = self.inside(Clause::WindowFrame(name), |own| own.expression(expr))?;
        let place = place_of(Some(expr));
        let bound = if unit == FrameUnit::Range {
            let key = order.first().map_or(PgType::Unknown, |key| key.expr.ty);
            let ty = match (bound.ty, key) {
                (PgType::Unknown, PgType::Date | PgType::Timestamp | PgType::Timestamptz) => {
                    PgType::Interval
                }
                (PgType::Unknown, PgType::Time) => PgType::Interval,
                (PgType::Unknown, key) => key,
                (own, _) => own,
            };
            self.coerce(bound, ty, -1, Context::Implicit)?
        } else {
            self.whole(bound, name, place)?
        };
        no_variables(&bound, name)?;
        Ok(bound)
    }
}

/// Frames that PostgreSQL's grammar refuses.
fn check_bounds(start: &Bound, end: &Bound) -> Result<(), SqlError> {
    use Bound::{CurrentRow, Following, Preceding};
    match (start, end) {
        (Following(None), _) => Err(windowing(FROM_UNBOUNDED)),
        (_, Preceding(None)) => Err(windowing(TO_UNBOUNDED)),
        (CurrentRow, Preceding(_)) => Err(windowing(CURRENT_PRECEDING)),
        (Following(_), Preceding(_) | CurrentRow) => Err(windowing(FOLLOWING_PRECEDING)),
        _ => Ok(()),
    }
}
