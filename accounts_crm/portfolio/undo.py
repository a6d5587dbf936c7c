"""What was just done and its undo: kept in the session until the next list shows them."""

KEY = "list-undo"


def offer(request, said: str, url: str, fields: dict[str, str], seconds: int = 20) -> None:
    """Let the next page of the list say what was done, with a button that takes it back."""
    request.session[KEY] = {"said": said, "url": url, "fields": fields, "seconds": seconds}


def taken(request) -> dict | None:
    """Return what the list is to offer, once."""
    return request.session.pop(KEY, None)
