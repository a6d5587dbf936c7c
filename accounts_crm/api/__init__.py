"""The REST API: which resources there are, and what holds for all of them."""
