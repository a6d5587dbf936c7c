"""Waiting for what other processes do."""

import socket
import time


def until(condition, *, seconds=60, every=0.1):
    """Return the first true value of a condition; fail after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(every)
    raise AssertionError(f"not within {seconds} s: {condition}")


def free_port():
    """Return a port on the loopback that nobody listens to."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def listens(port):
    """Say whether somebody listens to a port on the loopback."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
