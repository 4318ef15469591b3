#!/usr/bin/env python3
"""Checks a run's folder: summary.csv and ratios.csv from samples.jsonl, then the answer and the conclusions C0 to C7 of
report.md from those two. Written from docs/RESULTS-FORMAT.md and textbooks, not from the benchmark's own code.

    python3 docs/check.py results/RUN

Prints a line a check, before it each mismatch with its line and both values; status 1 if there was one."""

import csv
import json
import random
import re
import sys
import tomllib
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from functools import cache
from io import StringIO
from itertools import accumulate, product
from math import comb, exp, expm1, inf, log, nan, sqrt
from pathlib import Path
from statistics import NormalDist, fmean, median

LOADS = ["light", "medium", "high"]
# Of a metric: the field of a sample, and the column of summary.csv that stands for several.
METRICS = {
    "wall time": ("wall_s", "wall_median_s"),
    "start-up": ("startup_s", "startup_median_s"),
    "CPU time": ("cpu_s", None),
    "peak memory": ("peak_rss_bytes", "peak_rss_mean_bytes"),
}
GOALS = {"fastest start": "start-up", "best throughput": "wall time", "least memory": "peak memory"}
LEAST_PAIRS, EXACT_PAIRS, RESAMPLES = 6, 30, 200
NORMAL = NormalDist()
Z95 = NORMAL.inv_cdf(0.975)
# Seeded, so that a run is judged alike each time.
dice = random.Random(1)
mismatches = []


def expect(is_so, where, said, computed):
    if not is_so:
        mismatches.append(where)
        print(f"    {where}: {said!r}, computed {computed!r}")


def expect_number(where, said, computed, tolerance=0.51e-9):
    """`said` is a field, empty where there is no number; it has nine decimals."""
    if said == "" or computed is None:
        return expect(said == "" and computed is None, where, said, computed)
    expect(abs(float(said) - computed) <= tolerance + 1e-12 * abs(computed), where, float(said), computed)


