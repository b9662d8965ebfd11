//! Messages there and back, strangers' bytes, descriptors over a real socket pair.

use super::*;
use crate::config::Settings;
use proptest::prelude::*;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

fn hello(settings: Vec<(String, String)>) -> Hello {
    Hello {
        generation: 7,
        library: "/opt/iris/bin/libirisdb.so".into(),
        manager_directory: "/opt/iris/mgr".into(),
        settings,
    }
}

/// A worker's link, the supervisor's end of it, and the page behind it.
fn linked() -> (WorkerLink, OwnedFd, page::Page) {
    let (ours, theirs) = pair().unwrap();
    let (page, fd) = page::Page::create(3).unwrap();
    let pairs = vec![("connections_max".to_owned(), "7".to_owned())];
    let packet = hello(pairs).encode().unwrap();
    send(&ours, &packet, Some(fd));
    (WorkerLink::over(theirs).unwrap(), ours, page)
}

fn send(socket: &OwnedFd, packet: &[u8], descriptor: Option<OwnedFd>) {
    let descriptor = descriptor.as_ref().map(AsFd::as_fd);
    let flags = rustix::net::SendFlags::empty();
    send_packet(socket.as_fd(), packet, descriptor, flags).unwrap();
}

fn outgoing() -> impl Strategy<Value = Outgoing> {
    prop_oneof![
        Just(Outgoing::Ready),
        (".*", ".*").prop_map(|(user, database)| Outgoing::Admit { user, database }),
        (".*", ".*", ".*", ".*", prop_oneof![Just(4u8), Just(32u8)]).prop_map(
            |(user, namespace, application, version, key_bytes)| Outgoing::LoggedIn(LoggedIn {
                user,
                namespace,
                application,
                version,
                key_bytes
            })
        ),
        ".*".prop_map(|user| Outgoing::LoginFailed { user }),
        (any::<i32>(), proptest::collection::vec(any::<u8>(), 0..300))
            .prop_map(|(pid, key)| Outgoing::Cancel { pid, key }),
        ".*".prop_map(|reason| Outgoing::Bye { reason }),
    ]
}

proptest! {
    #[test]
    fn what_workers_say_arrives_as_said(said in outgoing()) {
        prop_assert_eq!(Outgoing::decode(&said.encode().unwrap()), Ok(said));
    }

    #[test]
    fn random_bytes_never_panic_and_never_read_two_ways(
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
        kind in proptest::sample::select(b"RALFXBcxtdrah".to_vec()),
    ) {
        let bytes = [&[kind][..], &bytes].concat();
        if let Ok(said) = Outgoing::decode(&bytes) {
            prop_assert_eq!(said.encode().unwrap(), bytes.clone());
        }
        if let Ok(hello) = Hello::decode(&bytes) {
            prop_assert_eq!(hello.encode().unwrap(), bytes.clone());
        }
        if let Ok(message) = Message::decode(&bytes, None) {
            prop_assert_eq!(message.encode().unwrap().0, bytes);
        }
    }

    #[test]
    fn a_cut_message_is_refused(said in outgoing(), cut in any::<prop::sample::Index>()) {
        let packet = said.encode().unwrap();
        let cut = cut.index(packet.len());
        prop_assert!(Outgoing::decode(&packet[..cut]).is_err());
    }
}

#[test]
fn a_message_with_a_tail_or_of_no_type_is_refused() {
    assert_eq!(Outgoing::decode(b"R!"), Err(CodecError::Trailing));
    assert_eq!(Outgoing::decode(b"?"), Err(CodecError::UnknownType(b'?')));
    assert_eq!(Outgoing::decode(b""), Err(CodecError::Truncated));
    assert_eq!(Outgoing::decode(b"F\x02\0\xff\xff"), Err(CodecError::NotText));
}

#[test]
fn a_message_that_is_too_long_is_not_made() {
    let too_long = |length| Outgoing::Bye { reason: "x".repeat(length) }.encode();
    assert!(too_long(MESSAGE_BYTES_MAX - 3).is_ok());
    assert_eq!(too_long(MESSAGE_BYTES_MAX - 2), Err(CodecError::TooLong));
    assert_eq!(too_long(70_000), Err(CodecError::TooLong));
}

