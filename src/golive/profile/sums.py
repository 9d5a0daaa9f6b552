"""Sums that come out the same to the last digit, whatever else the process does."""

from __future__ import annotations

from functools import cache


@cache
def in_one_thread() -> None:
    """Let BLAS sum in one thread, in this process for good.

    How a long sum is split over threads shows in its last digits, and how many threads there are differs between machines
    and may be changed by another thread meanwhile.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    threadpool_limits(limits=1, user_api="blas")
