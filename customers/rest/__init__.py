"""What every API resource shares: access, paging, limits, versions, errors, shape of fields."""
