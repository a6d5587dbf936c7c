"""The assessments of a run: facts and policy in, one row per account out."""

from collections import Counter

from customers.models import Account
from customers.run_rows import insert
from customers.sql import memory
from lifecycle import evidence, facts
from lifecycle.models import Assessment
from lifecycle.stages import TRACK

MEGABYTES = 64  # for the groups of a part
COLUMNS = ("account_id", "recorded", "supported", "observed_tier", "missing", "lost", "figures")


def compute(attempt) -> int:
    """Assess all accounts as of the attempt's date; return the number of rows.

    How many are supported in each stage is kept on the run under "evidence".
    """
    rules = evidence.policy(attempt.as_of)
    total, done = Account.objects.count(), 0
    supported: Counter[str] = Counter()
    apart = 0
    attempt.progress(0, total)
    with memory(MEGABYTES):
        for part in facts.of_all(attempt.as_of):
            rows = []
            for pk, stage, found in part:
                finding = evidence.judge(found, stage, attempt.as_of, rules)
                supported[finding.supported] += 1
                apart += stage in TRACK and stage != finding.supported
                rows.append(
                    (
                        pk,
                        stage,
                        finding.supported,
                        finding.observed_tier,
                        len(finding.missing),
                        len(finding.lost),
                        found.figures(attempt.as_of),
                    )
                )
            insert(attempt, Assessment, COLUMNS, rows)
            done += len(rows)
            attempt.progress(done, total)
    attempt.state_facts("evidence", {"supported": dict(supported), "apart": apart})
    return done
