"""The rows of the teams floor."""

from teams.models.competence import Competence, CompetenceAnswer, TrainingGoal
from teams.models.handovers import Handover, HandoverTick
from teams.models.joint_groups import JointGroup, JointMeeting
from teams.models.joint_offices import JointOffice
from teams.models.linkage import Deputy, LinkageGroup, LinkageMember
from teams.models.members import TeamMember
from teams.models.people import (
    ApiToken,
    Post,
    PostHolding,
    User,
    check_time_zone,
    default_time_zone,
)

__all__ = [
    "ApiToken",
    "Competence",
    "CompetenceAnswer",
    "Deputy",
    "Handover",
    "HandoverTick",
    "JointGroup",
    "JointMeeting",
    "JointOffice",
    "LinkageGroup",
    "LinkageMember",
    "Post",
    "PostHolding",
    "TeamMember",
    "TrainingGoal",
    "User",
    "check_time_zone",
    "default_time_zone",
]
