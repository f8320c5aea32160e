//! Instants and spans as authentik writes them.

use jiff::Timestamp;

/// Microseconds since 1970-01-01T00:00:00Z.
pub type Micros = i64;

/// Microseconds in a second.
pub const SECOND: Micros = 1_000_000;

/// An instant as the API writes it, in UTC with microseconds.
#[must_use]
pub fn iso(at: Micros) -> String {
    Timestamp::from_microsecond(at)
        .map_or_else(|_| String::new(), |instant| instant.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string())
}

/// An instant without fraction, as certificates have it.
#[must_use]
pub fn iso_seconds(at: Micros) -> String {
    Timestamp::from_microsecond(at).map_or_else(|_| String::new(), |instant| instant.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// The instant that an ISO 8601 text names; 0 for anything else.
#[must_use]
pub fn parse(text: &str) -> Micros {
    text.parse::<Timestamp>().map_or(0, Timestamp::as_microsecond)
}

/// Seconds of a span such as `hours=3;minutes=1`; `None` for another form.
#[must_use]
pub fn span_seconds(span: &str) -> Option<i64> {
    span.split(';').try_fold(0, |sum, part| {
        let (unit, amount) = part.split_once('=')?;
        let amount: i64 = amount.trim().parse().ok()?;
        let unit = match unit.trim() {
            "weeks" => 604_800,
            "days" => 86_400,
            "hours" => 3600,
            "minutes" => 60,
            "seconds" => 1,
            "milliseconds" | "microseconds" => 0,
            _ => return None,
        };
        Some(sum + unit * amount)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_survive_a_round_trip() {
        let text = "2026-11-23T13:43:06.258207Z";
        assert_eq!(iso(parse(text)), text);
    }

    #[test]
    fn spans_need_a_unit() {
        assert_eq!(span_seconds("hours=1;minutes=5"), Some(3900));
        assert_eq!(span_seconds("5 minutes"), None);
    }
}
