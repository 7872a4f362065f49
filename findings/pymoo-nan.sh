#!/usr/bin/env bash
# In pymoo's NSGA-II, networks with an accuracy of NaN win the search.
#
# Guess: NaN compares as false, so a network with NaN neither dominates nor is dominated: a few of them stay on the front.
# Truth: a NaN objective counts as equal, and the other one decides. A network that diverges (NaN) and is cheap dominates
#   all good ones that cost more: after 30 generations the whole population is NaN, and the result is that one network.
#   [1, 1] against [NaN, .5]: only the second is on the front. Only when both objectives are NaN do such rows die out.
# Hurts: multi-objective searches of accuracy and latency in which small, unstable networks diverge. Return infinity
#   instead of NaN (Optuna refuses NaN).
# Ours: refuses a quality that is not finite; the search ends with the step and the reason.
# Seen 2026-11-28: pymoo 0.6.2, numpy 2.4.2, Python 3.11.
source "$(dirname "$0")/place.bash"

python_with pymoo==0.6.2 numpy==2.4.2
python <<'PY'
import numpy as np
import pymoo
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.core.problem import ElementwiseProblem
from pymoo.optimize import minimize
from pymoo.util.nds.non_dominated_sorting import NonDominatedSorting

print('pymoo', pymoo.__version__, 'numpy', np.__version__)
front = NonDominatedSorting().do(np.array([[1, 1], [np.nan, 0.5]]), only_non_dominated_front=True)
print('  front of [1, 1] and [NaN, .5]:', front)
assert list(front) == [1]

class Search(ElementwiseProblem):
    """Width in [0, 1]: latency grows with it, the error falls; the narrowest twentieth diverges."""

    def __init__(self, diverged):
        super().__init__(n_var=1, n_obj=2, xl=0, xu=1)
        self.diverged = diverged

    def _evaluate(self, x, out):
        out['F'] = [self.diverged if x[0] < 0.05 else 1 - x[0], x[0]]

for diverged in (np.nan, np.inf):
    found = minimize(Search(diverged), NSGA2(pop_size=20), ('n_gen', 30), seed=1)
    lost = int((~np.isfinite(found.pop.get('F'))).any(axis=1).sum())
    print(f'  diverged networks get {diverged}: {lost} of 20 in the last population, result of {len(np.atleast_2d(found.F))}')
    if np.isnan(diverged):
        assert lost == 20 and np.isnan(found.F).any()
    else:
        assert lost <= 2 and len(found.F) >= 15
PY
echo 'as found: NaN dominates'
