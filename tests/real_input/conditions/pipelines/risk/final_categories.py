"""The categories that count: a graver one drops the milder ones of its hierarchy."""

from collections import defaultdict

import ctf


def transform(coded_categories: ctf.Table, load_hierarchies: ctf.Table):
    milder = defaultdict(set)
    for edge in load_hierarchies.rows():
        if (edge.model_domain, edge.model_version) == ("CMS-HCC", "V28"):
            milder[edge.cc_parent].add(edge.cc_child)

    coded = defaultdict(set)
    for row in coded_categories.rows():
        coded[row.member_id].add(row.category)

    for member_id, categories in coded.items():
        dropped = set().union(*(milder[category] for category in categories))
        for category in categories - dropped:
            yield member_id, category
