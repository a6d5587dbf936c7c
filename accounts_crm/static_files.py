"""Static files under hashed names: one style sheet, and the imports of our own scripts."""

import re

from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Django applies these to every script or to none; they have no public name.
_EVERY_SCRIPT, _IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns  # type: ignore[attr-defined]
_SHEET = "css/app.css"
_IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\((\w+)\);')


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Join our style sheets, hash names, and rewrite `import "./name.js"` in our own modules."""

    patterns = (*HashedFilesMixin.patterns, ("js/*.js", _IMPORTS))

    def post_process(self, paths, dry_run=False, **options):
        """Serve the contents page of the sheets with the sheets in it: one request, not ninety."""
        if _SHEET in paths and not dry_run:
            joined = _IMPORT.sub(lambda found: _layer(paths, *found.groups()), _text(paths, _SHEET))
            self.delete(_SHEET)
            self.save(_SHEET, ContentFile(joined.encode()))
            paths = {**paths, _SHEET: (self, _SHEET)}
        yield from super().post_process(paths, dry_run, **options)


def _layer(paths, name: str, layer: str) -> str:
    return f"@layer {layer} {{\n{_text(paths, f'css/{name}')}}}"


def _text(paths, name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return file.read().decode()
