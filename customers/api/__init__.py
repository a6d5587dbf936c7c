"""API resources of the ground floor, one file per noun."""
