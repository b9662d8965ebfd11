//! What is asked of PostgreSQL, and how its answers are compared with ours.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use irispg::sql::resolve::{Failure, Resolved, Slot};
use irispg::types::{PgType, pg};

/// Asks PostgreSQL by psql and gives the lines of its answer.
pub(crate) fn ask(sql: &str) -> Vec<String> {
    let mut psql = Command::new("psql")
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = psql.stdin.take().unwrap();
    let sql = format!("{PREPARE}{}\n{sql}", probe_table());
    let writer = std::thread::spawn(move || input.write_all(sql.as_bytes()).unwrap());
    let output = psql.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "psql failed");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// `result` gives the type of an expression over the table `probe`, or the SQLSTATE. `calls` does
/// it for a template in which `$1` and `$2` stand for every pair of operands, and gives what is not
/// 42883.
const PREPARE: &str = "
SET client_min_messages = error;
SET jit = off;
CREATE FUNCTION pg_temp.result(expression text) RETURNS text LANGUAGE plpgsql AS $f$
DECLARE r text;
BEGIN
    EXECUTE 'SELECT pg_typeof((SELECT ' || expression || ' FROM probe WHERE false))' INTO r;
    RETURN r;
EXCEPTION WHEN others THEN
    RETURN SQLSTATE;
END $f$;
CREATE FUNCTION pg_temp.calls(subject text, template text, left_side text[], right_side text[])
RETURNS SETOF text LANGUAGE plpgsql AS $f$
DECLARE a text; b text; r text;
BEGIN
    FOREACH a IN ARRAY left_side LOOP
        FOREACH b IN ARRAY right_side LOOP
            r := pg_temp.result(replace(replace(template, '$1', a), '$2', b));
            IF r <> '42883' THEN
                RETURN NEXT concat_ws(chr(9), subject, a, b, r);
            END IF;
        END LOOP;
    END LOOP;
END $f$;
";

/// Every type that a value can have; nothing is of type void, and no column may be.
pub(crate) static EVERY: LazyLock<Vec<PgType>> =
    LazyLock::new(|| pg::ALL.iter().copied().filter(|ty| *ty != PgType::Void).collect());

/// How an operand of the type is written: a column of `probe`, which no constant folding touches.
pub(crate) fn operand(ty: PgType) -> String {
    match ty {
        PgType::Unknown => "NULL".to_owned(),
        PgType::Record => "NULL::record".to_owned(),
        _ => format!("t{}", ty.oid()),
    }
}

fn probe_table() -> String {
    let typed = EVERY.iter().filter(|ty| ![PgType::Unknown, PgType::Record].contains(ty));
    let columns: Vec<String> = typed.map(|ty| format!("{} {}", operand(*ty), ty.name())).collect();
    format!("CREATE TEMP TABLE probe ({});", columns.join(", "))
}

pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

pub(crate) fn array(types: &[PgType], written: impl Fn(PgType) -> String) -> String {
    let items: Vec<String> = types.iter().map(|ty| quoted(&written(*ty))).collect();
    format!("ARRAY[{}]::text[]", items.join(", "))
}

/// How many expressions PostgreSQL gets in one statement; a SELECT may have 1664 columns.
const BATCH: usize = 500;

/// The types, or SQLSTATEs, of expressions.
pub(crate) fn results(expressions: &[String]) -> Vec<String> {
    let mut sql = String::new();
    for batch in expressions.chunks(BATCH) {
        let items: Vec<String> = batch.iter().map(|one| quoted(one)).collect();
        let items = items.join(", ");
        writeln!(sql, "SELECT pg_temp.result(e) FROM unnest(ARRAY[{items}]) AS u (e);").unwrap();
    }
    ask(&sql)
}

/// PostgreSQL's answers by what was asked; what is missing is 42883.
pub(crate) fn answers(lines: Vec<String>) -> BTreeMap<String, String> {
    let split = |line: String| {
        let (asked, answer) = line.rsplit_once('\t').unwrap();
        (asked.to_owned(), answer.to_owned())
    };
    lines.into_iter().map(split).collect()
}

/// Types by the names that say nothing of a length: `character` alone is `character(1)`.
pub(crate) fn target(ty: PgType) -> String {
    ty.name().replace("character varying", "varchar").replace("character", "bpchar")
}

/// The types of operands: all in the long form; else a few arrays stand for all, because the rules
/// do not tell them apart.
pub(crate) fn fewer() -> Vec<PgType> {
    let long = std::env::var_os("IRISPG_LONG").is_some();
    let arrays = [PgType::Int4Array, PgType::TextArray, PgType::VarcharArray, PgType::NumericArray];
    let kept = |ty: &PgType| long || ty.element().is_none() || arrays.contains(ty);
    EVERY.iter().copied().filter(kept).collect()
}

/// What the room says, as `result` would: `None` where a foreign type comes in.
pub(crate) fn said<T>(found: &Result<Resolved<T>, Failure>) -> Option<String> {
    Some(match found {
        Ok(found) => found.result.name().to_owned(),
        Err(Failure::Missing) => "42883".to_owned(),
        Err(Failure::Ambiguous) => "42725".to_owned(),
        Err(Failure::Undecided | Failure::NoVariadicArray) => "42804".to_owned(),
        Err(Failure::NoArray(_)) => "42704".to_owned(),
        Err(Failure::Foreign(_)) => return None,
    })
}

