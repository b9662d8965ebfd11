//! EXPLAIN: one row with one column, `Plan` (iris-sql §1.3).

use super::super::api::SqlFailure;
use super::super::ast::Statement;
use super::super::sqlcode::bare;
use super::super::types::Ty;
use super::{Action, Binder, Constant, Output, QueryPlan};

impl Binder<'_> {
    /// The plan of a statement that was bound, and is not run. UNVERIFIED(iris): the wording of the
    /// plan; only its frame and the cost are those of IRIS.
    pub(super) fn explained(
        &mut self,
        statement: &Statement,
        text: &str,
    ) -> Result<Action, SqlFailure> {
        match statement {
            Statement::Update(update) => drop(self.update(update)?),
            Statement::Delete(delete) => drop(self.delete(delete)?),
            Statement::Query(query) => drop(self.top_query(query)?),
            _ => return Err(bare(-51)),
        }
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let plan = format!(
            "<plans>\n <plan>\n  <sql>\n{escaped}\n  </sql>\n  <cost value=\"1000\"/>\n </plan>\n\
             </plans>"
        );
        let sql = self.constant(Constant::Text(plan));
        let output = Output {
            name: "Plan".to_owned(),
            ty: Ty::Varchar(0),
            nullable: 0,
            schema: String::new(),
            table: String::new(),
            class: Ty::Varchar(0).class().to_owned(),
            flags: 16,
        };
        let sql = format!("SELECT {sql} AS o0");
        Ok(Action::Query(QueryPlan { sql, outputs: vec![output], locked: None }))
    }
}
