"""Working days in mainland China in autumn 2026, from the notice of the State Council's General Office; shares nothing
with cardproof.

National Day: 1 to 7 October off, Saturday 10 October worked. Mid-Autumn: 25 to 27 September off, Sunday 20 September
worked.
"""

from __future__ import annotations

import datetime

BEIJING = datetime.timezone(datetime.timedelta(hours=8))
ONE_DAY = datetime.timedelta(days=1)
OFF = {datetime.date(2026, 9, day) for day in (25, 26, 27)} | {datetime.date(2026, 10, day) for day in range(1, 8)}
WORKED = {datetime.date(2026, 9, 20), datetime.date(2026, 10, 10)}


def is_worked(day: datetime.date) -> bool:
    return day in WORKED or (day.weekday() < 5 and day not in OFF)


def end_of(day: datetime.date) -> datetime.datetime:
    """24:00 of it."""
    following = day + ONE_DAY
    return datetime.datetime(following.year, following.month, following.day, tzinfo=BEIJING)


def after(count: int, event: datetime.datetime) -> datetime.datetime:
    """The end of the `count`-th working day after the day of the event."""
    day = event.astimezone(BEIJING).date()
    while count > 0:
        day += ONE_DAY
        count -= is_worked(day)
    return end_of(day)
