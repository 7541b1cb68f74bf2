export const documentation = `Calls the function \`transform\` of a Python file, and makes a table or a file of what it returns.

Its parameters are named after the inputs (\`-\` becomes \`_\`); each can be read as rows, as Arrow or as pandas. Where two
inputs have the same name, that of another pipeline is \`pipeline__name\`, that of a source \`source__name\`. A parameter
\`ctx\` gets variables, the time and a logger. The function reads its declared inputs and nothing else: it holds no
connection to the warehouse.

\`\`\`yaml
# pipelines/risk/score.yaml, beside score.py
kind: python
description: One row for each member, with a risk score.
inputs:
  - pipeline: claims
    transform: paid_claims
output:
  table: risk.score
  columns:
    - {name: member_id, type: bigint}
    - {name: score, type: "numeric(6,3)"}
  primary_key: [member_id]
\`\`\`

\`\`\`python
# pipelines/risk/score.py
import ctf


def transform(paid_claims: ctf.Table, ctx: ctf.Context):
    claims = paid_claims.pandas()
    ctx.log.info("scoring %d claims", len(claims))
    score = claims.groupby("member_id")["amount"].sum().div(1000).round(3)
    return score.reset_index(name="score")
\`\`\`

It may return rows (tuples, dicts), Arrow, a DataFrame, or a generator of them: then it never holds all of them at once.
The rows are loaded into a closed table, verified, monitored and published like any other's.

With a file as its output (\`file: out/score.parquet\`, or \`s3://bucket/key\`; Parquet, CSV or JSON lines), the file gets its
name when it is whole. \`columns\` may then be left out.

Modules beside it, or in the project's root, are imported by their names. A change to one of them is a change to the
transform: \`--resume\` runs it anew.

In a \`json\` or \`jsonb\` column, a whole number is an \`int\` and one with a fraction a \`Decimal\`, as in a numeric column, so
that 1.10 stays 1.10; a \`float\` may be returned, too. JSON's own \`null\` as the whole value is \`None\`, as NULL is, and
\`None\` is stored as NULL.

Which Python runs it is said by \`python:\` in ctf.yaml, else it is the project's \`.venv\`; packages come from
\`python_requirements:\` by \`ctf python sync\`.
`;
