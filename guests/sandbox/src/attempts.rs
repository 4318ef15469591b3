//! The attempts, by name. `docs/SANDBOX.md` says what each is for.

use wasi::{
    Fd, OFLAGS_CREAT, OFLAGS_DIRECTORY, RIGHTS_FD_READ, RIGHTS_FD_READDIR, RIGHTS_FD_WRITE,
    RIGHTS_PATH_CREATE_FILE, RIGHTS_PATH_OPEN,
};

use crate::calls::{Answer, Denied, contents, named, open, write_text};
use crate::limits;
use crate::preopen::{Place, preopens};

/// What makes an attempt.
pub type Attempt = fn(&Place) -> Answer;

/// The attempt with this name; none if there is no such attempt.
pub fn attempt(name: &str) -> Option<Attempt> {
    Some(match name {
        "control" => control,
        "parent" => |place| read(place, "../outside/secret.txt"),
        "parent-below" => |place| read(place, "folder/../../outside/secret.txt"),
        "absolute" => |place| contents(open_to_read(place.fd, place.secret().as_bytes())?),
        "link-relative" => |place| read(place, "link-relative"),
        "link-absolute" => |place| read(place, "link-absolute"),
        "link-folder" => |place| read(place, "link-folder/secret.txt"),
        "own-link-relative" => |place| {
            make_link(place, "../outside/secret.txt")?;
            read(place, "made")
        },
        "own-link-absolute" => |place| {
            make_link(place, &place.secret())?;
            read(place, "made")
        },
        "own-link-folder" => |place| {
            make_link(place, "..")?;
            read(place, "made/outside/secret.txt")
        },
        "nul" => |place| read_bytes(place, b"own.txt\0/../../outside/secret.txt"),
        "overlong" => |place| read_bytes(place, b"\xc0\xae\xc0\xae\xc0\xafoutside/secret.txt"),
        "not-utf8" => |place| create(place, b"odd-\xff\xfe.txt"),
        "create" => |place| create(place, b"../outside/created.txt"),
        "create-through-link" => |place| create(place, b"link-folder/created.txt"),
        "unlink" => |place| unlink(place, "../outside/victim.txt"),
        "rename-out" => |place| rename(place, "own.txt", "../outside/created.txt"),
        "rename-in" => |place| {
            rename(place, "../outside/victim.txt", "taken.txt")?;
            read(place, "taken.txt")
        },
        "hard-link-out" => |place| hard_link(place, "own.txt", "../outside/created.txt"),
        "hard-link-in" => |place| {
            hard_link(place, "../outside/secret.txt", "taken.txt")?;
            read(place, "taken.txt")
        },
        "descriptors" => descriptors,
        "rights-opened" => rights_opened,
        "rights-reduced" => rights_reduced,
        "read-only" => read_only,
        "environment" => |_| environment(),
        "arguments" => |_| arguments(),
        "memory" => |_| limits::grow(),
        "recursion" => |_| limits::recurse(),
        _ => return None,
    })
}

/// What every guest may do: without it, a denial elsewhere would say nothing.
fn control(place: &Place) -> Answer {
    let seen = read(place, "own.txt")?;
    create(place, b"created.txt")?;
    Ok(seen)
}

fn open_to_read(folder: Fd, path: &[u8]) -> Result<Fd, Denied> {
    open(folder, path, 0, RIGHTS_FD_READ, RIGHTS_FD_READ)
}

fn read(place: &Place, path: &str) -> Answer {
    read_bytes(place, path.as_bytes())
}

fn read_bytes(place: &Place, path: &[u8]) -> Answer {
    contents(open_to_read(place.fd, &place.bytes(path))?)
}

fn create(place: &Place, path: &[u8]) -> Answer {
    create_in(place.fd, &place.bytes(path))
}

fn create_in(folder: Fd, path: &[u8]) -> Answer {
    let fd = open(folder, path, OFLAGS_CREAT, RIGHTS_FD_WRITE, RIGHTS_FD_WRITE)?;
    write_text(fd)?;
    Ok(format!("created \"{}\"", path.escape_ascii()))
}

/// Makes the symbolic link `made`.
fn make_link(place: &Place, target: &str) -> Result<(), Denied> {
    // SAFETY: both paths are valid for the call.
    unsafe { wasi::path_symlink(target, place.fd, &place.path("made")) }
        .map_err(named("path_symlink"))
}

