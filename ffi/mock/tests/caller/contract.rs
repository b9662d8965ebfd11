//! A caller of the session contract.

use super::*;
use irisdb::list::ListWriter;

pub(crate) const METADATA: i64 = 1;
pub(crate) const KEEP: i64 = 2;
pub(crate) const NO_FETCH: i64 = 4;

/// A session that is open in USER, and its tables' names, which no other test uses.
pub(crate) struct Open {
    pub(crate) oref: u32,
    pub(crate) table: &'static str,
    _session: Started,
}

pub(crate) fn open(table: &'static str) -> Open {
    let session = started();
    let oref = object();
    let answer = call(oref, "Open", &[Arg::Int(1), Arg::Bytes(b"USER"), Arg::Bytes(b"127.0.0.1")]);
    assert_eq!(answer.unwrap().outcome(), (0, 0, String::new()));
    Open { oref, table, _session: session }
}

/// A parameter.
pub(crate) enum P<'a> {
    Int(i64),
    Text(&'a str),
    Null,
}

pub(crate) fn list(parameters: &[P<'_>]) -> Vec<u8> {
    let mut list = ListWriter::new();
    for parameter in parameters {
        match parameter {
            P::Int(number) => list.integer(*number),
            P::Text(text) => list.text(text),
            P::Null => list.null(),
        }
    }
    list.into_bytes()
}

impl Open {
    pub(crate) fn call(&self, method: &str, arguments: &[Arg<'_>]) -> Answer {
        call(self.oref, method, arguments).unwrap()
    }

    /// `Run` of a text in which `%` stands for the table.
    pub(crate) fn run(&self, text: &str, parameters: &[P<'_>], want: i64, bytes: i64) -> Answer {
        let text = text.replace('%', self.table);
        let parameters = list(parameters);
        let (want, bytes) = (Arg::Int(want), Arg::Int(bytes));
        let (text, parameters) = (Arg::Bytes(text.as_bytes()), Arg::Bytes(&parameters));
        self.call("Run", &[Arg::Int(0), text, parameters, want, bytes])
    }

    /// The same, and it must succeed.
    pub(crate) fn done(&self, text: &str, parameters: &[P<'_>]) -> Answer {
        let answer = self.run(text, parameters, 0, 0);
        assert_eq!(answer.integer(2), 0, "{text}: {:?}", answer.outcome());
        answer
    }

    pub(crate) fn run_kept(&self, statement: i64, parameters: &[P<'_>]) -> Answer {
        let parameters = list(parameters);
        self.call("Run", &[Arg::Int(statement), Arg::Bytes(b""), Arg::Bytes(&parameters)])
    }

    pub(crate) fn numbers(&self, count: i64) {
        self.done("CREATE TABLE % (n INTEGER NOT NULL PRIMARY KEY, t VARCHAR(50))", &[]);
        for n in 1..=count {
            self.done("INSERT INTO % (n, t) VALUES (?, ?)", &[P::Int(n), P::Text("row")]);
        }
    }
}

/// The rows of a block, each as its bytes; `None` is a row that is too large.
pub(crate) fn rows(answer: &Answer) -> Vec<Option<Vec<u8>>> {
    let block = answer.bytes(14);
    ListReader::new(&block)
        .map(|row| match row.unwrap() {
            Element::Bytes(row) => Some(row.to_vec()),
            Element::Undefined => None,
            other => panic!("{other:?}"),
        })
        .collect()
}

/// The first column of every row, as integers.
pub(crate) fn integers(answer: &Answer) -> Vec<i64> {
    rows(answer)
        .iter()
        .map(|row| match ListReader::new(row.as_ref().unwrap()).next().unwrap().unwrap() {
            Element::Integer(number) => number,
            other => panic!("{other:?}"),
        })
        .collect()
}

pub(crate) fn misuse(message: &str) -> (i64, i64, String) {
    (4, 0, message.to_owned())
}
