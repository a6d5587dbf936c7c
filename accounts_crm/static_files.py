"""Static files under names that hash their content, our script modules' imports included."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Django applies these to every script or to none; they have no public name.
_EVERY_SCRIPT, _IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns  # type: ignore[attr-defined]


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Rewrite `import "./name.js"` in our own modules; others' scripts stay as they came."""

    patterns = (*HashedFilesMixin.patterns, ("js/*.js", _IMPORTS))
