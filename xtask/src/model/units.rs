//! Sizes and durations as people write them in `matrix.toml` and on the command line.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use anyhow::bail;
use serde::{Deserialize, Serialize};

const UNITS: [(&str, u64); 4] = [
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("KB", 1_000),
    ("B", 1),
];

/// A number of bytes, decimal as in the study: `1KB` is 1000 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Size {
    pub bytes: u64,
}

/// The study's groups of sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Load {
    /// Below 1MB: 1KB, 10KB and 100KB in the study.
    Light,
    /// From 1MB and below 100MB: 1MB and 10MB in the study.
    Medium,
    /// From 100MB: 100MB and 500MB in the study.
    High,
}

impl Load {
    pub const ALL: [Load; 3] = [Load::Light, Load::Medium, Load::High];
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

impl Size {
    /// The group that the size belongs to.
    pub fn load(self) -> Load {
        match self.bytes {
            ..1_000_000 => Load::Light,
            1_000_000..100_000_000 => Load::Medium,
            _ => Load::High,
        }
    }
}

impl FromStr for Size {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Size> {
        let end = text.find(|c: char| !c.is_ascii_digit());
        let (number, unit) = text.split_at(end.unwrap_or(text.len()));
        let bytes = || {
            let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
            number.parse::<u64>().ok()?.checked_mul(*factor)
        };
        match bytes() {
            Some(bytes) if bytes > 0 => Ok(Size { bytes }),
            _ => bail!(
                "\"{text}\" is not a size: write a whole number and one of B, KB, MB, GB, for example \"10MB\""
            ),
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, factor) = UNITS
            .into_iter()
            .find(|(_, factor)| self.bytes >= *factor && self.bytes.is_multiple_of(*factor))
            .unwrap_or(("B", 1));
        f.pad(&format!("{}{unit}", self.bytes / factor))
    }
}

impl TryFrom<String> for Size {
    type Error = anyhow::Error;

    fn try_from(text: String) -> anyhow::Result<Size> {
        text.parse()
    }
}

impl From<Size> for String {
    fn from(size: Size) -> String {
        size.to_string()
    }
}

/// Parses a duration such as `500ms`, `30s`, `10m` or `1h30m`.
///
/// # Errors
/// When the text is no duration, or it is zero or negative.
pub fn parse_duration(text: &str) -> anyhow::Result<Duration> {
    let signed: Option<jiff::SignedDuration> = text.parse().ok();
    match signed.and_then(|signed| Duration::try_from(signed).ok()) {
        Some(duration) if !duration.is_zero() => Ok(duration),
        _ => bail!(
            "\"{text}\" is not a duration above zero: write for example \"500ms\", \"30s\" or \"10m\""
        ),
    }
}

/// A duration for people: three digits or two units, `1h 05m`, `2m 10s`, `12.3 s`, `4.56 ms`.
pub fn human_seconds(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match seconds {
        s if !s.is_finite() => "unknown".to_owned(),
        3600.0.. => format!("{}h {:02}m", whole / 3600, whole % 3600 / 60),
        120.0.. => format!("{}m {:02}s", whole / 60, whole % 60),
        1.0.. => format!("{} s", digits(seconds)),
        _ => format!("{} ms", digits(seconds * 1e3)),
    }
}

/// A number of bytes for people, decimal: `1.80 MB`, `31.0 MB`, `512 B`.
pub fn human_bytes(bytes: f64) -> String {
    let units = UNITS.into_iter();
    let mut fit = units.filter(|(_, factor)| bytes >= *factor as f64 && *factor > 1);
    match fit.next() {
        Some((unit, factor)) => format!("{} {unit}", digits(bytes / factor as f64)),
        None => format!("{bytes:.0} B"),
    }
}

/// Three digits of a value below 1000.
fn digits(value: f64) -> String {
    let decimals = match value {
        100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_are_decimal_and_printed_as_in_the_study() {
        for (text, bytes) in [
            ("1KB", 1000),
            ("500MB", 500_000_000),
            ("7B", 7),
            ("2GB", 2_000_000_000),
        ] {
            let size: Size = text.parse().unwrap();
            assert_eq!(size.bytes, bytes);
            assert_eq!(size.to_string(), text);
        }
        assert_eq!("1000KB".parse::<Size>().unwrap().to_string(), "1MB");
    }

    #[test]
    fn bad_sizes_say_what_is_expected() {
        for text in [
            "10XB",
            "",
            "KB",
            "-1KB",
            "1 KB",
            "1kb",
            "0KB",
            "99999999999999999999GB",
            "é",
        ] {
            let error = text.parse::<Size>().unwrap_err().to_string();
            assert!(error.contains("for example \"10MB\""), "{error}");
        }
    }

    #[test]
    fn durations() {
        assert_eq!(parse_duration("500ms").unwrap(), Duration::from_millis(500));
        assert_eq!(parse_duration("10m").unwrap(), Duration::from_secs(600));
        for text in ["", "10", "-3s", "0s", "10 parsecs"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn people_read_few_digits() {
        assert_eq!(human_seconds(0.00123), "1.23 ms");
        assert_eq!(human_seconds(0.0672), "67.2 ms");
        assert_eq!(human_seconds(1.5), "1.50 s");
        assert_eq!(human_seconds(230.0), "3m 50s");
        assert_eq!(human_seconds(3900.0), "1h 05m");
        assert_eq!(human_bytes(512.0), "512 B");
        assert_eq!(human_bytes(31_000_000.0), "31.0 MB");
    }

    proptest! {
        #[test]
        fn every_size_survives_printing(bytes in 1u64..) {
            prop_assert_eq!(Size { bytes }.to_string().parse::<Size>().unwrap().bytes, bytes);
        }
    }
}
