"""The identifiers of HIPAA Safe Harbor (45 CFR 164.514(b)(2)): how columns that hold them are named and how values look.

Dates and ages are on that list too, but a pilot cannot be judged without them; only dates of birth are treated as
identifiers here. Whole faces and voices cannot be seen in a table; links to them can.
"""

from __future__ import annotations

import re

from golive.intake.clinical.codes import snake

BY_NAME: dict[str, str] = {
    "name": r"name|(patient|pat|first|last|full|middle|given|family|maiden|mother|guardian|contact|next_of_kin|member)_?name|surname|forename",
    "address": r"(street|home|mailing|patient)?_?(address|addr)(_?(line)?_?\d)?|street|zip|zip_?code|post_?code|postal_?code|city|county|census_tract|latitude|longitude|geocode",
    "birth date": r"dob|birth_?(date|day|time)|date_?of_?birth|death_?date|date_?of_?death",
    "telephone number": r"(.*_)?(tele)?phone(_?(number|no|num|home|work|mobile))?|mobile|cell_?phone|tel",
    "fax number": r"(.*_)?fax(_?(number|no))?",
    "e-mail address": r"(.*_)?e_?mail(_?address)?",
    "social security number": r"(.*_)?(ssn|sin|social_security(_number)?|nhs_number|national_id|nino)",
    "medical record number": r"(.*_)?(mrn|medical_record(_(number|no|id))?|chart_(number|no)|patient_?(id|no|number|key|identifier)|pat_id|pid|subject_?(id|key)|person_id|study_id)",
    "encounter number": r"(.*_)?(encounter|visit|stay|admission|hadm|icustay|csn|episode|case)_?(id|no|number|key|csn)|encounter|csn|hadm|icustay",
    "health plan number": r"(.*_)?(member|beneficiary|subscriber|policy|health_plan|insurance)_?(id|no|number)|mbi|hicn",
    "account number": r"(.*_)?(account|acct)(_?(id|no|number))?|har|guarantor_id",
    "certificate or licence number": r"(.*_)?(certificate|licen[cs]e|driver_?licen[cs]e|passport|dea|npi)(_?(id|no|number))?",
    "vehicle identifier": r"vin|(licen[cs]e_)?plate(_?(no|number))?|vehicle_?(id|no|number)",
    "device identifier": r"(.*_)?(device|serial)_?(id|no|number|serial)|udi|imei|mac_?address",
    "web address": r"(.*_)?(url|website|web_?page|link|photo|image|picture|portrait|voice|recording)(_?(url|path|file))?",
    "IP address": r"(.*_)?ip(_?addr(ess)?)?",
    "biometric identifier": r"(.*_)?(finger_?print|retina|iris_scan|voice_?print|face_?(id|print))",
    "other unique identifier": r"id|key|uuid|guid|record_?(id|no|number)|row_?id|sample_?id|specimen_?id|accession(_?(id|no|number))?|.*_(id|uuid|guid|identifier)",
}
"""Kind of identifier -> names of columns that hold it (full match of the name in lower case with underscores)."""

BY_VALUE: dict[str, str] = {
    "e-mail address": r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9.\-]+\.[A-Za-z]{2,}",
    "social security number": r"[0-9]{3}-[0-9]{2}-[0-9]{4}",
    "telephone number": r"(\+?1[ .\-]?)?(\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .\-])[0-9]{3}[ .\-][0-9]{4}|\+[1-9][0-9 ]{7,14}",
    "web address": r"(https?|ftp)://[^\s]+|www\.[^\s]+\.[^\s]+",
    "IP address": r"([0-9]{1,3}\.){3}[0-9]{1,3}",
    "unique identifier (UUID)": r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}",
}
"""Kind of identifier -> how a whole value looks. Works in RE2, Java and Python; anchor it, or search in free text."""

_BY_NAME = {kind: re.compile(pattern) for kind, pattern in BY_NAME.items()}
_WEAK = frozenset({"encounter number", "other unique identifier"})


def kind_by_name(column: str) -> str | None:
    """Return which identifier the name of a column speaks of (``patient_id`` -> ``medical record number``), or ``None``."""
    plain = snake(column)
    return next((kind for kind, pattern in _BY_NAME.items() if pattern.fullmatch(plain)), None)


def identifies_person(kind: str) -> bool:
    """Whether an identifier of this kind points at a person by itself, outside the hospital that issued it."""
    return kind not in _WEAK


def anchored(pattern: str) -> str:
    """Return a pattern that must match the whole value."""
    return f"^({pattern})$"
