#!/usr/bin/env bash
# Polars knows Python's infinity and JavaScript's NaN, not the other two; for DuckDB it depends on the row.
#
# Guess: readers that find floating-point columns by themselves know the spellings of Python (nan, inf) and JavaScript
#   (NaN, Infinity), and the order of the rows does not matter.
# Truth: Polars makes a column of numbers from Python's `inf` and from JavaScript's `NaN`, but text from Python's `nan` and
#   from JavaScript's `Infinity`: one diverged epoch and the column of losses is text. DuckDB reads all four while a number
#   comes first; if `inf` or `Infinity` is in the first row the column is text, and a column of `inf` alone becomes a DATE,
#   the last day of the year 9999 (`-inf`: the first day of year 1 in Python). pandas reads every case as numbers.
# Hurts: logs of losses and rewards, where NaN and infinity say that a run diverged, in tables that are sorted by reward.
# Ours: stops a run at the first value that is not finite, so its logs hold none; they are JSON lines.
# Seen 2026-11-28: polars 2.1.0, duckdb 2.0.1, pandas 3.1.1, Python 3.11.
source "$(dirname "$0")/place.bash"

python_with polars==2.1.0 duckdb==2.0.1 pandas==3.1.1 numpy==2.4.2
python "$place" <<'PY'
import sys
import duckdb
import pandas
import polars

print('polars', polars.__version__, 'duckdb', duckdb.__version__, 'pandas', pandas.__version__)
table = f'{sys.argv[1]}/losses.csv'

def read(*losses):
    with open(table, 'w') as file:
        file.write('loss,step\n' + ''.join(f'{loss},{step}\n' for step, loss in enumerate(losses)))
    in_polars = str(polars.read_csv(table)['loss'].dtype)
    in_duckdb = duckdb.sql(f"select typeof(loss) from read_csv('{table}')").fetchall()[0][0]
    assert pandas.read_csv(table)['loss'].dtype == 'float64'
    print(f'  {", ".join(losses):20} polars {in_polars:8} duckdb {in_duckdb}')
    return in_polars, in_duckdb

assert read('0.5', 'nan') == ('String', 'DOUBLE')
assert read('0.5', 'NaN') == ('Float64', 'DOUBLE')
assert read('0.5', 'inf') == ('Float64', 'DOUBLE')
assert read('0.5', 'Infinity') == ('String', 'DOUBLE')
assert read('inf', '0.5') == ('Float64', 'VARCHAR')
assert read('Infinity', '0.5') == ('String', 'VARCHAR')
assert read('nan', '0.5') == ('String', 'DOUBLE')
assert read('inf', 'inf') == ('Float64', 'DATE')
print('  inf in DuckDB:', duckdb.sql(f"select loss from read_csv('{table}')").fetchall()[0][0])
PY
echo 'as found: the type of a loss depends on who wrote it and in which row'