class Run:
    """What lies in the folder."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.report = self.text("report.md").split("\n")
        config = tomllib.loads(self.text("matrix.toml"))
        self.work = {it["name"] for it in config["workload"] if it.get("output") not in ("nothing", "unchanged")}
        modes = [(engine["name"], mode) for engine in config["engine"] for mode in engine.get("mode", [])]
        self.modes = {f"{engine}:{mode['name']}": mode for engine, mode in modes}
        self.shipped = {engine: f"{engine}:{mode['name']}" for engine, mode in modes if mode.get("shipped")}
        environment = json.loads(self.text("environment.json"))
        machines = {it["machine"]["host"]: it for it in environment.get("other_machines", [])}
        self.cells = {it["name"]: it for it in json.loads(self.text("plan.json"))["cells"]}
        hosts = {name: machines.get(cell.get("machine"), environment) for name, cell in self.cells.items()}
        self.floor = {name: host["memory_floor_bytes"] for name, host in hosts.items()}
        self.samples = self.read_samples()
        self.summary, self.ratios = self.rows("summary.csv"), self.rows("ratios.csv")
        for row in self.summary:
            row["input"] = f"{row['workload']}/{row['size']}/{row['distribution']}"
            row["who"] = f"{row['engine']}:{row['mode']}"
            machine = self.cells.get(f"{row['input']}/{row['who']}", {}).get("machine") if machines else None
            row["place"] = row["workload"] + (f", on {machine}" if machine else "")
            row["load"] = LOADS[(int(row["size_bytes"]) >= 1e6) + (int(row["size_bytes"]) >= 1e8)]
        self.ratio = {}
        for row in self.ratios:
            # In a run of several machines an input tells which.
            row["inputs"] = re.sub(", on [^+]*", "", row["input"]).split("+")
            self.ratio.setdefault(key(row["inputs"], row["a"], row["b"], row["metric"]), row)

    def text(self, name):
        return (self.folder / name).read_bytes().decode()

    def rows(self, name):
        reader = csv.DictReader(StringIO(self.text(name), newline=""))
        return [row | {"where": f"{name}:{reader.line_num}"} for row in reader]

    def read_samples(self):
        """Those that count, by cell, compilations by `workload/engine:mode`: of each round the last attempt."""
        taken = defaultdict(lambda: defaultdict(list))
        for line in self.text("samples.jsonl").split("\n"):
            it = json.loads(line) if line.endswith("}") else {}  # torn by a power cut
            if it.get("outcome") != "ok" or it["kind"] not in ("run", "compile"):
                continue
            sample = {field: value for field, value in it.items() if isinstance(value, int | float)}
            sample["cpu_s"] = it["user_s"] + it["system_s"]
            if it["read_s"] is not None:
                sample["startup_s"] = max(0, it["wall_s"] - it["read_s"] - it["sort_s"] - it["write_s"])
            taken[it["cell"]][it["round"]].append((it.get("attempt", 1), sample))
        samples = {}
        for cell, rounds in taken.items():
            # A compilation's pilot counts only where there is no other.
            rounds = {number: it for number, it in rounds.items() if number > 0} or rounds
            last = {number: max(attempt for attempt, _ in it) for number, it in rounds.items()}
            samples[cell] = [it for number, own in rounds.items() for attempt, it in own if attempt == last[number]]
        return samples

    def log_ratios(self, place, a, b, metric):
        """Of each block that holds a sample of both, in one sitting."""

        def logs(cell):
            floor, field = self.floor.get(cell, 0) if metric == "peak memory" else 0, METRICS[metric][0]
            own = ((it, max(it[field], floor)) for it in self.samples.get(cell, []) if field in it)
            return {(it["round"], it.get("sitting", 1)): log(value) for it, value in own if value > 0}

        a, b = logs(f"{place}/{a}"), logs(f"{place}/{b}")
        return sorted(a[block] - b[block] for block in a.keys() & b.keys())

    def finished(self, loads, distribution=""):
        """Rows of cells that ended ok, of workloads that do something; on this kind of input, or on all."""
        rows = (it for it in self.summary if it["outcome"] == "ok" and it["workload"] in self.work)
        return [it for it in rows if it["load"] in loads and distribution in ("", it["distribution"])]


def key(inputs, a, b, metric):
    return frozenset(inputs), a, b, metric


def median_interval(values):
    """The k-th from either end, k the largest with P(Binomial(n, 1/2) < k) <= 2.5 %, but at least 1."""
    values, n = sorted(values), len(values)
    tails = accumulate(comb(n, k) for k in range(n))
    k = max(1, next((k for k, tail in enumerate(tails) if 40 * tail > 2**n), 1))
    return values[k - 1], values[n - k]


def expected(samples, compilations):
    """The figures of a row of summary.csv, by column."""

    def of(how, field, samples=samples):
        values = [it[field] for it in samples if field in it]
        return how(values) if values else None

    middle, mean = of(median, "wall_s"), of(fmean, "wall_s")
    low, high = of(median_interval, "wall_s") or (None, None)
    cpu = of(fmean, "cpu_s")
    return {
        "runs": len(samples),
        "wall_mean_s": mean,
        "wall_stddev_s": of(lambda it: sqrt(sum((x - mean) ** 2 for x in it) / max(1, len(it) - 1)), "wall_s"),
        "wall_median_s": middle,
        "wall_mad_s": of(lambda it: median(abs(x - middle) for x in it), "wall_s"),
        "wall_min_s": of(min, "wall_s"),
        "wall_max_s": of(max, "wall_s"),
        "wall_ci95_low_s": low,
        "wall_ci95_high_s": high,
        "user_mean_s": of(fmean, "user_s"),
        "system_mean_s": of(fmean, "system_s"),
        "cpu_percent_mean": mean and 100 * cpu / mean,
        "peak_rss_mean_bytes": of(fmean, "peak_rss_bytes"),
        "peak_rss_max_bytes": of(max, "peak_rss_bytes"),
        **{f"{phase}_median_s": of(median, f"{phase}_s") for phase in ("read", "sort", "write", "startup")},
        "compile_median_s": of(median, "wall_s", compilations),
        "artifact_bytes": of(lambda it: it[-1], "artifact_bytes", compilations),
    }


def check_summary(run):
    names = [f"{row['input']}/{row['who']}" for row in run.summary]
    expect(names == list(run.cells), "summary.csv", "its cells", "other ones in plan.json")
    for row, cell, planned in zip(run.summary, names, run.cells.values()):
        told, wanted = (row["outcome"], row["reason"]), (planned["outcome"], planned["reason"] or "")
        expect(told == wanted or not wanted[0], f"{row['where']} outcome, reason", told, wanted)
        compilations = run.samples.get(f"{row['workload']}/{row['who']}", [])
        for column, value in expected(run.samples.get(cell, []), compilations).items():
            # A mean of bytes is rounded to whole ones.
            expect_number(f"{row['where']} {column}", row[column], value, 0.5 if "mean_bytes" in column else 0.51e-9)
    return len(names)


def averages(values, ranks):
    """Of the averages of two of the sorted values (or of one with itself) those of these ranks, from 1."""
    if len(values) <= 300:
        listed = sorted((a + b) / 2 for i, a in enumerate(values) for b in values[i:])
        return [listed[rank - 1] for rank in ranks]

    def halved(rank):
        low, high = values[0], values[-1]
        for _ in range(60):
            middle = (low + high) / 2
            up_to = sum(bisect_right(values, 2 * middle - a, i) - i for i, a in enumerate(values))
            low, high = (low, middle) if up_to >= rank else (middle, high)
        return high

    return [halved(rank) for rank in ranks]


def hodges_lehmann(values):
    count = len(values) * (len(values) + 1) // 2
    return fmean(averages(values, [(count + 1) // 2, count // 2 + 1]))


@cache
def signs(n):
    """How many of the 2^n choices of ranks from 1 to n have a sum of at most 0, 1, 2, ..."""
    counts = [1]
    for rank in range(1, n + 1):
        counts = [a + b for a, b in zip(counts + [0] * rank, [0] * rank + counts)]
    return list(accumulate(counts))


def signed_rank(values):
    """Ends of the 95 % interval and two-sided p (Hollander and Wolfe, chapter 3)."""
    n, count = len(values), len(values) * (len(values) + 1) // 2
    mean, deviation = count / 2, sqrt(count * (2 * n + 1) / 12)
    # Tukey: the statistic is the number of averages above 0; those that are 0 count half.
    below = sum(bisect_left(values, -a, i) - i for i, a in enumerate(values))
    above = sum(n - bisect_right(values, -a, i) for i, a in enumerate(values))
    statistic = int(min(below, above) + (count - below - above) / 2)
    if n <= EXACT_PAIRS:
        rank, p = sum(40 * it <= 2**n for it in signs(n)), signs(n)[statistic] / 2**n
    else:
        rank, p = int(mean - 0.5 - Z95 * deviation) + 1, NORMAL.cdf((statistic + 0.5 - mean) / deviation)
    return averages(values, [rank, count + 1 - rank]), min(1, 2 * p)


def resampled(values):
    """Variance of the Hodges-Lehmann estimate by resampling, and how far (squared standard error) that is from what
    other resamples give. Of many pairs 60 are drawn, which vary as much more as they are fewer."""
    n, drawn = len(values), min(len(values), 60)
    estimates = [hodges_lehmann(sorted(dice.choices(values, k=drawn))) for _ in range(RESAMPLES)]
    mean, scale = fmean(estimates), drawn / (n - 1)
    squares = [scale * (it - mean) ** 2 for it in estimates]
    variance = fmean(squares)
    return variance, fmean((it - variance) ** 2 for it in squares) * 2 / RESAMPLES


def check_ratios(run):
    resample = cache(lambda *cells: resampled(run.log_ratios(*cells)))
    for row in run.ratios:
        where, who = row["where"], (row["a"], row["b"], row["metric"])
        lists = [run.log_ratios(place, *who) for place in row["inputs"]]
        expect(row["pairs"] == str(sum(map(len, lists))), f"{where} pairs", row["pairs"], sum(map(len, lists)))
        mean = fmean(hodges_lehmann(values) if values else nan for values in lists)
        expect_number(f"{where} ratio", row["ratio"], exp(mean))
        told = [row[column] for column in ("low", "high", "detectable")]
        if min(map(len, lists)) < LEAST_PAIRS or "" in told:
            expect(told == [""] * 3 and float(row["p"]) == 1, f"{where} interval", told, "none of few pairs")
            continue
        low, high = log(float(row["low"])), log(float(row["high"]))
        half, rounding = (high - low) / 2, 1e-9 / float(row["low"])
        expect_number(f"{where} detectable", row["detectable"], expm1(1.43 * half), 1e-9 + rounding)
        if len(lists) == 1:
            ends, p = signed_rank(lists[0])
            expect_number(f"{where} low", row["low"], exp(ends[0]))
            expect_number(f"{where} high", row["high"], exp(ends[1]))
            expect_number(f"{where} p", row["p"], p)
            continue
        variance, noise = map(sum, zip(*(resample(place, *who) for place in row["inputs"])))
        wanted = Z95 * sqrt(variance) / len(lists)
        # Within 15 %, or within four standard errors where resampling is less sure than that.
        share = max(0.15, 2 * sqrt(noise) / variance) if variance else 0
        expect(abs(half - wanted) <= share * wanted + rounding, f"{where} half-width", half, f"{wanted} ±{share:.0%}")
        expect(abs((low + high) / 2 - mean) <= rounding, f"{where} middle of low, high", (low + high) / 2, mean)
        if half > 0:
            p = 2 * NORMAL.cdf(-abs(mean) * Z95 / half)
            expect_number(f"{where} p", row["p"], p, 1e-9 + rounding / half)
    return len(run.ratios)


def rank(run, load, metric):
    """Engines and modes with their geometric means, the best first, and the inputs: see "How the reports decide"."""
    figures = defaultdict(dict)
    for row in run.finished([load]):
        value, floor = row[METRICS[metric][1]], run.floor.get(f"{row['input']}/{row['who']}", 0)
        if row["engine"] != "native" and value:
            figures[row["input"]][row["who"]] = max(float(value), floor if metric == "peak memory" else 0)
    modes = {who for own in figures.values() for who in own}
    figures = {place: own for place, own in figures.items() if 2 * len(own) > len(modes)}
    reached = Counter(who for own in figures.values() for who in own)
    contenders = [who for who, count in reached.items() if count == max(reached.values())]
    inputs = [place for place, own in figures.items() if own.keys() >= set(contenders)]
    lists = {who: [figures[place][who] for place in inputs] for who in contenders}
    means = {who: exp(fmean(map(log, own))) for who, own in lists.items() if own and min(own) > 0}
    return sorted(means.items(), key=lambda it: it[1]), inputs


def median_ratio(run, inputs, a, b, metric):
    """As `ratio` of ratios.csv; 1 where nothing compares them."""
    lists = [run.log_ratios(place, a, b, metric) for place in inputs]
    return exp(fmean(map(hodges_lehmann, lists))) if all(lists) else 1


def answers(run):
    """Of each goal and load (best, its figure), next or none, and the row of ratios.csv that compares the two."""
    found = {}
    for load, (goal, metric) in product(LOADS, GOALS.items()):
        if metric == "start-up" and load != "light":
            continue
        ranked, inputs = rank(run, load, metric)
        if ranked:
            # Pairs decide which of the two best comes first.
            if len(ranked) > 1 and median_ratio(run, inputs, ranked[1][0], ranked[0][0], metric) < 1:
                ranked[:2] = ranked[1], ranked[0]
            best, second = ranked[0], ranked[1][0] if len(ranked) > 1 else None
            found[goal, load] = best, second, run.ratio.get(key(inputs, second, best[0], metric))
    return found


def check_verdicts(run):
    """The answers are decided together, and each metric against native code (Benjamini and Hochberg)."""
    answering = {id(row) for _, _, row in answers(run).values()}
    tables = defaultdict(list)
    for row in run.ratios:
        alone = row["metric"] if row["b"].startswith("native:") else row["where"]
        tables["answers" if id(row) in answering else alone].append(row)
    for table in tables.values():
        p = sorted(float(row["p"]) for row in table)
        limit = max((it for i, it in enumerate(p, 1) if it <= 0.05 * i / len(p)), default=-inf)
        for row in table:
            low, high = (float(row[end] or "nan") for end in ("low", "high"))
            side = "less" if high < 1 else "more" if low > 1 else "tie"
            wanted = "unknown" if low != low else side if float(row["p"]) <= limit else "tie"
            expect(row["verdict"] == wanted, f"{row['where']} verdict", row["verdict"], wanted)
    return len(run.ratios)


def is_shown(text, value):
    """Is `4.27 ms` or `≤ 3.83 MB` this value?"""
    units = {"ms": 1e-3, "s": 1, "m": 60, "h": 3600, "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9}
    shown = sum(float(number) * units[unit] for number, unit in re.findall(r"([\d.]+) ?([a-zA-Z]+)", text))
    return abs(shown - value) <= 0.00501 * value + 5.01e-6


def for_people(row, *columns):
    """Numbers of a row with as many digits as reports give them: three of the ratio."""
    digits = sum(float(row["ratio"]) < it for it in (9.995, 99.95))
    return [f"{float(row[column]):.{digits}f}" for column in columns]


def with_ends(run, row):
    """`1.23× [1.20–1.27]`, or of few pairs the smallest and largest of a pair, or of an input: `1.23× (1.10 to 1.40)`"""
    if row["low"]:
        ratio, low, high = for_people(row, "ratio", "low", "high")
        return f"{ratio}× [{low}–{high}]"
    lists = [run.log_ratios(place, row["a"], row["b"], row["metric"]) for place in row["inputs"]]
    values = lists[0] if len(lists) == 1 else [hodges_lehmann(values) for values in lists]
    ratio, low, high = for_people(row | {"low": exp(min(values)), "high": exp(max(values))}, "ratio", "low", "high")
    return f"{ratio}× ({low} to {high})"


def check_answer(run):
    found, told = answers(run), table(run, "| goal |", 1)
    expect(list(told) == [f"{load} loads: {goal}" for goal, load in found], "report.md answer", list(told), list(found))
    for (goal, load), ((best, figure), second, row) in found.items():
        number, (*cells, inputs) = told.get(f"{load} loads: {goal}", (0, [""] * 5))
        where = f"report.md:{number} {load} {goal}"
        wanted = [f"**{best}**", cells[1], second or "–", with_ends(run, row) if row else "–"]
        is_lead = not row or row["verdict"] == "more"
        expect(is_shown(cells[1], figure), where, cells[1], figure)
        expect(cells == wanted if is_lead else cells[:3] == wanted[:3] and cells[3].startswith(f"{wanted[3]}, "), where, cells, wanted)
        expect(not row or inputs == str(len(row["inputs"])), where, inputs, row and row["inputs"])
    return len(found)


def table(run, start, columns):
    """Of the table of report.md that starts like this, by its first columns: the line's number and the other ones."""
    first, rows = next((i for i, line in enumerate(run.report) if line.startswith(start)), len(run.report)), {}
    for number, line in enumerate(run.report[first + 2 :], first + 3):
        if not line.startswith("|"):
            break
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        rows[" ".join(cells[:columns])] = number, cells[columns:]
    return rows


