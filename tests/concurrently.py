"""Calls that start together, each in a thread and on a connection of its own."""

import threading

from django.db import connection


def at_once(*calls):
    """Run the calls together; return what each returned, or the exception that it raised."""
    start, outcomes = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        try:
            start.wait(timeout=10)
            outcomes[place] = call()
        except Exception as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes
