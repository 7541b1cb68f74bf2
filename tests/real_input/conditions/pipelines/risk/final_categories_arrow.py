"""The same as final_categories, said with Arrow."""

import ctf
import pyarrow.compute as pc


def transform(coded_categories: ctf.Table, load_hierarchies: ctf.Table):
    coded = coded_categories.arrow()
    edges = load_hierarchies.arrow()
    ours = pc.and_(pc.equal(edges["model_domain"], "CMS-HCC"), pc.equal(edges["model_version"], "V28"))
    edges = edges.filter(ours).select(["cc_parent", "cc_child"])
    dropped = coded.join(edges, "category", "cc_parent", join_type="inner")
    return coded.join(dropped, ["member_id", "category"], ["member_id", "cc_child"], join_type="left anti")