# Of each claim that ratios decide: whose figures are divided by whose, by which metric, at which loads, above
# what the interval must lie, and whether (compiled) each mode of the second is meant.
COMPARED = {
    "C0 fast": (["node"], ["wasmedge"], "wall time", LOADS, 1, False),
    "C0 efficient": (["node"], ["wasmedge"], "peak memory", LOADS, 1, False),
    "C1 fastest": (["node", "wasmedge", "wasmer"], ["wasmtime"], "wall time", LOADS, 1, False),
    "C1 least CPU": (["node", "wasmedge", "wasmer"], ["wasmtime"], "CPU time", LOADS, 1, False),
    "C1 least memory": (["node", "wasmedge", "wasmer"], ["wasmtime"], "peak memory", LOADS, 1, False),
    "C2 slower": (["wasmedge"], ["wasmtime", "wasmer"], "wall time", LOADS[:2], 1.25, False),
    "C3 competitive": (["wasmtime", "wasmer"], ["wasmedge"], "wall time", LOADS[2:], 0.8, False),
    "C4 slower": (["node"], ["wasmedge", "wasmtime", "wasmer"], "wall time", LOADS, 1.25, True),
    "C5 memory": (["node"], ["wasmedge", "wasmtime", "wasmer"], "peak memory", LOADS, 2, False),
}
# Of several pairs the first of these decides.
JUDGEMENTS = ["does not hold", "did not finish", "not tried", "cannot be told", "holds"]
EXCLUDED, NOT_TRIED = ("impossible", "unsupported"), ("", "infeasible", "impossible", "unsupported")
SHIPPED, COMPILED = "as shipped", "compiled"
STUDIED = {"node", "wasmedge", "wasmtime", "wasmer"}
BASE, STEP, FACTOR = "wasmtime", 1.05, 1.25


