//! Decimal numbers of any size, for comparison with constraints.

use std::cmp::Ordering;

/// `±digits × 10^exponent`, without leading zeros; zero has no digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// Whether it is below zero.
    pub negative: bool,
    /// Its digits, the most significant first.
    pub digits: Vec<u8>,
    /// The power of ten of the last digit.
    pub exponent: i64,
}

impl Number {
    /// From the digits before and after the point, and a power of ten.
    pub fn new(negative: bool, whole: &str, fraction: &str, exponent: i64) -> Self {
        let digits = whole.bytes().chain(fraction.bytes()).map(|digit| digit.wrapping_sub(b'0'));
        let digits: Vec<u8> = digits.skip_while(|digit| *digit == 0).collect();
        let places = i64::try_from(fraction.len()).unwrap_or(i64::MAX);
        Self { negative, digits, exponent: exponent.saturating_sub(places) }
    }

    /// Parses a literal such as `-12.5e3`, in ASCII, without surrounding characters.
    pub fn literal(text: &str) -> Option<Self> {
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match rest.find(['e', 'E']) {
            Some(at) => (&rest[..at], power(&rest[at + 1..])?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        Some(Self::new(negative, whole, fraction, exponent))
    }

    pub fn int(value: i64) -> Self {
        Self::new(value < 0, &value.unsigned_abs().to_string(), "", 0)
    }

    /// The float as Python's `repr` prints it.
    pub fn of_float(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        let mut number = Self::literal(&format!("{value:e}"))?;
        // `1.0`, not `1`: `repr` prints whole numbers below 1e16 with a zero after the point.
        if number.exponent >= 0 && value.abs() < 1e16 {
            let zeros = usize::try_from(number.exponent).unwrap_or_default() + 1;
            if !number.digits.is_empty() {
                number.digits.extend(std::iter::repeat_n(0, zeros));
            }
            number.exponent = -1;
        }
        Some(number)
    }

    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// The power of ten of its first digit.
    fn magnitude(&self) -> i64 {
        i64::try_from(self.digits.len()).unwrap_or(i64::MAX).saturating_add(self.exponent)
    }

    pub fn compare(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| match (number.is_zero(), number.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let signs = sign(self).cmp(&sign(other));
        if signs.is_ne() || self.is_zero() {
            return signs;
        }
        let sizes = self.magnitude().cmp(&other.magnitude()).then_with(|| {
            let longest = self.digits.len().max(other.digits.len());
            let digit = |number: &Self, at: usize| number.digits.get(at).copied().unwrap_or(0);
            (0..longest).map(|at| digit(self, at).cmp(&digit(other, at))).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        });
        if self.negative { sizes.reverse() } else { sizes }
    }

    /// As a 64-bit integer, if it is one.
    pub fn as_i64(&self) -> Option<i64> {
        if self.is_zero() {
            return Some(0);
        }
        if self.exponent < 0 || self.magnitude() > 19 {
            return None;
        }
        let mut value: i128 = 0;
        for digit in &self.digits {
            value = value * 10 + i128::from(*digit);
        }
        value *= 10_i128.checked_pow(u32::try_from(self.exponent).ok()?)?;
        i64::try_from(if self.negative { -value } else { value }).ok()
    }

    pub fn as_f64(&self) -> f64 {
        let digits: String = self.digits.iter().map(|digit| char::from(b'0' + digit)).collect();
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}0{digits}e{}", self.exponent).parse().unwrap_or(f64::NAN)
    }

    /// The remainder of a whole number divided by a small one.
    pub fn remainder(&self, divisor: u64) -> Option<u64> {
        let zeros = usize::try_from(self.exponent).ok()?;
        let by = u128::from(divisor);
        let digits = self.digits.iter().copied().chain(std::iter::repeat_n(0, zeros));
        let rest = digits.fold(0_u128, |rest, digit| (rest * 10 + u128::from(digit)) % by);
        u64::try_from(rest).ok()
    }

    /// Whether it is a multiple, as `(a / b) % 1 == 0` computes it with 28 digits. `None` if that would not be exact.
    pub fn is_multiple_of(&self, other: &Self) -> Option<bool> {
        if self.is_zero() {
            return Some(true);
        }
        let lowest = self.exponent.min(other.exponent);
        let scaled = |number: &Self| -> Option<u128> {
            let zeros = u32::try_from(number.exponent.checked_sub(lowest)?).ok()?;
            if number.digits.len() > 26 || zeros > 26 || number.digits.len() + zeros as usize > 26 {
                return None;
            }
            let value = number.digits.iter().fold(0_u128, |value, digit| value * 10 + u128::from(*digit));
            Some(value * 10_u128.pow(zeros))
        };
        let (dividend, divisor) = (scaled(self)?, scaled(other)?);
        // The quotient is only exact if both together have no more digits than the context.
        if divisor == 0 || dividend.checked_mul(divisor).is_none_or(|product| product >= 10_u128.pow(27)) {
            return None;
        }
        Some(dividend % divisor == 0)
    }
}

/// The exponent, limited to a range beyond which it makes no difference.
fn power(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = digits.trim_start_matches('0');
    let value = if digits.is_empty() { 0 } else { digits.parse().unwrap_or(i64::MAX / 4).min(i64::MAX / 4) };
    Some(if negative { -value } else { value })
}
