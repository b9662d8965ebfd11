//! The engine that answers by a script, the client that remembers, and the session between them.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;

use crate::engine::{Answer, Engine, EngineError, Forget, Gate, OpenRequest, Source, Status, Want};
use crate::protocol::message::Frontend;
use crate::protocol::outbox::Outbox;
use crate::session::{Client, Generation, Limits, Next, Session, Timeouts};
use crate::sql::{Action, IrisStatement, Output, Place, Plan, Statement, Verb};
use crate::types::PgType;
use crate::types::list::{Item, Reader, Writer};

/// What the engine answers to one `Run`, `Batch` or `Fetch`.
pub(super) enum Reply {
    /// Rows of text or number columns, and no more.
    Rows(&'static [&'static [&'static str]]),
    /// Rows, and a cursor for more.
    More(&'static [&'static [&'static str]], i64),
    /// So many rows were changed; the id of the last.
    Count(i64, &'static str),
    /// An SQLCODE with its message.
    Refused(i64, &'static str),
    /// The call was cancelled.
    Cancelled,
    /// The IRIS session is gone.
    Broken,
}

/// What happens in a play, and what is still to happen.
#[derive(Default)]
struct Script {
    log: Vec<String>,
    replies: VecDeque<Reply>,
    level: i64,
    handles: i64,
    texts: Vec<String>,
}

struct Fake(Rc<RefCell<Script>>);

impl Fake {
    fn step(&self, what: String, level: i64) -> Result<Answer, EngineError> {
        let mut script = self.0.borrow_mut();
        script.log.push(what);
        script.level = level;
        let mut answer = Answer::of_rows(Vec::new());
        answer.level = level;
        Ok(answer)
    }

    fn reply(&self, what: String) -> Result<Answer, EngineError> {
        let mut script = self.0.borrow_mut();
        let reply = script.replies.pop_front();
        let reply = reply.unwrap_or_else(|| panic!("nobody expected {what}"));
        script.log.push(what);
        let mut answer = Answer::of_rows(Vec::new());
        match reply {
            Reply::Rows(rows) => answer = Answer::of_rows(block(rows)),
            Reply::More(rows, cursor) => {
                answer = Answer::of_rows(block(rows));
                answer.cursor = cursor;
            }
            Reply::Count(count, id) => {
                answer.row_count = count;
                answer.row_id = id.to_owned();
            }
            Reply::Refused(sqlcode, message) => {
                answer.status = Status::SqlError;
                answer.sqlcode = sqlcode;
                answer.message = message.to_owned();
            }
            Reply::Cancelled => return Err(EngineError::Interrupted),
            Reply::Broken => return Err(EngineError::Broken("gone".to_owned())),
        }
        answer.level = script.level;
        Ok(answer)
    }
}

/// Values as they stand in a script: a number is one, `NULL` is none, anything else is text.
fn block(rows: &[&[&str]]) -> Vec<u8> {
    let mut list = Writer::new();
    for row in rows {
        let mut own = Writer::new();
        for value in *row {
            match (value.parse(), *value) {
                (Ok(number), _) => own.integer(number),
                (_, "NULL") => own.null(),
                (_, text) => own.text(text),
            }
        }
        list.list(own.as_bytes());
    }
    list.into_bytes()
}

fn shown(list: &[u8]) -> String {
    let values = Reader::new(list).map(|item| match item.expect("a list") {
        item if item.is_null() => "NULL".to_owned(),
        Item::Integer(number) => number.to_string(),
        Item::Bytes(b"\0") => "''".to_owned(),
        Item::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) if text.bytes().all(|byte| byte >= b' ') => text.to_owned(),
            _ => format!("[{}]", shown(bytes)),
        },
        other => format!("{other:?}"),
    });
    values.collect::<Vec<_>>().join(", ")
}

impl Engine for Fake {
    fn open(&mut self, _request: &OpenRequest<'_>) -> Result<Answer, EngineError> {
        let mut answer = Answer::of_rows(block(&[]));
        answer.extra = 1;
        Ok(answer)
    }

    fn run(
        &mut self,
        source: Source<'_>,
        parameters: &[u8],
        want: Want,
    ) -> Result<Answer, EngineError> {
        let (name, handle) = match source {
            Source::Text(text) => (text.to_owned(), 0),
            Source::Handle(handle) => {
                let at = usize::try_from(handle - 1).expect("a handle");
                (format!("#{}", self.0.borrow().texts[at]), handle)
            }
        };
        let mut answer = self.reply(format!("{name} ({})", shown(parameters)))?;
        assert!(!want.metadata, "everything is known of the statements of a play");
        answer.statement = handle;
        if want.keep && answer.status == Status::Done {
            let mut script = self.0.borrow_mut();
            script.handles += 1;
            script.texts.push(name);
            answer.statement = script.handles;
        }
        Ok(answer)
    }

    fn prepare(&mut self, text: &str, _keep: bool) -> Result<Answer, EngineError> {
        panic!("nobody asked what {text} is");
    }

    fn fetch(&mut self, cursor: i64) -> Result<Answer, EngineError> {
        self.reply(format!("fetch {cursor}"))
    }

    fn batch(
        &mut self,
        _source: Source<'_>,
        rows: &[u8],
        _keep: bool,
    ) -> Result<Answer, EngineError> {
        self.reply(format!("batch {}", shown(rows)))
    }

    fn close(&mut self, what: Forget) -> Result<Answer, EngineError> {
        let level = self.0.borrow().level;
        self.step(format!("close {what:?}"), level)
    }

    fn begin(&mut self) -> Result<Answer, EngineError> {
        self.step("begin".to_owned(), 1)
    }

    fn savepoint(&mut self) -> Result<Answer, EngineError> {
        let level = self.0.borrow().level + 1;
        self.step(format!("savepoint {level}"), level)
    }

    fn release(&mut self, level: u32) -> Result<Answer, EngineError> {
        self.step(format!("release {level}"), i64::from(level) - 1)
    }

    fn rollback_to(&mut self, level: u32) -> Result<Answer, EngineError> {
        self.step(format!("rollback to {level}"), i64::from(level))
    }

    fn commit(&mut self) -> Result<Answer, EngineError> {
        self.step("commit".to_owned(), 0)
    }

    fn rollback(&mut self) -> Result<Answer, EngineError> {
        self.step("rollback".to_owned(), 0)
    }

    fn describe(&mut self, _schema: &str, table: &str) -> Result<Answer, EngineError> {
        panic!("nobody asked what {table} is made of");
    }

    fn stream(
        &mut self,
        _cursor: i64,
        _row: i64,
        _column: i64,
        _offset: i64,
    ) -> Result<Answer, EngineError> {
        panic!("no value is long");
    }
}

#[derive(Default)]
struct Listener(Outbox);

impl Client for Listener {
    fn outbox(&mut self) -> &mut Outbox {
        &mut self.0
    }

    fn relieve(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn urge(&mut self) {}

    fn limit(&mut self, _timeouts: Timeouts) {}

    fn take_timed_out(&mut self) -> bool {
        false
    }

    fn next_is(&self, _message_type: u8) -> bool {
        false
    }
}

struct Counter(Rc<Cell<u64>>);

impl Generation for Counter {
    fn now(&self) -> u64 {
        self.0.get()
    }

    fn raise(&self) {
        self.0.set(self.0.get() + 1);
    }
}

/// A session and what is around it.
pub(super) struct Play {
    pub(super) session: Session,
    client: Listener,
    script: Rc<RefCell<Script>>,
    generation: Rc<Cell<u64>>,
    /// Whether a message ended the session.
    pub(super) is_over: bool,
}

impl Play {
    pub(super) fn new() -> Self {
        let script = Rc::<RefCell<Script>>::default();
        let generation = Rc::<Cell<u64>>::default();
        let request = OpenRequest {
            namespace: "USER",
            address: "",
            read_committed: true,
            lock_timeout_s: 10,
        };
        let limits = Limits {
            statements_max: 100,
            portals_max: 100,
            sql_bytes_max: 1 << 20,
            row_bytes_max: 1 << 20,
        };
        let session = Session::open(
            Box::new(Fake(Rc::clone(&script))),
            Arc::new(Gate::new()),
            Box::new(Counter(Rc::clone(&generation))),
            &request,
            limits,
        );
        let session = session.unwrap_or_else(|_| panic!("a session"));
        let (mut session, mut client) = (session, Listener::default());
        session.introduce(&mut client);
        client.0.clear();
        Self { session, client, script, generation, is_over: false }
    }

    /// A play in which the text `plan` means this plan.
    pub(super) fn of(plan: Plan) -> Self {
        let mut play = Self::new();
        play.means("plan", Action::Plan(Box::new(plan)));
        play
    }

    /// From now on a text means this.
    pub(super) fn means(&mut self, text: &str, action: Action) {
        let source = 0..text.len();
        let statement = Statement { source, action, notices: Vec::new(), rules: Vec::new() };
        let session = &mut self.session;
        session.cache.put(text, statement, session.engine.as_mut());
    }

    /// IRIS will answer so.
    pub(super) fn replies(&mut self, replies: impl IntoIterator<Item = Reply>) {
        self.script.borrow_mut().replies.extend(replies);
    }

    /// A definition changes.
    pub(super) fn raise(&self) {
        self.generation.set(self.generation.get() + 1);
    }

    /// What the client hears of a simple query.
    pub(super) fn query(&mut self, text: &str) -> Vec<String> {
        self.send([Frontend::Query(text.into())])
    }

    /// What the client hears of these messages.
    pub(super) fn send(&mut self, messages: impl IntoIterator<Item = Frontend>) -> Vec<String> {
        for message in messages {
            let next = self.session.handle(message, &mut self.client);
            if let Next::Fatal(report) = next {
                self.client.0.error(&report);
                self.is_over = true;
                break;
            }
        }
        let heard = heard(self.client.0.as_bytes());
        self.client.0.clear();
        heard
    }

    /// What IRIS was asked since the last time.
    pub(super) fn asked(&mut self) -> Vec<String> {
        let mut script = self.script.borrow_mut();
        assert!(script.replies.is_empty(), "IRIS was asked too little: {:?}", script.log);
        std::mem::take(&mut script.log)
    }

    /// As [`Self::asked`], where IRIS would have answered more.
    pub(super) fn asked_anyway(&mut self) -> Vec<String> {
        self.script.borrow_mut().replies.clear();
        self.asked()
    }
}

/// Messages in short.
fn heard(mut bytes: &[u8]) -> Vec<String> {
    let mut heard = Vec::new();
    while let [kind, a, b, c, d, ..] = bytes {
        let length = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).expect("a length");
        let body = &bytes[5..=length];
        heard.push(match kind {
            b'C' => String::from_utf8_lossy(&body[..body.len() - 1]).into_owned(),
            b'D' => row(body),
            b'E' | b'N' => report(body),
            b'Z' => format!("ready {}", char::from(body[0])),
            b't' => parameter_types(body),
            b'T' => columns(body),
            b'1' => "parsed".to_owned(),
            b'2' => "bound".to_owned(),
            b'n' => "no data".to_owned(),
            b's' => "suspended".to_owned(),
            b'S' => "parameter".to_owned(),
            other => char::from(*other).to_string(),
        });
        bytes = &bytes[length + 1..];
    }
    heard
}

fn row(body: &[u8]) -> String {
    let mut rest = &body[2..];
    let mut shown = String::from("row");
    while let [a, b, c, d, value @ ..] = rest {
        let length = i32::from_be_bytes([*a, *b, *c, *d]);
        let (value, after) = value.split_at(usize::try_from(length).unwrap_or(0));
        match length {
            -1 => shown.push_str(" NULL"),
            _ if value.iter().all(|byte| (b' '..=b'~').contains(byte)) => {
                shown.push_str(&format!(" {}", String::from_utf8_lossy(value)));
            }
            _ => {
                shown.push_str(&format!(" {value:02x?}"));
            }
        }
        rest = after;
    }
    shown
}

fn report(body: &[u8]) -> String {
    let fields = body.split(|byte| *byte == 0).filter_map(|field| {
        let (kind, text) = field.split_first()?;
        b"CMDHstcn".contains(kind).then(|| String::from_utf8_lossy(text).into_owned())
    });
    fields.collect::<Vec<_>>().join(" | ")
}

fn parameter_types(body: &[u8]) -> String {
    let oids =
        body[2..].chunks_exact(4).map(|oid| u32::from_be_bytes([oid[0], oid[1], oid[2], oid[3]]));
    format!("takes {:?}", oids.collect::<Vec<_>>())
}

fn columns(body: &[u8]) -> String {
    let mut rest = &body[2..];
    let mut shown = String::from("gives");
    while let Some(end) = rest.iter().position(|byte| *byte == 0) {
        let format = rest[end + 18];
        shown.push_str(&format!(" {}:{format}", String::from_utf8_lossy(&rest[..end])));
        rest = &rest[end + 19..];
    }
    shown
}

/// A statement of a plan: its text and places.
pub(super) fn iris(text: &str, places: Vec<Place>) -> IrisStatement {
    IrisStatement {
        text: text.to_owned(),
        places,
        parameters: Vec::new(),
        outputs: Vec::new(),
        verb: Verb::Select,
        tables: Vec::new(),
        limits: Vec::new(),
        resolved: true,
        causes: Default::default(),
    }
}

/// A column of a result.
pub(super) fn column(name: &str, ty: PgType) -> Output {
    Output::Column {
        name: Some(name.to_owned()),
        ty: Some(ty),
        typmod: -1,
        scale: None,
        origin: None,
    }
}

/// Parse and Bind of a text, with these parameters and result formats.
pub(super) fn prepared(text: &str, values: &[&str], result_formats: &[i16]) -> [Frontend; 2] {
    let parameters = values.iter().map(|value| match *value {
        "NULL" => None,
        value => Some(Bytes::from(value.to_owned())),
    });
    [
        Frontend::Parse { name: String::new(), sql: text.into(), types: Vec::new() },
        Frontend::Bind {
            portal: String::new(),
            statement: String::new(),
            parameter_formats: Vec::new(),
            parameters: parameters.collect(),
            result_formats: result_formats.to_vec(),
        },
    ]
}

/// Execute of the unnamed portal.
pub(super) fn execute(max_rows: i32) -> Frontend {
    Frontend::Execute { portal: String::new(), max_rows }
}