class Study:
    """Its cells in a run: work on random input."""

    def __init__(self, run):
        self.run = run
        self.rows = [it for it in run.summary if it["workload"] in run.work and it["distribution"] == "random"]

    def at(self, *loads):
        return [it for it in self.rows if it["load"] in loads]

    def compiled(self, engine, load):
        """Modes that make machine code of what the engine ships to run: most inputs first, then least wall time."""
        modes, shipped = self.run.modes, self.run.modes.get(self.run.shipped.get(engine))

        def rank(who):
            own = [log(float(it["wall_median_s"])) for it in finished(self.at(load), who)]
            return -len(own), fmean(own) if own else inf

        own = dict.fromkeys(it["who"] for it in self.at(load) if it["engine"] == engine)
        runs_js = [who for who in own if shipped and ("{js}" in modes[who]["run"]) == ("{js}" in shipped["run"])]
        return sorted((who for who in runs_js if modes[who]["tier"] != "interpreter"), key=rank)

    def mode(self, engine, load, whose):
        own = self.compiled(engine, load)[:1] if whose == COMPILED else [self.run.shipped.get(engine)]
        return own[0] if own and own[0] else f"{engine}:{whose}"


def of(rows, who):
    return [it for it in rows if it["who"] == who]


def finished(rows, who):
    return [it for it in of(rows, who) if it["outcome"] == "ok"]


