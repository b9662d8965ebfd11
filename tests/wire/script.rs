//! Wire scripts: what is sent, and what must come back.
//!
//! ```text
//! # A comment; it names the row of the catalogue that the script is about.
//! ! login                                 logs in and reads up to ReadyForQuery
//! > Query "select 1"                      sends a message (crate::message::encode has them all)
//! < RowDescription "?column?" 23:4:-1:text
//! < DataRow "1"
//! < CommandComplete "SELECT 1"
//! < ReadyForQuery I
//! b! login user=_SYSTEM database=USER     a second connection, called b
//! b> Cancel main                          a CancelRequest with the key of the connection main
//! b< close                                the server has closed
//! ! ready                            only reads so far, giving the password when it is asked for
//! b! hangup                               nothing more will be sent
//! ! cut                                   the messages around it go out in two writes
//! ```
//!
//! Messages in consecutive lines go out in one write. At the end each connection that is still open
//! says Terminate and must be closed without another message. `*` stands for any one word, `...`
//! for the rest of a message. Of consecutive ParameterStatus messages the order does not count.

use std::collections::HashMap;
use std::fmt::Write;
use std::time::Duration;

use crate::connection::{Address, Connection};
use crate::message;
use crate::token::{self, Token};

/// When the expectations are recorded, a server that says nothing for so long has said all.
const QUIET: Duration = Duration::from_millis(250);

/// The password of the user that scripts log in with.
const PASSWORD: &str = "SYS";

/// One line of a script.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// `!`: something other than a message.
    Act(Vec<Token>),
    /// `>`: a message goes out.
    Send(Vec<Token>),
    /// `<`: a message must come.
    Expect(Vec<Token>),
    /// A comment or an empty line.
    Remark,
}

/// A line of the file, and what it means.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// 1-based; that of the line it replaces for a line of the list of differences.
    pub(crate) number: usize,
    /// Name of the connection, `main` when the script gives none.
    pub(crate) connection: String,
    /// What it says.
    pub(crate) step: Step,
    text: String,
}

impl Line {
    /// A line that expects this message in the place of another.
    pub(crate) fn expecting(&self, tokens: Vec<Token>) -> Line {
        Line { step: Step::Expect(tokens), ..self.clone() }
    }
}

/// Reads a script.
pub(crate) fn parse(text: &str) -> Result<Vec<Line>, String> {
    let lines = text.lines().enumerate().map(|(index, text)| {
        let number = index + 1;
        line(text, number).map_err(|error| format!("line {number}: {error}"))
    });
    lines.collect()
}

fn line(text: &str, number: usize) -> Result<Line, String> {
    let trimmed = text.trim();
    let (connection, step) = if trimmed.is_empty() || trimmed.starts_with('#') {
        ("", Step::Remark)
    } else {
        let mark = trimmed.find(['!', '>', '<']).ok_or("a line begins with !, > or <")?;
        let tokens = token::tokens(&trimmed[mark + 1..])?;
        let step = match trimmed.as_bytes()[mark] {
            b'!' => Step::Act(tokens),
            b'>' => Step::Send(tokens),
            _ => Step::Expect(tokens),
        };
        (trimmed[..mark].trim(), step)
    };
    let connection = if connection.is_empty() { "main" } else { connection }.to_owned();
    Ok(Line { number, connection, step, text: text.to_owned() })
}

/// Runs a script.
///
/// # Errors
/// The first place where the server did not answer as expected, with what it answered.
pub(crate) fn run(lines: &[Line], server: &Address) -> Result<(), String> {
    let mut play = Play::new(server);
    let mut index = 0;
    while index < lines.len() {
        let line = &lines[index];
        let length = match &line.step {
            Step::Expect(_) => {
                let block = block(&lines[index..]);
                play.expect(block)?;
                block.len()
            }
            Step::Send(_) => {
                let block = sends(&lines[index..]);
                play.send(block).map_err(|error| format!("line {}: {error}", line.number))?;
                block.len()
            }
            Step::Act(words) => {
                play.act(&line.connection, words)
                    .map_err(|error| format!("line {}: {error}", line.number))?;
                1
            }
            Step::Remark => 1,
        };
        index += length;
    }
    play.finish()
}

