#!/usr/bin/env python3
"""Checks an exported ledger: python3 verify-ledger.py LEDGER.jsonl [--root HEX]. Exit 0: it holds; 1: it does not."""
import argparse, collections, hashlib, json, sys

def need(holds, problem):
    if not holds: raise ValueError(problem)

def sha256(data): return hashlib.sha256(data).hexdigest()

def verify(lines, wanted):
    head = json.loads(next(lines, "{}"))
    need((head.get("format"), head.get("version")) == ("weilu-ledger", 1), "no ledger in a format that this program knows")
    root, sealed, count, keys, ids, has = "0" * 64, 0, 0, set(), set(), collections.Counter()
    rooted = wanted in (None, root)
    for t in map(json.loads, lines):
        if "salt" in t:
            reason = t["reason"].encode()
            text = bytes.fromhex(t["salt"]) + b"%d:%s," % (len(reason), reason)
            need(sha256(text) == t["digest"], f"transfer {t['id']}: the reason does not match its digest")
        if t["seq"]:
            need(t["seq"] == sealed + 1 == count + 1, f"transfer {t['id']}: seal {t['seq']} after {sealed}")
            row = [t[k] for k in ("id", "key", "from", "to", "amount", "at", "cause", "kind", "digest")]
            root, sealed = sha256("\n".join(map(str, [root, *row])).encode()), t["seq"]
            need(root == t["hash"], f"transfer {t['id']}: does not match its seal number {sealed}")
            rooted = rooted or root == wanted
        need(t["amount"] > 0 and t["from"] != t["to"], f"transfer {t['id']}: moves nothing")
        need(t["key"] not in keys and t["id"] not in ids, f"transfer {t['id']}: is there twice")
        count, _, _ = count + 1, keys.add(t["key"]), ids.add(t["id"])
        has[t["to"]], has[t["from"]] = has[t["to"]] + t["amount"], has[t["from"]] - t["amount"]
    need((count, sealed, root) == (head["transfers"], head["sealed"], head["root"]), "lines are missing")
    need(rooted, f"no seal has the hash {wanted}: the ledger was cut or rewritten")
    issued, below = -has.pop("issued", 0), [account for account in has if has[account] < 0]
    need(not below, f"below zero: {below}")
    need(issued == sum(has.values()), f"issued {issued}, but {sum(has.values())} are there")
    return f"the ledger holds: {count} transfers, {sealed} sealed, {issued} points issued, root {root}"

(options := argparse.ArgumentParser(description=__doc__)).add_argument("ledger"), options.add_argument("--root", type=str.lower)
try: print(verify(open((given := options.parse_args()).ledger, encoding="utf-8", newline="\n"), given.root))
except (ValueError, KeyError, TypeError, AttributeError, OSError) as e: sys.exit(f"THE LEDGER DOES NOT HOLD: {e!r}")
