//! Typed scalars: durations, sizes, percentages, dates, versions and logical types. Each is read
//! once, keeps no spelling, and prints in one canonical form.

use std::fmt;

use jiff::civil::Date;

use crate::address::Address;
use crate::blueprint::schema::Leaf;
use crate::cell::DomainName;
use crate::ident::Name;

/// A span of time in whole seconds, written `90d`, `12h`, `30m`, `45s` or `2w`.
///
/// Months and years are not units: they have no fixed length, and retention must.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration {
    seconds: u64,
}

/// Seconds of each unit, the largest first.
const UNITS: &[(&str, u64)] = &[
    ("w", 604_800),
    ("d", 86_400),
    ("h", 3_600),
    ("m", 60),
    ("s", 1),
];

impl Duration {
    /// Of that many days.
    pub const fn days(days: u64) -> Self {
        Self {
            seconds: days * 86_400,
        }
    }

    /// Its length in seconds.
    pub const fn seconds(self) -> u64 {
        self.seconds
    }

    /// Whole days, if it is that.
    pub const fn whole_days(self) -> Option<u64> {
        if self.seconds.is_multiple_of(86_400) {
            Some(self.seconds / 86_400)
        } else {
            None
        }
    }

    /// Whole hours, if it is that.
    pub const fn whole_hours(self) -> Option<u64> {
        if self.seconds.is_multiple_of(3_600) {
            Some(self.seconds / 3_600)
        } else {
            None
        }
    }

    /// Reads one number and one unit.
    pub fn parse(text: &str) -> Result<Self, String> {
        let split = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        if number.is_empty() {
            return Err("it starts with a whole number".to_owned());
        }
        let Some((_, factor)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err(match unit {
                "" => "the unit is missing".to_owned(),
                "y" | "mo" | "month" | "months" | "year" | "years" => {
                    "months and years have no fixed length; write days".to_owned()
                }
                _ => "the unit is one of s, m, h, d, w".to_owned(),
            });
        };
        let seconds = number
            .parse::<u64>()
            .ok()
            .and_then(|n| n.checked_mul(*factor));
        match seconds {
            // A century is far beyond any bound and keeps every cloud's day counts in range.
            Some(seconds) if seconds <= 36_500 * 86_400 => Ok(Self { seconds }),
            _ => Err("it is longer than a hundred years".to_owned()),
        }
    }
}

impl fmt::Display for Duration {
    /// The largest unit up to days that divides it: `90d`, never `12w6d`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits =
            |&&(unit, factor): &&(&str, u64)| unit != "w" && self.seconds.is_multiple_of(factor);
        let (unit, factor) = UNITS.iter().find(fits).copied().unwrap_or(("s", 1));
        write!(f, "{}{unit}", self.seconds / factor)
    }
}

/// An amount of data in bytes, written `10GB` (powers of ten) or `10GiB` (powers of two).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size {
    bytes: u64,
}