/// Runs a script and gives its text back with the answers of this server as its expectations. Where
/// an expectation held already it stays as it is, with its `*` and `...`.
pub(crate) fn record(lines: &[Line], server: &Address) -> Result<String, String> {
    let mut play = Play::new(server);
    let mut text = String::new();
    let mut index = 0;
    while index < lines.len() {
        let line = &lines[index];
        let failed = |error: String| format!("line {}: {error}", line.number);
        let length = match &line.step {
            Step::Expect(_) => {
                let block = block(&lines[index..]);
                let mark =
                    if line.connection == "main" { "<" } else { &format!("{}<", line.connection) };
                let heard = play.hear(&line.connection).map_err(failed)?;
                for (place, message) in heard.iter().enumerate() {
                    let before = block.get(place).and_then(|line| match &line.step {
                        Step::Expect(tokens) if token::matches(tokens, message) => Some(tokens),
                        _ => None,
                    });
                    let shown = token::line(before.unwrap_or(&masked(message)));
                    writeln!(text, "{mark} {shown}").map_err(|error| error.to_string())?;
                }
                block.len()
            }
            Step::Send(_) => {
                let block = sends(&lines[index..]);
                play.send(block).map_err(failed)?;
                block.iter().for_each(|line| text.extend([line.text.as_str(), "\n"]));
                block.len()
            }
            Step::Act(words) => {
                play.act(&line.connection, words).map_err(failed)?;
                text.extend([line.text.as_str(), "\n"]);
                1
            }
            Step::Remark => {
                text.extend([line.text.as_str(), "\n"]);
                1
            }
        };
        index += length;
    }
    play.finish()?;
    Ok(text)
}

/// The consecutive expectations on one connection that stand first.
fn block(lines: &[Line]) -> &[Line] {
    let of_block = |line: &&Line| {
        matches!(line.step, Step::Expect(_)) && line.connection == lines[0].connection
    };
    &lines[..lines.iter().take_while(of_block).count()]
}

/// The consecutive messages to one connection that stand first.
fn sends(lines: &[Line]) -> &[Line] {
    let of_block =
        |line: &&Line| matches!(line.step, Step::Send(_)) && line.connection == lines[0].connection;
    &lines[..lines.iter().take_while(of_block).count()]
}

/// What differs from one server to the next without any harm.
fn masked(message: &[Token]) -> Vec<Token> {
    match message {
        [status, name, _] if *name == Token::word("server_version") => {
            vec![status.clone(), name.clone(), Token::Any]
        }
        _ => message.to_vec(),
    }
}

/// A script while it runs.
struct Play {
    server: Address,
    connections: HashMap<String, Connection>,
}

impl Play {
    fn new(server: &Address) -> Play {
        Play { server: server.clone(), connections: HashMap::new() }
    }

    /// The connection of this name; it is opened when it is first named.
    fn connection(&mut self, name: &str) -> Result<&mut Connection, String> {
        if !self.connections.contains_key(name) {
            let connection = Connection::open(&self.server)?;
            self.connections.insert(name.to_owned(), connection);
        }
        self.connections.get_mut(name).ok_or_else(|| format!("no connection {name}"))
    }

    fn send(&mut self, lines: &[Line]) -> Result<(), String> {
        let mut bytes = Vec::new();
        let mut single_bytes = 0;
        for line in lines {
            let Step::Send(tokens) = &line.step else { continue };
            if let [Token::Word(name), Token::Word(of), rest @ ..] = tokens.as_slice()
                && name == "Cancel"
            {
                bytes.extend(self.cancel(of, rest)?);
                continue;
            }
            let requests = [Token::word("SSLRequest"), Token::word("GSSENCRequest")];
            single_bytes += usize::from(tokens.first().is_some_and(|name| requests.contains(name)));
            bytes.extend(message::encode(tokens)?);
        }
        let Some(first) = lines.first() else { return Ok(()) };
        self.connection(&first.connection)?.send(&bytes, single_bytes)
    }

    /// A CancelRequest with the key of a connection, or with a wrong one.
    fn cancel(&mut self, of: &str, rest: &[Token]) -> Result<Vec<u8>, String> {
        let connection = self.connections.get(of).ok_or("no such connection")?;
        let mut key = connection.key.clone().ok_or("its key is not known")?;
        if rest.first() == Some(&Token::word("wrong"))
            && let Some(last) = key.last_mut()
        {
            *last ^= 1;
        }
        let length = u32::try_from(key.len() + 8).map_err(|error| error.to_string())?;
        Ok([&length.to_be_bytes()[..], b"\x04\xd2\x16\x2e", &key].concat())
    }

    fn act(&mut self, name: &str, words: &[Token]) -> Result<(), String> {
        match words {
            [Token::Word(verb), parameters @ ..] if verb == "login" => self.login(name, parameters),
            [Token::Word(verb)] if verb == "ready" => {
                let password = message::encode(&[Token::word("Password"), Token::bytes(PASSWORD)])?;
                self.until_ready(name, &password)
            }
            // The messages before and after it go out in two writes.
            [Token::Word(verb)] if verb == "cut" => Ok(()),
            [Token::Word(verb)] if verb == "hangup" => {
                self.connection(name)?.hang_up();
                Ok(())
            }
            _ => Err(format!("nothing to do: {}", token::line(words))),
        }
    }

    fn login(&mut self, name: &str, parameters: &[Token]) -> Result<(), String> {
        let mut startup = vec![Token::word("Startup")];
        if parameters.is_empty() {
            startup.extend(["user=_SYSTEM", "database=USER"].map(Token::word));
        }
        startup.extend_from_slice(parameters);
        let password = message::encode(&[Token::word("Password"), Token::bytes(PASSWORD)])?;
        self.connection(name)?.send(&message::encode(&startup)?, 0)?;
        self.until_ready(name, &password)
    }

