//! Times that servers write as text.

/// Seconds since 1970-01-01T00:00:00 of a text that begins like `2026-11-23T13:44:18` or `2026-11-23 13:44:18`, by the same clock.
///
/// Days by Howard Hinnant's `days_from_civil`.
#[must_use]
pub fn seconds(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let year = if month <= 2 { year - 1 } else { year };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * ((month + 9) % 12) + 2) / 5 + day - 719_469;
    Some(days * 86_400 + number(11, 13)? * 3_600 + number(14, 16)? * 60 + number(17, 19)?)
}
