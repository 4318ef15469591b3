//! A run's folder: everything that a run writes, and reads again.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::model::Sample;

/// `results/<UTC date>T<time>-<host>/`
#[derive(Clone, Debug)]
pub struct RunFolder {
    pub path: PathBuf,
}

impl RunFolder {
    /// Makes a new folder in `results`, named after the time and the host.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(
        results: &Path,
        now: jiff::Timestamp,
        host: &str,
        first_look: bool,
    ) -> anyhow::Result<RunFolder> {
        let time = now.strftime("%Y-%m-%dT%H-%M-%SZ");
        let host: String = host
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || c == '-' {
                    c
                } else {
                    '-'
                }
            })
            .collect();
        let mark = if first_look { FIRST_LOOK } else { "" };
        let path = results.join(format!("{time}-{host}{mark}"));
        std::fs::create_dir_all(results)
            .with_context(|| format!("cannot make \"{}\"", results.display()))?;
        std::fs::create_dir(&path)
            .with_context(|| format!("cannot make \"{}\"", path.display()))?;
        Ok(RunFolder { path })
    }

    /// A folder that is there already: a path, or a name inside `results`.
    ///
    /// # Errors
    /// When there is no such run.
    pub fn open(results: &Path, name: &Path) -> anyhow::Result<RunFolder> {
        let candidates = [name.to_owned(), results.join(name)];
        match candidates
            .iter()
            .find(|path| path.join("plan.json").is_file())
        {
            Some(path) => Ok(RunFolder {
                path: std::path::absolute(path).context("cannot find the current folder")?,
            }),
            None => bail!(
                "no run \"{}\": neither it nor \"{}\" holds a plan.json",
                name.display(),
                candidates[1].display()
            ),
        }
    }

    /// The run with this name, or the newest one.
    ///
    /// # Errors
    /// When there is no such run.
    pub fn open_or_newest(results: &Path, name: Option<&Path>) -> anyhow::Result<RunFolder> {
        match name {
            Some(name) => RunFolder::open(results, name),
            None => RunFolder::newest(results),
        }
    }

    /// The newest run in `results`, by name; a first look is none.
    ///
    /// # Errors
    /// When there is none.
    fn newest(results: &Path) -> anyhow::Result<RunFolder> {
        let entries = std::fs::read_dir(results).into_iter().flatten().flatten();
        let runs = entries
            .map(|entry| entry.path())
            .filter(|path| path.join("plan.json").is_file() && !is_first_look(path));
        let path = runs.max().with_context(|| {
            format!(
                "there is no run in \"{}\": make one with cargo xtask bench",
                results.display()
            )
        })?;
        Ok(RunFolder { path })
    }

    /// Where guests run: input, output, caches. Removed after the run.
    pub fn work(&self) -> PathBuf {
        self.path.join("work")
    }

    pub fn samples(&self) -> PathBuf {
        self.path.join("samples.jsonl")
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Removes the charts of an earlier report, some of which a new one may not have.
    ///
    /// # Errors
    /// When they cannot be removed.
    pub fn clear_charts(&self) -> anyhow::Result<()> {
        let charts = self.file("charts");
        match std::fs::remove_dir_all(&charts) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            removed => removed.with_context(|| format!("cannot remove \"{}\"", charts.display())),
        }
    }

    /// Writes a file whole or not at all; its folder is made where it is missing.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, content: &[u8]) -> anyhow::Result<()> {
        let write = || {
            std::fs::create_dir_all(self.file(name).parent().unwrap_or(&self.path))?;
            let mut file = tempfile::NamedTempFile::new_in(&self.path)?;
            file.write_all(content)?;
            // Others may read a report; a temporary file is private by default.
            #[cfg(unix)]
            file.as_file()
                .set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
            file.persist(self.file(name)).map_err(|error| error.error)
        };
        write().with_context(|| format!("cannot write \"{}\"", self.file(name).display()))?;
        Ok(())
    }

    /// # Errors
    /// When it cannot be written.
    pub fn write_json(&self, name: &str, value: &impl Serialize) -> anyhow::Result<()> {
        let mut text = serde_json::to_string_pretty(value)
            .with_context(|| format!("cannot write \"{name}\""))?;
        text.push('\n');
        self.write(name, text.as_bytes())
    }

    /// # Errors
    /// When the file is missing or is not what was written.
    pub fn read_json<T: DeserializeOwned>(&self, name: &str) -> anyhow::Result<T> {
        let path = self.file(name);
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read \"{}\"", path.display()))?;
        serde_json::from_str(&text)
            .with_context(|| format!("\"{}\" is damaged or of another version", path.display()))
    }

    /// All samples; a torn last line, as a crash leaves it, is left out.
    ///
    /// # Errors
    /// When a line other than the last is damaged; the message names it.
    pub fn read_samples(&self) -> anyhow::Result<Vec<Sample>> {
        let path = self.samples();
        let text = match std::fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            text => text.with_context(|| format!("cannot read \"{}\"", path.display()))?,
        };
        let (samples, _) =
            parse_samples(&text).with_context(|| format!("\"{}\"", path.display()))?;
        Ok(samples)
    }
}

