//! How sharp the ratios of a run are to be.

use std::fmt;
use std::str::FromStr;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::Load;

/// The half-width that the interval of a ratio is to have, as a share: 0.04 is ±4 %.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Precision {
    pub light: f64,
    pub medium: f64,
    pub high: f64,
}

/// At high loads differences between engines are smaller, and pairs share less noise.
impl Default for Precision {
    fn default() -> Precision {
        Precision {
            light: 0.04,
            medium: 0.04,
            high: 0.025,
        }
    }
}

impl Precision {
    pub fn at(self, load: Load) -> f64 {
        match load {
            Load::Light => self.light,
            Load::Medium => self.medium,
            Load::High => self.high,
        }
    }
}

/// `3%`, as a share: 0.03.
///
/// # Errors
/// When it is no percentage from 0 on.
pub fn parse_percent(text: &str) -> anyhow::Result<f64> {
    let number = text.strip_suffix('%').and_then(|it| it.trim().parse().ok());
    let percent = number.filter(|percent: &f64| percent.is_finite() && *percent >= 0.0);
    let percent = percent
        .with_context(|| format!("\"{text}\" is no percentage: write for example \"3%\""))?;
    Ok(percent / 100.0)
}

/// `3%`, for all loads.
impl FromStr for Precision {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Precision> {
        let share = parse_percent(text)?;
        if !(0.001..=0.5).contains(&share) {
            bail!("\"{text}\" is out of bounds: a precision is from 0.1% to 50%");
        }
        Ok(Precision {
            light: share,
            medium: share,
            high: share,
        })
    }
}

/// `±4 %`, or by load where they differ.
impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |load| 100.0 * self.at(load);
        let [light, medium, high] = Load::ALL.map(percent);
        match light == medium && medium == high {
            true => write!(f, "±{light} %"),
            false => write!(
                f,
                "±{light} % at light, ±{medium} % at medium and ±{high} % at high loads"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_and_nothing_else() {
        let parse = |text: &str| text.parse::<Precision>();
        assert_eq!(parse("3%").unwrap().at(Load::High), 0.03);
        assert_eq!(parse("2.5 %").unwrap().to_string(), "±2.5 %");
        for wrong in ["3", "0.03", "%", "-1%", "0%", "200%", "NaN%"] {
            let error = parse(wrong).unwrap_err().to_string();
            assert!(error.contains(&format!("\"{wrong}\"")), "{error}");
        }
    }
}
