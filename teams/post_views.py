"""The organisation and its posts."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers import access
from customers.calendar import business_today
from customers.errors import Refused
from customers.rest.fields import FIRST_YEAR, LAST_YEAR, parse_id
from teams import actions
from teams.models import Post
from teams.organisation import check_place, organisation, post_for
from teams.post_forms import PostForm
from teams.post_history import changes, history

READ_AND_SEND = ["GET", "HEAD", "POST"]
ROWS = 50


@require_safe
def posts(request):
    """The organisation as a tree, today or as of the day in the address."""
    today = business_today()
    typed = request.GET.get("as_of", "")
    day = _day(typed)
    context = {
        "organisation": organisation(request.user, day or today, today=today),
        "typed": typed,
        "wrong": bool(typed) and day is None,
        "past": day is not None and day != today,
        "may_add": access.posts_changed_by(request.user) != [] or _holds(request.user),
    }
    return render(request, "teams/organisation.html", context)


@require_safe
def post_history(request):
    """Who changed, filled and left which post when, both values; of one post if the address says.

    Everybody sees all of it, as the organisation itself.
    """
    pk = parse_id(request.GET.get("post", ""))
    page = Paginator(changes(pk), ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "history": history(page.object_list),
        "post": Post.objects.filter(pk=pk).first() if pk else None,
    }
    return render(request, "teams/post_history.html", context)


@require_http_methods(READ_AND_SEND)
def post_new(request):
    """Add a post."""
    if access.posts_changed_by(request.user) == [] and not _holds(request.user):
        raise PermissionDenied(
            _("A post is changed by who holds one above it, or by an administrator.")
        )
    form = PostForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_bound and form.is_valid():
        values = form.values()
        try:
            check_place(request.user, parent=values["parent"], region=values["region"])
            post = actions.add_post(by=request.user, **values)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _saved(request, _("“%(post)s” is added.") % {"post": post})
    return _draw(request, form, title=_("New post"))


@require_http_methods(READ_AND_SEND)
def post(request, pk):
    """Change a post; of two who do so at once, the second sees both values."""
    row = post_for(request.user, pk)
    form = PostForm(
        request.POST if request.method == "POST" else None, instance=row, user=request.user
    )
    if form.is_bound and form.is_valid():
        values, version = form.touched(), form.cleaned_data["version"]
        try:
            if {"parent", "region"} & set(values) or values.get("holder"):
                parent, region = values.get("parent", row.parent), values.get("region", row.region)
                check_place(request.user, parent=parent, region=region)
            actions.change_post(row, by=request.user, version=version, **values)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _saved(request, _("“%(post)s” is saved.") % {"post": row})
    return _draw(request, form, title=row.title, row=row)


@require_POST
def post_end(request, pk):
    """Abolish a post as of today."""
    row = post_for(request.user, pk)
    try:
        actions.abolish_post(row, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("teams:posts")
    return _saved(request, _("“%(post)s” is abolished.") % {"post": row})


def _holds(user) -> bool:
    """Say whether a director holds a post, below which he may add others."""
    return access.Role.DIRECTOR in access.roles_of(user) and user.posts.exists()


def _day(typed: str):
    try:
        day = parse_date(typed)
    except ValueError:
        return None
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def _saved(request, said: str):
    messages.success(request, said)
    return redirect("teams:posts")


def _draw(request, form, *, title: str, row=None):
    context = {"form": form, "title": title, "post": row}
    return render(request, "teams/post_form.html", context, status=form.answer)