/// The end of the name of a run that is a first look: figures until the engines are built, which
/// only whoever names the folder reads again.
const FIRST_LOOK: &str = "-first-look";

/// Is the run in this folder a first look?
pub fn is_first_look(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default();
    name.to_string_lossy().ends_with(FIRST_LOOK)
}

/// The samples, and how many bytes from the start are whole lines.
fn parse_samples(text: &[u8]) -> anyhow::Result<(Vec<Sample>, u64)> {
    let whole = text
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    let lines = text[..whole].split(|byte| *byte == b'\n').enumerate();
    let samples = lines.filter(|(_, line)| !line.is_empty()).map(|(i, line)| {
        serde_json::from_slice(line)
            .with_context(|| format!("line {} is damaged; remove it to go on without it", i + 1))
    });
    Ok((samples.collect::<anyhow::Result<_>>()?, whole as u64))
}

/// The right to run a benchmark with its results in one folder; ends with this process,
/// however that ends.
pub struct ResultsLock(
    #[expect(dead_code, reason = "the lock lives as long as the open file")] File,
);

impl ResultsLock {
    /// # Errors
    /// When another benchmark has it, or the folder cannot be written to.
    pub fn take(results: &Path) -> anyhow::Result<ResultsLock> {
        let path = results.join(".lock");
        let context = || format!("cannot lock \"{}\"", path.display());
        std::fs::create_dir_all(results).with_context(context)?;
        let file = File::options()
            .append(true)
            .create(true)
            .open(&path)
            .with_context(context)?;
        match file.try_lock() {
            Ok(()) => Ok(ResultsLock(file)),
            Err(TryLockError::WouldBlock) => bail!(
                "\"{}\" is in use by another cargo xtask bench; wait for it, because two at once would measure each other",
                results.display()
            ),
            Err(TryLockError::Error(error)) => Err(error).with_context(context),
        }
    }
}

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
        let context = || format!("cannot open \"{}\"", path.display());
        let mut file = File::options()
            .read(true)
            .append(true)
            .create(true)
            .open(&path)
            .with_context(context)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).with_context(context)?;
        let (samples, whole) =
            parse_samples(&text).with_context(|| format!("\"{}\"", path.display()))?;
        file.set_len(whole)
            .and_then(|()| file.seek(SeekFrom::End(0)))
            .with_context(context)?;
        Ok((SampleLog { file }, samples))
    }

    /// Appends a sample as one line, in one write, and flushes it to the disk.
    ///
    /// # Errors
    /// When the line cannot be written; a part of it is cut off again.
    pub fn append(&mut self, sample: &Sample) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(sample).context("cannot write a sample")?;
        line.push(b'\n');
        let before = self
            .file
            .metadata()
            .context("cannot read samples.jsonl")?
            .len();
        if let Err(error) = self
            .file
            .write_all(&line)
            .and_then(|()| self.file.sync_data())
        {
            let _ = self.file.set_len(before);
            return Err(error).context(
                "cannot write to samples.jsonl; free some space, then go on with --resume",
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Counters, Kind, Outcome};

    fn sample(round: u32) -> Sample {
        Sample {
            cell: "merge/1KB/random/native:release".to_owned(),
            workload: "merge".to_owned(),
            size: Some("1KB".parse().unwrap()),
            distribution: Some("random".parse().unwrap()),
            engine: "native".to_owned(),
            mode: "release".to_owned(),
            kind: Kind::Run,
            round,
            outcome: Outcome::Ok,
            wall_s: Some(0.001),
            user_s: Some(0.0005),
            system_s: None,
            peak_rss_bytes: Some(3_000_000),
            counters: Counters::default(),
            items: Some(91),
            read_s: Some(1e-5),
            sort_s: Some(1e-6),
            write_s: Some(1e-5),
            exit_code: Some(0),
            started_at: "2026-01-02T03:04:05Z".parse().unwrap(),
            artifact_bytes: None,
            reason: None,
        }
    }

    fn folder() -> (tempfile::TempDir, RunFolder) {
        let dir = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(
            dir.path(),
            "2026-01-02T03:04:05Z".parse().unwrap(),
            "a.b",
            false,
        )
        .unwrap();
        (dir, folder)
    }

    #[test]
    fn folders_are_named_after_time_and_host() {
        let (_dir, folder) = folder();
        assert!(folder.path.ends_with("2026-01-02T03-04-05Z-a-b"));
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

    #[test]
    fn a_second_benchmark_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let first = ResultsLock::take(dir.path()).unwrap();
        let error = ResultsLock::take(dir.path()).err().unwrap().to_string();
        assert!(error.contains("in use"), "{error}");
        drop(first);
        assert!(ResultsLock::take(dir.path()).is_ok());
    }
}
