//! `samples.jsonl`: a line a sample, appended as it is taken.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use fs_err::{File, OpenOptions};

use super::RunFolder;
use super::seal::{opened, sealed};
use crate::host::at_once;
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
    pub fn open(folder: &RunFolder) -> anyhow::Result<(SampleLog, Vec<Arc<Sample>>)> {
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
        let written = self.file.write_all(line(sample)?.as_bytes());
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

/// A line of the log, with its end.
///
/// # Errors
/// When a sample has no form as JSON; a bug.
pub fn line(sample: &Sample) -> anyhow::Result<String> {
    Ok(sealed(&serde_json::to_string(sample)?))
}

/// Chunks that are parsed at the same time.
const WORKERS: usize = 2;
/// Bytes that are parsed at once; a million samples are half a gigabyte.
const CHUNK_BYTES: u64 = 4 << 20;

/// The samples, and how many bytes from the start are whole lines.
pub fn read(path: &Path, mut lines: impl BufRead) -> anyhow::Result<(Vec<Arc<Sample>>, u64)> {
    let (mut samples, mut whole, mut first) = (Vec::new(), 0, 1);
    loop {
        let mut chunks = Vec::new();
        for _ in 0..WORKERS {
            let mut chunk = Vec::new();
            lines.by_ref().take(CHUNK_BYTES).read_to_end(&mut chunk)?;
            // To the end of the line that was begun.
            lines.read_until(b'\n', &mut chunk)?;
            let last = chunk.iter().rposition(|byte| *byte == b'\n');
            chunk.truncate(last.map_or(0, |at| at + 1));
            whole += chunk.len() as u64;
            let count = chunk.iter().filter(|byte| **byte == b'\n').count();
            chunks.push((first, chunk));
            first += count;
        }
        let is_last = chunks.iter().any(|(_, chunk)| chunk.is_empty());
        for parsed in at_once(&chunks, |(first, chunk)| parse(path, *first, chunk)) {
            samples.extend(parsed?);
        }
        if is_last {
            return Ok((samples, whole));
        }
    }
}

/// `first` is the number of the first line.
fn parse(path: &Path, first: usize, chunk: &[u8]) -> anyhow::Result<Vec<Arc<Sample>>> {
    let lines = chunk.split(|byte| *byte == b'\n').enumerate();
    let lines = lines.filter(|(_, line)| !line.is_empty());
    let parsed = lines.map(|(at, line)| {
        sample(line).with_context(|| {
            format!(
                "\"{}\": line {} is damaged; remove it to go on without it",
                path.display(),
                first + at
            )
        })
    });
    parsed.collect()
}

fn sample(line: &[u8]) -> anyhow::Result<Arc<Sample>> {
    let line = str::from_utf8(line)?;
    let sample = serde_json::from_str(line)?;
    ensure!(
        opened(line).is_some(),
        "it was changed since it was written"
    );
    Ok(Arc::new(sample))
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
    fn a_file_of_several_chunks_is_read_whole_and_in_order() {
        let (_dir, folder) = folder();
        let line = |round| serde_json::to_string(&sample(round)).unwrap() + "\n";
        let count = 2 * CHUNK_BYTES as u32 / line(1).len() as u32 + 2;
        let mut text: String = (1..=count).map(line).collect();
        std::fs::write(folder.samples(), &text).unwrap();
        let samples = folder.read_samples().unwrap();
        assert!(samples.iter().map(|it| it.round).eq(1..=count));
        text += "{oops\n";
        std::fs::write(folder.samples(), &text).unwrap();
        let error = format!("{:#}", folder.read_samples().unwrap_err());
        assert!(error.contains(&format!("line {}", count + 1)), "{error}");
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

    /// Every bit of a file of three lines flipped, every byte left out, the file cut everywhere: what is
    /// read is what was written, without a last line that is torn, or an error names the line.
    #[test]
    fn whatever_a_disk_does_to_a_byte_makes_no_other_figure() {
        let path = Path::new("samples.jsonl");
        let lines = [1, 2, 3].map(|round| line(&sample(round)).unwrap());
        let whole = lines.concat().into_bytes();
        let written: Vec<Sample> = [1, 2, 3].map(sample).into();
        let number = |at: usize| 1 + whole[..at].iter().filter(|byte| **byte == b'\n').count();
        let check = |damaged: &[u8], at: usize, least: usize| match read(path, damaged) {
            Ok((samples, bytes)) => {
                let found: Vec<Sample> = samples.iter().map(|it| (**it).clone()).collect();
                assert!(found.len() >= least, "byte {at}: {} samples", found.len());
                assert_eq!(found, written[..found.len()], "byte {at}");
                assert!(bytes <= damaged.len() as u64);
            }
            Err(error) => {
                let says = format!("\"samples.jsonl\": line {} is damaged", number(at));
                let error = format!("{error:#}");
                assert!(error.starts_with(&says), "byte {at}: {error}");
            }
        };
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut flipped = whole.clone();
                flipped[at] ^= 1 << bit;
                check(&flipped, at, 2);
            }
            check(&[&whole[..at], &whole[at + 1..]].concat(), at, 2);
            check(&whole[..at], at, number(at) - 1);
        }
    }
}
