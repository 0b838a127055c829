"""Read dates of sources as ISO 8601."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_COMMENTS = r"(?:\s+(?P<comments>[0-9]{1,3}(?:,?[0-9]{3})*))?"
_PAGE_DATE = re.compile(
    rf"{_MONTH}\s+(?P<day>[0-9]{{1,2}})(?:\s*,\s*(?P<year>[0-9]{{4}})|\s+(?P<bare_year>(?:19|20)[0-9]{{2}}))?"
    rf"{_COMMENTS}",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    rf"(?P<day>[0-9]{{1,2}})\s+{_MONTH}(?:\s*,?\s*(?P<year>(?:19|20)[0-9]{{2}}))?{_COMMENTS}", re.IGNORECASE
)
_ISO_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:[Tt ][0-9].*)?)?)?", re.DOTALL)
_SEASONS = r"spring|summer|autumn|fall|winter"
_YEAR = re.compile(r"(?<![0-9])(1[5-9][0-9]{2}|20[0-9]{2})(?![0-9])")
_CLOCK = re.compile(
    r"(?<![0-9])[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]+)?(?:\s*(?:[A-Z]{1,4}|[+-][0-9]{2}:?[0-9]{2}))?"
)
_DIGIT_DATE = re.compile(r"([0-9]{4})[-/. ]([0-9]{1,2})(?:[-/. ]([0-9]{1,2}))?(?:[/T ].*)?", re.DOTALL)
_COMPACT_DATE = re.compile(r"(1[5-9][0-9]{2}|20[0-9]{2})([0-9]{2})([0-9]{2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.](1[5-9][0-9]{2}|20[0-9]{2})")
_UNIX_TIME = re.compile(r"([0-9]{10})(?:[0-9]{3})?")
_MONTH_WORD = re.compile(rf"(?<![a-z]){_MONTH}(?![a-z])", re.IGNORECASE)
_DAY = re.compile(r"(?<![0-9])([0-9]{1,2})(?:st|nd|rd|th)?(?![0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageDate:
    """A date as a page prints it, possibly not in the calendar, and the number of comments after it."""

    month: int
    day: int
    year: int | None
    comments: int | None


def page_date(text: str) -> PageDate | None:
    """Return the date of ``Jun 21``, ``Jun 21 1`` or ``Dec 31, 2024 3``, or None for other texts.

    The day may come first (``21 Jun 2024``). Four digits after the day are a
    year if they look like one, with or without a comma.
    """
    match = _PAGE_DATE.fullmatch(text) or _DAY_FIRST.fullmatch(text)
    if match is None:
        return None
    found = match.groupdict()
    year = found["year"] or found.get("bare_year")
    comments = match["comments"]
    return PageDate(
        month=_MONTHS.index(match["month"][:3].lower()) + 1,
        day=int(match["day"]),
        year=int(year) if year else None,
        comments=int(comments.replace(",", "")) if comments else None,
    )


def iso_date(year: int, month: int, day: int) -> str | None:
    """Return ``YYYY-MM-DD``, or None if the day is not in the calendar."""
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None


def record_date(text: str) -> tuple[str | None, int | None, bool]:
    """Return (date, year, understood) for a date of a record.

    It is of the form YYYY, YYYY-MM or YYYY-MM-DD, where a time may follow, or of
    another usual form. Only a whole day gives a date. A day or month that is
    not in the calendar (``2023-02-30``) or not clear (``03/01/2024``) gives its
    year, but is not understood.
    """
    match = _ISO_DATE.fullmatch(text.strip())
    if match is None:
        return _other_date(text.strip())
    year = int(match[1])
    if year < 1:
        return None, None, False
    if match[2] is None:
        return None, year, True
    if match[3] is None:
        return None, year, 1 <= int(match[2]) <= 12
    date = iso_date(year, int(match[2]), int(match[3]))
    return date, year, date is not None


def find_year(text: str) -> int | None:
    """Return the first year from 1500 to 2099 in a text, or None."""
    match = _YEAR.search(text)
    return int(match[1]) if match else None


def _other_date(text: str) -> tuple[str | None, int | None, bool]:
    """Return (date, year, understood) for a date that is not ISO 8601."""
    written = _digits_date(text) or written_date(text)
    if written is None:
        return None, None, False
    year = int(written[:4])
    # A number besides the year is a day or month that was not understood.
    rest = text.replace(written[:4], "", 1)
    understood = len(written) > 4 or not any(map(str.isdecimal, rest))
    return written if len(written) == len("YYYY-MM-DD") else None, year, understood


def _digits_date(text: str) -> str | None:
    """Return the date of ``20240103``, ``31/01/2024`` or a time in seconds or milliseconds since 1970."""
    if match := _COMPACT_DATE.fullmatch(text):
        return iso_date(int(match[1]), int(match[2]), int(match[3]))
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year = map(int, match.groups())
        if first != second and max(first, second) <= 12:
            return None
        return iso_date(year, min(first, second), max(first, second))
    if match := _UNIX_TIME.fullmatch(text):
        return datetime.datetime.fromtimestamp(int(match[1]), datetime.UTC).date().isoformat()
    return None


def written_date(text: str) -> str | None:
    """Return a date of an export as YYYY, YYYY-MM or YYYY-MM-DD, or None if it has no year.

    A time of day is skipped. The day is left out if the text is a range, and the month if it is a range of
    months, a season or not in the calendar.

    >>> written_date("2024/01/03/"), written_date("2024 Jan 3"), written_date("JAN-FEB 2024")
    ('2024-01-03', '2024-01-03', '2024')
    """
    # Few dates have a time, and the substitution is slow.
    text = (_CLOCK.sub("", text) if ":" in text else text).strip().rstrip("/")
    years: set[str] = set(_YEAR.findall(text))
    if len(years) != 1:
        return min(years, default=None)
    year = years.pop()
    if match := _DIGIT_DATE.fullmatch(text):
        month, day = int(match[2]), int(match[3] or 0)
        return _precise_date(year, month, day)
    months = list(_MONTH_WORD.finditer(text))
    if len(months) != 1 or re.search(rf"\b(?:{_SEASONS})\b", text, re.IGNORECASE):
        return year
    days = _DAY.findall(_MONTH_WORD.sub(" ", text).replace(year, " "))
    month = _MONTHS.index(months[0]["month"][:3].lower()) + 1
    return _precise_date(year, month, int(days[0]) if len(days) == 1 else 0)


def _precise_date(year: str, month: int, day: int) -> str:
    if not 1 <= month <= 12:
        return year
    return iso_date(int(year), month, day) or f"{year}-{month:02}"
