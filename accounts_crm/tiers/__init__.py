"""The page of the tiers: declared against observed, misfits, effort against value."""
