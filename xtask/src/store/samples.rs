//! `samples.jsonl`: a line a sample, appended as it is taken.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use anyhow::Context;
use fs_err::{File, OpenOptions};

use super::RunFolder;
use crate::model::Sample;

/// The open `samples.jsonl` of a run.
pub struct SampleLog {
    file: File,
}

impl SampleLog {
    /// Opens the log for appending and cuts off a torn last line.
    ///
    /// # Errors
    /// When it cannot be opened or a line is damaged.
    pub fn open(folder: &RunFolder) -> anyhow::Result<(SampleLog, Vec<Sample>)> {
        let path = folder.samples();
        let mut options = OpenOptions::new();
        let file = options.read(true).append(true).create(true).open(&path)?;
        let (samples, whole) = read(&path, BufReader::new(&file))?;
        // What is appended goes to the end, wherever that is.
        file.set_len(whole)?;
        Ok((SampleLog { file }, samples))
    }

    /// Appends a sample as one line, in one write.
    ///
    /// # Errors
    /// When the line cannot be written; what was, [`SampleLog::open`] cuts off.
    pub fn append(&mut self, sample: &Sample) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(sample)?;
        line.push(b'\n');
        let written = self.file.write_all(&line);
        written.context("free some space, then go on with --resume")
    }

    /// Flushes what was appended to the disk.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn sync(&self) -> anyhow::Result<()> {
        Ok(self.file.sync_data()?)
    }
}

/// The samples, and how many bytes from the start are whole lines.
pub fn read(path: &Path, mut lines: impl BufRead) -> anyhow::Result<(Vec<Sample>, u64)> {
    let (mut samples, mut whole, mut line) = (Vec::new(), 0, Vec::new());
    for number in 1.. {
        line.clear();
        let bytes = lines.read_until(b'\n', &mut line)?;
        if line.last() != Some(&b'\n') {
            break;
        }
        whole += bytes as u64;
        if bytes > 1 {
            let sample = serde_json::from_slice(&line).with_context(|| {
                format!(
                    "\"{}\": line {number} is damaged; remove it to go on without it",
                    path.display()
                )
            })?;
            samples.push(sample);
        }
    }
    Ok((samples, whole))
}

#[cfg(test)]
mod tests {
    use super::super::tests::folder;
    use super::*;

    fn sample(round: u32) -> Sample {
        Sample {
            cell: "merge/1KB/random/native:release".to_owned(),
            round,
            ..crate::model::tests::sample(0.001, [1e-5, 1e-6, 1e-5], 3e6)
        }
    }

    #[test]
    fn a_torn_last_line_is_cut_off_and_nothing_else() {
        let (_dir, folder) = folder();
        let (mut log, _) = SampleLog::open(&folder).unwrap();
        log.append(&sample(1)).unwrap();
        log.append(&sample(2)).unwrap();
        drop(log);
        let whole = std::fs::read(folder.samples()).unwrap();
        for torn in 0..whole.len() / 2 {
            let kept = &whole[..whole.len() - torn];
            std::fs::write(folder.samples(), kept).unwrap();
            let (mut log, samples) = SampleLog::open(&folder).unwrap();
            let left = if torn == 0 { 2 } else { 1 };
            assert_eq!(samples.len(), left, "{torn} bytes torn off");
            log.append(&sample(3)).unwrap();
            drop(log);
            let rounds: Vec<_> = folder
                .read_samples()
                .unwrap()
                .iter()
                .map(|s| s.round)
                .collect();
            assert_eq!(rounds, if torn == 0 { vec![1, 2, 3] } else { vec![1, 3] });
        }
    }

    #[test]
    fn a_damaged_line_in_the_middle_is_named() {
        let (_dir, folder) = folder();
        let line = serde_json::to_string(&sample(1)).unwrap();
        std::fs::write(folder.samples(), format!("{line}\n{{oops\n{line}\n")).unwrap();
        let error = format!("{:#}", folder.read_samples().unwrap_err());
        assert!(
            error.contains("samples.jsonl") && error.contains("line 2"),
            "{error}"
        );
    }
}
