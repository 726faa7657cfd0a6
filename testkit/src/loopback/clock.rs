//! The server's own time. It starts at a fixed instant and moves one second with every write, so
//! that two runs of a test see the same timestamps and no test depends on today's date.

/// Seconds between the Unix epoch and 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600;

/// A clock that only moves when it is told to.
#[derive(Debug, Clone)]
pub struct Clock {
    seconds: i64,
}

impl Default for Clock {
    fn default() -> Self {
        Self { seconds: START }
    }
}

impl Clock {
    /// Seconds since the Unix epoch.
    pub const fn seconds(&self) -> i64 {
        self.seconds
    }

    /// Moves the clock forward by one second and returns the new instant as RFC 3339 text.
    pub fn tick(&mut self) -> String {
        self.seconds += 1;
        self.text()
    }

    /// Moves the clock forward by whole days, to let tombstones age.
    pub const fn advance_days(&mut self, days: i64) {
        self.seconds += days * 86_400;
    }

    /// The present instant as RFC 3339 text, in UTC.
    pub fn text(&self) -> String {
        let (days, rest) = (
            self.seconds.div_euclid(86_400),
            self.seconds.rem_euclid(86_400),
        );
        let (year, month, day) = civil(days);
        format!(
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
            rest / 3_600,
            rest / 60 % 60,
            rest % 60
        )
    }
}

/// Turns days since the Unix epoch into a date of the proleptic Gregorian calendar, by counting
/// from 0000-03-01 so that the leap day is the last of its year.
const fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn writes_move_it_by_a_second_and_days_by_days() {
        let mut clock = Clock::default();
        assert_eq!(clock.text(), "2026-01-01T00:00:00Z");
        assert_eq!(clock.tick(), "2026-01-01T00:00:01Z");
        clock.advance_days(31 + 28);
        assert_eq!(clock.text(), "2026-03-01T00:00:01Z");
        clock.advance_days(2 * 365);
        // 2028 is a leap year, so two years of 365 days from 2026-03-01 end on 2028-02-29.
        assert_eq!(clock.text(), "2028-02-29T00:00:01Z");
    }
}
