"""Files in, facts out, a report of every row.

`orders.import_orders` and `exchange_rates.import_rates` are the two ways in; the other files are
their parts, from bytes to tables: kinds, encodings, sheets, headers, values, lines, staging.
"""
