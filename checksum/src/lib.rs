//! Owns the checksum of gzip (RFC 1952, section 8), sixteen bytes at a time, with the names that `flate2` calls it by.
//! Its table is made by the first gzip that an isolate reads, in some 10 µs.

use std::sync::LazyLock;

const POLYNOMIAL: u32 = 0xedb8_8320;
const STRIDE: usize = 16;

/// What a byte does to the sum, with so many bytes more to come behind it.
type Table = [[u32; 256]; STRIDE];

static TABLE: LazyLock<Box<Table>> = LazyLock::new(table);

fn table() -> Box<Table> {
    let mut table = Box::new([[0; 256]; STRIDE]);
    for byte in 0..256 {
        table[0][byte] = (0..8).fold(byte as u32, |sum, _| halved(sum));
    }
    for more in 1..STRIDE {
        for byte in 0..256 {
            let sum = table[more - 1][byte];
            table[more][byte] = (sum >> 8) ^ table[0][(sum & 0xff) as usize];
        }
    }
    table
}

/// One bit further.
fn halved(sum: u32) -> u32 {
    (sum >> 1) ^ if sum & 1 == 1 { POLYNOMIAL } else { 0 }
}

#[derive(Debug, Clone, Default)]
pub struct Hasher {
    sum: u32,
    length: u64,
}

impl Hasher {
    pub fn new() -> Hasher {
        Hasher::default()
    }

    pub fn update(&mut self, bytes: &[u8]) {
        let table: &Table = &TABLE;
        let (strides, rest) = bytes.as_chunks::<STRIDE>();
        let sum = strides.iter().fold(!self.sum, |sum, stride| further(table, sum, stride));
        self.sum = !rest.iter().fold(sum, |sum, byte| (sum >> 8) ^ table[0][usize::from(sum as u8 ^ byte)]);
        self.length += bytes.len() as u64;
    }

    pub fn finalize(self) -> u32 {
        self.sum
    }

    pub fn reset(&mut self) {
        *self = Hasher::new();
    }

    /// As if what `next` has seen came behind what this one has.
    pub fn combine(&mut self, next: &Hasher) {
        self.sum = next.sum ^ times(self.sum, bytes_further(next.length));
        self.length += next.length;
    }
}

fn further(table: &Table, sum: u32, stride: &[u8; STRIDE]) -> u32 {
    let mut stride = *stride;
    for (byte, of_sum) in stride.iter_mut().zip(sum.to_le_bytes()) {
        *byte ^= of_sum;
    }
    let parts = stride.iter().zip(table.iter().rev());
    parts.fold(0, |sum, (byte, row)| sum ^ row[usize::from(*byte)])
}

/// The product of two polynomials, the lowest power in the highest bit.
fn times(mut a: u32, b: u32) -> u32 {
    let mut product = 0;
    for bit in (0..32).rev() {
        product ^= if b >> bit & 1 == 1 { a } else { 0 };
        a = halved(a);
    }
    product
}

/// What so many bytes of nought multiply a sum by: a square for each bit of their number.
fn bytes_further(mut length: u64) -> u32 {
    let (mut factor, mut square) = (1 << 31, 1 << 23);
    while length > 0 {
        if length & 1 == 1 {
            factor = times(factor, square);
        }
        square = times(square, square);
        length >>= 1;
    }
    factor
}