    fn until_ready(&mut self, name: &str, password: &[u8]) -> Result<(), String> {
        let connection = self.connection(name)?;
        loop {
            let message = connection.receive(None)?.ok_or("silence during the login")?;
            match message.first() {
                Some(Token::Word(word)) => match word.as_str() {
                    "AuthenticationCleartextPassword" => connection.send(password, 0)?,
                    "ReadyForQuery" => return Ok(()),
                    "Error" | "close" => return Err(format!("login: {}", token::line(&message))),
                    _ => {}
                },
                _ => return Err("login: no message".into()),
            }
        }
    }

    /// Reads as many messages as are expected and compares them.
    fn expect(&mut self, lines: &[Line]) -> Result<(), String> {
        let Some(first) = lines.first() else { return Ok(()) };
        let connection = self.connection(&first.connection)?;
        let mut expected: Vec<(usize, Vec<Token>)> = lines
            .iter()
            .filter_map(|line| match &line.step {
                Step::Expect(tokens) => Some((line.number, tokens.clone())),
                _ => None,
            })
            .collect();
        sort_statuses(&mut expected, |(_, tokens)| tokens);
        let mut heard: Vec<Vec<Token>> = Vec::new();
        let mut statuses = false;
        while heard.len() < expected.len() {
            let Some(message) = connection.receive(None)? else {
                return Err(complaint(&expected, &heard, Some("nothing more came")));
            };
            statuses = is_status(&message);
            let good = statuses || token::matches(&expected[heard.len()].1, &message);
            heard.push(message);
            if !good {
                break;
            }
        }
        if statuses && heard.len() == expected.len() && !is_status(&expected[heard.len() - 1].1) {
            return Err(complaint(&expected, &heard, Some("an unexpected ParameterStatus")));
        }
        sort_statuses(&mut heard, |tokens| tokens);
        let same = heard.len() == expected.len()
            && expected.iter().zip(&heard).all(|((_, want), got)| token::matches(want, got));
        if same {
            return Ok(());
        }
        while let Ok(Some(message)) = connection.receive(Some(QUIET)) {
            let end = message == [Token::word("close")];
            heard.push(message);
            if end {
                break;
            }
        }
        Err(complaint(&expected, &heard, None))
    }

    /// Everything that a server says until it is quiet or closes.
    fn hear(&mut self, name: &str) -> Result<Vec<Vec<Token>>, String> {
        let connection = self.connection(name)?;
        let mut heard = Vec::new();
        let mut patience = None;
        while let Some(message) = connection.receive(patience)? {
            patience = Some(QUIET);
            let end = message == [Token::word("close")];
            heard.push(message);
            if end {
                break;
            }
        }
        sort_statuses(&mut heard, |tokens| tokens);
        Ok(heard)
    }

    /// Every connection that is open must still know how to end.
    fn finish(mut self) -> Result<(), String> {
        for (name, connection) in &mut self.connections {
            if connection.closed {
                continue;
            }
            if !connection.hung_up {
                connection.send(&message::frame(b'X', b""), 0)?;
            }
            let last = connection.receive(None)?.ok_or("it is not closed at the end")?;
            if last != [Token::word("close")] {
                return Err(format!("{name}: unexpected at the end: {}", token::line(&last)));
            }
        }
        Ok(())
    }
}

fn is_status(tokens: &[Token]) -> bool {
    tokens.first() == Some(&Token::word("ParameterStatus"))
}

/// Sorts each run of ParameterStatus messages by the name of the parameter.
fn sort_statuses<T>(messages: &mut [T], tokens: impl Fn(&T) -> &Vec<Token>) {
    let same_kind = |a: &T, b: &T| is_status(tokens(a)) && is_status(tokens(b));
    for run in messages.chunk_by_mut(|a, b| same_kind(a, b)) {
        run.sort_by_key(|message| token::line(&tokens(message)[..2.min(tokens(message).len())]));
    }
}

fn complaint(
    expected: &[(usize, Vec<Token>)],
    heard: &[Vec<Token>],
    remark: Option<&str>,
) -> String {
    let mut text = String::new();
    let same = expected.iter().zip(heard).take_while(|((_, want), got)| token::matches(want, got));
    let same = same.count();
    let number = expected.get(same).or(expected.last()).map_or(0, |(number, _)| *number);
    text.push_str(&format!("line {number}:\n"));
    for (_, tokens) in &expected[same.min(expected.len())..] {
        text.push_str(&format!("      expected {}\n", token::line(tokens)));
    }
    for tokens in &heard[same.min(heard.len())..] {
        text.push_str(&format!("      got      {}\n", token::line(tokens)));
    }
    if let Some(remark) = remark {
        text.push_str(&format!("      {remark}\n"));
    }
    text
}
