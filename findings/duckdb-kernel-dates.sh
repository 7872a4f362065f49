#!/usr/bin/env bash
# DuckDB reads kernel sizes and widths of architectures as days.
#
# Guess: `3-5-5` is text to a CSV reader; a date needs a year of four digits (or at least of two).
# Truth: a column of `3-5-5`, `5-3-3`, `7-7-7` becomes TIMESTAMP, midnight of 5 May of the year 3; so does `3 5 5`, and
#   `0-3-5` is in the year 1 BC. Widths `8-16-24` become a DATE, 16 August 2024. `0:3:5` becomes a TIME. It holds for the
#   whole column, and only while every row is a possible day: one `3-0-5` (no kernel in the middle) and all is text again.
#   So the type of a column depends on which architectures were sampled, and joining two files fails or finds nothing.
# Hurts: whoever logs choices joined by `-`, a blank or `:` and opens tables of runs or latencies in DuckDB.
#   Its sniffer leaves `3_5_5`, `3x5x5` and `3.5.5` alone; `all_varchar` or `types` stops it.
# Ours: a row of its tables names a network; the choices are in a YAML file next to it.
# Seen 2026-11-28: duckdb 2.0.1, polars 2.1.0 (keeps text unless asked for dates), Python 3.11.
source "$(dirname "$0")/place.bash"

python_with duckdb==2.0.1 polars==2.1.0
python "$place" <<'PY'
import sys
import duckdb
import polars

print('duckdb', duckdb.__version__, 'polars', polars.__version__)
table = f'{sys.argv[1]}/architectures.csv'

def read(*architectures):
    with open(table, 'w') as file:
        file.write('architecture,top1\n' + ''.join(f'{a},0.7{i}\n' for i, a in enumerate(architectures)))
    kind, value = duckdb.sql(f"select typeof(architecture), architecture::varchar from read_csv('{table}')").fetchall()[0]
    assert polars.read_csv(table)['architecture'][0] == architectures[0]
    print(f'  {", ".join(architectures):30} {kind:10} {value}')
    return kind, value

assert read('3-5-5', '5-3-3', '7-7-7') == ('TIMESTAMP', '0003-05-05 00:00:00')
assert read('3 5 5', '5 3 3') == ('TIMESTAMP', '0003-05-05 00:00:00')
assert read('0-3-5', '3-3-5') == ('TIMESTAMP', '0001-03-05 (BC) 00:00:00')
assert read('8-16-24', '12-24-40') == ('DATE', '2024-08-16')
assert read('0:3:5', '5:5:3') == ('TIME', '00:03:05')
for text in (('3-5-5', '3-0-5'), ('16-24-48', '12-24-40'), ('3-5-5-7', '3-3-3-3'), ('3_5_5', '5_3_3'), ('3.5.5', '5.3.3')):
    assert read(*text) == ('VARCHAR', text[0])
PY
echo 'as found: architectures are days'