/// Collects what differs and fails with the first of it.
#[derive(Default)]
pub(crate) struct Comparison {
    count: usize,
    foreign: usize,
    differing: Vec<String>,
}

impl Comparison {
    pub(crate) fn see(&mut self, input: &str, ours: Option<&str>, theirs: &str) {
        self.count += 1;
        let same = match ours {
            Some(ours) => ours == theirs,
            // What is chosen has a type that we do not know: PostgreSQL must have chosen as well.
            None => {
                self.foreign += 1;
                !["42883", "42725"].contains(&theirs)
            }
        };
        if !same {
            let ours = ours.unwrap_or("a foreign type");
            self.differing.push(format!("{input}: ours {ours}, PostgreSQL {theirs}"));
        }
    }

    pub(crate) fn finish(self, subject: &str) {
        let Self { count, foreign, differing } = self;
        println!("resolve: {subject}: {count} compared, {foreign} with foreign types");
        assert!(
            differing.is_empty(),
            "{} differ:\n{}",
            differing.len(),
            differing[..differing.len().min(60)].join("\n")
        );
    }
}

/// A slot as `format_type` names it.
pub(crate) fn slot_name(slot: Slot) -> String {
    let name = match slot {
        Slot::Is(ty) => ty.name(),
        Slot::Any => "\"any\"",
        Slot::Element => "anyelement",
        Slot::Array => "anyarray",
        Slot::NonArray => "anynonarray",
        Slot::Compatible => "anycompatible",
        Slot::CompatibleArray => "anycompatiblearray",
        Slot::CompatibleNonArray => "anycompatiblenonarray",
        Slot::Foreign(name) => name,
    };
    name.to_owned()
}

/// Expressions with the row that we chose for them.
#[derive(Default)]
pub(crate) struct Rows(Vec<(String, String)>);

/// Gives the row behind each expression of a batch: a view is made of them, and its parse tree
/// names the operator or function at the top of each.
const ROWS: &str = "
CREATE FUNCTION pg_temp.rows(expressions text[]) RETURNS SETOF text LANGUAGE plpgsql AS $f$
BEGIN
    EXECUTE 'CREATE TEMP VIEW chosen AS SELECT ' || (SELECT string_agg(
        '(SELECT ' || e || ' FROM probe) IS NULL AS c' || n, ', ' ORDER BY n)
        FROM unnest(expressions) WITH ORDINALITY AS u (e, n));
    RETURN QUERY
        SELECT CASE WHEN m[1] LIKE '%OPEXPR' THEN (
                SELECT CASE WHEN oprleft = 0 THEN '-' ELSE format_type(oprleft, NULL) END || ' '
                    || oprname || ' ' || format_type(oprright, NULL)
                FROM pg_operator WHERE oid = m[2]::oid)
            WHEN m[1] ~ '^(RELABELTYPE|COERCEVIAIO|ARRAYCOERCEEXPR)$' THEN m[1]
            ELSE (SELECT proname || '(' || coalesce((
                    SELECT string_agg(format_type(a, NULL), ', ' ORDER BY n)
                    FROM unnest(proargtypes) WITH ORDINALITY AS u (a, n)), '') || ')'
                FROM pg_proc WHERE oid = m[2]::oid) END
        FROM pg_rewrite, regexp_matches(ev_action::text,
            ':targetList \\(\\{TARGETENTRY :expr \\{(?!NULLTEST)(\\w+) :\\w+ (\\d+|\\{)', 'g')
            WITH ORDINALITY AS found (m, n)
        WHERE ev_class = 'pg_temp.chosen'::regclass
        ORDER BY n;
    DROP VIEW chosen;
END $f$;
";

impl Rows {
    pub(crate) fn add(&mut self, expression: String, row: String) {
        self.0.push((expression, row));
    }

    pub(crate) fn compare(self, subject: &str) {
        let mut sql = ROWS.to_owned();
        for batch in self.0.chunks(BATCH) {
            let items: Vec<String> = batch.iter().map(|(one, _)| quoted(one)).collect();
            writeln!(sql, "SELECT pg_temp.rows(ARRAY[{}]);", items.join(", ")).unwrap();
        }
        let theirs = ask(&sql);
        assert_eq!(theirs.len(), self.0.len(), "PostgreSQL gave another number of rows");
        let mut comparison = Comparison::default();
        for ((expression, ours), theirs) in self.0.iter().zip(&theirs) {
            // Of a cast only the function's name is known.
            let named = ours.contains([' ', '(']);
            let theirs = if named { theirs } else { theirs.split('(').next().unwrap() };
            comparison.see(expression, Some(ours), theirs);
        }
        comparison.finish(&format!("rows of {subject}"));
    }
}

/// Numbers that look random and are the same each time (xorshift).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }

    pub(crate) fn ty(&mut self) -> PgType {
        EVERY[self.below(EVERY.len())]
    }
}
