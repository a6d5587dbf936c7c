"""The form of a post in the organisation."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers import access
from customers.models import Region
from customers.versioned_forms import VersionedForm
from teams.models import Post, User


class PostForm(VersionedForm):
    """Title, level, place in the tree, region, holder.

    user  who edits: what may not be given is not offered, and refused by organisation.check_place
    """

    class Meta:
        model = Post
        fields = ("title", "level", "parent", "region", "holder")
        help_texts = {
            "region": _("A director sees the accounts of this region and below; without one, all."),
            "holder": _("From today on. Who held it before stays in the history."),
        }
        error_messages = {
            "title": {"required": _("Give the post a title.")},
            "parent": {"invalid_choice": _("Pick a post of the organisation.")},
            "region": {"invalid_choice": _("Pick a region.")},
            "holder": {"invalid_choice": _("Pick one of our people who is still here.")},
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        fields: dict[str, Any] = self.fields
        fields["parent"].queryset = Post.objects.filter(until=None).exclude(pk=self.instance.pk)
        fields["parent"].empty_label = _("Nobody: it stands at the top")
        fields["region"].queryset = Region.objects.order_by("name", "pk")
        fields["region"].empty_label = _("Every region")
        people = User.objects.filter(Q(is_active=True) | Q(pk=self.instance.holder_id))
        fields["holder"].queryset = people.order_by("name", "pk")
        fields["holder"].empty_label = _("Vacant")
        for name in ("parent", "region", "holder"):
            fields[name].required = False
            fields[name].says_so = True
        if (given := access.regions_given_by(user)) is not None:
            fields["region"].queryset = fields["region"].queryset.filter(pk__in=given)

    def drawn_anew(self, stored):
        return PostForm(instance=stored, user=self.user)
