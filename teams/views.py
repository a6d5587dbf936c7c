"""The people of an account team: taken in, changed, ended, and who leads."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers.access import Change
from customers.models import Account
from teams import actions
from teams.member_forms import LeaderForm, MemberForm
from teams.models import TeamMember
from teams.team_pages import answer, done, typed

READ_AND_SEND = ["GET", "HEAD", "POST"]


@require_http_methods(READ_AND_SEND)
def members(request, pk):
    """Take a person into the team."""
    account = Account.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = MemberForm(typed(request))

    def act():
        row = actions.join(account, by=request.user, **form.values())
        return _("%(person)s is in the team.") % {"person": row.user}

    return answer(request, form, account, act, title=_("Add to the team"))


@require_http_methods(READ_AND_SEND)
def member(request, pk):
    """Change a person's place in the team; of two who do so, the second sees both values."""
    row = TeamMember.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = MemberForm(typed(request), instance=row)

    def act():
        version = form.cleaned_data["version"]
        actions.change_member(row, by=request.user, version=version, **form.touched())
        return _("%(person)s is saved.") % {"person": row.user}

    return answer(request, form, row.account, act, title=row.user.name)


@require_POST
def member_end(request, pk):
    """End a person's place in the team as of today."""
    row = TeamMember.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)

    def act():
        actions.leave(row, by=request.user)
        return _("%(person)s has left the team.") % {"person": row.user}

    return done(request, row.account, act)


@require_http_methods(READ_AND_SEND)
def leader(request, pk):
    """Name who leads the team from today on; of two who do so at once, one is told of the other."""
    account = Account.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = LeaderForm(typed(request), instance=account)

    def act():
        to, version = form.cleaned_data["owner"], form.cleaned_data["version"]
        actions.set_owner(account, to=to, by=request.user, version=version)
        if to is None:
            return _("Nobody leads this team. Name an account manager.")
        return _("%(person)s leads the team.") % {"person": to}

    return answer(request, form, account, act, title=_("Change the account manager"))
