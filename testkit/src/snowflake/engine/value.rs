//! Values of rows and of expressions, and how they compare, combine and cast.

use std::cmp::Ordering;

use super::super::types::{DataType, Family};

/// A value. Dates and times are kept as the text they were written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Boolean(bool),
    /// A decimal number: mantissa and digits after the point.
    Number(i128, u32),
    Text(String),
}

/// Digits after the point that a division keeps.
const DIVISION_SCALE: u32 = 6;

impl Value {
    pub(crate) fn integer(value: i64) -> Self {
        Self::Number(i128::from(value), 0)
    }

    /// A number as written, possibly with a fraction; exponents are expanded.
    pub(crate) fn parse_number(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let negative = mantissa.starts_with('-');
        let digits = mantissa.trim_start_matches(['-', '+']);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty()
            || !whole
                .chars()
                .chain(fraction.chars())
                .all(|c| c.is_ascii_digit())
        {
            return None;
        }
        let mut value: i128 = format!("0{whole}{fraction}").parse().ok()?;
        let mut scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        while scale < 0 {
            value = value.checked_mul(10)?;
            scale += 1;
        }
        Some(Self::Number(
            if negative { -value } else { value },
            u32::try_from(scale).ok()?,
        ))
    }

    /// The value as the wire and as text operators see it; `None` for null.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Boolean(value) => Some(value.to_string()),
            Self::Number(mantissa, scale) => Some(number_text(*mantissa, *scale)),
            Self::Text(text) => Some(text.clone()),
        }
    }

    pub(crate) fn is_true(&self) -> bool {
        *self == Self::Boolean(true)
    }

    /// Numbers at one scale; texts that are numbers count too, as Snowflake coerces them.
    fn aligned(&self, other: &Self) -> Option<(i128, i128, u32)> {
        let number = |value: &Self| match value {
            Self::Number(m, s) => Some((*m, *s)),
            Self::Text(text) => match Self::parse_number(text.trim())? {
                Self::Number(m, s) => Some((m, s)),
                _ => None,
            },
            _ => None,
        };
        let (a, sa) = number(self)?;
        let (b, sb) = number(other)?;
        let scale = sa.max(sb);
        Some((
            a.checked_mul(10i128.checked_pow(scale - sa)?)?,
            b.checked_mul(10i128.checked_pow(scale - sb)?)?,
            scale,
        ))
    }

    /// How two values compare; `None` if one is null or they cannot be compared.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Null, _) | (_, Self::Null) => None,
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Boolean(a), Self::Boolean(b)) => Some(a.cmp(b)),
            _ => self.aligned(other).map(|(a, b, _)| a.cmp(&b)),
        }
    }

    pub(crate) fn arithmetic(&self, operator: char, other: &Self) -> Option<Self> {
        if *self == Self::Null || *other == Self::Null {
            return Some(Self::Null);
        }
        let (a, b, scale) = self.aligned(other)?;
        match operator {
            '+' => Some(Self::Number(a.checked_add(b)?, scale)),
            '-' => Some(Self::Number(a.checked_sub(b)?, scale)),
            '*' => Some(Self::Number(a.checked_mul(b)?, scale * 2)),
            '/' => Some(Self::Number(
                a.checked_mul(10i128.pow(DIVISION_SCALE))?.checked_div(b)?,
                DIVISION_SCALE,
            )),
            '%' => Some(Self::Number(a.checked_rem(b)?, scale)),
            _ => None,
        }
    }

    /// The value as a value of the type, or `None` if it cannot be one.
    pub(crate) fn cast(&self, to: &DataType) -> Option<Self> {
        if *self == Self::Null {
            return Some(Self::Null);
        }
        match to.family {
            Family::Text => {
                let text = self.text()?;
                let length = to.size.unwrap_or(u32::MAX) as usize;
                (text.chars().count() <= length).then_some(Self::Text(text))
            }
            Family::Number | Family::Float => {
                let number = match self {
                    Self::Number(..) => self.clone(),
                    Self::Boolean(value) => Self::integer(i64::from(*value)),
                    Self::Text(text) => Self::parse_number(text.trim())?,
                    Self::Null => Self::Null,
                };
                let (Self::Number(mantissa, scale), Some(wanted)) = (&number, to.scale) else {
                    return Some(number);
                };
                rescale(*mantissa, *scale, wanted).map(|m| Self::Number(m, wanted))
            }
            Family::Boolean => match self {
                Self::Boolean(_) => Some(self.clone()),
                Self::Number(mantissa, _) => Some(Self::Boolean(*mantissa != 0)),
                Self::Text(text) => match text.to_lowercase().as_str() {
                    "true" | "t" | "yes" | "y" | "on" | "1" => Some(Self::Boolean(true)),
                    "false" | "f" | "no" | "n" | "off" | "0" => Some(Self::Boolean(false)),
                    _ => None,
                },
                Self::Null => Some(Self::Null),
            },
            Family::Date
            | Family::Time
            | Family::TimestampNtz
            | Family::TimestampLtz
            | Family::TimestampTz => {
                let text = self.text()?;
                text.starts_with(|c: char| c.is_ascii_digit())
                    .then_some(Self::Text(text))
            }
            _ => Some(self.clone()),
        }
    }
}

/// A mantissa at another scale, rounded half away from zero.
fn rescale(mantissa: i128, scale: u32, wanted: u32) -> Option<i128> {
    if wanted >= scale {
        return mantissa.checked_mul(10i128.checked_pow(wanted - scale)?);
    }
    let divisor = 10i128.checked_pow(scale - wanted)?;
    let half = divisor / 2;
    let rounded = if mantissa < 0 {
        mantissa - half
    } else {
        mantissa + half
    };
    Some(rounded / divisor)
}

fn number_text(mantissa: i128, scale: u32) -> String {
    if scale == 0 {
        return mantissa.to_string();
    }
    let digits = format!(
        "{:0width$}",
        mantissa.unsigned_abs(),
        width = scale as usize + 1
    );
    let (whole, fraction) = digits.split_at(digits.len() - scale as usize);
    let sign = if mantissa < 0 { "-" } else { "" };
    format!("{sign}{whole}.{fraction}")
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        reason = "A failed unwrap is the test's failure message."
    )]
    use super::*;

    fn number(text: &str) -> Value {
        Value::parse_number(text).unwrap()
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(
            number("0.1")
                .arithmetic('+', &number("0.2"))
                .unwrap()
                .text(),
            Some("0.3".into())
        );
        assert_eq!(
            number("-1.50")
                .arithmetic('*', &number("2"))
                .unwrap()
                .text(),
            Some("-3.0000".into())
        );
        assert_eq!(number("1.5e3").text(), Some("1500".into()));
        assert_eq!(
            number("10").compare(&number("9.99")),
            Some(Ordering::Greater)
        );
    }

    #[test]
    fn casts_round_and_refuse() {
        assert_eq!(
            number("2.345")
                .cast(&DataType::number(10, 2))
                .unwrap()
                .text(),
            Some("2.35".into())
        );
        assert_eq!(
            Value::Text("abc".into()).cast(&DataType::number(10, 2)),
            None
        );
        let short = DataType {
            size: Some(2),
            ..DataType::text()
        };
        assert_eq!(Value::Text("abc".into()).cast(&short), None);
    }
}
