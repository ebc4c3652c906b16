"""The lease of a refresh: renewed by who works, watched and revoked by who waits."""

import pytest

from aggregator.errors import RefreshError
from aggregator.refreshes.lease import Lease


def test_it_tells_how_long_ago_the_last_step_was() -> None:
    times = iter([10.0, 12.5, 13.0, 17.0])
    lease = Lease(lambda: next(times))
    assert lease.idle_seconds == 2.5
    lease.renew()
    assert lease.idle_seconds == 4.0


def test_to_check_it_is_no_step() -> None:
    times = iter([10.0, 12.5])
    lease = Lease(lambda: next(times))
    lease.check()
    assert lease.idle_seconds == 2.5


def test_once_revoked_it_ends_the_work_with_the_first_reason() -> None:
    lease = Lease()
    lease.revoke("the server stops")
    lease.revoke("for no reason")
    for step in (lease.check, lease.renew):
        with pytest.raises(RefreshError) as error:
            step()
        assert str(error.value) == "the refresh was given up: the server stops; nothing was changed"
