//! How long one call of the session class takes, and how many allocations it makes:
//! `cargo run --release -p iris-mock --example roundtrip [calls]`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../tests/caller/mod.rs"]
mod caller;

use caller::*;
use irisdb::list::ListWriter;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Counts allocations.
struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: every request goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn measure(name: &str, calls: i64, mut call: impl FnMut(i64)) {
    for n in 0..calls / 10 {
        call(n);
    }
    let (began, before) = (Instant::now(), ALLOCATIONS.load(Ordering::Relaxed));
    for n in 0..calls {
        call(n);
    }
    let (took, after) = (began.elapsed(), ALLOCATIONS.load(Ordering::Relaxed));
    let calls = calls as f64;
    let nanoseconds = took.as_nanos() as f64 / calls;
    let allocations = (after - before) as f64 / calls;
    println!("{name:24} {nanoseconds:9.0} ns {allocations:7.2} allocations");
}

fn main() {
    let calls = std::env::args().nth(1).map_or(100_000, |n| n.parse().expect("a number"));
    let _session = started();
    let oref = object();
    let run = |text: &str, parameters: &[u8], want| {
        let (text, parameters) = (Arg::Bytes(text.as_bytes()), Arg::Bytes(parameters));
        let answer = call(oref, "Run", &[Arg::Int(0), text, parameters, Arg::Int(want)]).unwrap();
        assert_eq!(answer.integer(2), 0, "{:?}", answer.outcome());
        answer.integer(10)
    };
    call(oref, "Open", &[Arg::Int(1), Arg::Bytes(b"USER")]).unwrap();
    run("CREATE TABLE roundtrip (n INTEGER NOT NULL PRIMARY KEY, t VARCHAR(80))", b"", 0);
    let row = |n| {
        let mut list = ListWriter::new();
        list.integer(n);
        list.into_bytes()
    };
    call(oref, "Begin", &[]).unwrap();
    let insert = run("INSERT INTO roundtrip (n, t) VALUES (?, 'some text')", &row(0), 2);
    let kept = |handle, parameters: &[u8]| {
        push_method(oref, "Run", 1);
        irisdb::callin::pushes::IrisPushInt64(handle);
        push(b"");
        push(parameters);
        irisdb::callin::calls::IrisInvokeMethod(3);
        let mut string = empty();
        assert_eq!(pop_into(&mut string), 0);
        kill(&mut string);
    };
    for n in 1..10_000 {
        kept(insert, &row(n));
    }
    call(oref, "Commit", &[]).unwrap();
    let select = run("SELECT t FROM roundtrip WHERE n = ?", &row(1), 2);
    let one = run("SELECT 1", b"", 2);
    let parameters: Vec<_> = (0..10_000).map(row).collect();
    measure("push and pop", calls, |n| {
        irisdb::callin::pushes::IrisPushInt64(n);
        pop_int64().unwrap();
    });
    measure("Savepoint, Rollback", calls, |_| {
        for method in ["Savepoint", "Rollback"] {
            push_method(oref, method, 1);
            irisdb::callin::calls::IrisInvokeMethod(0);
            let mut string = empty();
            pop_into(&mut string);
            kill(&mut string);
        }
    });
    measure("SELECT 1", calls, |_| kept(one, b""));
    measure("SELECT by key", calls, |n| {
        kept(select, &parameters[usize::try_from(n % 10_000).unwrap()]);
    });
}
