"""Writes about our people: account teams, joint groups, posts."""

from teams.actions.joint_groups import (
    change_joint_group,
    change_joint_office,
    end_joint_group,
    hold_joint_meeting,
    open_joint_group,
    open_joint_office,
    remove_joint_meeting,
)
from teams.actions.members import change_member, join, leave, set_owner, set_owners
from teams.actions.posts import abolish_post, add_post, change_post

__all__ = [
    "abolish_post",
    "add_post",
    "change_joint_group",
    "change_joint_office",
    "change_member",
    "change_post",
    "end_joint_group",
    "hold_joint_meeting",
    "join",
    "leave",
    "open_joint_group",
    "open_joint_office",
    "remove_joint_meeting",
    "set_owner",
    "set_owners",
]