def lack(row):
    return "not tried" if row["outcome"] in NOT_TRIED else "did not finish"


def said(row):
    """How a cell ended."""
    return row["outcome"] or "unfinished"


def worst(judgements, otherwise="not tried"):
    return min(judgements, key=JUDGEMENTS.index, default=otherwise)


def absent(rows, *modes):
    """Judgement and text of modes without figures."""
    found, texts = ["not tried"], []
    for who in modes:
        own = of(rows, who)
        own = [it for it in own if it["outcome"] not in EXCLUDED] or own
        lost = [it for it in own if it["outcome"] != "ok"]
        found += map(lack, lost)
        outcomes = dict.fromkeys(map(said, lost)) if own else ["not planned"]
        texts += [f"{who}: {', '.join(outcomes)}"] if outcomes else []
    return worst(found), "; ".join(texts) or "too few figures"


def ratio_of(study, rows, a, b, metric):
    """The row of ratios.csv over all inputs that both finished, if they share any blocks."""
    own = {it["input"] for it in finished(rows, b)}
    inputs = [it["input"] for it in finished(rows, a) if it["input"] in own]
    if not any(study.run.log_ratios(place, a, b, metric) for place in inputs):
        return None
    row = study.run.ratio.get(key(inputs, a, b, metric))
    expect(row, "ratios.csv", f"{metric} of {a} and {b} over {len(inputs)} inputs", "no row")
    return row