const SIZES: &[(&str, u64)] = &[
    ("B", 1),
    ("kB", 1_000),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

impl Size {
    /// In bytes.
    pub const fn bytes(self) -> u64 {
        self.bytes
    }

    /// Reads one whole number and one unit.
    pub fn parse(text: &str) -> Result<Self, String> {
        let split = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let Some((_, factor)) = SIZES.iter().find(|(name, _)| *name == unit) else {
            return Err("the unit is one of B, kB, MB, GB, TB, KiB, MiB, GiB, TiB".to_owned());
        };
        match number
            .parse::<u64>()
            .ok()
            .and_then(|n| n.checked_mul(*factor))
        {
            Some(bytes) => Ok(Self { bytes }),
            None => Err("it starts with a whole number of at most 8 exbibytes".to_owned()),
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The largest unit that leaves a whole number; powers of ten where both would.
        let unit = SIZES
            .iter()
            .filter(|(name, factor)| *name != "KB" && self.bytes.is_multiple_of(*factor))
            .filter(|(_, factor)| self.bytes >= *factor)
            .min_by_key(|(_, factor)| self.bytes / factor);
        match unit {
            Some((name, factor)) => write!(f, "{}{name}", self.bytes / factor),
            None => write!(f, "{}B", self.bytes),
        }
    }
}

/// A share of a whole in thousandths of a percent: `99.9%` is 99 900.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent {
    thousandths: u32,
}

impl Percent {
    /// In thousandths of a percent.
    pub const fn thousandths(self) -> u32 {
        self.thousandths
    }

    /// Reads `99%` or `99.9%`, with at most three digits after the point.
    pub fn parse(text: &str) -> Result<Self, String> {
        let number = text.strip_suffix('%').ok_or("the `%` is missing")?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |part: &str, most: usize| {
            !part.is_empty() && part.len() <= most && part.bytes().all(|b| b.is_ascii_digit())
        };
        if !digits(whole, 3) || !digits(fraction, 3) {
            return Err("it is a number with at most three digits after the point".to_owned());
        }
        let parsed: Option<u32> = format!("{whole}{fraction:0<3}").parse().ok();
        match parsed {
            Some(thousandths) if thousandths <= 100_000 => Ok(Self { thousandths }),
            _ => Err("it is more than 100 %".to_owned()),
        }
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.thousandths / 1_000, self.thousandths % 1_000);
        if rest == 0 {
            write!(f, "{whole}%")
        } else {
            write!(f, "{whole}.{}%", format!("{rest:03}").trim_end_matches('0'))
        }
    }
}

/// A version of a product: `major.minor.patch`. The major is part of the product's identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Breaking changes.
    pub major: u64,
    /// Additions.
    pub minor: u64,
    /// Corrections.
    pub patch: u64,
}

impl Version {
    /// Reads three numbers without leading zeros.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "it is three numbers with dots, without leading zeros".to_owned();
        let mut numbers = text.split('.').map(|part| {
            let canonical = part == "0" || !part.starts_with('0');
            let digits = canonical && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten()
        });
        let mut next = || numbers.next().flatten().ok_or_else(wrong);
        let version = Self {
            major: next()?,
            minor: next()?,
            patch: next()?,
        };
        if numbers.next().is_some() {
            Err(wrong())
        } else {
            Ok(version)
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// What a column holds, independent of any cloud; the names follow ODCS 3.1 with the precision
/// that money and instants need.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogicalType {
    /// Text, with its longest length in characters if there is one.
    String(Option<u32>),
    /// A 64-bit whole number.
    Integer,
    /// A 64-bit binary floating-point number: never money.
    Number,
    /// Exact decimal with precision (1 to 38) and scale (0 to precision).
    Decimal(u8, u8),
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A local date and time, without a zone.
    Timestamp,
    /// A moment, independent of zones.
    Instant,
    /// Bytes.
    Binary,
    /// A list of one type.
    Array(Box<LogicalType>),
    /// A free JSON-like object.
    Object,
}

impl LogicalType {
    /// Reads `string`, `string(64)`, `decimal(12,2)`, `array(integer)` and so on.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::parse_nested(text.trim(), 0)
    }

    fn parse_nested(text: &str, depth: usize) -> Result<Self, String> {
        let (name, argument) = match text.split_once('(') {
            None => (text, None),
            Some((name, rest)) => {
                let inner = rest
                    .strip_suffix(')')
                    .ok_or("the closing parenthesis is missing")?;
                (name, Some(inner))
            }
        };
        match (name, argument) {
            ("string", None) => Ok(Self::String(None)),
            ("string", Some(length)) => match length.parse() {
                Ok(length @ 1..=16_777_216) => Ok(Self::String(Some(length))),
                _ => Err("the length of a string is from 1 to 16777216".to_owned()),
            },
            ("integer", None) => Ok(Self::Integer),
            ("number", None) => Ok(Self::Number),
            ("decimal", Some(argument)) => parse_decimal(argument),
            ("decimal", None) => Err("a decimal has a precision and a scale: decimal(12,2)".to_owned()),
            ("boolean", None) => Ok(Self::Boolean),
            ("date", None) => Ok(Self::Date),
            ("time", None) => Ok(Self::Time),
            ("timestamp", None) => Ok(Self::Timestamp),
            ("instant", None) => Ok(Self::Instant),
            ("binary", None) => Ok(Self::Binary),
            ("object", None) => Ok(Self::Object),
            ("array", Some(_)) if depth >= 4 => Err("arrays nest at most four deep".to_owned()),
            ("array", Some(inner)) => Ok(Self::Array(Box::new(Self::parse_nested(inner.trim(), depth + 1)?))),
            ("array", None) => Err("an array says of what: array(string)".to_owned()),
            _ => Err("the types are string, integer, number, decimal(p,s), boolean, date, time, timestamp, instant, binary, object and array(…)".to_owned()),
        }
    }
}

