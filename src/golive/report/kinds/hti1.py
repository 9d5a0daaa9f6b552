"""The 31 source attributes of ONC HTI-1, 45 CFR 170.315(b)(11)(iv)(B), with what GoLive knows."""

from __future__ import annotations

from golive.model.columns import Role
from golive.report.base.document import Block, Document, Heading, Paragraph, table
from golive.report.base.identity import document
from golive.report.base.sources import Sources
from golive.report.parts import answers as ask
from golive.report.parts.answers import Answer, given, missing

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Details and output", (
        "Developer name and contact", "Funding source of the technical implementation", "Value produced as output",
        "Type of output: prediction, classification, recommendation, evaluation, analysis or other")),
    ("Purpose", (
        "Intended use", "Intended patient populations", "Intended users",
        "Intended role in decisions: informs, augments or replaces clinical management")),
    ("Cautioned out-of-scope use", (
        "Tasks, situations or populations where use is cautioned against",
        "Known risks, inappropriate settings or uses, known limitations")),
    ("Development and inputs", (
        "Inclusion and exclusion criteria that influenced the training data",
        "Use of demographic, social and health-status variables as inputs",
        "Demographic representativeness of the training data", "Relevance of training data to the deployed setting")),
    ("Fairness in development", ("Approach taken to ensure that output is fair", "Approaches to manage, reduce or eliminate bias")),
    ("External validation", (
        "Data, setting or environment of external validation", "Party that did the external testing",
        "Demographic representativeness of external data", "Process of external validation")),
    ("Quantitative performance", (
        "Validity in test data from the same source", "Fairness in test data from the same source", "Validity in external data",
        "Fairness in external data", "References to evaluations of use on outcomes")),
    ("Ongoing maintenance", (
        "Process and frequency of monitoring validity", "Validity in local data", "Process and frequency of monitoring fairness",
        "Fairness in local data")),
    ("Update schedule", ("Process and frequency of updates", "Frequency of correcting performance when risks are found")),
)  # fmt: skip
STATUS = (
    "Source attributes of 45 CFR 170.315(b)(11)(iv)(B), in force when this was written (November 2026); a proposed rule (HTI-5) "
    "would remove them. Supports the duty to show them; it is no statement of conformity."
)


def attributes(sources: Sources) -> tuple[Answer, ...]:
    """The 31 answers in the order of the rule."""
    named = ", ".join(c.name for c in ask.columns_of(sources, Role.GROUP))
    score = sources.assessment.roles.score
    owner = ask.merged(ask.developer(sources), ask.contact(sources))
    validity, fairness = ask.performance(sources, "live"), ask.basis(sources, "CLN-04")
    external = ask.filed(sources, "CLN-01")
    return (
        owner,
        missing("Name who paid for the technical implementation."),
        Answer(ask.outputs(sources), "measured"),
        given(
            f"Prediction: one score per row in the column {score}." if score else "",
            "Say which type of output it is.",
            "measured",
        ),
        ask.intended_use(sources),
        ask.filed(sources, "SCO-02", "CLN-08"),
        ask.filed(sources, "ADO-01"),
        Answer(
            f"By the risk profile, {ask.SIGNIFICANCE[sources.config.risk.significance]}.", "stated"
        ),
        ask.out_of_scope(sources),
        ask.known_risks(sources),
        ask.filed(sources, "DAT-08"),
        given(
            f"Group columns in the data: {named}. Whether the model uses them as inputs has to be stated."
            if named
            else "",
            "List the demographic, social and health-status variables among the inputs.",
            "measured",
        ),
        ask.demographics(sources, "train"),
        ask.basis(sources, "CLN-08", "OBS-01"),
        ask.filed(sources, "CLN-04"),
        ask.filed(sources, "CLN-04"),
        external,
        missing("Name the party that did the external testing."),
        ask.demographics(sources, "live"),
        external,
        ask.performance(sources, "train"),
        missing("Report fairness in test data from the same source."),
        ask.basis(sources, "CLN-01"),
        fairness,
        ask.filed(sources, "CLN-07", "VAL-02"),
        ask.filed(sources, "OBS-03", "OBS-01"),
        validity,
        ask.filed(sources, "OBS-08", "CLN-04"),
        fairness,
        ask.filed(sources, "MLO-06"),
        ask.filed(sources, "MLO-06"),
    )


def hti1(sources: Sources) -> Document:
    """The sheet of 31 attributes in nine groups, each with where its answer comes from."""
    found = attributes(sources)
    blocks: list[Block] = [Paragraph(STATUS, muted=True), Paragraph(ask.tally(found) + ".")]
    numbered = enumerate(found, start=1)
    for group, names in GROUPS:
        rows = [
            (str(place), name, *answer.cells)
            for name, (place, answer) in zip(names, numbered, strict=False)
        ]
        head = {"": 0.5, "Attribute": 2.6, "Answer": 6, "From": 1.4}
        blocks += [Heading(group), table(head, rows)]
    return document(sources, f"Source attributes (HTI-1): {sources.name}", blocks)
