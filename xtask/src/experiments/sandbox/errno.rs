//! Names of WASI's error numbers.

/// By number, from 0, as WASI preview 1 has them.
const NAMES: &str = "success 2big acces addrinuse addrnotavail afnosupport again already badf badmsg busy \
    canceled child connaborted connrefused connreset deadlk destaddrreq dom dquot exist fault \
    fbig hostunreach idrm ilseq inprogress intr inval io isconn isdir loop mfile mlink msgsize \
    multihop nametoolong netdown netreset netunreach nfile nobufs nodev noent noexec nolck \
    nolink nomem nomsg noprotoopt nospc nosys notconn notdir notempty notrecoverable notsock \
    notsup notty nxio overflow ownerdead perm pipe proto protonosupport prototype range rofs \
    spipe srch stale timedout txtbsy xdev notcapable";

/// `perm 63`; the number alone where WASI has no such error.
pub fn named(errno: u16) -> String {
    let name = NAMES.split(' ').nth(errno.into()).unwrap_or("errno");
    format!("{name} {errno}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_preview_1() {
        let known = [2, 8, 25, 28, 44, 52, 58, 63, 69, 76].map(named);
        let expected = [
            "acces 2",
            "badf 8",
            "ilseq 25",
            "inval 28",
            "noent 44",
            "nosys 52",
            "notsup 58",
            "perm 63",
            "rofs 69",
            "notcapable 76",
        ];
        assert_eq!(known, expected);
        assert_eq!(named(77), "errno 77");
    }
}
