//! The fuzzer's own random numbers: splitmix64, so that a run depends on its seed and number alone,
//! today and with any version of any crate.

/// A stream of numbers.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    /// The stream of one run.
    pub(super) fn of_run(seed: u64, run: u64) -> Self {
        let mut start = Self(seed);
        let mixed = start.next() ^ run.wrapping_mul(0xd6e8_feb8_6659_fd93);
        let mut own = Self(mixed);
        own.next();
        own
    }

    /// The next 64 bits (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 if there is none.
    pub(super) fn below(&mut self, end: usize) -> usize {
        if end == 0 {
            return 0;
        }
        let end = u64::try_from(end).unwrap_or(u64::MAX);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    /// Whether something of so many percent happens.
    pub(super) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// One of several.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
}