def compared(study, load, whose, claim):
    """Judgements and texts of each pair."""
    firsts, seconds, metric, _, bound, with_every_mode = claim
    rows = study.at(load)
    others = [[study.mode(it, load, whose)] for it in seconds]
    if with_every_mode and whose == COMPILED:
        others = [own + study.compiled(own[0].split(":")[0], load)[1:] for own in others]
    for a, b in product((study.mode(it, load, whose) for it in firsts), sum(others, [])):
        row = ratio_of(study, rows, a, b, metric)
        if not row:
            yield absent(rows, a, b)
            continue
        judgement, text = "cannot be told", f"{a} ÷ {b} {with_ends(study.run, row)}"
        if row["low"]:
            low, high = float(row["low"]), float(row["high"])
            judgement = "holds" if low > bound else "does not hold" if high < bound else judgement
        if judgement == "cannot be told":
            share = 100 * float(row["detectable"] or "nan")
            would = f"{share:.{int(share < 9.95)}f} % from {bound} would have been seen"
            text += f" ({would if row['low'] else 'too few pairs to tell'})"
        # Who is said to take less must have finished all that the other finished.
        there = {it["input"] for it in finished(rows, a)}
        lost = [it for it in of(rows, b) if it["outcome"] not in ("ok", *EXCLUDED) and it["input"] in there]
        for it in lost:
            text += f"; {it['input']}/{b}: {said(it)}"
        yield worst([judgement, *map(lack, lost)]), text