fn parse_decimal(argument: &str) -> Result<LogicalType, String> {
    let wrong = "a decimal has a precision from 1 to 38 and a scale up to it: decimal(12,2)";
    let (precision, scale) = argument.split_once(',').ok_or(wrong)?;
    match (precision.trim().parse::<u8>(), scale.trim().parse::<u8>()) {
        (Ok(precision @ 1..=38), Ok(scale)) if scale <= precision => {
            Ok(LogicalType::Decimal(precision, scale))
        }
        _ => Err(wrong.to_owned()),
    }
}

impl fmt::Display for LogicalType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(None) => f.write_str("string"),
            Self::String(Some(length)) => write!(f, "string({length})"),
            Self::Integer => f.write_str("integer"),
            Self::Number => f.write_str("number"),
            Self::Decimal(precision, scale) => write!(f, "decimal({precision},{scale})"),
            Self::Boolean => f.write_str("boolean"),
            Self::Date => f.write_str("date"),
            Self::Time => f.write_str("time"),
            Self::Timestamp => f.write_str("timestamp"),
            Self::Instant => f.write_str("instant"),
            Self::Binary => f.write_str("binary"),
            Self::Array(inner) => write!(f, "array({inner})"),
            Self::Object => f.write_str("object"),
        }
    }
}

/// Reads a calendar day, `2027-06-30`.
pub fn parse_date(text: &str) -> Result<Date, String> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, b)| match at {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    if !shape {
        return Err("it is written year-month-day".to_owned());
    }
    text.parse().map_err(|_| "there is no such day".to_owned())
}

/// Checks a column's name: any text that the source may use, on one line, at most 255 characters.
pub fn parse_column(text: &str) -> Result<String, String> {
    match text {
        "" => Err("it is empty".to_owned()),
        _ if text.chars().count() > 255 => Err("it has more than 255 characters".to_owned()),
        _ if text.contains(['\n', '\r', '\t', '\u{85}', '\u{2028}', '\u{2029}']) => {
            Err("it is on one line".to_owned())
        }
        _ if text.trim() != text => Err("it does not start or end with a space".to_owned()),
        _ => Ok(text.to_owned()),
    }
}

/// Reads the address of one column of a product, `sales/orders:curated#order_id`.
///
/// An environment or a target would tie a column to one place, while its product lies in several.
pub fn parse_source(text: &str) -> Result<Address, String> {
    let address = Address::parse(text)?;
    if address.product.is_none() || address.column.is_none() {
        return Err("it names a product and one of its columns".to_owned());
    }
    if address.env.is_some() || address.target.is_some() {
        return Err("it names no environment and no target: it holds in each".to_owned());
    }
    Ok(address)
}

/// Checks a value by which rows are told: text on one line, at most 255 characters.
pub fn parse_row_value(text: &str) -> Result<String, String> {
    match text {
        "" => Err("it is empty".to_owned()),
        _ if text.chars().count() > 255 => Err("it has more than 255 characters".to_owned()),
        _ if text.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) => {
            Err("it is on one line".to_owned())
        }
        _ => Ok(text.to_owned()),
    }
}

