"""Which files hold FHIR resources, and the plain JSON inside zip archives."""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from golive.intake.base.workspace import Workspace
from golive.intake.formats.plaintext import CHUNK, RATIO_FROM, as_utf8
from golive.model.errors import InputError, Problem

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


def among(files: Sequence[Path]) -> list[Path]:
    """The files that hold FHIR resources, when the source is one of FHIR; none when it is not.

    Notes beside an export (README, log, licence) do not count; a table beside it makes the source a mixed one.
    """
    zipped = [f for f in files if f.suffix.lower() == ".zip"]
    plain = [f for f in files if _ending(f) in _ENDINGS]
    others = [
        f
        for f in files
        if f not in zipped and f not in plain and not _WORDS_BESIDE.fullmatch(f.name)
    ]
    if others:
        return []
    found = [f for f in plain if _is_fhir(f)]
    strangers = [f for f in plain if f not in found and not _WORDS_BESIDE.fullmatch(f.name)]
    return [] if strangers else sorted([*zipped, *found])


def _ending(path: Path) -> str:
    suffix = path.suffix.lower()
    return path.with_suffix("").suffix.lower() if suffix in (".gz", ".zst") else suffix


def _is_fhir(path: Path) -> bool:
    try:
        with _open(path) as stream:
            return bool(_NAMES_ITSELF.search(stream.read(HEAD)))
    except (OSError, EOFError, zlib.error):
        return False


def _open(path: Path) -> IO[bytes]:
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]
    if path.suffix.lower() == ".zst":
        import pyarrow as pa

        return pa.input_stream(str(path), compression="zstd")  # type: ignore[no-any-return]
    return path.open("rb")


def plain_files(files: Sequence[Path], space: Workspace) -> list[tuple[Path, str]]:
    """Every file as plain UTF-8, archives unpacked into the private folder, with the name to show for it.

    Raises:
        InputError: ``NOT_ZIP``, ``ZIP_BOMB``, ``NO_FHIR`` (no JSON in an archive), and those of plain text.
    """
    found: list[tuple[Path, str]] = []
    for file in files:
        if file.suffix.lower() == ".zip":
            found += [(as_utf8(path, space), shown) for path, shown in _unpack(file, space)]
        else:
            found.append((as_utf8(file, space), file.name))
    return found


def _unpack(file: Path, space: Workspace) -> list[tuple[Path, str]]:
    """JSON members of an archive, written under names of our own: a member's path leads nowhere."""
    folder = space.folder / f"zip-{len(list(space.folder.iterdir()))}"
    folder.mkdir()
    limit, stored, total = space.limits.bytes, file.stat().st_size, 0
    found: list[tuple[Path, str]] = []
    try:
        with zipfile.ZipFile(file) as archive:
            for i, member in enumerate(archive.infolist()):
                ending = "".join(Path(member.filename).suffixes[-1:]).lower()
                if (
                    member.is_dir()
                    or ending not in _ENDINGS
                    or Path(member.filename).name.startswith((".", "_"))
                ):
                    continue
                path = folder / f"{i}{ending}"
                with archive.open(member) as stream, path.open("wb") as out:
                    while chunk := stream.read(CHUNK):
                        total += len(chunk)
                        if total > limit or (
                            total > RATIO_FROM and total > stored * space.limits.ratio
                        ):
                            sentence = f"{stored:,} bytes unpack to more than {total:,}; reading stopped there."
                            raise InputError(
                                Problem(
                                    "ZIP_BOMB", sentence, f"At most {limit:,} bytes.", file.name
                                )
                            )
                        out.write(chunk)
                found.append((path, f"{file.name}/{Path(member.filename).name}"))
    except (
        zipfile.BadZipFile,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        zlib.error,
    ) as error:
        sentence = f"The archive cannot be read ({type(error).__name__})."
        hint = "Zip it again, without a password."
        raise InputError(Problem("NOT_ZIP", sentence, hint, file.name)) from None
    if not any(_is_fhir(path) for path, _ in found):
        held = (
            f"None of its {len(found)} JSON files holds"
            if len(found) > 1
            else "No JSON file in it holds"
        )
        sentence = f"An archive is read as FHIR. {held} a FHIR resource."
        raise InputError(
            Problem(
                "NO_FHIR",
                sentence,
                "Zip FHIR Bundles or bulk NDJSON; unpack tables first.",
                file.name,
            )
        )
    return found
