"""The same as final_categories, said with pandas."""

import ctf


def transform(coded_categories: ctf.Table, load_hierarchies: ctf.Table):
    coded = coded_categories.pandas()
    edges = load_hierarchies.pandas().query("model_domain == 'CMS-HCC' and model_version == 'V28'")
    dropped = coded.merge(edges, left_on="category", right_on="cc_parent")[["member_id", "cc_child"]]
    dropped = dropped.rename(columns={"cc_child": "category"}).drop_duplicates()
    marked = coded.merge(dropped, how="left", indicator=True)
    return marked.loc[marked["_merge"] == "left_only", ["member_id", "category"]]
