"""FHIR R4 Bundles and bulk NDJSON, also in zip archives, as one analysis table: a row per encounter, a column per LOINC code and
its unit."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Collection, Sequence
from pathlib import Path

import duckdb
import ibis.expr.types as ir

from golive.intake.base.workspace import Workspace, name, text, texts
from golive.intake.clinical.analytes import by_loinc
from golive.intake.fhir.conformance import check_version, note_invalid, note_must_support
from golive.intake.fhir.path import TIME_MACRO
from golive.intake.fhir.views import NAMES, compile_view, join, select, sorted_out
from golive.intake.formats.plaintext import CHUNK, COMPRESSED, UNZIPPING, as_utf8, opened
from golive.model.errors import InputError, Problem

Named = tuple[Path, str]
"""A file of plain text and the name to show for it."""

HEAD = 256_000
"""Characters of a file in which a resource must name itself."""
_ENDINGS = (".json", ".ndjson", ".jsonl")
_WORDS_BESIDE = re.compile(
    r"(readme|license|licence|notice|origin|manifest|log)\b.*|.*\.md", re.IGNORECASE
)
_TYPES = (
    "Bundle|Patient|Encounter|Observation|Condition|Medication|MedicationRequest|MedicationOrder|MedicationStatement|"
    "MedicationAdministration|MedicationDispense|AllergyIntolerance|CarePlan|CareTeam|Claim|Coverage|Device|"
    "DiagnosticReport|DocumentReference|ExplanationOfBenefit|Goal|Group|ImagingStudy|Immunization|Location|"
    "Organization|OperationOutcome|Practitioner|PractitionerRole|Procedure|Provenance|QuestionnaireResponse|"
    "RelatedPerson|ServiceRequest|Specimen|SupplyDelivery"
)
_NAMES_ITSELF = re.compile(rf'"resourceType"\s*:\s*"({_TYPES})"'.encode())

MOST_CODES = 500
"""Observation codes that become columns, the most frequent first."""

AT_ONCE = 64_000_000
_MARGIN = 4_096
_VOID = "('entered-in-error', 'cancelled')"


def load(files: Sequence[Path], space: Workspace) -> ir.Table:
    """Read FHIR R4 resources into ``data``, one row per encounter (per patient and day where none is named).

    A row has the patient (age, gender, race, ethnicity), the encounter (class, type, reason, start, end, site), the last
    value of every observation code in that encounter with its unit, and counts of conditions and medications. Columns of
    observations are named by the measurement (``creatinine``) or, where it is not a known one, by code (``loinc_8302_2``).

    ViewDefinitions of the reader's own (``space.views``) add columns, or replace a shipped view of the same name.

    Raises:
        InputError: ``NOT_JSON``, ``NO_FHIR``, ``FHIR_VERSION``, ``FHIR_EMPTY``, ``FHIR_VIEW*``, and those of archives and
            plain text.
    """
    views, own = sorted_out(space.views)
    used = {v.resource for v in (*views.values(), *own)}
    _read_resources(plain_files(files, space), space, used)
    check_version(space)
    note_must_support(space)
    note_invalid(space)
    space.sql(TIME_MACRO)
    for view in views.values():
        space.sql(f"CREATE TABLE v_{view.name} AS {compile_view(view)}")
    _note_types(space, used)
    select(own, space)
    space.sql("DROP TABLE resource")
    _last_values(space)
    _wide(space)
    join(own, space)
    for table in (*(f"v_{view}" for view in NAMES), "measured"):
        space.sql(f"DROP TABLE {table}")
    return space.duck.table("data")


def _read_resources(plain: Sequence[Named], space: Workspace, used: Collection[str]) -> None:
    """Table ``resource`` (``type``, ``body``); bodies only of the types that are ``used``, those of the views."""
    space.sql("CREATE TABLE resource (type VARCHAR, body JSON)")
    by_line = [one for one in plain if ".ndjson" in one[1].lower() or ".jsonl" in one[1].lower()]
    whole = [one for one in plain if one not in by_line]
    options = ("format = 'auto'", "format = 'newline_delimited', ignore_errors = true")
    for group, option in zip((whole, by_line), options, strict=True):
        try:
            for part in _parts(group):
                _insert(part, option, used, space)
        except duckdb.Error:
            broken = [shown for p, shown in group if not _reads(p, space)]
            if not broken:
                raise
            sentence, hint = "The file is not valid JSON.", "It may be cut off; export it again."
            raise InputError(
                [Problem("NOT_JSON", sentence, hint, shown) for shown in broken]
            ) from None
    if not space.sql("SELECT 1 FROM resource LIMIT 1"):
        raise InputError(
            Problem(
                "NO_FHIR", "There are no FHIR resources in it.", "Export it again.", _shown(plain)
            )
        )


def _insert(group: Sequence[Named], option: str, used: Collection[str], space: Workspace) -> None:
    largest = max(p.stat().st_size for p, _ in group) + _MARGIN
    source = f"read_json_objects({texts(p for p, _ in group)}, {option}, maximum_object_size = {largest})"
    if "ignore_errors" in option:
        broken, total = space.counts(
            f"SELECT count(*) FILTER (WHERE json IS NULL), count(*) FROM {source}"
        )
        if broken:
            sentence = f"{broken:,} of {total:,} lines are not JSON; they were left out."
            space.note("BROKEN_LINES", sentence, "", _shown(group))
    space.sql(
        f"""INSERT INTO resource
            SELECT type, CASE WHEN list_contains({texts(sorted(used))}, type) THEN body END FROM (
                SELECT json_extract_string(body, '$.resourceType') AS type, body FROM (
                    SELECT unnest(CASE json_extract_string(json, '$.resourceType')
                        WHEN 'Bundle' THEN json_extract(json, '$.entry[*].resource') ELSE [json] END) AS body
                    FROM {source} WHERE json IS NOT NULL))
            WHERE type IS NOT NULL"""
    )


def _shown(group: Sequence[Named]) -> str:
    return ", ".join(shown for _, shown in group[:3])


def _parts(group: Sequence[Named]) -> list[list[Named]]:
    """Files in groups of about ``AT_ONCE`` bytes: a bundle is one value, and thousands of them do not fit in memory."""
    parts: list[list[Named]] = []
    room = 0
    for one in group:
        size = one[0].stat().st_size
        if not parts or size > room:
            parts.append([])
            room = AT_ONCE
        parts[-1].append(one)
        room -= size
    return parts


def _reads(path: Path, space: Workspace) -> bool:
    most = path.stat().st_size + _MARGIN
    try:
        space.sql(
            f"SELECT count(*) FROM read_json_objects({text(path)}, maximum_object_size = {most})"
        )
    except duckdb.Error:
        return False
    return True


def _note_types(space: Workspace, used: Collection[str]) -> None:
    """Say what was found, what of it is used, and stop when a table cannot be made of it."""
    types = dict(space.sql("SELECT type, count(*) FROM resource GROUP BY 1 ORDER BY 2 DESC, 1"))
    listed = ", ".join(f"{n:,} {t}" for t, n in types.items() if t in used)
    others = ", ".join(f"{n:,} {t}" for t, n in types.items() if t not in used)
    if not {"Patient", "Encounter", "Observation"} & set(types):
        sentence = f"The views select nothing: there is no Patient, Encounter or Observation, only {listed or others}."
        raise InputError(Problem("FHIR_EMPTY", sentence, "Add the files with those resources."))
    space.note("FHIR_READ", f"Read: {listed}." + (f" Not used: {others}." if others else ""))


def _last_values(space: Workspace) -> None:
    """Table ``measured``: the last value of each code in each encounter, as number or as text, with its unit."""
    space.sql(
        f"""CREATE TABLE measured AS
            SELECT coalesce(encounter_id, patient_id || '|' || coalesce(strftime(moment, '%Y-%m-%d'), '')) AS row_key,
                   patient_id, encounter_id, moment, coalesce(loinc, local_code) AS code, loinc IS NULL AS is_local,
                   CASE WHEN comparator IS NULL THEN number END AS number,
                   CASE WHEN comparator IS NOT NULL THEN comparator || number::VARCHAR
                        WHEN number IS NULL THEN coalesce(value_string, value_code, value_text, value_boolean) END AS words,
                   coalesce(unit_code, unit_text) AS unit
            FROM (SELECT *, coalesce(effective, effective_from) AS moment, coalesce(value, value_integer) AS number
                  FROM v_observation WHERE coalesce(status, '') NOT IN {_VOID})
            WHERE code IS NOT NULL AND row_key IS NOT NULL AND (number IS NOT NULL OR words IS NOT NULL)
            QUALIFY row_number() OVER (PARTITION BY row_key, coalesce(loinc, local_code)
                                       ORDER BY moment DESC NULLS LAST, observation_id DESC) = 1"""
    )
    (kept,) = space.counts("SELECT count(*) FROM measured")
    filled, void, empty = space.counts(
        f"""SELECT count(*) FILTER (WHERE NOT void AND filled), count(*) FILTER (WHERE void),
                   count(*) FILTER (WHERE NOT void AND NOT filled AND NOT components)
            FROM (SELECT coalesce(status, '') IN {_VOID} AS void, components,
                         coalesce(value::VARCHAR, value_integer::VARCHAR, value_string, value_code, value_text,
                                  value_boolean) IS NOT NULL AS filled FROM v_observation)"""
    )
    if filled > kept:
        sentence = (
            f"{filled:,} values were measured; the last of each encounter is kept ({kept:,})."
        )
        space.note("FHIR_REPEATED", sentence)
    if void:
        space.note(
            "FHIR_VOID", f"{void:,} observations entered in error or cancelled were left out."
        )
    if empty:
        space.note("FHIR_NO_VALUE", f"{empty:,} observations hold no value; they count as missing.")


def _wide(space: Workspace) -> None:
    """Table ``data``: encounters with their patient, their values and what was ordered and known."""
    codes: list[tuple[str, bool, int, int]] = space.sql(
        "SELECT code, bool_or(is_local), count(number), count(words) FROM measured GROUP BY 1 ORDER BY count(*) DESC, code"
    )
    if len(codes) > MOST_CODES:
        sentence = f"{len(codes):,} observation codes; the {MOST_CODES} most frequent are columns."
        space.note("FHIR_CODES", sentence)
    if local := sum(is_local for _, is_local, _, _ in codes):
        sentence = (
            f"{local:,} observation codes are not LOINC; their columns are named by the local code."
        )
        space.note("FHIR_LOCAL", sentence)
    columns: dict[str, str] = {}
    for code, is_local, numbers, words in sorted(codes[:MOST_CODES]):
        column = _column(code, is_local, columns)
        value = (
            "coalesce(words, number::VARCHAR)"
            if words and numbers
            else "words"
            if words
            else "number"
        )
        columns[column] = f"any_value({value}) FILTER (WHERE code = {text(code)})"
        if numbers:
            columns[f"{column}_unit"] = f"any_value(unit) FILTER (WHERE code = {text(code)})"
    pivoted = "".join(f", {sql} AS {name(column)}" for column, sql in columns.items())
    chosen = "".join(f", w.{name(column)}" for column in columns)
    space.sql(
        f"""CREATE TABLE data AS
            WITH w AS (SELECT row_key, any_value(patient_id) AS patient, any_value(encounter_id) AS encounter,
                              min(moment) AS moment{pivoted} FROM measured GROUP BY row_key),
                 rows AS (
                SELECT coalesce(e.patient_id, w.patient) AS patient_id, coalesce(e.encounter_id, w.encounter) AS encounter_id,
                       coalesce(e.encounter_start, w.moment) AS encounter_start, e.encounter_end, e.encounter_status,
                       e.encounter_class, e.encounter_type_code, e.reason_code,
                       coalesce(e.site_name, e.site_key) AS site{chosen}
                FROM (SELECT * FROM v_encounter QUALIFY row_number() OVER (PARTITION BY encounter_id ORDER BY encounter_start) = 1) e
                FULL JOIN w ON w.row_key = e.encounter_id),
                 base AS (SELECT * FROM rows UNION ALL BY NAME
                          SELECT patient_id FROM v_patient WHERE patient_id NOT IN (SELECT patient_id FROM rows WHERE patient_id IS NOT NULL)),
                 known AS (SELECT DISTINCT ON (patient_id) * FROM v_patient ORDER BY ALL),
                 active AS (SELECT b.patient_id, b.encounter_start, count(DISTINCT c.code) AS n
                            FROM (SELECT DISTINCT patient_id, encounter_start FROM base) b JOIN v_condition c
                              ON c.patient_id = b.patient_id AND coalesce(c.onset, c.recorded) <= b.encounter_start
                             AND (c.abatement IS NULL OR c.abatement > b.encounter_start)
                             AND coalesce(c.verification, '') NOT IN ('entered-in-error', 'refuted')
                            GROUP BY ALL),
                 found AS (SELECT encounter_id, max_by(code, (coalesce(recorded, onset), code)) AS code FROM v_condition
                           WHERE code IS NOT NULL GROUP BY 1),
                 ordered AS (SELECT encounter_id, count(*) AS n, max_by(code, (authored, code)) AS code
                             FROM v_medication_request WHERE coalesce(status, '') NOT IN {_VOID} GROUP BY 1)
            SELECT b.patient_id, b.encounter_id, date_sub('year', k.birth_date, b.encounter_start)::DOUBLE AS age_years,
                   k.gender, k.marital_status, k.race, k.ethnicity,
                   b.* EXCLUDE (patient_id, encounter_id{"".join(f", {name(c)}" for c in columns)}),
                   found.code AS condition_code, coalesce(active.n, 0) AS conditions_active,
                   ordered.code AS medication_code, coalesce(ordered.n, 0) AS medications_ordered
                   {"".join(f", b.{name(c)}" for c in columns)}
            FROM base b LEFT JOIN known k ON k.patient_id = b.patient_id
            LEFT JOIN active ON active.patient_id = b.patient_id AND active.encounter_start = b.encounter_start
            LEFT JOIN found ON found.encounter_id = b.encounter_id
            LEFT JOIN ordered ON ordered.encounter_id = b.encounter_id
            ORDER BY b.encounter_start NULLS LAST, b.patient_id, b.encounter_id"""
    )


def _column(code: str, is_local: bool, taken: dict[str, str]) -> str:
    """Name of the column of an observation code: from the code alone, so that training and live agree."""
    analyte = None if is_local else by_loinc(code)
    plain = "".join(sign if sign.isalnum() else "_" for sign in code.lower())
    made = analyte.name if analyte else f"{'code' if is_local else 'loinc'}_{plain}"
    while made in taken or f"{made}_unit" in taken:
        made += "_"
    return made


def among(files: Sequence[Path]) -> list[Path]:
    """The files that hold FHIR resources, when the source is one of FHIR; none when it is not.

    Notes beside an export (README, log, licence) do not count; a table beside it makes the source a mixed one.
    """
    zipped = [f for f in files if f.suffix.lower() == ".zip"]
    found = []
    for file in files:
        suffix = file.suffix.lower()
        ending = file.with_suffix("").suffix.lower() if suffix in COMPRESSED else suffix
        if ending in _ENDINGS and _is_fhir(file):
            found.append(file)
        elif file not in zipped and not _WORDS_BESIDE.fullmatch(file.name):
            return []
    return sorted([*zipped, *found])


def _is_fhir(path: Path) -> bool:
    try:
        with opened(path) as stream:
            return bool(_NAMES_ITSELF.search(stream.read(HEAD)))
    except (OSError, EOFError, zlib.error):
        return False


def plain_files(files: Sequence[Path], space: Workspace) -> list[Named]:
    """Every file as plain UTF-8, archives unpacked into the private folder, with the name to show for it.

    Raises:
        InputError: ``NOT_ZIP``, ``ZIP_BOMB``, ``NO_FHIR`` (no JSON in an archive), and those of plain text.
    """
    plain: list[Named] = []
    for file in files:
        parts = _unpack(file, space) if file.suffix.lower() == ".zip" else [(file, file.name)]
        plain += [(as_utf8(path, space), shown) for path, shown in parts]
    return plain


def _unpack(file: Path, space: Workspace) -> list[Named]:
    """JSON members of an archive, written under names of our own: a member's path leads nowhere."""
    folder = space.unused("zip")
    folder.mkdir()
    stored, total = file.stat().st_size, 0
    found: list[Named] = []
    try:
        with zipfile.ZipFile(file) as archive:
            for i, member in enumerate(archive.infolist()):
                name = Path(member.filename).name
                ending = Path(name).suffix.lower()
                if member.is_dir() or ending not in _ENDINGS or name.startswith((".", "_")):
                    continue
                path = folder / f"{i}{ending}"
                with archive.open(member) as stream, path.open("wb") as out:
                    while chunk := stream.read(CHUNK):
                        total += len(chunk)
                        if space.limits.exceeded(total, stored):
                            sentence = f"{stored:,} bytes unpack to more than {total:,}; reading stopped there."
                            hint = f"At most {space.limits.bytes:,} bytes."
                            raise InputError(Problem("ZIP_BOMB", sentence, hint, file.name))
                        out.write(chunk)
                found.append((path, f"{file.name}/{name}"))
    except UNZIPPING as error:
        sentence = f"The archive cannot be read ({type(error).__name__})."
        raise InputError(
            Problem("NOT_ZIP", sentence, "Zip it again, without a password.", file.name)
        ) from None
    if not any(_is_fhir(path) for path, _ in found):
        none = (
            f"None of its {len(found)} JSON files holds"
            if len(found) > 1
            else "No JSON file in it holds"
        )
        sentence = f"An archive is read as FHIR. {none} a FHIR resource."
        hint = "Zip FHIR Bundles or bulk NDJSON; unpack tables first."
        raise InputError(Problem("NO_FHIR", sentence, hint, file.name))
    return found
