//! Messages on the wire: what a script says is written as bytes, what a server says is read as
//! tokens.

use crate::token::Token;

/// Bytes of a message that is sent.
///
/// ```text
/// Startup [3.2] user=_SYSTEM database=USER     SSLRequest     GSSENCRequest     Password "SYS"
/// Query "select 1"      Parse "name" "select $1" 23 25
/// Describe S "name"      Close P "portal"
/// Bind "portal" "name" { 0 1 } [ "text" null x"00000001" ] { 1 }
/// Execute "portal" 0      Sync      Flush      Terminate
/// CopyData "1\n"      CopyDone      CopyFail "why"
/// Parse "" "select $9" 9 of 25      Bind "" "" { } [ 9 of "the same value" ]
/// Frame Q "body"      Frame Q length=20000 "body"      Raw "any bytes"
/// ```
pub(crate) fn encode(tokens: &[Token]) -> Result<Vec<u8>, String> {
    let tokens = repeated(tokens)?;
    let [Token::Word(name), arguments @ ..] = tokens.as_slice() else {
        return Err("a message has a name".into());
    };
    let mut arguments = Arguments { rest: arguments };
    let bytes = match name.as_str() {
        "Startup" => startup(&mut arguments)?,
        "SSLRequest" => b"\0\0\0\x08\x04\xd2\x16\x2f".to_vec(),
        "GSSENCRequest" => b"\0\0\0\x08\x04\xd2\x16\x30".to_vec(),
        "Raw" => arguments.bytes()?,
        "Frame" => raw_frame(&mut arguments)?,
        _ => {
            let (kind, body) = body(name, &mut arguments)?;
            frame(kind, &body)
        }
    };
    if arguments.rest.is_empty() { Ok(bytes) } else { Err(format!("too much behind {name}")) }
}

/// `3 of x` is `x x x`.
fn repeated(tokens: &[Token]) -> Result<Vec<Token>, String> {
    let mut all = Vec::new();
    let mut rest = tokens;
    while let [first, after @ ..] = rest {
        match (first, after) {
            (Token::Word(count), [Token::Word(of), token, after @ ..]) if of == "of" => {
                let count = count.parse().map_err(|_| format!("{count} is no number"))?;
                all.extend(std::iter::repeat_n(token.clone(), count));
                rest = after;
            }
            _ => {
                all.push(first.clone());
                rest = after;
            }
        }
    }
    Ok(all)
}

fn body(name: &str, arguments: &mut Arguments<'_>) -> Result<(u8, Vec<u8>), String> {
    let mut body = Vec::new();
    let kind = match name {
        "Password" => {
            body.extend(arguments.string()?);
            b'p'
        }
        "Query" => {
            body.extend(arguments.string()?);
            b'Q'
        }
        "Parse" => {
            body.extend(arguments.string()?);
            body.extend(arguments.string()?);
            let types = arguments.numbers::<u32>()?;
            body.extend(count(types.len())?);
            types.iter().for_each(|oid| body.extend(oid.to_be_bytes()));
            b'P'
        }
        "Bind" => {
            body.extend(arguments.string()?);
            body.extend(arguments.string()?);
            body.extend(arguments.formats()?);
            body.extend(arguments.values()?);
            body.extend(arguments.formats()?);
            b'B'
        }
        "Describe" | "Close" => {
            body.extend(arguments.word()?.bytes());
            body.extend(arguments.string()?);
            if name == "Close" { b'C' } else { b'D' }
        }
        "Execute" => {
            body.extend(arguments.string()?);
            let limit: i32 = arguments.number()?.unwrap_or(0);
            body.extend(limit.to_be_bytes());
            b'E'
        }
        "Sync" => b'S',
        "Flush" => b'H',
        "Terminate" => b'X',
        "CopyData" => {
            body.extend(arguments.bytes()?);
            b'd'
        }
        "CopyDone" => b'c',
        "CopyFail" => {
            body.extend(arguments.string()?);
            b'f'
        }
        other => return Err(format!("no message is called {other}")),
    };
    Ok((kind, body))
}

fn startup(arguments: &mut Arguments<'_>) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    let (mut major, mut minor) = (3_u16, 0_u16);
    if let [Token::Word(word), ..] = arguments.rest
        && let Some((left, right)) = word.split_once('.')
        && let (Ok(left), Ok(right)) = (left.parse(), right.parse())
    {
        (major, minor) = (left, right);
        arguments.rest = &arguments.rest[1..];
    }
    body.extend(major.to_be_bytes());
    body.extend(minor.to_be_bytes());
    while !arguments.rest.is_empty() {
        let word = arguments.word()?;
        let (name, value) = word.split_once('=').ok_or("a parameter is name=value")?;
        body.extend(name.bytes().chain([0]));
        if value.is_empty() {
            body.extend(arguments.string()?);
        } else {
            body.extend(value.bytes().chain([0]));
        }
    }
    body.push(0);
    let length = u32::try_from(body.len() + 4).map_err(|error| error.to_string())?;
    Ok([&length.to_be_bytes()[..], &body].concat())
}

