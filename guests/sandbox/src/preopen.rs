//! The folders that the guest was given.

use wasi::Fd;

use crate::calls::Denied;

/// The folder that attempts start from.
pub struct Place {
    pub fd: Fd,
    /// From the descriptor's folder to INSIDE, ending with `/`; empty where they are the same.
    below: String,
    /// The absolute path of INSIDE.
    pub inside: String,
}

impl Place {
    /// The descriptor that is nearest to INSIDE.
    ///
    /// # Errors
    /// When INSIDE is below none of the folders that were given.
    pub fn find(inside: &str) -> Result<Place, Denied> {
        let given = preopens();
        let nearest = given.iter().filter_map(|(fd, name)| {
            // WasmEdge's names lack the first slash.
            let rest = inside[1..].strip_prefix(name.trim_matches('/'))?;
            (rest.is_empty() || rest.starts_with('/') || name == "/").then_some((*fd, rest))
        });
        let names: Vec<&str> = given.iter().map(|(_, name)| name.as_str()).collect();
        let (fd, rest) = nearest
            .min_by_key(|(_, rest)| rest.len())
            .ok_or_else(|| Denied::Unavailable(format!("given are only the folders {names:?}")))?;
        let below = match rest.trim_start_matches('/') {
            "" => String::new(),
            below => format!("{below}/"),
        };
        let inside = inside.to_owned();
        Ok(Place { fd, below, inside })
    }

    /// A path inside, for calls that start from the descriptor.
    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.below)
    }

    /// The same of a path that is not text.
    pub fn bytes(&self, path: &[u8]) -> Vec<u8> {
        [self.below.as_bytes(), path].concat()
    }

    /// The absolute path of the secret outside.
    pub fn secret(&self) -> String {
        let (base, _) = self.inside.rsplit_once('/').unwrap_or_default();
        format!("{base}/outside/secret.txt")
    }
}

/// The descriptors of the folders that the guest was given, with their names. They start at 3,
/// after the standard streams.
pub fn preopens() -> Vec<(Fd, String)> {
    (3..64).filter_map(|fd| Some((fd, name(fd)?))).collect()
}

fn name(fd: Fd) -> Option<String> {
    // SAFETY: the calls write into memory that this function owns, of the length that it says;
    // a descriptor has no other kind of prestat than `dir`.
    unsafe {
        let length = wasi::fd_prestat_get(fd).ok()?.u.dir.pr_name_len;
        let mut name = vec![0; length];
        wasi::fd_prestat_dir_name(fd, name.as_mut_ptr(), length).ok()?;
        // Some engines count a terminating zero.
        let name = String::from_utf8_lossy(&name);
        Some(name.trim_end_matches('\0').to_owned())
    }
}
