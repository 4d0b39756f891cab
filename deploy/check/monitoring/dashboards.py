#!/usr/bin/env python3
"""Checks Grafana dashboards: dashboards.py [--prometheus URL --names FILE] DASHBOARD...

Always: ids are unique, panels do not overlap, have a title, a description and a unit, data sources come by variable, the number of
panels is right; a query to Loki, for which there is no parser here, selects by labels that the gateway sends.
With --queries FILE: writes those to Prometheus there as rules, for promtool to parse. With --prometheus: runs each of them;
an error or an empty answer fails. With --metrics FILE: each jeth_ metric that is named must be in what a gateway exports."""
import argparse, json, re, sys, urllib.error, urllib.parse, urllib.request

arguments = argparse.ArgumentParser()
arguments.add_argument("--queries")
arguments.add_argument("--prometheus")
arguments.add_argument("--metrics")
arguments.add_argument("dashboards", nargs="+")
given = arguments.parse_args()
failures = 0


def fail(*what):
    global failures
    failures += 1
    print("FAIL", *what)


def all_chosen(query):
    """As Grafana asks when every variable is at All."""
    return re.sub(r"\$\{?[a-z:]+\}?", ".*", query)


def ask(query):
    url = given.prometheus + "/api/v1/query?" + urllib.parse.urlencode({"query": all_chosen(query)})
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["data"]["result"]
    except urllib.error.HTTPError as error:
        return error.read().decode()


def of_loki(target):
    return target["datasource"]["type"] == "loki"


def check_log_query(name, query):
    selectors = re.findall(r"\{([a-z]+=~?\"[^\"]*\"(?:, )?)+\}", query)
    labels = re.findall(r"([a-z_]+)=~?\"", query)
    if len(selectors) != 1 or labels[0] != "application":
        fail(name, "does not select the gateway's lines:", query)
    for label in labels:
        if label not in ("application", "level", "network"):
            fail(name, "asks for the label", label, "which the gateway does not send")
    if any(query.count(pair[0]) != query.count(pair[1]) for pair in ("()", "{}", "[]")) or query.count('"') % 2:
        fail(name, "is not balanced:", query)


def check_layout(file, board):
    least = 3 if any(of_loki(target) for panel in board["panels"] for target in panel["targets"]) else 9
    if not (least <= len(board["panels"]) <= 16):
        fail(file, len(board["panels"]), "panels (expected:", least, "to 16)")
    ids, cells = set(), {}
    for panel in board["panels"]:
        name = f"{file}: {panel.get('title')!r}"
        if panel["id"] in ids:
            fail(name, "has the id of another panel")
        ids.add(panel["id"])
        for key in ("title", "description", "targets"):
            if not panel.get(key):
                fail(name, "has no", key)
        if panel["type"] == "timeseries" and "unit" not in panel["fieldConfig"]["defaults"]:
            fail(name, "has no unit")
        at = panel["gridPos"]
        if at["x"] + at["w"] > 24:
            fail(name, "is wider than the page")
        for x in range(at["x"], at["x"] + at["w"]):
            for y in range(at["y"], at["y"] + at["h"]):
                if cells.setdefault((x, y), name) != name:
                    fail(name, "lies over", cells[(x, y)])
                    return


rules = []
log_queries = 0
exported = set(re.findall(r"^([a-z_]+)", open(given.metrics).read(), re.M)) if given.metrics else set()
uids = set()
for file in given.dashboards:
    board = json.load(open(file))
    if board["uid"] in uids:
        fail(file, "has the uid of another dashboard")
    uids.add(board["uid"])
    check_layout(file, board)
    for panel in board["panels"]:
        name = f"{file}: {panel['title']!r}"
        for target in panel["targets"]:
            query = target["expr"]
            if not str(target["datasource"]["uid"]).startswith("${"):
                fail(name, "names a data source instead of a variable")
            if of_loki(target):
                check_log_query(name, query)
                log_queries += 1
                continue
            rules.append({"record": "checked:query:here", "expr": all_chosen(query)})
            if given.metrics:
                for metric in sorted(set(re.findall(r"\b((?:jeth|jvm|process)_[a-z0-9_]+)", query)) - exported):
                    fail(name, "asks for", metric, "which the gateway does not export")
            if given.prometheus:
                result = ask(query)
                if isinstance(result, str):
                    fail(name, result)
                elif not [sample for sample in result if sample["value"][1] != "NaN"]:
                    fail(name, "has no data:", query)
if given.queries:
    json.dump({"groups": [{"name": f"query-{i}", "rules": [rule]} for i, rule in enumerate(rules)]}, open(given.queries, "w"))
if not failures:
    print(f"{len(given.dashboards)} dashboards, {len(rules)} queries to Prometheus, {log_queries} to Loki")
sys.exit(1 if failures else 0)
