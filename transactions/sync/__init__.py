"""Keeping what suppliers offer up to date: one pipeline for every supplier and peer.

Fetch, check, compare with the list in force, write what differs in sets, tell what changed. `runs.run` is a whole
run, by the clock or by hand; `runs.apply_held` and `runs.discard` are a person's word about a list that is not
believed. `kept.kept` is the list in force.
"""
