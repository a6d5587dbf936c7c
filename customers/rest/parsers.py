"""Reading a body: JSON in UTF-8, and nothing that a text column could not hold."""

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.utils import json


class Json(JSONParser):
    """Parse JSON as RFC 8259 has it between systems: UTF-8, no NaN."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            # utf-8-sig: a byte-order mark is not asked for, and does no harm.
            text = stream.read().decode("utf-8-sig")
            data = json.loads(text, parse_constant=json.strict_constant)
            if "\\ud" in text.lower():
                # Half a surrogate pair can be neither stored nor sent back.
                json.dumps(data, ensure_ascii=False).encode()
        except RecursionError:
            raise ParseError(_("The JSON is nested too deeply.")) from None
        except UnicodeError:
            raise ParseError(_("The body is not UTF-8, or holds half a character.")) from None
        except ValueError as error:
            raise ParseError(
                _("The body is not JSON: %(error)s") % {"error": str(error)[:200]}
            ) from None
        return data


class JsonOnly(BaseContentNegotiation):
    """Answer in JSON whatever the caller accepts, errors too."""

    def select_parser(self, request, parsers):
        content_type = request.content_type.partition(";")[0].strip().lower()
        return next((p for p in parsers if p.media_type == content_type), None)

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type