def usable(study, load, whose):
    who, rows = study.mode("node", load, whose), study.at(load)
    others = {it["input"] for it in rows if it["outcome"] == "ok" and it["engine"] not in ("native", "node")}
    own = [it for it in of(rows, who) if it["outcome"] not in EXCLUDED and it["input"] in others]
    if not own:
        return [absent(rows, who)]
    lost = [it for it in own if it["outcome"] != "ok"]
    judgement = {"did not finish": "holds"}.get(it := worst(map(lack, lost), "does not hold"), it)
    ends = "".join(f"; {it['input']}: {said(it)}" for it in lost)
    return [(judgement, f"{who}: {len(own) - len(lost)} of {len(own)} inputs finished{ends}")]


def digits(value):
    """Three, as far as they are behind the point."""
    return f"{value:.{(value < 9.995) + (value < 99.95)}f}"


def for_people_bytes(value):
    unit, name = next(((unit, name) for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "KB")) if abs(value) >= unit), (1, "B"))
    size = abs(value) / unit
    text = f"{size:.{(size < 10) + (size < 100)}f}" if unit > 1 else f"{size:.0f}"
    return f"{'−' if value < 0 else ''}{text} {name}"


def memory(study, row):
    return max(float(row["peak_rss_mean_bytes"]), study.run.floor[f"{row['input']}/{row['who']}"])


def smaller(study, loads, whose, in_bytes):
    """Is the difference in memory smaller at the second load?"""
    for engine in ("wasmedge", "wasmer"):
        a, b = (study.mode(it, loads[1], whose) for it in (engine, BASE))
        places = [{it["input"]: it for it in finished(study.at(load), b)} for load in loads]
        pairs = [[(it, own[it["input"]]) for it in finished(study.at(load), a) if it["input"] in own] for load, own in zip(loads, places)]
        if not all(pairs):
            yield absent(study.at(*loads), a, b)
        elif in_bytes:
            before, after = (fmean(memory(study, x) - memory(study, y) for x, y in own) for own in pairs)
            is_so = abs(before) > STEP * abs(after)
            texts = f"{for_people_bytes(before)} more → {for_people_bytes(after)} more"
            yield "holds" if is_so else "does not hold", f"{a} to {b} {texts}"
        else:
            before, after = (ratio_of(study, study.at(load), a, b, "peak memory") for load in loads)
            ends = []
            for low, high in ([float(it[end] or "nan") - 1 for end in ("low", "high")] for it in (before, after)):
                ends += [max(low, -high, 0.0), max(high, -low)]
            judgement = "holds" if ends[0] > STEP * ends[3] else "does not hold" if ends[1] < STEP * ends[2] else "cannot be told"
            yield judgement, f"{a} to {b} {with_ends(study.run, before)} → {with_ends(study.run, after)}"