macro_rules! leaf {
    ($(#[$doc:meta])* $konst:ident, $name:literal, $example:literal, $pattern:literal, $parse:expr) => {
        $(#[$doc])*
        pub const $konst: Leaf = Leaf {
            name: $name,
            example: $example,
            pattern: $pattern,
            check: |text| ($parse)(text).map(|_| ()),
        };
    };
}

leaf!(/// A [`Duration`].
    DURATION, "a duration", "90d", "^[0-9]+[smhdw]$", Duration::parse);
leaf!(/// A [`Size`].
    SIZE, "a size", "10GB", "^[0-9]+(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$", Size::parse);
leaf!(/// A [`Percent`].
    PERCENT, "a percentage", "99.9%", "^[0-9]{1,3}(\\.[0-9]{1,3})?%$", Percent::parse);
leaf!(/// A calendar day.
    DATE, "a date", "2027-06-30", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", parse_date);
leaf!(/// A [`Version`].
    VERSION, "a version", "1.2.0", "^(0|[1-9][0-9]*)(\\.(0|[1-9][0-9]*)){2}$", Version::parse);
leaf!(/// A [`LogicalType`].
    LOGICAL_TYPE, "a column type", "decimal(12,2)", "^[a-z]+(\\(.*\\))?$", LogicalType::parse);
leaf!(/// A [`Name`].
    NAME, "a name", "orders", "^[a-z][a-z0-9-]{0,62}$", Name::parse);
leaf!(/// A [`DomainName`].
    DOMAIN, "a domain's name", "customer-support.call-records", "^[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)?$", DomainName::parse);
leaf!(/// An [`Address`].
    ADDRESS, "an address", "sales/orders:curated", "^[a-z].*$", Address::parse);
leaf!(/// The address of a column.
    SOURCE, "a column's address", "sales/orders:curated#order_id", "^[a-z][^#]*/[^#]+#.+$", parse_source);
leaf!(/// A column's name, in the source's spelling.
    COLUMN, "a column's name", "order_id", "^.{1,255}$", parse_column);

leaf!(/// A value by which rows are told.
    ROW_VALUE, "a value of a column", "DE", "^.{1,255}$", parse_row_value);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;

    #[test]
    fn canonical_forms_come_back() {
        for text in ["90d", "12h", "30m", "45s", "0s"] {
            let canonical = if text == "0s" { "0d" } else { text };
            assert_eq!(Duration::parse(text).unwrap().to_string(), canonical);
        }
        assert_eq!(Duration::parse("2w").unwrap().to_string(), "14d");
        for text in ["99.9%", "100%", "0.001%", "5%"] {
            assert_eq!(Percent::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "string",
            "string(64)",
            "decimal(38,0)",
            "array(array(integer))",
            "instant",
        ] {
            assert_eq!(LogicalType::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Size::parse("1GiB").unwrap().bytes(), 1 << 30);
        for text in ["0B", "7B", "10GB", "1GiB", "1500MB", "3kB"] {
            assert_eq!(Size::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Version::parse("1.20.3").unwrap().to_string(), "1.20.3");
    }

    #[test]
    fn what_is_not_a_value_is_refused() {
        for text in [
            "",
            "d",
            "90",
            "90 d",
            "1y",
            "-1d",
            "1.5h",
            "99999999999999999999d",
            "36501d",
        ] {
            assert!(Duration::parse(text).is_err(), "{text}");
        }
        for text in ["", "%", "101%", "1.2345%", "1", ".5%", "1.%"] {
            assert!(Percent::parse(text).is_err(), "{text}");
        }
        for text in ["1", "1.2", "01.2.3", "1.2.3.4", "a.b.c", "1..2"] {
            assert!(Version::parse(text).is_err(), "{text}");
        }
        for text in [
            "money",
            "decimal",
            "decimal(39,2)",
            "decimal(2,3)",
            "string(0)",
            "array",
            "array(x)",
            "string(",
        ] {
            assert!(LogicalType::parse(text).is_err(), "{text}");
        }
        for text in ["2027-02-30", "27-01-01", "2027/01/01", "2027-1-1", ""] {
            assert!(parse_date(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_leafs_example_passes_its_own_check() {
        for leaf in [
            &DURATION,
            &SIZE,
            &PERCENT,
            &DATE,
            &VERSION,
            &LOGICAL_TYPE,
            &NAME,
            &DOMAIN,
            &ADDRESS,
            &SOURCE,
            &COLUMN,
            &ROW_VALUE,
        ] {
            assert_eq!((leaf.check)(leaf.example), Ok(()), "{}", leaf.name);
        }
    }
}
