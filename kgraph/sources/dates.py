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
_SEASON = re.compile(r"\b(?:spring|summer|autumn|fall|winter)\b", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?<![0-9])[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]+)?(?:\s*(?:[A-Z]{1,4}|[+-][0-9]{2}:?[0-9]{2}))?"
)
_ANY_YEAR = r"(?:1[5-9][0-9]{2}|20[0-9]{2})"
_YEAR = re.compile(rf"(?<![0-9])({_ANY_YEAR})(?![0-9])")
_YEAR_FIRST = re.compile(
    r"(?P<year>[0-9]{4})[-/. ](?P<month>[0-9]{1,2})(?:[-/. ](?P<day>[0-9]{1,2}))?(?:[/T ].*)?", re.DOTALL
)
# A time of day may follow.
_COMPACT = re.compile(
    rf"(?P<year>{_ANY_YEAR})(?P<month>[0-9]{{2}})"
    r"(?:(?P<day>[0-9]{2})(?:[T ]?(?:[0-9]{4}|[0-9]{6})Z?)?)?"
)
_CHINESE = re.compile(r"(?P<year>[0-9]{4})年(?P<month>[0-9]{1,2})月(?:(?P<day>[0-9]{1,2})日)?")
_MONTH_FIRST = re.compile(rf"(?P<month>[0-9]{{1,2}})[-/.](?P<year>{_ANY_YEAR})(?P<day>)")
_YEAR_LAST = re.compile(rf"([0-9]{{1,2}})[-/.]([0-9]{{1,2}})[-/.]({_ANY_YEAR})")
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
        written, understood = _written(text) or ("", False)
        date = written if len(written) == len("YYYY-MM-DD") else None
        return date, int(written[:4]) if written else None, understood
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


def written_date(text: str) -> str | None:
    """Return a date of an export as YYYY, YYYY-MM or YYYY-MM-DD, or None if it has no year.

    A time of day is skipped. The day is left out if the text is a range, and the month if it is a range of
    months, a season, not in the calendar or not clear.

    >>> written_date("2024/01/03/"), written_date("20240103"), written_date("JAN-FEB 2024")
    ('2024-01-03', '2024-01-03', '2024')
    """
    written = _written(text)
    return written[0] if written else None


def _written(text: str) -> tuple[str, bool] | None:
    """Return a date as YYYY, YYYY-MM or YYYY-MM-DD, and whether all of the text is understood."""
    # Few dates have a time, and the substitution is slow.
    text = (_CLOCK.sub("", text) if ":" in text else text).strip().rstrip("/")
    return _date_of_digits(text) or _date_of_words(text)


def _date_of_digits(text: str) -> tuple[str, bool] | None:
    for form in (_YEAR_FIRST, _COMPACT, _MONTH_FIRST, _CHINESE):
        if (match := form.fullmatch(text)) and int(match["year"]):
            return _precise_date(match["year"], int(match["month"]), match["day"])
    if match := _YEAR_LAST.fullmatch(text):
        first, second = int(match[1]), int(match[2])
        if first != second and max(first, second) <= 12:
            # Either of the two may be the month.
            return match[3], False
        return _precise_date(match[3], min(first, second), str(max(first, second)))
    if match := _UNIX_TIME.fullmatch(text):
        return datetime.datetime.fromtimestamp(int(match[1]), datetime.UTC).date().isoformat(), True
    return None


def _date_of_words(text: str) -> tuple[str, bool] | None:
    years: set[str] = set(_YEAR.findall(text))
    if not years:
        return None
    year = min(years)
    rest = text.replace(year, " ")
    months = list(_MONTH_WORD.finditer(rest))
    if len(years) > 1 or len(months) != 1 or _SEASON.search(rest):
        return year, not any(map(str.isdecimal, rest))
    days = _DAY.findall(_MONTH_WORD.sub(" ", rest))
    month = _MONTHS.index(months[0]["month"][:3].lower()) + 1
    date, in_calendar = _precise_date(year, month, days[0] if len(days) == 1 else None)
    return date, in_calendar and len(days) <= 1


def _precise_date(year: str, month: int, day: str | None) -> tuple[str, bool]:
    """Return a date, and whether it is in the calendar. Without a day, it is a month."""
    if not 1 <= month <= 12:
        return year, False
    if not day:
        return f"{year}-{month:02}", True
    date = iso_date(int(year), month, int(day))
    return date or f"{year}-{month:02}", date is not None
