"""Words for amounts: spans of time and bytes, short enough for a table. Pure."""

_SPANS = ((365 * 24 * 60 * 60, "y"), (24 * 60 * 60, "d"), (60 * 60, "h"), (60, "min"))
_SIZES = ("bytes", "KB", "MB", "GB", "TB")
_STEP = 1000


def seconds_in_words(seconds: float) -> str:
    """Say how long that is: in its two biggest units, or in seconds with as many digits as matter."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:  # noqa: PLR2004  a minute
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004  two digits
    left = round(seconds)
    parts: list[tuple[int, str]] = []
    for span, unit in _SPANS:
        number, left = divmod(left, span)
        if number or parts:
            parts.append((number, unit))
    return " ".join(f"{number} {unit}" for number, unit in parts[:2] if number)


def bytes_in_words(number: float) -> str:
    """Say how much that is, in steps of a thousand."""
    rank = 0
    while number >= _STEP and rank < len(_SIZES) - 1:
        number, rank = number / _STEP, rank + 1
    return f"{number:,.0f} {_SIZES[rank]}" if not rank or number >= 100 else f"{number:.1f} {_SIZES[rank]}"  # noqa: PLR2004  three digits