#[test]
fn orders_arrive_as_given() {
    let there_and_back = |message: Message| {
        let (packet, descriptor) = message.encode().unwrap();
        format!("{:?}", Message::decode(&packet, descriptor).unwrap())
    };
    for message in [
        || Message::Cancel { asker: None },
        || Message::Terminate(Termination::LoginTimeout),
        || Message::Drain { deadline_ms: 30_000 },
        || Message::Reload { generation: 3, settings: vec![("log".into(), "debug".into())] },
        || Message::Admit(Admission::Go),
        || Message::Admit(Admission::Wait { ms: 1000 }),
        || Message::Admit(Admission::Refuse(Refusal::ShuttingDown)),
    ] {
        assert_eq!(there_and_back(message()), format!("{:?}", message()));
    }
}

#[test]
fn a_worker_learns_settings_and_page_from_the_first_message() {
    let (link, _ours, page) = linked();
    assert_eq!(link.settings(), &Settings { connections_max: 7, ..Settings::default() });
    assert_eq!(link.library(), std::path::Path::new("/opt/iris/bin/libirisdb.so"));
    assert_eq!(link.generation(), 7);
    page.generation("USER").raise();
    assert_eq!(link.page().generation("user").load(), 1);
    assert_eq!(link.page().slots(), 3);
}

#[test]
fn a_first_message_without_page_or_with_unknown_settings_is_refused() {
    let (ours, theirs) = pair().unwrap();
    send(&ours, &hello(Vec::new()).encode().unwrap(), None);
    assert!(matches!(
        WorkerLink::over(theirs),
        Err(LinkError::Malformed(CodecError::NoDescriptor))
    ));
    let (ours, theirs) = pair().unwrap();
    let (_page, fd) = page::Page::create(1).unwrap();
    let settings = vec![("no_such".to_owned(), "1".to_owned())];
    send(&ours, &hello(settings).encode().unwrap(), Some(fd));
    assert!(matches!(WorkerLink::over(theirs), Err(LinkError::Settings(_))));
}

#[test]
fn a_client_is_handed_over_with_its_socket() {
    let (link, ours, _page) = linked();
    let (mut far, near) = UnixStream::pair().unwrap();
    let key = CancelKey([9; CANCEL_KEY_BYTES]);
    let peer = Peer::Tcp("[2001:db8::1]:4711".parse().unwrap());
    let client = Message::Client(Client {
        socket: near.into(),
        slot: 2,
        cancel_key: key.clone(),
        peer,
        purpose: Purpose::Refuse(Refusal::TooManyConnections),
        login_ms: 30_000,
    });
    let (packet, descriptor) = client.encode().unwrap();
    send(&ours, &packet, descriptor);
    let (_, mut receiver) = link.split();
    let message = receiver.recv(Some(Duration::from_secs(5))).unwrap();
    let Some(Message::Client(client)) = message else { panic!("{message:?}") };
    assert_eq!((client.slot, client.peer, client.login_ms), (2, peer, 30_000));
    assert!(client.cancel_key == key);
    assert_eq!(client.purpose, Purpose::Refuse(Refusal::TooManyConnections));
    far.write_all(b"hello").unwrap();
    let mut bytes = [0; 5];
    UnixStream::from(client.socket).read_exact(&mut bytes).unwrap();
    assert_eq!(&bytes, b"hello");
    // Nobody else holds the socket: it is closed with the worker's copy.
    assert_eq!(far.read(&mut bytes).unwrap(), 0);
}

#[test]
fn waiting_for_orders_ends_with_the_time_or_with_the_supervisor() {
    let (link, ours, _page) = linked();
    let (sender, mut receiver) = link.split();
    assert!(receiver.recv(Some(Duration::from_millis(20))).unwrap().is_none());
    assert!(receiver.try_recv().unwrap().is_none());
    drop(ours);
    assert!(matches!(receiver.recv(None), Err(LinkError::SupervisorGone)));
    assert!(matches!(sender.send(&Outgoing::Ready), Err(LinkError::SupervisorGone)));
}

#[test]
fn a_secret_is_not_shown() {
    assert_eq!(format!("{:?}", CancelKey([1; CANCEL_KEY_BYTES])), "CancelKey(…)");
}
