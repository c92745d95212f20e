//! Chance that a seed decides: SplitMix64, so that a seed means the same on every machine and in every release.

use std::cell::Cell;

#[derive(Debug)]
pub struct Draws(Cell<u64>);

impl Draws {
    /// A stream of its own for each purpose, so that leaving one out changes the others as little as can be.
    pub fn new(seed: u64, purpose: u64) -> Draws {
        let draws = Draws(Cell::new(seed ^ purpose.wrapping_mul(0xD134_2543_DE82_EF95)));
        draws.next();
        draws
    }

    pub fn next(&self) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9E37_79B9_7F4A_7C15));
        let mut z = self.0.get();
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 up to, but not, `end`.
    pub fn below(&self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    pub fn between(&self, from: u64, until: u64) -> u64 {
        from + self.below(until - from + 1)
    }

    pub fn percent(&self, chance: u64) -> bool {
        self.below(100) < chance
    }

    pub fn pick<'a, T>(&self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len() as u64) as usize]
    }
}
