"""Open files: how many a process may have at a time. Every connection is one."""

import resource

# More than connections that one process can serve; where a system has no limit, some programs go through all the numbers there are.
_MOST = 65_536


def allow_many_files() -> None:
    """Let this process, and those that it starts, have as many open files as whoever started it lets it have.

    Systems set what a process gets far below that, at 1,024 mostly, for programs that use select(2), whose sets end there. Nothing here
    does.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST if hard == resource.RLIM_INFINITY else min(hard, _MOST)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