fn raw_frame(arguments: &mut Arguments<'_>) -> Result<Vec<u8>, String> {
    let kind = match arguments.rest.split_first() {
        Some((Token::Word(word), rest)) if word.len() == 1 => {
            arguments.rest = rest;
            word.as_bytes()[0]
        }
        Some((Token::Bytes(bytes), rest)) if bytes.len() == 1 => {
            arguments.rest = rest;
            bytes[0]
        }
        _ => return Err("a frame has a type of one byte".into()),
    };
    let mut length = None;
    if let [Token::Word(word), rest @ ..] = arguments.rest
        && let Some(digits) = word.strip_prefix("length=")
    {
        length = Some(digits.parse::<i64>().map_err(|error| error.to_string())?);
        arguments.rest = rest;
    }
    let body = if arguments.rest.is_empty() { Vec::new() } else { arguments.bytes()? };
    let mut bytes = frame(kind, &body);
    if let Some(length) = length {
        let word = i32::try_from(length).map_err(|error| error.to_string())?;
        bytes[1..5].copy_from_slice(&word.to_be_bytes());
    }
    Ok(bytes)
}

/// A frame with its true length.
pub(crate) fn frame(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
    [&[kind][..], &length.to_be_bytes(), body].concat()
}

fn count(elements: usize) -> Result<[u8; 2], String> {
    u16::try_from(elements).map(u16::to_be_bytes).map_err(|error| error.to_string())
}

/// What stands behind the name of a message.
struct Arguments<'a> {
    rest: &'a [Token],
}

impl Arguments<'_> {
    fn next(&mut self) -> Result<Token, String> {
        let (first, rest) = self.rest.split_first().ok_or("something is missing at the end")?;
        self.rest = rest;
        Ok(first.clone())
    }

    fn bytes(&mut self) -> Result<Vec<u8>, String> {
        match self.next()? {
            Token::Bytes(bytes) => Ok(bytes),
            other => Err(format!("{other} is no string")),
        }
    }

    /// Bytes and a terminator.
    fn string(&mut self) -> Result<Vec<u8>, String> {
        let mut bytes = self.bytes()?;
        bytes.push(0);
        Ok(bytes)
    }

    fn word(&mut self) -> Result<String, String> {
        match self.next()? {
            Token::Word(word) => Ok(word),
            other => Err(format!("{other} is no word")),
        }
    }

    fn number<N: std::str::FromStr>(&mut self) -> Result<Option<N>, String> {
        match self.rest {
            [] => Ok(None),
            _ => {
                let word = self.word()?;
                word.parse().map(Some).map_err(|_| format!("{word} is no number"))
            }
        }
    }

    fn numbers<N: std::str::FromStr>(&mut self) -> Result<Vec<N>, String> {
        let mut numbers = Vec::new();
        while let Some(number) = self.number()? {
            numbers.push(number);
        }
        Ok(numbers)
    }

    /// `{ 0 1 }` as a counted list of 16-bit numbers; nothing is the empty list.
    fn formats(&mut self) -> Result<Vec<u8>, String> {
        let mut formats = Vec::new();
        if self.rest.first() == Some(&Token::word("{")) {
            self.next()?;
            loop {
                match self.word()?.as_str() {
                    "}" => break,
                    word => formats.push(word.parse::<i16>().map_err(|error| error.to_string())?),
                }
            }
        }
        let mut bytes = count(formats.len())?.to_vec();
        formats.iter().for_each(|format| bytes.extend(format.to_be_bytes()));
        Ok(bytes)
    }

    /// `[ "text" null ]` as a counted list of values; nothing is the empty list.
    fn values(&mut self) -> Result<Vec<u8>, String> {
        let (mut elements, mut bytes) = (0, Vec::new());
        if self.rest.first() == Some(&Token::word("[")) {
            self.next()?;
            loop {
                match self.next()? {
                    Token::Word(word) if word == "]" => break,
                    Token::Word(word) if word == "null" => bytes.extend((-1_i32).to_be_bytes()),
                    Token::Bytes(value) => {
                        let length =
                            i32::try_from(value.len()).map_err(|error| error.to_string())?;
                        bytes.extend(length.to_be_bytes());
                        bytes.extend(value);
                    }
                    other => return Err(format!("{other} is no value")),
                }
                elements += 1;
            }
        }
        Ok([&count(elements)?[..], &bytes].concat())
    }
}

