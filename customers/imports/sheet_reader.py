"""Child process: one sheet in, rows of text out. Knows nothing of the rest of the product.

    python -I sheet_reader.py FILE SHEET UNPACKED_BYTES

Writes blocks of (first line, share read, rows) to stdout, each behind its length; an empty block
is the end. Ends with 3 if the file cannot be read, and by a signal if it asks for too much.
"""

import datetime as dt
import marshal
import sys

ROWS = 2000


def limit(unpacked: int) -> None:
    """Limit memory and time to what a workbook of this size needs several times over."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    memory = (400 << 20) + 6 * unpacked
    seconds = 10 + (unpacked >> 20)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def text(cell) -> str:
    """Return a cell as it would stand in a CSV file."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        # 15 digits are what a spreadsheet shows; behind them stands only its rounding.
        return format(cell, ".15g")
    if isinstance(cell, dt.datetime):
        return str(cell.date()) if cell.time() == dt.time.min else cell.isoformat(" ", "seconds")
    return str(cell)


def send(first: int, share: float, rows: list[list[str]]) -> None:
    """Write one block."""
    block = marshal.dumps((first, share, rows))
    sys.stdout.buffer.write(len(block).to_bytes(4, "big") + block)


def main(path: str, name: str, unpacked: str) -> int:
    """Send the sheet row by row."""
    limit(int(unpacked))
    from python_calamine import CalamineError, load_workbook

    try:
        sheet = load_workbook(path).get_sheet_by_name(name)
        # Columns before the first filled one are cut off; rows are not.
        left = [""] * (sheet.start[1] if sheet.start else 0)
        total = sheet.total_height or 1
        rows: list[list[str]] = []
        first = 1
        for number, row in enumerate(sheet.iter_rows(), 1):
            rows.append(left + [text(cell) for cell in row])
            if len(rows) == ROWS:
                send(first, number / total, rows)
                first, rows = number + 1, []
        if rows:
            send(first, 1.0, rows)
        send(0, 1.0, [])
    except (CalamineError, ValueError, OverflowError):
        return 3
    return 0


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    sys.stdout.buffer.flush()
    sys.exit(code)