fn unlink(place: &Place, path: &str) -> Answer {
    // SAFETY: the path is valid for the call.
    unsafe { wasi::path_unlink_file(place.fd, &place.path(path)) }
        .map_err(named("path_unlink_file"))?;
    Ok(format!("removed {path:?}"))
}

fn rename(place: &Place, from: &str, to: &str) -> Answer {
    // SAFETY: both paths are valid for the call.
    unsafe { wasi::path_rename(place.fd, &place.path(from), place.fd, &place.path(to)) }
        .map_err(named("path_rename"))?;
    Ok(format!("moved {from:?} to {to:?}"))
}

fn hard_link(place: &Place, from: &str, to: &str) -> Answer {
    // SAFETY: both paths are valid for the call.
    unsafe { wasi::path_link(place.fd, 0, &place.path(from), place.fd, &place.path(to)) }
        .map_err(named("path_link"))?;
    Ok(format!("linked {from:?} as {to:?}"))
}

/// Looks for folders that nobody gave, and for the secret from every descriptor. The engine's
/// own current folder is `outside`.
fn descriptors(place: &Place) -> Answer {
    let secret = place.secret();
    let paths = ["secret.txt", "../outside/secret.txt", &secret[1..]];
    for fd in (0..1024).filter(|fd| *fd != place.fd) {
        for path in paths {
            if let Ok(read) = open_to_read(fd, path.as_bytes()).and_then(contents) {
                return Ok(format!("descriptor {fd}: {path:?}: {read}"));
            }
        }
    }
    let more = preopens().into_iter().filter(|(fd, _)| *fd != place.fd);
    let names: Vec<String> = more.map(|(fd, name)| format!("{fd} {name:?}")).collect();
    match names.is_empty() {
        true => Err(Denied::Nothing("no other folder".to_owned())),
        false => Ok(format!("folders nobody gave: {}", names.join(", "))),
    }
}

/// Opens a folder without the right to make files in it, then makes one.
fn rights_opened(place: &Place) -> Answer {
    let base = RIGHTS_FD_READ | RIGHTS_FD_READDIR | RIGHTS_PATH_OPEN;
    let folder = open(
        place.fd,
        place.path("folder").as_bytes(),
        OFLAGS_DIRECTORY,
        base,
        RIGHTS_FD_READ,
    )?;
    create_in(folder, b"created.txt")
}

/// Gives up the right to make files in a folder, then makes one.
fn rights_reduced(place: &Place) -> Answer {
    let (base, inheriting) = (RIGHTS_FD_READ | RIGHTS_PATH_OPEN, RIGHTS_FD_READ);
    let folder = open(
        place.fd,
        place.path("folder").as_bytes(),
        OFLAGS_DIRECTORY,
        base | RIGHTS_PATH_CREATE_FILE,
        RIGHTS_FD_READ | RIGHTS_FD_WRITE,
    )?;
    // SAFETY: the descriptor was opened above, and nothing else uses it.
    unsafe { wasi::fd_fdstat_set_rights(folder, base, inheriting) }.map_err(|errno| {
        Denied::Unavailable(format!("fd_fdstat_set_rights: errno {}", errno.raw()))
    })?;
    create_in(folder, b"created.txt")
}

/// Writes into its own folder, which is mounted for reading only.
fn read_only(place: &Place) -> Answer {
    read(place, "own.txt").map_err(|_| Denied::Unavailable("it cannot even be read".to_owned()))?;
    let created = create(place, b"created.txt");
    created.or_else(|_| create(place, b"own.txt"))
}

/// Looks for the variable that the host has set. Others are only counted: they are the user's
/// own, and what is printed here ends up in a report.
fn environment() -> Answer {
    let count = std::env::vars_os().count();
    match std::env::var("WASI_BENCH_SECRET") {
        Ok(secret) => Ok(format!("{secret:?}, one of {count} variables")),
        Err(_) if count > 0 => Ok(format!("{count} variables of the engine's own")),
        Err(_) => Err(Denied::Nothing("no variable".to_owned())),
    }
}

/// Arguments beyond the program's name and the attempt.
fn arguments() -> Answer {
    match std::env::args_os().count() {
        ..=2 => Err(Denied::Nothing("no argument but its own".to_owned())),
        count => Ok(format!("{count} arguments")),
    }
}
