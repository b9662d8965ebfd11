//! What a translation costs that the session has met before. `benches/translation/run` runs this.

use std::hint::black_box;
use std::time::Instant;

use super::play::Play;

/// Look-ups of one measurement.
const TIMES: u32 = 1_000_000;

#[test]
#[ignore = "a measurement, which benches/translation/run makes in a release build"]
fn a_text_that_was_met_before() {
    let mut play = Play::new();
    let text = "SELECT $1::integer AS abalance, $2::integer AS filler, current_user AS somebody";
    for oids in [&[][..], &[23, 23]] {
        let begin = Instant::now();
        for _ in 0..TIMES {
            let script = play.session.translate(black_box(text), black_box(oids));
            assert!(black_box(script).is_ok());
        }
        let each = begin.elapsed().as_secs_f64() / f64::from(TIMES) * 1e9;
        println!("met before, {} declared types: {each:.0} ns", oids.len());
    }
}
