"""Context of the panel of joint groups and offices."""

import datetime as dt
from dataclasses import dataclass

from customers.access import Change
from customers.calendar import business_today
from customers.models import Account
from customers.parts import Named
from teams.models import JointGroup, JointMeeting, JointOffice
from teams.models.joint_groups import active_since

MEETINGS = 3  # shown of each group


@dataclass
class Group:
    """A joint group with its people who are still there and its latest meetings."""

    row: JointGroup
    ours: list[Named]
    theirs: list[Named]
    meetings: list[JointMeeting]

    @property
    def last_met(self) -> dt.date | None:
        """Return the day of the latest meeting."""
        return self.meetings[0].date if self.meetings else None

    @property
    def latest(self) -> list[JointMeeting]:
        """Return the meetings that are shown."""
        return self.meetings[:MEETINGS]

    @property
    def ended(self) -> bool:
        """Say whether the group has had its last day."""
        return self.row.until is not None and self.row.until <= business_today()

    @property
    def one_sided(self) -> bool:
        """Say whether only one side, or none, is in the group."""
        return not (self.ours and self.theirs)

    @property
    def active(self) -> bool:
        """Say whether the group stands and met lately."""
        since = active_since(business_today())
        return not self.ended and self.last_met is not None and self.last_met >= since


@dataclass
class JointPanel:
    """The joint groups of an account, those that ended apart, and its joint offices."""

    account: Account
    may_change: bool
    groups: list[Group]
    ended: list[Group]
    offices: list[JointOffice]


def joint_work(account: Account, viewer) -> JointPanel:
    """Return the joint groups, those that met last first, and the offices, open ones first."""
    today = business_today()
    rows = account.joint_groups.prefetch_related("ours", "theirs", "meetings")
    groups = [
        Group(
            row,
            [Named(p.pk, p.name) for p in row.ours.all() if p.is_active],
            [
                Named(c.pk, c.name)
                for c in row.theirs.all()
                if not (c.left_on and c.left_on <= today)
            ],
            list(row.meetings.all()),
        )
        for row in rows
    ]
    groups.sort(key=lambda group: group.last_met or dt.date.min, reverse=True)
    return JointPanel(
        account,
        account.may_be_changed_by(viewer, Change.RELATIONSHIP),
        [group for group in groups if not group.ended],
        [group for group in groups if group.ended],
        list(JointOffice.objects.filter(account=account)),
    )
