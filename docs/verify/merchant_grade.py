#!/usr/bin/env python3
"""Computes merchants' grades again, from a platform's exported logs and published outcomes, by
docs/merchant-grades.md and the formula beside this file. Needs Python 3.11 alone.

    merchant_grade.py LOG_FOLDER OUTCOMES.jsonl [LOG_FOLDER OUTCOMES.jsonl of the next log]...

Exit 0: every line is in its log, none is missing. 12: not so, and it is named. 64: wrong usage."""
import datetime, itertools, json, math, pathlib, sys
from exported_log import leaves_of, opened, require

PPM, Z, S, MOST_SHOWN = 10**6, 1_644_854, 10**6, 20
FORMULAS = {"merchant-grade@1": pathlib.Path(__file__).with_name("merchant-grade-1.json")}
NO_CLAIM, SETTLED = ("not_covered", "fraud"), ("remedied", "refunded")
UPHELD = (*SETTLED, "paid_out_from_deposit", "refunded_external", "final")
NOT_CHECKED = ("whose checkpoint it is: cardproof verify", "that each closed claim has one number",
               "deliveries, qualifications, human channels: the platform's own word")

def seconds(text):
    return int(datetime.datetime.fromisoformat(text.rstrip("Z") + "+00:00").timestamp())

def outcome_of(record, leaves):
    """The outcome of a line, which its leaf commits to; times in seconds."""
    require(0 <= record["leaf"] < len(leaves), "has its leaf outside of the log")
    is_same = opened(leaves[record["leaf"]], record["disclosure"]) == ("outcome", record["outcome"])
    require(is_same, f"shows another outcome than leaf {record['leaf']} commits to")
    return {name: seconds(value) if name.endswith("_at") else value
            for name, value in record["outcome"].items()}

def grade(outcomes, declared, as_of, parties, formula):
    share = lambda count, total: count * PPM // total if total else None
    outcomes, n = [one for one in outcomes if one["closed_at"] < as_of], declared["deliveries"]
    replaced = {(one["merchant"], one.get("replaces")) for one in outcomes}
    claims = [one for one in outcomes if one["closed_at"] >= as_of - 86_400 * formula["period_days"]
              and not (one["result"] in NO_CLAIM or (one["merchant"], one["number"]) in replaced)]
    upheld = [one for one in claims if one["liable"] in parties and one["result"] in UPHELD]
    own = sum(one["result"] in SETTLED for one in upheld)
    values = {"complaint_rate": share(len(claims), n), "resolution_rate": share(own, len(upheld))}
    if n:  # Wilson's lower bound, of which the root and what is under it are rounded up
        k = min(n, sum(one["family"] == "code_unusable" for one in upheld))
        root = math.isqrt(Z**2 - (-4 * k * (n - k) * S**2 // n) - 1) + 1
        low = PPM * max(0, 2 * k * S**2 + Z**2 - Z * root)
        values |= {"dead_rate": share(k, n), "dead_rate_lower": low // (2 * (n * S**2 + Z**2))}
    for name, limit in formula["limits_seconds"].items():
        took = sorted(one.get(f"{name}_at", one["closed_at"]) - one["opened_at"] for one in claims)
        values[f"{name}_in_time"] = share(sum(time <= limit for time in took), len(took))
        for percent in (50, 95) if took else ():
            values[f"{name}_p{percent}_seconds"] = took[-(-percent * len(took) // 100) - 1]
    points = -1000 * sum(row[2] for row in formula["deductions"] if declared[row[0]] == row[1])
    for measure, weight, best, worst in formula["components"]:
        value, span = values.get(measure), abs(best - worst)
        way = span if value is None else (value - worst) * (1 if best > worst else -1)
        points += min(max(0, way), span) * weight * 1000 // span
    points = max(0, points) if len(claims) >= formula["least_claims"] and n else None
    letter = [name for name, least in formula["letters"] if (points or 0) >= least * 1000][0]
    return {"grade": letter if points is not None else "unrated", "points_thousandths": points,
            "answerable": len(claims), "values": values}

def report(pairs):
    known, first, total, size, at = {}, None, 0, 0, None
    try:
        for at, path in pairs:
            origin, leaves = leaves_of(pathlib.Path(at))
            total = max([total, *(leaf.get("outcomes", 0) for leaf in leaves)])
            size += len(leaves)
            for place, line in enumerate(pathlib.Path(path).read_bytes().splitlines(), 1):
                at, record = f"{path}, line {place}", json.loads(line)
                if place == 1:
                    head, first = record, first or record["from_number"]
                    require(head["origin"] == origin, f"is of another log than {origin}")
                    continue
                outcome = outcome_of(record, leaves)
                is_new = outcome["number"] not in known and outcome["number"] >= first
                require(is_new, "has the number of another line, or too low a one")
                known[outcome["number"]] = outcome
        at, merchants, platform = path, head["merchants"], head["platform_declared"]
        end, formula = seconds(head["as_of"]), json.loads(FORMULAS[head["formula"]].read_bytes())
        count = sum(declared["deliveries"] for declared in merchants.values())
        is_possible = count == platform["deliveries"] and (first > 1 or count <= size)
        require(is_possible, f"has {count} deliveries, the log {size} entries")
        outcomes = {name: [] for name in merchants}
        for one in known.values():
            outcomes[one["merchant"]].append(one)
        grades = {name: grade(outcomes[name], declared, end, ["merchant"], formula)
                  for name, declared in merchants.items()}
        whole = grade([*known.values()], platform, end, ["merchant", "platform"], formula)
    except Exception as error:  # Hostile bytes may upset any reader: then `at` does not hold.
        return {"holds": False, "finding": f"{at}: {type(error).__name__}: {error}"}
    numbers = range(first, max([total, *known]) + 1)
    missing = itertools.islice((number for number in numbers if number not in known), MOST_SHOWN)
    return {"holds": len(known) == len(numbers), "outcomes": len(known), "from_number": first,
            "missing": len(numbers) - len(known), "missing_numbers": [*missing], "platform": whole,
            "merchants": grades, "not_checked": NOT_CHECKED}

if __name__ == "__main__":
    if len(sys.argv) < 3 or len(sys.argv) % 2 == 0:
        sys.exit(print(__doc__, file=sys.stderr) or 64)
    found = report(zip(sys.argv[1::2], sys.argv[2::2]))
    print(json.dumps(found, indent=1, ensure_ascii=False))
    sys.exit(0 if found["holds"] else 12)