/// Tokens of a message that a server sent.
pub(crate) fn decode(kind: u8, body: &[u8]) -> Vec<Token> {
    let mut body = Reader { rest: body };
    let tokens = match kind {
        b'R' => match body.int32() {
            Some(0) => Some(vec![Token::word("AuthenticationOk")]),
            Some(3) => Some(vec![Token::word("AuthenticationCleartextPassword")]),
            other => other.map(|code| vec![Token::word("Authentication"), number(code)]),
        },
        b'S' => parameter_status(&mut body),
        b'K' => body.int32().map(|_| {
            let key = body.rest.len();
            body.rest = &[];
            vec![Token::word("BackendKeyData"), Token::word("*"), number(key)]
        }),
        b'Z' => body.take(1).map(|status| {
            let status = char::from(status[0]);
            vec![Token::word("ReadyForQuery"), Token::word(status)]
        }),
        b'1' => Some(vec![Token::word("ParseComplete")]),
        b'2' => Some(vec![Token::word("BindComplete")]),
        b'3' => Some(vec![Token::word("CloseComplete")]),
        b'n' => Some(vec![Token::word("NoData")]),
        b's' => Some(vec![Token::word("PortalSuspended")]),
        b'I' => Some(vec![Token::word("EmptyQueryResponse")]),
        b'C' => body.string().map(|tag| vec![Token::word("CommandComplete"), Token::bytes(tag)]),
        b't' => parameter_description(&mut body),
        b'T' => row_description(&mut body),
        b'D' => data_row(&mut body),
        b'E' => report("Error", &mut body),
        b'N' => report("Notice", &mut body),
        b'v' => negotiation(&mut body),
        _ => None,
    };
    match tokens {
        Some(tokens) if body.rest.is_empty() => tokens,
        _ => vec![
            Token::word("Malformed"),
            Token::word(char::from(kind).escape_default().to_string()),
            Token::bytes(body.rest),
        ],
    }
}

fn number(number: impl ToString) -> Token {
    Token::Word(number.to_string())
}

fn parameter_status(body: &mut Reader<'_>) -> Option<Vec<Token>> {
    let (name, value) = (body.string()?, body.string()?);
    let name = String::from_utf8_lossy(name).into_owned();
    Some(vec![Token::word("ParameterStatus"), Token::word(name), Token::bytes(value)])
}

fn parameter_description(body: &mut Reader<'_>) -> Option<Vec<Token>> {
    let mut tokens = vec![Token::word("ParameterDescription")];
    for _ in 0..body.int16()? {
        tokens.push(number(body.int32()?));
    }
    Some(tokens)
}

/// `"name" 23:4:-1:text`: type, its length, its modifier, the format. A column of a table has its
/// number there before them: `"name" @1 23:4:-1:text`; the table's OID is not shown.
fn row_description(body: &mut Reader<'_>) -> Option<Vec<Token>> {
    let mut tokens = vec![Token::word("RowDescription")];
    for _ in 0..body.int16()? {
        tokens.push(Token::bytes(body.string()?));
        let (table, attnum) = (body.int32()?, body.int16()?);
        if table != 0 || attnum != 0 {
            tokens.push(Token::word(format!("@{attnum}")));
        }
        let (oid, length, typmod) = (body.int32()?, body.int16()?, body.int32()?);
        let format = match body.int16()? {
            0 => "text".to_owned(),
            1 => "binary".to_owned(),
            other => other.to_string(),
        };
        tokens.push(Token::word(format!("{oid}:{length}:{typmod}:{format}")));
    }
    Some(tokens)
}

fn data_row(body: &mut Reader<'_>) -> Option<Vec<Token>> {
    let mut tokens = vec![Token::word("DataRow")];
    for _ in 0..body.int16()? {
        tokens.push(match usize::try_from(body.int32()?) {
            Ok(length) => Token::bytes(body.take(length)?),
            Err(_) => Token::word("null"),
        });
    }
    Some(tokens)
}

/// `Error ERROR 42601 "message" detail="…" position="8"`. Where in the server it
/// happened (W, F, L, R) is left out.
fn report(name: &str, body: &mut Reader<'_>) -> Option<Vec<Token>> {
    let mut tokens = vec![Token::word(name)];
    loop {
        let code = body.take(1)?[0];
        if code == 0 {
            return Some(tokens);
        }
        let value = body.string()?;
        let label = match code {
            b'S' | b'C' => {
                tokens.push(Token::word(String::from_utf8_lossy(value)));
                continue;
            }
            b'M' => {
                tokens.push(Token::bytes(value));
                continue;
            }
            b'V' | b'W' | b'F' | b'L' | b'R' => continue,
            b'D' => "detail=",
            b'H' => "hint=",
            b'P' => "position=",
            b's' => "schema=",
            b't' => "table=",
            b'c' => "column=",
            b'd' => "type=",
            b'n' => "constraint=",
            _ => "other=",
        };
        tokens.push(Token::word(label));
        tokens.push(Token::bytes(value));
    }
}

fn negotiation(body: &mut Reader<'_>) -> Option<Vec<Token>> {
    let version = body.int32()?;
    let mut tokens = vec![
        Token::word("NegotiateProtocolVersion"),
        Token::word(format!("{}.{}", version >> 16, version & 0xffff)),
    ];
    for _ in 0..body.int32()? {
        tokens.push(Token::bytes(body.string()?));
    }
    Some(tokens)
}

/// The fields of a body.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    fn int16(&mut self) -> Option<i16> {
        self.take(2)?.try_into().ok().map(i16::from_be_bytes)
    }

    fn int32(&mut self) -> Option<i32> {
        self.take(4)?.try_into().ok().map(i32::from_be_bytes)
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        let end = self.rest.iter().position(|byte| *byte == 0)?;
        let text = self.take(end)?;
        self.take(1)?;
        Some(text)
    }
}
