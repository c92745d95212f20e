//! The checksum of gzip is ours (`checksum/`), and `flate2` reads and writes with it: it is held against the rule, bit by bit.

use flate2::Crc;

fn by_the_rule(bytes: &[u8]) -> u32 {
    let bit = |sum: u32, _| (sum >> 1) ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 };
    !bytes.iter().fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), bit))
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length as u32).map(|place| (place.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn sum(bytes: &[u8]) -> Crc {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc
}

#[test]
fn it_has_the_check_value_of_the_standard() {
    assert_eq!(sum(b"123456789").sum(), 0xcbf4_3926);
}

#[test]
fn it_is_by_the_rule_whatever_the_length() {
    for length in 0..200 {
        assert_eq!(sum(&bytes(length)).sum(), by_the_rule(&bytes(length)), "{length} bytes");
    }
}

#[test]
fn pieces_make_the_sum_of_the_whole() {
    let whole = bytes(100);
    for cut in 0..=100 {
        let (first, second) = whole.split_at(cut);
        let mut crc = sum(first);
        crc.update(second);
        assert_eq!(crc.sum(), by_the_rule(&whole), "cut at {cut}");
        let mut crc = sum(first);
        crc.combine(&sum(second));
        assert_eq!(crc.sum(), by_the_rule(&whole), "put together at {cut}");
    }
}
