//! Queries: rows go straight into `$LIST` bytes.

use std::rc::Rc;
use std::time::Instant;

use super::super::api::{Execution, SqlFailure};
use super::super::bind::{Plan, QueryPlan};
use super::super::core::{Against, Block, Core, Trouble};
use super::super::spool::{SpooledRows, put_row};
use super::super::sqlcode::{bare, fail};
use super::super::store::catalog::Table;
use super::super::store::{self, broken};
use super::Values;
use super::output::Shipping;

/// Passes of a READ COMMITTED query that rollbacks of others may spoil: 3. The next one keeps them
/// from writing, so that a long query comes to its end among many short transactions.
const PASSES: u32 = 3;

/// Runs a query and appends its first rows to `block`, until it has grown by `limit` bytes.
pub(in crate::sql) fn run(
    core: &Core,
    plan: &Plan,
    query: &QueryPlan,
    values: &Values<'_>,
    block: &mut Vec<u8>,
    limit: usize,
) -> Result<Execution, SqlFailure> {
    let start = block.len();
    let Some(locked) = query.locked.as_ref().filter(|_| core.read_committed) else {
        return one_pass(core, plan, query, &query.sql, values, block, limit, &mut |_| Ok(()))
            .map_err(plain);
    };
    // Where no other session has a transaction open, and none begins before the snapshot is there,
    // no row needs a look.
    let begun = core.page.begun();
    if !core.others() {
        let mut first = true;
        let pass = one_pass(core, plan, query, &query.sql, values, block, limit, &mut |_| {
            match std::mem::take(&mut first) && core.page.begun() != begun {
                true => Err(Trouble::Fail(bare(100))),
                false => Ok(()),
            }
        });
        match pass {
            Err(Trouble::Fail(failure)) if failure.sqlcode == 100 => block.truncate(start),
            other => return other.map_err(plain),
        }
    }
    let deadline = Instant::now() + core.lock_timeout;
    let mut vain = 0;
    loop {
        let rollbacks = core.page.rollbacks();
        let alone = vain >= PASSES;
        let pass = || committed_pass(core, plan, query, locked, values, block, limit);
        let outcome = match alone {
            true => store::writing(&core.connection, pass),
            false => store::reading(&core.connection, pass),
        };
        match outcome {
            // A row whose change was undone since the snapshot had lost its lock when it was met.
            // While nobody else may write nothing is undone.
            Ok(_) if !alone && core.page.rollbacks() != rollbacks => {
                block.truncate(start);
                vain += 1;
            }
            Ok(execution) => return Ok(execution),
            Err(Trouble::Fail(failure)) => return Err(failure),
            Err(Trouble::Blocked(found)) => {
                block.truncate(start);
                core.wait(&found, deadline)?;
            }
        }
    }
}

/// One pass of a READ COMMITTED query, blocked by the first row whose lock another session holds.
///
/// UNVERIFIED(iris): a row that another transaction deleted, or changed so that it does not match,
/// is not met and not waited for, because a deleted row's entries are gone from IRIS's maps at
/// once, and −114 speaks of *matching* rows (iris-sql §1.6, Appendix A).
fn committed_pass(
    core: &Core,
    plan: &Plan,
    query: &QueryPlan,
    (locked, tables): &(String, Vec<Rc<Table>>),
    values: &Values<'_>,
    block: &mut Vec<u8>,
    limit: usize,
) -> Result<Execution, Trouble> {
    let width = query.outputs.len();
    one_pass(core, plan, query, locked, values, block, limit, &mut |row| {
        for (at, table) in tables.iter().enumerate() {
            let Ok(number) = row.get::<_, Option<i64>>(width + at) else { continue };
            let Some(number) = number else { continue };
            let against = Against::Reading;
            if core.blocker(table.id, number, against).is_some() {
                // iris-sql §1.6, §1.7: −114.
                let full = table.full();
                let text = format!(
                    "Unable to acquire shared lock on table {full} for RowID value: {number}"
                );
                let failure = fail(-114, text);
                let block = Block { table: table.id, row: number, against, failure };
                return Err(Trouble::Blocked(block));
            }
        }
        Ok(())
    })
}

fn plain(trouble: Trouble) -> SqlFailure {
    match trouble {
        Trouble::Fail(failure) => failure,
        Trouble::Blocked(block) => block.failure,
    }
}

type Check<'a> = &'a mut dyn FnMut(&rusqlite::Row<'_>) -> Result<(), Trouble>;

#[allow(clippy::too_many_arguments)]
fn one_pass(
    core: &Core,
    plan: &Plan,
    query: &QueryPlan,
    sql: &str,
    values: &Values<'_>,
    block: &mut Vec<u8>,
    limit: usize,
    check: Check<'_>,
) -> Result<Execution, Trouble> {
    let start = block.len();
    let mut statement = core.connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    super::bind(core, plan, values, &mut statement)?;
    let mut rows = statement.raw_query();
    let mut execution = Execution::default();
    let mut bytes = Vec::with_capacity(256);
    let mut spool: Option<SpooledRows> = None;
    let mut shipping = Shipping::new(plan.mode);
    while let Some(row) = rows.next().map_err(|e| broken(&e))? {
        check(row)?;
        bytes.clear();
        for (at, output) in query.outputs.iter().enumerate() {
            shipping.put(&mut bytes, output.ty, row.get_ref(at).map_err(|e| broken(&e))?);
        }
        if let Some(spool) = &mut spool {
            spool.add(&bytes, &core.dir).map_err(|e| spool_failure(&e))?;
            continue;
        }
        execution.rows += 1;
        let oversized = put_row(block, &bytes);
        if oversized {
            execution.oversized = Some(std::mem::take(&mut bytes));
        }
        if oversized || block.len() - start >= limit {
            spool = Some(SpooledRows::default());
        }
    }
    execution.row_count = execution.rows;
    if let Some(mut spool) = spool {
        spool.finish().map_err(|e| spool_failure(&e))?;
        execution.rest = (spool.remaining() > 0).then_some(spool);
    }
    Ok(execution)
}

/// The spool file of DESIGN §5 cannot be written: a fatal error, −400 (iris-sql Appendix A).
fn spool_failure(error: &std::io::Error) -> SqlFailure {
    fail(-400, format!("Unexpected error occurred: <WRITE>{error}"))
}
