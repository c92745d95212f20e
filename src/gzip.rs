//! Owns the unpacking of gzip (RFC 1952), with a cap on what comes of it. The packed data themselves are left to `flate2`;
//! what stands around them is read here, because `flate2`'s reader of it brings a table of 16 KB for the checksum, which
//! no compression makes smaller.
//! Invariant: what is unpacked never takes more memory than the cap, and a file is whole or refused.

use flate2::{Decompress, FlushDecompress, Status};
use std::sync::LazyLock;

/// Why there is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No gzip, or not whole, or not what was packed.
    Broken,
    /// More than the cap.
    TooLarge,
}

const MAGIC: &[u8] = &[0x1f, 0x8b, 8];
/// Flags of a member's head, and what follows for each.
const HEAD_CRC: u8 = 1 << 1;
const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0b1110_0000;
/// What is unpacked at once.
const PIECE: usize = 32 * 1024;

/// Unpacks a file: one member or several.
pub fn unpack(packed: &[u8], cap: usize) -> Result<Vec<u8>, Refusal> {
    let (mut rest, mut out) = (packed, Vec::new());
    loop {
        let start = out.len();
        rest = inflate(head(rest).ok_or(Refusal::Broken)?, &mut out, cap)?;
        let told = rest.split_off(..8).ok_or(Refusal::Broken)?;
        let text = &out[start..];
        if told != [crc(text).to_le_bytes(), (text.len() as u32).to_le_bytes()].concat() {
            return Err(Refusal::Broken);
        }
        if rest.is_empty() {
            return Ok(out);
        }
    }
}

/// What comes after a member's head.
fn head(member: &[u8]) -> Option<&[u8]> {
    let (flags, mut rest) = member.strip_prefix(MAGIC)?.split_first()?;
    if flags & RESERVED != 0 {
        return None;
    }
    // When, how hard, and on what system it was packed.
    rest = rest.get(6..)?;
    if flags & EXTRA != 0 {
        let length = rest.split_off(..2)?;
        rest = rest.get(usize::from(u16::from_le_bytes(length.try_into().ok()?))..)?;
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            rest = rest.get(rest.iter().position(|byte| *byte == 0)? + 1..)?;
        }
    }
    if flags & HEAD_CRC != 0 {
        let length = member.len() - rest.len();
        let told = rest.split_off(..2)?;
        rest = (told == &crc(&member[..length]).to_le_bytes()[..2]).then_some(rest)?;
    }
    Some(rest)
}

/// Appends what was packed; gives what comes after it.
fn inflate<'a>(packed: &'a [u8], out: &mut Vec<u8>, cap: usize) -> Result<&'a [u8], Refusal> {
    let mut inflater = Decompress::new(false);
    loop {
        let read = usize::try_from(inflater.total_in()).unwrap_or(packed.len());
        let written = inflater.total_out();
        out.reserve(PIECE);
        let status =
            inflater.decompress_vec(&packed[read..], out, FlushDecompress::None).map_err(|_| Refusal::Broken)?;
        let now = usize::try_from(inflater.total_in()).unwrap_or(packed.len());
        if out.len() > cap {
            return Err(Refusal::TooLarge);
        }
        if status == Status::StreamEnd {
            return Ok(&packed[now..]);
        }
        // Nothing more comes of what is there.
        if now == read && inflater.total_out() == written {
            return Err(Refusal::Broken);
        }
    }
}

const POLYNOMIAL: u32 = 0xedb8_8320;
/// How many bytes are taken at once.
const SLICE: usize = 8;

/// The remainder of each byte with so many zeros behind it: made when it is needed first, and never uploaded.
static REMAINDERS: LazyLock<[[u32; 256]; SLICE]> = LazyLock::new(|| {
    let mut tables = [[0; 256]; SLICE];
    for byte in 0..=255u8 {
        let shifted = |crc: u32| (crc >> 1) ^ (POLYNOMIAL & (crc & 1).wrapping_neg());
        tables[0][usize::from(byte)] = (0..8).fold(u32::from(byte), |crc, _| shifted(crc));
    }
    for zeros in 1..SLICE {
        for byte in 0..256 {
            let crc: u32 = tables[zeros - 1][byte];
            tables[zeros][byte] = (crc >> 8) ^ tables[0][(crc & 0xff) as usize];
        }
    }
    tables
});

