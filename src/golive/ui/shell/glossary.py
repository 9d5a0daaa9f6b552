"""Words that a newcomer meets, each in a sentence or two; the same text as help where a term stands on a page."""

from __future__ import annotations

TERMS: dict[str, str] = {
    "Act, Watch, Quiet, Cannot judge": "What a check says. Act: real and large enough to do something. Watch: real but small. "
    "Quiet: looked at, nothing found. Cannot judge: too few values, which is never a pass.",
    "Alert": "One cause that someone has to act on after go-live. It opens when a finding persists over several batches and "
    "clears when it has been quiet for several.",
    "AUPRC": "Average precision: how many alerts are right, over all thresholds. Chance gives the share of patients with the event.",
    "AUROC": "How often a patient with the event gets a higher score than one without: 0.5 is chance, 1 is always.",
    "Baseline": "What later batches are compared with: training data reduced to bins of 11 rows or more.",
    "Batch": "One delivery of live data, for instance of one night.",
    "Brier score": "Mean squared distance between score and outcome: 0 is perfect. It falls by itself when events get rarer.",
    "Calibration": "Whether a score of 20 % comes true for 20 of 100 such patients.",
    "Cap": "The weakest dimension holds the index down: strength elsewhere cannot make up for it.",
    "Contract": "What every batch must look like, column by column, and who owns it.",
    "Coverage": "Share of the weight of all criteria that fresh evidence was found for. Silence is never a pass.",
    "Criterion": "One question about production readiness, answered on a level from 0 to 4.",
    "Dimension": "One of the parts of readiness, such as data foundations or handoff, with its own criteria and points.",
    "Drift": "Live values are distributed differently than training values.",
    "Evidence": "A measurement, a document, a drill or a statement that a criterion rests on. Measured beats claimed.",
    "Finding": "One thing that was measured and judged: what, where, how large, how sure, who acts, what would repair it.",
    "Gate": "A criterion that must reach a level before a pilot may be Ready. A hard gate cannot be waived.",
    "Interval": "The range in which the true value lies in 95 of 100 such cases.",
    "Lineage": "The way from a figure back to data, model, policy and code, and forward to the decisions that rest on it.",
    "Live data": "What the model receives in use.",
    "Noise floor": "The drift score that two samples of these sizes would show although nothing changed.",
    "NPV": "Negative predictive value: the share of patients without an alert who indeed have no event.",
    "Policy": "The criteria, weights and thresholds that readiness is judged by. Changing it is recorded.",
    "PPV": "Positive predictive value: the share of alerts that are right. It falls when events get rarer.",
    "Readiness index": "0 to 100 over all dimensions, held down by the weakest. Its range runs from what is proven to what is "
    "still possible.",
    "Ready, Conditional, Pilot, Stop": "The verdicts. Ready: nothing is in the way. Conditional: with the conditions that are "
    "named. Pilot: not ready to act on. Stop: something must end first.",
    "Risk tier": "How much harm a wrong output can do: low, moderate, high or critical. It decides which gates apply.",
    "Role": "What a column is for: outcome, score, time, site and so on. A role unlocks checks.",
    "Sensitivity": "The share of patients with the event for whom the model alerts.",
    "Session": "One assessment, kept with the identity of its data so that the answer can be defended later.",
    "Site": "The clinic or device a row comes from. Many troubles live at one site only.",
    "Specificity": "The share of patients without the event for whom the model stays silent.",
    "Threshold": "The score from which the model alerts, or the size from which a change counts.",
    "Training data": "What the model learned from, or was tested on before the pilot.",
}


def tip(term: str) -> str:
    """The sentence about a term, for ``help=``. KeyError for a term that is not in the glossary."""
    return TERMS[term]


def find(text: str) -> dict[str, str]:
    """Terms whose name or explanation holds ``text``, by name; all of them for an empty text."""
    wanted = text.strip().lower()
    return {
        name: said
        for name, said in TERMS.items()
        if wanted in name.lower() or wanted in said.lower()
    }
