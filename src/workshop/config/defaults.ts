/** The conf file that the workshop comes with. */

export const CONF_FILE = "workshop.yaml";

export const CONF_TEXT = `# Scenarios and processors of "ctf etl". Change them, add your own; delete this file to have the shipped ones back.

# Submissions are shared out among users and forms in turn. The forms have 13, 68 and 62 questions.
scenarios:
  empty:            {users: 0, forms: 0, submissions: 0}
  basic:            {users: 1, forms: 1, submissions: 1}          #        13 events
  small:            {users: 2, forms: 2, submissions: 20}         #       810
  demo:             {users: 50, forms: 2, submissions: 50}        #     2,025
  medium:           {users: 2, forms: 3, submissions: 300}        #    14,300
  large-few-users:  {users: 20, forms: 3, submissions: 2400}      #   114,400
  large-many-users: {users: 400, forms: 3, submissions: 2400}     #   114,400
  xl:               {users: 400, forms: 3, submissions: 63000}    # 3,003,000

# extract:   one_by_one | all_at_once | cursor_joined | cursor
# transform: walk | path_map | in_lists
# load:      insert_and_commit | insert | insert_many | copy
# chunk:     submissions to a FETCH, and events to an INSERT or to a piece of a COPY; 500 if not said
# at_most:   more events than this it would not end in time, or in memory
# Or the whole work inside PostgreSQL, "statement: paths"; or by CTF's own kind, "flatten: sql" or "flatten: stream".
processors:
  naive:            {extract: one_by_one, transform: walk, load: insert_and_commit, at_most: 120000}
  one-transaction:  {extract: one_by_one, transform: walk, load: insert, at_most: 120000}
  in-memory:        {extract: all_at_once, transform: in_lists, load: insert_many, chunk: 500}
  chunks-joined:    {extract: cursor_joined, transform: walk, load: insert_many, chunk: 500}
  chunks:           {extract: cursor, transform: path_map, load: insert_many, chunk: 500}
  copy:             {extract: cursor, transform: path_map, load: copy, chunk: 500}
  set-based:        {statement: paths}
  flatten-streamed: {flatten: stream}
  flatten:          {flatten: sql}

# Of everything made up.
seed: 1
`;
