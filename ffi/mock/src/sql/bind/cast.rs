//! CAST and CONVERT (iris-sql §1.5, §2).

use super::super::api::SqlFailure;
use super::super::ast::{Expr, TypeName};
use super::super::sqlcode::{bare, fail};
use super::super::types::{self, Ty};
use super::expr::ANY_NUMBER;
use super::{Binder, Bound, Origin};

impl Binder<'_> {
    /// CAST and CONVERT (iris-sql §1.5, §2).
    pub(super) fn cast(&mut self, inner: &Expr, name: &TypeName) -> Result<Bound, SqlFailure> {
        let Some(ty) = types::cast_type(name) else {
            return Err(fail(-376, format!("Unsupported CAST target specified: {}", name.name)));
        };
        let inner = self.value(inner)?;
        let param = matches!(inner.origin, Origin::Param(_)) && inner.ty == Ty::Unknown;
        let inner = self.settled(inner, cast_parameter(ty));
        if inner.ty.is_stream() {
            return Err(bare(-37));
        }
        if matches!(inner.origin, Origin::Null) {
            return Ok(Bound { ty, ..inner });
        }
        let _ = param;
        let sql = match ty {
            Ty::Varchar(0) => inner.shown_text(),
            Ty::Varchar(n) => format!("i_cut({},{n})", inner.shown_text()),
            Ty::Bit => format!("(i_sign({}) <> 0)", inner.decimal()),
            // Towards zero (iris-sql §1.5).
            ty if ty.is_integer() => match inner.ty {
                from if from.is_integer() || from == Ty::Date => inner.sql.clone(),
                _ => format!("i_trunc({})", inner.decimal()),
            },
            // Rounded to s; p is ignored.
            Ty::Decimal { s, .. } => format!("i_round({},{s},0)", inner.decimal()),
            ty => inner.to(ty),
        };
        Ok(Bound::expression(sql, ty))
    }
}

/// What a parameter that is cast arrives as.
fn cast_parameter(ty: Ty) -> Ty {
    match ty {
        Ty::Double => Ty::Double,
        Ty::VarBinary(n) => Ty::VarBinary(n),
        Ty::Varchar(_) | Ty::Guid | Ty::Date | Ty::Time(_) | Ty::PosixTime | Ty::TimeStamp => {
            Ty::Varchar(0)
        }
        _ => ANY_NUMBER,
    }
}
