"""Forms of the ground floor, and how every form is drawn."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Draw each form and each field by one template."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
