"""Forms of the ground floor, and how every form is drawn."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Draw each field by one template."""

    field_template_name = "forms/field.html"