def predicted(study, place, whose, metric):
    """Does each engine's largest size follow from the two before it?"""
    rows = [it for it in study.rows if it["place"] == place and it["engine"] in STUDIED]
    load = LOADS[max(LOADS.index(it["load"]) for it in rows if it["outcome"] == "ok")]
    for engine in ("node", "wasmedge", "wasmtime", "wasmer"):
        who = study.mode(engine, load, whose)
        own = sorted(finished(rows, who), key=lambda it: int(it["size_bytes"]))[-3:]
        phases = [f"{phase}_median_s" for phase in ("startup", "read", "sort", "write")]
        needed = ["peak_rss_mean_bytes"] if metric == "peak memory" else phases
        if len(own) < 3 or any(it[column] == "" for it in own[:2] for column in needed):
            yield absent(rows, who)
            continue
        x1, x2, x3 = (float(it["size_bytes"]) for it in own)
        if metric == "peak memory":
            y1, y2, measured = (memory(study, it) for it in own)
            computed = y2 + (y2 - y1) / (x2 - x1) * (x3 - x2)
        else:
            values = [[max(float(it[phase]), 1e-6) for it in own[:2]] for phase in phases]
            computed = sum(y2 * (x3 / x2) ** (log(y2 / y1) / log(x2 / x1)) for y1, y2 in values)
            measured = float(own[2]["wall_median_s"])
        ratio = measured / computed
        yield "holds" if 1 / FACTOR <= ratio <= FACTOR else "does not hold", f"{who} {digits(ratio)}× at {own[2]['size']}"


def conclusions(run):
    """Of each claim and what it is about: a function from "as shipped" or "compiled" to judgements and texts."""
    study, found = Study(run), {}
    engines = {load: {it["engine"] for it in study.at(load)} for load in LOADS}
    planned = [load for load in LOADS if engines[load] & STUDIED]
    for name, claim in COMPARED.items():
        for load in (it for it in claim[3] if engines[it].intersection(claim[0]) and engines[it].intersection(claim[1])):
            found[name, load] = lambda whose, load=load, claim=claim: compared(study, load, whose, claim)
    for load in (it for it in LOADS[1:] if it in planned):
        found["C5 unusable", load] = lambda whose, load=load: usable(study, load, whose)
    for name, in_bytes in (("C6 as a ratio", False), ("C6 in megabytes", True)):
        for step in (it for it in zip(LOADS, LOADS[1:]) if all(load in planned for load in it)):
            found[name, " to ".join(step)] = lambda whose, step=step, in_bytes=in_bytes: smaller(study, step, whose, in_bytes)
    for name, metric in (("C7 latency", "wall time"), ("C7 memory", "peak memory")):
        for place in dict.fromkeys(it["place"] for it in study.rows if it["outcome"] == "ok" and it["engine"] in STUDIED):
            found[name, place] = lambda whose, place=place, metric=metric: predicted(study, place, whose, metric)
    return found


def check_conclusions(run):
    told = table(run, "| claim |", 2)
    wanted = {f"{claim} {at}": find for (claim, at), find in conclusions(run).items()}
    expect(list(told) == list(wanted), "report.md conclusions", list(told), list(wanted))
    for place in told.keys() & wanted.keys():
        number, cells = told[place]
        sides = [list(wanted[place](whose)) for whose in (SHIPPED, COMPILED)]
        judgements = [worst(judgement for judgement, _ in side) for side in sides]
        for whose, cell, judgement in zip((SHIPPED, COMPILED), cells, judgements):
            expect(cell == f"**{judgement}**", f"report.md:{number} {place}, {whose}", cell, judgement)
        for whose, cell, side, judgement in zip((SHIPPED, COMPILED), cells[2:], sides, judgements):
            mixed = any(it != judgement for it, _ in side)
            texts = dict.fromkeys(f"**{text}**" if mixed and it == judgement else text for it, text in side)
            expect(cell == "; ".join(texts), f"report.md:{number} {place}, figures {whose}", cell, "; ".join(texts))
    return len(told)


CHECKS = [
    (check_summary, "cells of summary.csv recomputed from samples.jsonl"),
    (check_ratios, "ratios recomputed from samples.jsonl"),
    (check_verdicts, "verdicts of ratios.csv follow from interval and p"),
    (check_answer, "answers of report.md follow from summary.csv and ratios.csv"),
    (check_conclusions, "conclusions of report.md follow from ratios.csv and summary.csv"),
]

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    checked = Run(sys.argv[1])
    for check, what in CHECKS:
        before = len(mismatches)
        count = check(checked)
        bad = len(mismatches) - before
        print(f"BAD {count} {what}: {bad} mismatches" if bad else f"ok  {count} {what}")
    sys.exit(1 if mismatches else 0)
