# SPDX-License-Identifier: ISC
#
# judge.py FOLDER -- reads what families.c wrote: the client library of Prometheus reads
# the two texts, and each family must be what this file makes of its truth.
import json
import math
import os
import sys

from prometheus_client import openmetrics, parser
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_open
from prometheus_client.utils import floatToGoString

BAD, WRONG = "data", "shape"
EDGES = {"histogram": "le", "summary": "quantile"}


def clean(raw):
    """The bytes as text; each that is not UTF-8, and NUL, is U+FFFD."""
    text = ""
    while raw:
        char, length = "\ufffd", 1
        for longer in (1, 2, 3, 4):
            try:
                char = raw[:longer].decode()
            except UnicodeDecodeError:
                continue
            length = longer
            break
        text += "\ufffd" if char == "\0" else char
        raw = raw[length:]
    return text


def fault(kind, suffix, labels, value, state):
    """Whether the type takes the value."""
    whole = math.isfinite(value) and value == int(value) and value >= 0
    if suffix in ("_bucket", "_count") and not whole:
        return BAD
    if suffix == "_created" and not (math.isfinite(value) and value >= 0):
        return BAD
    if suffix == "_sum" and (math.isnan(value) or kind == "summary" and value < 0):
        return BAD
    if suffix == "":
        if kind == "counter" and not value >= 0 or kind == "summary" and value < 0 \
                or kind == "info" and value != 1 \
                or kind == "stateset" and (value not in (0, 1) or state not in labels):
            return BAD
    return None


def check_histogram(samples):
    """Returns the faults of the samples of one histogram."""
    faults, last, top, total, low = [], None, None, None, False
    for suffix, labels, value in samples:
        if suffix == "_bucket":
            edge = float(labels["le"])
            low = low or edge < 0
            if last is not None and edge <= last:
                faults.append(WRONG)
            elif last is not None and value < top:
                faults.append(BAD)
            last, top = edge, value
        elif suffix == "_count":
            if top is None:
                faults.append(WRONG)
            elif top != value:
                faults.append(BAD)
        elif suffix == "_sum":
            total = value
    if last != math.inf:
        faults.append(WRONG)
    if total is not None and total < 0 and not low:
        faults.append(BAD)
    return faults


def check_summary(samples):
    edges = [float(labels["quantile"]) for suffix, labels, _ in samples if suffix == ""]
    return [WRONG for one, two in zip(edges, edges[1:]) if two <= one]


def expect(family):
    """Returns the metrics that should be printed, each a list of samples, and how many
    samples are left out; None when the definition is wrong."""
    name, kind = family["name"], family["type"]
    apart = name if kind == "stateset" else EDGES.get(kind)
    seen, metrics, left_out = set(), {}, 0
    for suffix, raw, value in family["samples"]:
        labels = {k: clean(bytes.fromhex(v)) for k, v in raw.items() if v}
        if apart in labels and kind in EDGES:
            labels[apart] = floatToGoString(float(labels[apart]))
        key = (suffix, frozenset(labels.items()))
        if key in seen:
            left_out += 1
            continue
        seen.add(key)
        group = frozenset((k, v) for k, v in labels.items() if k != apart)
        metrics.setdefault(group, []).append((suffix, labels, float(value)))
    kept, shapes = [], []
    for samples in metrics.values():
        faults = [fault(kind, *sample, name) for sample in samples]
        more = check_histogram(samples) if kind == "histogram" \
            else check_summary(samples) if kind == "summary" else []
        shapes.append(WRONG not in more)
        if WRONG in more or kind == "histogram" and any(faults + more):
            right = []
        else:
            right = [s for s, f in zip(samples, faults) if f is None]
        left_out += len(samples) - len(right)
        if right:
            kept.append(right)
    if shapes and not any(shapes):
        return None, left_out
    return kept, left_out


def base_of(family):
    name = family["name"]
    for kind, end in (("counter", "_total"), ("info", "_info")):
        if family["type"] == kind:
            assert name.endswith(end)
            name = name[:-len(end)]
    return name


def lines(family, metrics, is_open):
    """The samples as the parsers should give them: name, labels, value, in order."""
    out, constant = [], clean(bytes.fromhex(family["constant"]))
    for samples in metrics:
        have = {suffix for suffix, _, _ in samples}
        low = any(s == "_bucket" and float(l["le"]) < 0 for s, l, _ in samples)
        for suffix, labels, value in samples:
            if suffix == "_created" and not is_open:
                continue
            if is_open and family["type"] == "histogram" and suffix in ("_sum", "_count") \
                    and (low or not {"_sum", "_count"} <= have):
                continue
            base = family["name"] if suffix == "" else base_of(family) if is_open \
                else family["name"]
            labels = dict(labels, constant=constant) if constant else labels
            out.append((base + suffix, labels, value))
    return out


def same(got, want, where):
    assert len(got) == len(want), (where, got, want)
    for sample, (name, labels, value) in zip(got, want):
        assert sample.name == name and sample.labels == labels, (where, sample, name, labels)
        assert sample.value == value or math.isnan(value) and math.isnan(sample.value), \
            (where, sample, value)


def read(path):
    with open(path, newline="\n", encoding="utf-8") as file:
        return file.read()


def main(folder):
    with open(os.path.join(folder, "truth"), encoding="ascii") as file:
        truth = [json.loads(line) for line in file]
    opened = {f.name: f for f in read_open(read(os.path.join(folder, "open")))}
    texts = {}
    for f in parser.text_string_to_metric_families(read(os.path.join(folder, "text"))):
        assert f.name not in texts, f.name
        texts[f.name] = f
    counts = {"families": 0, "refused": 0, "samples": 0, "left out": 0}
    for family in truth:
        name, kind, base = family["name"], family["type"], base_of(family)
        metrics, left_out = expect(family)
        assert family["refused"] == (metrics is None), family
        if metrics is None:
            counts["refused"] += 1
            assert base not in opened and name not in texts
            continue
        assert family["dropped"] == left_out, (family, left_out)
        counts["left out"] += left_out
        if not metrics:
            assert base not in opened and name not in texts, name
            continue
        counts["families"] += 1
        help_text = clean(bytes.fromhex(family["help"]))
        units = [u for u in ("seconds", "bytes", "ratio") if base.endswith("_" + u)]
        unit = units[0] if units and kind not in ("info", "stateset") else ""
        got = opened.pop(base)
        assert (got.type, got.unit, got.documentation) == (kind, unit, help_text), got
        same(got.samples, lines(family, metrics, True), "open")
        counts["samples"] += len(got.samples)
        # The parser of text 0.0.4 takes counters apart as OpenMetrics does.
        got = texts.pop(base if kind == "counter" else name)
        old = {"info": "gauge", "stateset": "gauge"}.get(kind, kind)
        assert (got.type, got.documentation) == (old, help_text), (got, old)
        same(got.samples, lines(family, metrics, False), "text")
    assert not opened and not texts, (opened, texts)
    print(json.dumps(counts))
    assert all(counts.values()), counts


main(sys.argv[1])
