"""A person's own settings and API tokens."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST

from accounts_crm.calendar_feed import SHOWN_ONCE
from accounts_crm.models import CalendarAddress
from accounts_crm.switches import keep
from customers.errors import Refused
from teams import tokens
from teams.forms import SettingsForm, TokenForm, scope_choices
from teams.models import ApiToken, User


@require_http_methods(["GET", "HEAD", "POST"])
def me(request):
    """Show one's own settings; POST changes them."""
    if request.method != "POST":
        return _page(request)
    # A copy: a form that is wrong must not change the name in the side bar.
    form = SettingsForm(request.POST, instance=User.objects.get(pk=request.user.pk))
    if not form.is_valid():
        return _page(request, settings_form=form, status=422)
    person = form.save()
    with override(person.language or None):
        messages.success(request, _("Your settings are saved."))
    response = redirect("settings-me")
    keep(response, "theme", person.theme)
    if person.language:
        keep(response, settings.LANGUAGE_COOKIE_NAME, person.language)
    else:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    return response


@require_POST
def own_tokens(request):
    """Make a token and show its text, this once: it is not kept."""
    form = TokenForm(request.POST, auto_id="token_%s")
    if form.is_valid():
        try:
            token, text = tokens.issue(request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return _page(request, new_token=token, new_text=text, status=201)
    return _page(request, token_form=form, status=422)


@require_POST
def token_end(request, key):
    """Delete one of one's own tokens; another's is not there."""
    token = get_object_or_404(ApiToken, user=request.user, digest=key)
    tokens.withdraw(token, by=request.user)
    messages.success(request, _("The token “%(name)s” is deleted.") % {"name": token.name})
    return redirect("settings-me")


def _page(request, *, status=200, settings_form=None, token_form=None, **more):
    words = dict(scope_choices())
    rows = [
        {"token": token, "scopes": [words.get(scope, scope) for scope in token.scopes]}
        for token in ApiToken.objects.filter(user=request.user).order_by("name")
    ]
    context = {
        "form": settings_form or SettingsForm(instance=User.objects.get(pk=request.user.pk)),
        "token_form": token_form or TokenForm(auto_id="token_%s"),
        "tokens": rows,
        "calendar_made": CalendarAddress.objects.filter(user=request.user).exists(),
        "calendar_url": request.session.pop(SHOWN_ONCE, ""),
        **more,
    }
    return render(request, "accounts_crm/me.html", context, status=status)