/// CRC-32, as gzip has it.
fn crc(text: &[u8]) -> u32 {
    let tables = &*REMAINDERS;
    let (slices, rest) = text.as_chunks::<SLICE>();
    let crc = slices.iter().fold(!0, |crc: u32, slice| {
        let [a, b, c, d] = crc.to_le_bytes();
        let [e, f, g, h, rest @ ..] = *slice;
        let mixed = [a ^ e, b ^ f, c ^ g, d ^ h].into_iter().chain(rest);
        mixed.zip(tables.iter().rev()).fold(0, |sum, (byte, table)| sum ^ table[usize::from(byte)])
    });
    !rest.iter().fold(crc, |crc, byte| (crc >> 8) ^ tables[0][((crc ^ u32::from(*byte)) & 0xff) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::MultiGzDecoder;
    use flate2::write::GzEncoder;
    use flate2::{Compression, GzBuilder};
    use proptest::prelude::*;
    use std::io::{Read, Write};

    const CAP: usize = 100_000;

    /// What `flate2` itself reads.
    fn expected(packed: &[u8]) -> Result<Vec<u8>, Refusal> {
        let mut out = Vec::new();
        match MultiGzDecoder::new(packed).take(CAP as u64 + 1).read_to_end(&mut out) {
            Ok(_) if out.len() > CAP => Err(Refusal::TooLarge),
            Ok(_) => Ok(out),
            Err(_) => Err(Refusal::Broken),
        }
    }

    fn packed(builder: GzBuilder, text: &[u8]) -> Vec<u8> {
        let mut encoder: GzEncoder<Vec<u8>> = builder.write(vec![], Compression::default());
        encoder.write_all(text).expect("packed");
        encoder.finish().expect("packed")
    }

    /// With each part that a head may have.
    fn members() -> impl Strategy<Value = Vec<u8>> {
        let text = proptest::collection::vec(any::<u8>(), 0..300);
        let member = (text, 1..200usize, any::<[bool; 3]>()).prop_map(|(text, times, [name, comment, extra])| {
            let mut builder = GzBuilder::new().mtime(5);
            builder = if name { builder.filename("lines.ndjson") } else { builder };
            builder = if comment { builder.comment("of a job") } else { builder };
            packed(if extra { builder.extra(vec![1, 0, 2]) } else { builder }, &text.repeat(times))
        });
        proptest::collection::vec(member, 1..4).prop_map(|members| members.concat())
    }

    proptest! {
        #[test]
        fn a_file_is_read_as_flate2_reads_it(file in members()) {
            prop_assert_eq!(unpack(&file, CAP), expected(&file));
        }

        #[test]
        fn so_is_one_that_is_cut_broken_or_followed_by_something(
            file in members(),
            at: prop::sample::Index,
            bit in 0..8u8,
            tail in proptest::collection::vec(any::<u8>(), 1..20),
        ) {
            let at = at.index(file.len());
            let mut broken = file.clone();
            broken[at] ^= 1 << bit;
            for file in [&file[..at], &broken, &[file.clone(), tail].concat()] {
                // What breaks behind the cap may be seen or not.
                prop_assert_eq!(unpack(file, CAP).ok(), expected(file).ok());
            }
        }
    }

    #[test]
    fn a_head_may_have_a_checksum_of_its_own() {
        let plain = packed(GzBuilder::new(), b"text");
        let mut head = plain[..10].to_vec();
        head[3] |= HEAD_CRC;
        let told = crc(&head).to_le_bytes();
        let with = |told: &[u8]| [&head[..], told, &plain[10..]].concat();
        assert_eq!(unpack(&with(&told[..2]), CAP), Ok(b"text".to_vec()));
        assert_eq!(expected(&with(&told[..2])), Ok(b"text".to_vec()));
        assert_eq!(unpack(&with(&[!told[0], told[1]]), CAP), Err(Refusal::Broken));
    }

    #[test]
    fn the_cap_is_the_last_size_that_is_read() {
        let file = |size: usize| packed(GzBuilder::new(), &vec![b' '; size]);
        assert_eq!(unpack(&file(CAP), CAP).map(|text| text.len()), Ok(CAP));
        assert_eq!(unpack(&file(CAP + 1), CAP), Err(Refusal::TooLarge));
    }
}
