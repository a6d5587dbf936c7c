"""Joint groups, their meetings, and joint offices: opened, changed, ended."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers.access import Change
from customers.figures import short_date
from customers.models import Account
from teams import actions
from teams.joint_forms import JointGroupForm, JointMeetingForm, JointOfficeForm
from teams.models import JointGroup, JointMeeting, JointOffice
from teams.team_pages import answer, done, typed

READ_AND_SEND = ["GET", "HEAD", "POST"]


@require_http_methods(READ_AND_SEND)
def groups(request, pk):
    """Open a joint group."""
    account = Account.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = JointGroupForm(typed(request), account=account)

    def act():
        actions.open_joint_group(account, by=request.user, **form.values())
        return _("The joint group is open.")

    return answer(request, form, account, act, title=_("New joint group"))


@require_http_methods(READ_AND_SEND)
def group(request, pk):
    """Change a joint group; of two who do so at once, the second sees both values."""
    row = JointGroup.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = JointGroupForm(typed(request), instance=row, account=row.account)

    def act():
        version = form.cleaned_data["version"]
        actions.change_joint_group(row, by=request.user, version=version, **form.touched())
        return _("“%(group)s” is saved.") % {"group": row}

    return answer(request, form, row.account, act, title=row.name)


@require_POST
def group_end(request, pk):
    """End a joint group today."""
    row = JointGroup.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)

    def act():
        actions.end_joint_group(row, by=request.user)
        return _("“%(group)s” has ended.") % {"group": row}

    return done(request, row.account, act)


@require_http_methods(READ_AND_SEND)
def meetings(request, pk):
    """Note that a joint group met."""
    row = JointGroup.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = JointMeetingForm(typed(request))

    def act():
        actions.hold_joint_meeting(row, by=request.user, **form.cleaned_data)
        return _("The meeting is noted.")

    title = _("Meeting of %(group)s") % {"group": row}
    return answer(request, form, row.account, act, title=title)


@require_POST
def meeting_removal(request, pk):
    """Take out a meeting that was noted by mistake."""
    row = JointMeeting.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)

    def act():
        actions.remove_joint_meeting(row, by=request.user)
        return _("The meeting of %(day)s is taken out.") % {"day": short_date(row.date)}

    return done(request, row.account, act)


@require_http_methods(READ_AND_SEND)
def offices(request, pk):
    """Note a joint office."""
    account = Account.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = JointOfficeForm(typed(request))

    def act():
        actions.open_joint_office(account, by=request.user, **form.values())
        return _("The joint office is noted.")

    return answer(request, form, account, act, title=_("New joint office"))


@require_http_methods(READ_AND_SEND)
def office(request, pk):
    """Change a joint office, or end it by its last day."""
    row = JointOffice.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = JointOfficeForm(typed(request), instance=row)

    def act():
        version = form.cleaned_data["version"]
        actions.change_joint_office(row, by=request.user, version=version, **form.touched())
        return _("The joint office is saved.")

    return answer(request, form, row.account, act, title=_("Joint office"))
